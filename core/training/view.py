"""Training, calibration, evaluation and export of the view model."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import timm
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from core.domain import InputError, View
from core.recognition.normalise import normalise
from core.recognition.timm_backbone import BACKBONE, imagenet_weights
from core.recognition.view import SIDE, VIEWS, ViewModel
from core.training.augment import NONE, Augmentation, to_square
from core.training.loop import Schedule, train
from core.training.regions import Share
from core.training.sample import SampleSet


def build_net() -> nn.Module:
    """A classifier of the twelve labels on one grey picture; backbone from ImageNet."""
    net: nn.Module = timm.create_model(
        BACKBONE, pretrained=False, in_chans=1, num_classes=len(VIEWS), drop_rate=0.2
    )
    weights = imagenet_weights()
    for head in ("classifier.weight", "classifier.bias"):
        del weights[head]
    missing = set(net.load_state_dict(weights, strict=False).missing_keys)
    if missing != {"classifier.weight", "classifier.bias"}:
        raise ValueError(f"the ImageNet weights lack {sorted(missing)[:3]}")
    return net


def train_view(
    shares: Sequence[Share], *, schedule: Schedule, run: Path, start: Path | None = None
) -> tuple[nn.Module, list[dict[str, float]]]:
    """Trains a view network; `run` keeps what is needed to go on after a stop.

    `start`: weights to begin from, as this command leaves them in its run; None begins from
    ImageNet.
    """
    torch.manual_seed(schedule.seed)
    net = build_net()
    if start is not None:
        load_start(net, start)
    weights = np.array([share.weight for share in shares], float)
    weights /= weights.sum()
    by_view = [_by_view(share.samples) for share in shares]
    augmentation = Augmentation()

    def losses(rng: np.random.Generator) -> dict[str, torch.Tensor]:
        images, labels = [], []
        for which in rng.choice(len(shares), schedule.batch, p=weights):
            # First the view, then a picture of it: rare views weigh as much as common ones.
            views = by_view[which]
            view = list(views)[int(rng.integers(len(views)))]
            index = int(rng.choice(views[view]))
            image, _ = to_square(
                shares[which].samples[index], side=SIDE, augmentation=augmentation, rng=rng
            )
            images.append(image)
            labels.append(VIEWS.index(view))
        logits = net(torch.from_numpy(normalise(np.stack(images))))
        loss = F.cross_entropy(logits, torch.tensor(labels), label_smoothing=0.05)
        return {"loss_view": loss}

    curve = train(net, losses, schedule=schedule, run=run, title="view")
    return net, curve


def load_start(net: nn.Module, path: Path) -> None:
    """Puts the weights of an earlier run into the network; InputError where they do not fit."""
    try:
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # torch has many kinds for a damaged file or another network's
        raise InputError(
            f"{path}: not the weights of a view network; give view.pt of an earlier run"
        ) from error


def _by_view(samples: SampleSet) -> dict[View, list[int]]:
    groups: dict[View, list[int]] = {}
    for index, view in enumerate(samples.views()):
        groups.setdefault(view, []).append(index)
    return groups


def logits_of(net: nn.Module, samples: SampleSet) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Logits float32 [N, 12] and true labels int64 [N] of pictures as they are, not augmented."""
    net.eval()
    squares = _squares(samples)
    with torch.inference_mode():
        logits = [
            net(torch.from_numpy(normalise(squares[i : i + 16]))).numpy()
            for i in range(0, len(squares), 16)
        ]
    return np.concatenate(logits), _labels(samples)


def _squares(samples: SampleSet) -> NDArray[np.uint8]:
    rng = np.random.default_rng(0)
    return np.stack([
        to_square(samples[i], side=SIDE, augmentation=NONE, rng=rng)[0]
        for i in range(len(samples))
    ])  # fmt: skip


def _labels(samples: SampleSet) -> NDArray[np.int64]:
    return np.array([VIEWS.index(view) for view in samples.views()], np.int64)


def scores_of(model: ViewModel, samples: SampleSet) -> dict[str, object]:
    """Accuracy, expected calibration error (10 bins) and the confusion matrix [truth][said]."""
    squares = _squares(samples)
    p = np.concatenate([
        model.probabilities(squares[i : i + 16]) for i in range(0, len(squares), 16)
    ])  # fmt: skip
    labels = _labels(samples)
    said = p.argmax(axis=1)
    sure = p.max(axis=1)
    right = said == labels
    bins = np.minimum((sure * 10).astype(int), 9)
    gap = sum(
        abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    )
    confusion = np.zeros((len(VIEWS), len(VIEWS)), int)
    np.add.at(confusion, (labels, said), 1)
    return {
        "accuracy": float(right.mean()),
        "calibration_error": float(gap),
        "count": len(labels),
        "confusion": {
            view.value: {VIEWS[j].value: int(n) for j, n in enumerate(confusion[i]) if n}
            for i, view in enumerate(VIEWS)
            if confusion[i].any()
        },
    }
