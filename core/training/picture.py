"""Training of the picture model: the view from how a picture looks."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import timm
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from core.domain import View
from core.recognition.normalise import normalise
from core.recognition.picture import PICTURE_SIDE
from core.recognition.timm_backbone import BACKBONE, imagenet_weights
from core.recognition.view_net import VIEWS
from core.training.augment import NONE, Augmentation, to_square
from core.training.loop import Schedule, train
from core.training.regions import Share
from core.training.request import load_start
from core.training.sample import SampleSet
from core.training.speed import half

_HEAD = ("classifier.weight", "classifier.bias")


def build_net() -> nn.Module:
    """A classifier of the twelve labels on one grey picture; backbone from ImageNet."""
    net: nn.Module = timm.create_model(
        BACKBONE, pretrained=False, in_chans=1, num_classes=len(VIEWS), drop_rate=0.2
    )
    weights = imagenet_weights()
    for head in _HEAD:
        del weights[head]
    missing = set(net.load_state_dict(weights, strict=False).missing_keys)
    if missing != set(_HEAD):
        raise ValueError(f"the ImageNet weights lack {sorted(missing)[:3]}")
    return net


def train_picture(
    shares: Sequence[Share],
    *,
    schedule: Schedule,
    run: Path,
    start: Path | None = None,
    tuning: Sequence[SampleSet] = (),
    stop: Callable[[], bool] = lambda: False,
) -> tuple[nn.Module, list[dict[str, float]]]:
    """Trains a picture network; `run` keeps what is needed to go on after a stop.

    `start`: weights to begin from, as this command leaves them in its run; None begins from
    ImageNet. `tuning`: pictures not trained on; the score is the mean share right.
    """
    torch.manual_seed(schedule.seed)
    net = build_net()
    if start is not None:
        load_start(net, start, "picture")
    weights = np.array([share.weight for share in shares], float)
    weights /= weights.sum()
    by_view = [_by_view(share.samples) for share in shares]
    augmentation = Augmentation()

    def losses(_: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        images, labels = [], []
        for which in rng.choice(len(shares), schedule.batch, p=weights):
            # First the view, then a picture of it: rare views weigh as much as common ones.
            views = by_view[which]
            view = list(views)[int(rng.integers(len(views)))]
            sample = shares[which].samples[int(rng.choice(views[view]))]
            image, _masks = to_square(sample, side=PICTURE_SIDE, augmentation=augmentation, rng=rng)
            images.append(image)
            # A virtual hand that has strayed shows another view than was asked for.
            labels.append(VIEWS.index(sample.view or view))
        given = torch.from_numpy(normalise(np.stack(images)))
        with half(net):
            logits = net(given.contiguous(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits.float(), torch.tensor(labels), label_smoothing=0.05)
        return {"loss_picture": loss}

    def score() -> float:
        pairs = [logits_of(net, samples) for samples in tuning]
        return float(np.mean([(logits.argmax(axis=1) == y).mean() for logits, y in pairs]))

    curve = train(
        net,
        losses,
        schedule=schedule,
        run=run,
        title="picture",
        score=score if tuning else None,
        stop=stop,
    )
    return net.eval(), curve


def logits_of(net: nn.Module, samples: SampleSet) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Logits float32 [N, 12] and true labels int64 [N] of pictures as they are, not augmented."""
    net.eval()
    rng = np.random.default_rng(0)
    logits = np.empty((len(samples), len(VIEWS)), np.float32)
    labels = np.empty(len(samples), np.int64)
    for index in range(len(samples)):
        sample = samples[index]
        square, _ = to_square(sample, side=PICTURE_SIDE, augmentation=NONE, rng=rng)
        with torch.inference_mode():
            logits[index] = net(torch.from_numpy(normalise(square[None])))[0].numpy()
        labels[index] = VIEWS.index(sample.view or View.OTHER)
    return logits, labels


def _by_view(samples: SampleSet) -> dict[View, list[int]]:
    groups: dict[View, list[int]] = {}
    for index, view in enumerate(samples.views()):
        groups.setdefault(view, []).append(index)
    return groups
