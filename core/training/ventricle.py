"""Training of the network of the left heart, on pictures cut as recognition cuts them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from core.recognition.normalise import normalise
from core.recognition.plane import APICAL
from core.recognition.ventricle import MARGIN
from core.recognition.ventricle_net import OUTLINED, SIDE, VentricleNet
from core.training.augment import Augmentation, intensity
from core.training.loop import Schedule, train
from core.training.regions import dice
from core.training.sample import LABELS, SampleSet
from core.training.speed import half

LOOKS = Augmentation(blur=1.2, noise=0.25, gain=0.35, haze=0.25, coarse=0.3)
_KEPT = 1.7
"""Around the left heart, in its own sizes: what is kept of a picture, room for any cut."""
_FINEST = 1.3 * SIDE
"""Side of a left heart in what is kept, px: no finer than the network sees."""
_LEAST = 0.01
"""Of the picture's area, that a cavity must cover to be learnt from."""
_PLACES = [LABELS.index(label) for label in OUTLINED]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heart:
    """One left heart, with room around it.

    Attributes:
        image: uint8 [H, W].
        masks: uint8 [3, H, W], 0 to 255, in the order of `OUTLINED`.
        box: (x0, y0, x1, y1) of all outlines, px.
        without_atrium: the same without the atrium's.
    """

    image: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    box: NDArray[np.float64]
    without_atrium: NDArray[np.float64]


def hearts_of(samples: SampleSet) -> Iterator[Heart]:
    """The left hearts in a set's apical pictures, where the annotation speaks of all of it."""
    for index, view in enumerate(samples.views()):
        if view not in APICAL:
            continue
        sample = samples[index]
        # A virtual hand that has strayed shows another view than was asked for, a lost one none.
        if sample.view not in APICAL or sample.masks is None or not sample.known[_PLACES].all():
            continue
        masks = sample.masks[_PLACES]
        if masks[0].mean() < _LEAST or not masks[1].any():
            continue
        yield _kept(sample.image, masks)


def _kept(image: NDArray[np.uint8], masks: NDArray[np.uint8]) -> Heart:
    box = _box(masks > 0)
    middle, extent = (box[:2] + box[2:]) / 2, float((box[2:] - box[:2]).max())
    zoom = min(1.0, _FINEST / extent)
    side = round(_KEPT * extent * zoom)
    shift = np.full(2, (side - 1) / 2) - zoom * middle
    warp = np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])
    if zoom < 1:  # what is shrunk is smoothed first, or speckle aliases
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.4 / zoom), np.uint8)
    cut = np.asarray(cv2.warpAffine(image, warp, (side, side)), np.uint8)
    drawn = np.stack([cv2.warpAffine(m * 255, warp, (side, side)) for m in masks]).astype(np.uint8)
    return Heart(
        image=cut,
        masks=drawn,
        box=_box(drawn > 127),
        without_atrium=_box(drawn[:2] > 127),
    )


def _box(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    rows = np.flatnonzero(masks.any(axis=(0, 2)))
    columns = np.flatnonzero(masks.any(axis=(0, 1)))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], float)


def cut_at_random(
    heart: Heart, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A square uint8 [S, S] and its masks uint8 [3, S, S], 0 to 255: as a box that the region
    network found would have cut it, or one of another moment of the beat, or without the atrium."""
    box = heart.without_atrium if rng.random() < 0.15 else heart.box
    extent = float((box[2:] - box[:2]).max())
    side = extent * MARGIN * np.exp(rng.uniform(np.log(0.8), np.log(1.25)))
    middle = (box[:2] + box[2:] - 1) / 2 + rng.normal(0, 0.05, 2) * extent
    zoom = SIDE / side
    angle, stretch = np.deg2rad(rng.normal(0, 8.0)), np.exp(rng.normal(0, 0.06))
    cos, sin = np.cos(angle), np.sin(angle)
    linear = zoom * np.array([[cos, -sin], [sin, cos]]) @ np.diag([stretch, 1 / stretch])
    image, masks = _cut(heart, linear, middle)
    return intensity(image, LOOKS, rng), masks


def losses_of(logits: torch.Tensor, masks: torch.Tensor) -> dict[str, torch.Tensor]:
    """Cross entropy and soft Dice of logits float [B, 3, S/2, S/2] against masks float
    [B, 3, S, S], 0..1."""
    wanted = F.avg_pool2d(masks, 2)
    p = logits.sigmoid()
    overlap = (p * wanted).sum(dim=(2, 3))
    soft = 1 - (2 * overlap + 1) / ((p + wanted).sum(dim=(2, 3)) + 1)
    return {
        "loss_bce": F.binary_cross_entropy_with_logits(logits, wanted),
        "loss_dice": 0.5 * soft.mean(),
    }


def train_ventricle(
    shares: Sequence[tuple[Sequence[Heart], float]],
    *,
    schedule: Schedule,
    run: Path,
    start: VentricleNet | None = None,
    tuning: Sequence[Heart] = (),
    stop: Callable[[], bool] = lambda: False,
) -> tuple[VentricleNet, list[dict[str, float]]]:
    """Trains a network, or `start` further; `shares`: hearts and their part of each batch.

    `tuning`: hearts that are not trained on; the score in the curve is the Dice of their cavities.
    """
    torch.manual_seed(schedule.seed)
    net = start or VentricleNet()
    weights = np.array([weight for _, weight in shares], float)
    weights /= weights.sum()

    def losses(_: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        images, masks = [], []
        for which in rng.choice(len(shares), schedule.batch, p=weights):
            hearts = shares[which][0]
            image, mask = cut_at_random(hearts[int(rng.integers(len(hearts)))], rng)
            images.append(image)
            masks.append(mask)
        given = torch.from_numpy(normalise(np.stack(images)))
        with half(net):
            logits = net(given.contiguous(memory_format=torch.channels_last))
        return losses_of(logits.float(), torch.from_numpy(np.stack(masks)).float() / 255)

    curve = train(
        net, losses, schedule=schedule, run=run, title="ventricle",
        score=(lambda: float(np.mean(cavity_scores(net, tuning)))) if tuning else None, stop=stop,
    )  # fmt: skip
    return net.eval(), curve


def cavity_scores(net: nn.Module, hearts: Sequence[Heart]) -> list[float]:
    """Dice of each heart's cavity, cut around its true outlines."""
    net.eval()
    scores = []
    for heart in hearts:
        image, masks = cut_evenly(heart)
        with torch.inference_mode():
            logits = net(torch.from_numpy(normalise(image[None])))[0, 0].numpy()
        found = cv2.resize(logits, (SIDE, SIDE)) > 0
        scores.append(dice(found, masks[0] > 127))
    return scores


def cut_evenly(heart: Heart) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """As recognition cuts, around the true outlines."""
    extent = float((heart.box[2:] - heart.box[:2]).max())
    zoom = SIDE / (MARGIN * extent)
    middle = (heart.box[:2] + heart.box[2:] - 1) / 2
    return _cut(heart, zoom * np.eye(2), middle)


def _cut(
    heart: Heart, linear: NDArray[np.float64], middle: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The square around `middle`, turned and enlarged by `linear` [2, 2]."""
    warp = np.hstack([linear, (np.full(2, (SIDE - 1) / 2) - linear @ middle)[:, None]])
    image = np.asarray(cv2.warpAffine(heart.image, warp, (SIDE, SIDE)), np.uint8)
    masks = np.stack([cv2.warpAffine(mask, warp, (SIDE, SIDE)) for mask in heart.masks])
    return image, masks.astype(np.uint8)
