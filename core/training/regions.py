"""Training and evaluation of the region model.

The dense trunk, which all else rests on, gets nearly all of the time: first on many small pictures,
then on fewer at the size it is used at, a step costing as much at each size. Where the plane of a
picture is known, the trunk also learns what tells planes apart, which outlines alone do not teach.
The box heads are trained after it, on a trunk that rests.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from detectron2.utils.events import EventStorage
from numpy.typing import NDArray
from torch import nn

from core.recognition.anatomy import LOOK_SIDE, SIDE
from core.recognition.normalise import normalise
from core.recognition.region_net import RegionNet, RegionTargets, Trunk
from core.recognition.regions import RegionModel, SquareRegion, load_net
from core.recognition.square import Square
from core.recognition.timm_backbone import imagenet_weights
from core.training.augment import Augmentation, to_square
from core.training.loop import Schedule, train
from core.training.plane_teacher import PlaneTargets, PlaneTeacher, plane_targets
from core.training.sample import LABELS, Sample, SampleSet
from core.training.speed import half

SIDES = ((128, 0.5), (192, 0.8), (SIDE, 1.0))
"""Sides of the pictures that the trunk is trained on, and up to which part of its steps."""
BOX_STEPS = 0.1
"""Steps for the box heads, as a part of the trunk's."""
PLANE_WEIGHT = 0.25
"""Of what the trunk learns of planes, beside the outlines."""


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


class Batches:
    """Random batches from shares, augmented."""

    def __init__(self, shares: Sequence[Share], *, augmentation: Augmentation) -> None:
        self._shares, self._augmentation = shares, augmentation
        weights = np.array([share.weight for share in shares], float)
        self._weights = weights / weights.sum()

    def draw(
        self, rng: np.random.Generator, *, count: int, side: int
    ) -> tuple[torch.Tensor, RegionTargets, PlaneTargets]:
        """Images float [count, 1, side, side], normalised, and what is known of them."""
        images, masks, known, planes = [], [], [], []
        for which in rng.choice(len(self._shares), count, p=self._weights):
            samples = self._shares[which].samples
            sample = samples[int(rng.integers(len(samples)))]
            image, mask = to_square(sample, side=side, augmentation=self._augmentation, rng=rng)
            if mask is None:
                raise ValueError(f"{samples.name}: pictures without masks teach no regions")
            images.append(image)
            masks.append(mask)
            known.append(sample.known)
            planes.append(sample.plane)
        targets = RegionTargets(
            masks=torch.from_numpy(np.stack(masks)), known=torch.from_numpy(np.stack(known))
        )
        return torch.from_numpy(normalise(np.stack(images))), targets, plane_targets(planes)


def train_regions(
    shares: Sequence[Share],
    *,
    schedule: Schedule,
    run: Path,
    start: Path | None = None,
    keep: float = 0.0,
    tuning: Sequence[SampleSet] = (),
    stop: Callable[[], bool] = lambda: False,
) -> tuple[RegionNet, list[dict[str, float]]]:
    """Trains a region network; `run` keeps what is needed to go on after a stop.

    `start`: weights to begin from, as this command writes them; None begins from ImageNet.
    `keep`: part of the start's weights in the trunk's finished ones. What a network learnt first is
    partly lost in a longer run on drawn pictures; the mean of both knows more of real ones than
    either (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022).
    `tuning`: pictures that are not trained on, which the score in the curve is taken from.
    """
    torch.manual_seed(schedule.seed)
    net = build_net() if start is None else load_net(start)
    batches = Batches(shares, augmentation=Augmentation())
    trunk = Trunk(net)
    teacher = PlaneTeacher()
    taught = nn.ModuleDict({"trunk": trunk, "plane": teacher})

    def dense(step: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        side = next(side for side, until in SIDES if step < until * schedule.steps)
        # As many pixels in a step with small pictures as in one with large ones.
        count = round(schedule.batch * (SIDE / side) ** 2)
        image, targets, planes = batches.draw(rng, count=count, side=side)
        with half(trunk):
            scene = trunk.scene(image.contiguous(memory_format=torch.channels_last))
            outlines = trunk.losses(scene, targets)
        plane_loss = teacher.loss(scene.float(), planes)
        return {**outlines, "loss_plane": PLANE_WEIGHT * plane_loss}

    curve = train(
        taught,
        dense,
        schedule=schedule,
        run=run / "trunk",
        title="regions: outlines",
        score=(lambda: dense_score(trunk, tuning)) if tuning else None,
        stop=stop,
    )
    if start is not None and keep:
        average(net, load_net(start), keep=keep)
    net.eval()
    heads = nn.ModuleList([net.proposal_generator, net.roi_heads])

    def boxes(step: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        # Outlined are clips at the one size, live frames at the other.
        side = (SIDE, LOOK_SIDE)[step % 2]
        image, targets, _ = batches.draw(rng, count=schedule.batch, side=side)
        with EventStorage():
            return net.box_losses(image.contiguous(memory_format=torch.channels_last), targets)

    box_schedule = Schedule(
        steps=max(1, round(BOX_STEPS * schedule.steps)),
        batch=schedule.batch,
        rate=schedule.rate,
        seed=schedule.seed,
    )
    curve += train(
        heads, boxes, schedule=box_schedule, run=run / "boxes", title="regions: boxes", stop=stop
    )
    return net.eval(), curve


def average(net: RegionNet, other: RegionNet, *, keep: float) -> None:
    """Moves the trunk of `net` to `keep` of `other` and the rest of itself, in place."""
    theirs = Trunk(other).state_dict()
    mine = Trunk(net).state_dict()
    with torch.no_grad():
        for name, value in mine.items():
            if value.is_floating_point():
                value.lerp_(theirs[name], keep)


def dense_score(trunk: Trunk, sets: Sequence[SampleSet]) -> float:
    """Mean Dice over labels and pictures of the dense maps alone: quick, and a little strict."""
    trunk.eval()
    scores: dict[int, list[float]] = {}
    for samples in sets:
        for index in range(len(samples)):
            sample = samples[index]
            if sample.masks is None:
                continue
            square = _square_of(sample)
            with torch.inference_mode():
                logits = trunk(torch.from_numpy(normalise(square.image(sample.image)[None])))[0]
            for label in np.flatnonzero(sample.known):
                truth = square.image(sample.masks[label] * 255) > 127
                if truth.any():
                    guess = cv2.resize(logits[0, label].numpy(), (SIDE, SIDE)) > 0
                    scores.setdefault(int(label), []).append(dice(guess, truth))
    return float(np.mean([np.mean(values) for values in scores.values()])) if scores else 0.0


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
    square = _square_of(sample)
    return model.squares(square.image(sample.image)[None])[0], square


def _square_of(sample: Sample) -> Square:
    height, width = sample.image.shape
    return Square(box=(0.0, 0.0, float(width), float(height)), side=SIDE)


def dice(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """2 |a and b| / (|a| + |b|); 1 where both are empty."""
    total = int(a.sum() + b.sum())
    return 1.0 if total == 0 else float(2 * (a & b).sum() / total)
