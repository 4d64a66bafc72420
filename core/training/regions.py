"""Training and evaluation of the region model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from detectron2.utils.events import EventStorage
from numpy.typing import NDArray

from core.recognition.normalise import normalise
from core.recognition.region_net import RegionNet, RegionTargets
from core.recognition.regions import SIDE, RegionModel, SquareRegion
from core.recognition.square import Square
from core.recognition.timm_backbone import imagenet_weights
from core.training.augment import Augmentation, to_square
from core.training.loop import Schedule, train
from core.training.sample import LABELS, Sample, SampleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A data set and its part of each batch."""

    samples: SampleSet
    weight: float


def build_net() -> RegionNet:
    """A fresh network whose backbone starts from ImageNet."""
    net = RegionNet()
    missing = net.backbone.bottom_up.body.load_state_dict(imagenet_weights(), strict=False)
    if missing.missing_keys:
        raise ValueError(f"the ImageNet weights lack {missing.missing_keys[:3]}")
    # A pixel belongs to few structures: start from "no", or the first steps are lost on it.
    torch.nn.init.normal_(net.dense_head.predictor.weight, std=0.01)
    torch.nn.init.constant_(net.dense_head.predictor.bias, -2.5)
    return net


def batch_losses(
    net: RegionNet, shares: Sequence[Share], *, batch: int, augmentation: Augmentation
) -> Callable[[np.random.Generator], dict[str, torch.Tensor]]:
    """The loss of one random batch drawn from the shares."""
    weights = np.array([share.weight for share in shares], float)
    weights /= weights.sum()

    def losses(rng: np.random.Generator) -> dict[str, torch.Tensor]:
        images, masks, known = [], [], []
        for which in rng.choice(len(shares), batch, p=weights):
            samples = shares[which].samples
            sample = samples[int(rng.integers(len(samples)))]
            image, mask = to_square(sample, side=SIDE, augmentation=augmentation, rng=rng)
            if mask is None:
                raise ValueError(f"{samples.name}: pictures without masks teach no regions")
            images.append(image)
            masks.append(mask)
            known.append(sample.known)
        targets = RegionTargets(
            masks=torch.from_numpy(np.stack(masks)), known=torch.from_numpy(np.stack(known))
        )
        with EventStorage():
            return net.training_losses(torch.from_numpy(normalise(np.stack(images))), targets)

    return losses


def train_regions(
    shares: Sequence[Share], *, schedule: Schedule, run: Path, start: Path | None = None
) -> tuple[RegionNet, list[dict[str, float]]]:
    """Trains a region network; `run` keeps what is needed to go on after a stop.

    `start`: weights to begin from, as this command writes them; None begins from ImageNet.
    """
    torch.manual_seed(schedule.seed)
    net = build_net() if start is None else RegionModel.load(start).net
    losses = batch_losses(net, shares, batch=schedule.batch, augmentation=Augmentation())
    curve = train(net, losses, schedule=schedule, run=run, title="regions")
    return net, curve


def evaluate_regions(
    model: RegionModel, samples: SampleSet, *, progress: Callable[[float], None] | None = None
) -> dict[str, dict[str, float]]:
    """Dice by label at the resolution of the annotation: mean, standard deviation, count, found.

    A structure that is annotated and not found counts as 0; one that is found and not annotated
    where the annotation speaks of it counts as 0 too.
    """
    scores: dict[str, list[float]] = {label.value: [] for label in LABELS}
    found: dict[str, int] = {label.value: 0 for label in LABELS}
    for index in range(len(samples)):
        sample = samples[index]
        if sample.masks is None:
            continue
        regions, square = predict_sample(model, sample)
        by_label = {region.label: region for region in regions}
        for i, label in enumerate(LABELS):
            truth = sample.masks[i] > 0
            region = by_label.get(i)
            if not sample.known[i] or (not truth.any() and region is None):
                continue
            guess = np.zeros(truth.shape, np.uint8)
            if region is not None:
                polygon = square.inverse(region.polygon)
                cv2.fillPoly(guess, [np.round(polygon * 16).astype(np.int32)], 1, shift=4)
                found[label.value] += 1
            scores[label.value].append(dice(guess > 0, truth))
        if progress is not None:
            progress((index + 1) / len(samples))
    return {
        name: {
            "dice_mean": float(np.mean(values)),
            "dice_sd": float(np.std(values)),
            "dice_p05": float(np.percentile(values, 5)),
            "count": len(values),
            "found": found[name],
        }
        for name, values in scores.items()
        if values
    }


def predict_sample(model: RegionModel, sample: Sample) -> tuple[list[SquareRegion], Square]:
    """The model's regions of one sample and the map back to its pixels."""
    height, width = sample.image.shape
    square = Square(box=(0.0, 0.0, float(width), float(height)), side=SIDE)
    return model.squares(square.image(sample.image)[None])[0], square


def dice(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """2 |a and b| / (|a| + |b|); 1 where both are empty."""
    total = int(a.sum() + b.sum())
    return 1.0 if total == 0 else float(2 * (a & b).sum() / total)
