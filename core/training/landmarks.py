"""Training and scores of the landmark network, on pictures cut as a measurement cuts them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from core.phantom.truth.landmarks import NAMES
from core.recognition.landmark_net import SIDE, LandmarkNet, landmark_losses, points_of
from core.recognition.normalise import normalise
from core.training.augment import Augmentation, intensity
from core.training.loop import Schedule, train
from core.training.points import PointSample, PointSet
from core.training.speed import half

Finder = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Squares uint8 [B, S, S] to points float32 [B, K, 2], px, in the order of `POINTS`."""
_RINGS = ("mitral", "tricuspid", "aortic", "sinus", "stj", "pulmonary")
#: What is learnt: ends of calipers, hinge points of valves, the apex.
POINTS = tuple(
    name
    for name in NAMES
    if name[-2:] in ("_1", "_2") or name == "lv_apex" or name.split("_")[0] in _RINGS
)
_COLUMNS = [NAMES.index(name) for name in POINTS]
LIGHT = Augmentation(blur=1.0, noise=0.2, gain=0.25, haze=0.2, coarse=0.1, sector=0.0)
_TURN_DEG, _SHIFT = 8.0, 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where a square lies in a picture: its middle and side, px, and how it is turned."""

    x: float
    y: float
    side: float
    turn_deg: float = 0.0

    def matrix(self) -> NDArray[np.float64]:
        """2x3, from the picture to the square of `SIDE`."""
        zoom = SIDE / self.side
        angle = np.deg2rad(self.turn_deg)
        linear = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = np.full(2, (SIDE - 1) / 2)
        return np.hstack([linear, (middle - linear @ (self.x, self.y))[:, None]])


def random_cut(sample: PointSample, rng: np.random.Generator) -> Cut:
    """From a tight box around the points to the whole picture: one network finds them first in
    the one and then, finer, in the other."""
    size = sample.image.shape[0]
    points = sample.points[_COLUMNS]
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 2 or rng.random() < 0.3:
        side = size * float(np.exp(rng.normal(0.0, 0.08)))
        middle = np.full(2, (size - 1) / 2) + rng.normal(0, 0.04, 2) * size
    else:
        low, high = points.min(axis=0), points.max(axis=0)
        # One structure of a few millimetres is not looked at through a microscope.
        extent = max(float((high - low).max()), 0.2 * size)
        side = extent * float(np.exp(rng.uniform(np.log(1.15), np.log(1.8))))
        middle = (low + high) / 2 + rng.normal(0, _SHIFT, 2) * extent
    return Cut(
        x=float(middle[0]), y=float(middle[1]), side=side, turn_deg=float(rng.normal(0, _TURN_DEG))
    )


def cut_out(sample: PointSample, cut: Cut) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The square uint8 [S, S] and its points float32 [K, 2] in the order of `POINTS`; NaN where a
    point is not in it."""
    warp = cut.matrix()
    # Linear sampling of what is shrunk would alias: the machine's picture is smoothed first.
    blur = 0.4 * cut.side / SIDE
    image = sample.image if blur < 0.5 else cv2.GaussianBlur(sample.image, (0, 0), blur)
    square = np.asarray(cv2.warpAffine(image, warp, (SIDE, SIDE)), np.uint8)
    points = sample.points[_COLUMNS] @ warp[:, :2].T + warp[:, 2]
    inside = ((points >= 0) & (points <= SIDE - 1)).all(axis=1)
    points[~inside] = np.nan
    return square, points.astype(np.float32)


def train_landmarks(
    samples: PointSet,
    *,
    schedule: Schedule,
    run: Path,
    start: LandmarkNet,
    tuning: PointSet | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[LandmarkNet, list[dict[str, float]]]:
    """Trains the network `start`; `run` keeps what is needed to go on after a stop.

    `tuning`: pictures that are not trained on; the score in the curve is the share of their points
    found within 3 mm.
    """
    net = start

    def losses(_: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        squares, points = [], []
        for index in rng.integers(0, len(samples), schedule.batch):
            sample = samples[int(index)]
            square, found = cut_out(sample, random_cut(sample, rng))
            squares.append(intensity(square, LIGHT, rng))
            points.append(found)
        with half(net):
            heat, seen = net(torch.from_numpy(normalise(np.stack(squares))))
        return landmark_losses((heat.float(), seen.float()), torch.from_numpy(np.stack(points)))

    def score() -> float:
        assert tuning is not None
        errors = np.concatenate(list(errors_of(finder_of(net), tuning).values()))
        return float((errors < 3.0).mean())

    curve = train(
        net, losses, schedule=schedule, run=run, title="landmarks",
        score=score if tuning is not None else None, stop=stop,
    )  # fmt: skip
    return net.eval(), curve


def finder_of(net: LandmarkNet) -> Finder:
    """The network as `errors_of` asks for it."""

    def find(squares: NDArray[np.uint8]) -> NDArray[np.float32]:
        net.eval()
        with torch.inference_mode():
            heat, _ = net(torch.from_numpy(normalise(squares)))
            return np.asarray(points_of(heat)[0].numpy(), np.float32)

    return find


def errors_of(find: Finder, samples: PointSet) -> dict[str, NDArray[np.float64]]:
    """Distance of each point from where it is, mm, by name; each picture cut around its points."""
    found: dict[str, list[float]] = {}
    for first in range(0, len(samples), 8):
        batch = [samples[i] for i in range(first, min(first + 8, len(samples)))]
        cuts = [even_cut(sample) for sample in batch]
        cut = [cut_out(sample, c) for sample, c in zip(batch, cuts, strict=True)]
        said = find(np.stack([square for square, _ in cut]))
        for sample, c, (_, points), places in zip(batch, cuts, cut, said, strict=True):
            mm = np.linalg.norm(places - points, axis=1) * sample.mm_per_px * c.side / SIDE
            for name, gap in zip(POINTS, mm, strict=True):
                if np.isfinite(gap):
                    found.setdefault(name, []).append(float(gap))
    return {name: np.array(gaps) for name, gaps in found.items()}


def even_cut(sample: PointSample) -> Cut:
    """Around the points, as the second look cuts where the first has found them rightly."""
    points = sample.points[_COLUMNS]
    points = points[np.isfinite(points).all(axis=1)]
    size = sample.image.shape[0]
    if len(points) < 2:
        return Cut(x=(size - 1) / 2, y=(size - 1) / 2, side=size)
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    side = 1.4 * max(float((high - low).max()), 0.2 * size)
    return Cut(x=float(middle[0]), y=float(middle[1]), side=side)


def scores_of(errors: dict[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Median, mean and 90th percentile of the distance, mm, by point."""
    return {
        name: {
            "count": len(gaps),
            "median_mm": float(np.median(gaps)),
            "mean_mm": float(gaps.mean()),
            "p90_mm": float(np.percentile(gaps, 90)),
        }
        for name, gaps in sorted(errors.items())
    }
