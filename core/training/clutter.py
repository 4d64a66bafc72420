"""Pictures of no heart at all, drawn by code: what a recogniser must not call a view.

An empty or blackened screen, a probe in the air, muscle and lung under a linear probe, an even
organ, vessels and cysts, text and tables, things that no ultrasound machine drew. They teach that
most of the world is `OTHER` and has no region; the virtual heart adds liver, lung, belly and neck
as a probe really sees them (`core.phantom.probe.random_other`).
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import View
from core.training.sample import LABELS, Sample, known_labels

SIDE = 256

Picture = NDArray[np.float32]


class ClutterSet:
    """`count` pictures, each drawn from its own seed when it is asked for."""

    name = "clutter"

    def __init__(self, *, count: int, seed: int) -> None:
        self._count, self._seed = count, seed

    def __len__(self) -> int:
        return self._count

    def views(self) -> tuple[View, ...]:
        return (View.OTHER,) * self._count

    def __getitem__(self, index: int) -> Sample:
        if not 0 <= index < self._count:
            raise IndexError(index)
        return Sample(
            image=draw_clutter(np.random.default_rng((self._seed, index, 99))),
            view=View.OTHER,
            masks=np.zeros((len(LABELS), SIDE, SIDE), np.uint8),
            known=known_labels(*LABELS),
            group=f"clutter-{self._seed + index}",
        )


def draw_clutter(rng: np.random.Generator) -> NDArray[np.uint8]:
    """One random picture, uint8 [256, 256]; ultrasound-like ones are black outside a fan."""
    kind = _KINDS[int(rng.integers(len(_KINDS)))]
    picture = np.clip(kind(rng), 0, 1)
    return (picture * 255).astype(np.uint8)


def _grain(rng: np.random.Generator) -> Picture:
    """Speckle of mean 1: finer in depth than across, as a beam makes it."""
    fields = rng.standard_normal((2, SIDE, SIDE)).astype(np.float32)
    wide, deep = rng.uniform(1.0, 4.0), rng.uniform(0.5, 1.5)
    real, imaginary = (cv2.GaussianBlur(f, (0, 0), wide, sigmaY=deep) for f in fields)
    grain = np.hypot(real, imaginary)
    return np.asarray(grain / (grain.mean() + 1e-6), np.float32)


def _smooth(rng: np.random.Generator, cells: int) -> Picture:
    """Slow random field, 0..1."""
    coarse = rng.random((cells, cells)).astype(np.float32)
    field = cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(field, 0, 1), np.float32)


def _shaped(picture: Picture, rng: np.random.Generator) -> Picture:
    """Cut to a fan, as most probes give it, or left whole, as a linear one does."""
    if rng.random() < 0.35:
        return picture
    fan = np.zeros((SIDE, SIDE), np.uint8)
    apex = (SIDE // 2 + int(rng.normal(0, 6)), int(rng.uniform(-60, 8)))
    half = rng.uniform(25, 50)
    reach = round(SIDE * rng.uniform(0.9, 1.2))
    arc = cv2.ellipse2Poly(apex, (reach, reach), 0, round(90 - half), round(90 + half), 2)
    cv2.fillPoly(fan, [np.vstack([[apex], arc]).astype(np.int32)], 1)
    return picture * fan


def _empty(rng: np.random.Generator) -> Picture:
    """Nothing, or nearly nothing: no probe, a frozen black screen, a lost cable."""
    level = float(rng.choice([0.0, 0.01, 0.04]))
    return np.full((SIDE, SIDE), level, np.float32) * (1 + 0.5 * (_grain(rng) - 1))


def _air(rng: np.random.Generator) -> Picture:
    """A probe in the air: bright bands near its face, then noise."""
    y = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None]
    bands = 0.5 + 0.5 * np.cos(2 * np.pi * y / rng.uniform(0.02, 0.08))
    near = np.exp(-y / rng.uniform(0.03, 0.15)) * bands
    noise = rng.uniform(0.02, 0.25) * _grain(rng) * y
    return _shaped(np.asarray(near + noise, np.float32), rng)


def _organ(rng: np.random.Generator) -> Picture:
    """An even organ with a few vessels or cysts in it."""
    base = rng.uniform(0.15, 0.5) * (0.6 + 0.8 * _smooth(rng, 4))
    tissue = np.ones((SIDE, SIDE), np.float32)
    for _ in range(int(rng.integers(0, 6))):
        centre = tuple(int(v) for v in rng.integers(20, SIDE - 20, 2))
        axes = tuple(int(v) for v in rng.uniform(4, 40, 2))
        cv2.ellipse(
            tissue, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0, 0.5)), -1
        )
    tissue = np.asarray(cv2.GaussianBlur(tissue, (0, 0), rng.uniform(0.8, 3)), np.float32)
    return _shaped(base * tissue * _grain(rng), rng)


def _layers(rng: np.random.Generator) -> Picture:
    """Skin, muscle, a pleura with its repeats: layers across the picture."""
    y = np.arange(SIDE, dtype=np.float32)[:, None] + 8 * (_smooth(rng, 4) - 0.5)
    picture = 0.1 + 0.25 * _smooth(rng, 6)
    bright = rng.uniform(30, 110)
    for repeat in range(1, int(rng.integers(2, 6))):
        at = bright * repeat
        picture = picture + 0.9 / repeat * np.exp(-(((y - at) / rng.uniform(1.5, 4)) ** 2))
    for _ in range(int(rng.integers(0, 8))):
        at = rng.uniform(0, bright)
        picture = picture + rng.uniform(0.2, 0.5) * np.exp(-(((y - at) / 2) ** 2))
    if rng.random() < 0.4:  # comet tails
        x = np.arange(SIDE, dtype=np.float32)[None]
        for _ in range(int(rng.integers(1, 5))):
            tail = np.exp(-(((x - rng.uniform(30, SIDE - 30)) / rng.uniform(3, 12)) ** 2))
            picture = picture + rng.uniform(0.3, 0.7) * tail * (y > bright)
    return _shaped(np.asarray(picture * _grain(rng), np.float32), rng)


def _words(rng: np.random.Generator) -> Picture:
    """A page of a machine that shows no picture: text, boxes, a curve."""
    page = np.full((SIDE, SIDE), int(rng.uniform(0, 50)), np.uint8)
    ink = int(rng.uniform(130, 255))
    for _ in range(int(rng.integers(4, 18))):
        write(page, rng, ink)
    for _ in range(int(rng.integers(0, 4))):
        first, second = rng.integers(0, SIDE, (2, 2))
        cv2.rectangle(page, first.tolist(), second.tolist(), ink, 1)
    curve = np.cumsum(rng.normal(0, 3, SIDE)) + rng.uniform(60, 200)
    line = np.stack([np.arange(SIDE), curve], axis=1).astype(np.int32)
    cv2.polylines(page, [line], False, ink, 1)
    picture = np.asarray(page / 255, np.float32)
    return picture if rng.random() < 0.8 else np.asarray(1 - picture, np.float32)


def write(page: NDArray[np.uint8], rng: np.random.Generator, ink: int) -> None:
    """A few letters or figures anywhere on uint8 [H, W], in place."""
    height, width = page.shape
    place = (int(rng.integers(0, width)), int(rng.integers(8, height)))
    letters = "".join(rng.choice(list("ABCDEFGHKLMNOPRSTVWXYZ0123456789. :/"), rng.integers(2, 10)))
    size = float(rng.uniform(0.3, 0.8))
    cv2.putText(page, letters, place, cv2.FONT_HERSHEY_SIMPLEX, size, ink, 1)


def _scene(rng: np.random.Generator) -> Picture:
    """Anything a camera sees: light that changes slowly, hard-edged things."""
    picture = _smooth(rng, int(rng.integers(2, 9)))
    for _ in range(int(rng.integers(2, 12))):
        points = rng.integers(-30, SIDE + 30, (int(rng.integers(3, 7)), 2)).astype(np.int32)
        cv2.fillConvexPoly(picture, cv2.convexHull(points), float(rng.random()))
    noise = rng.normal(0, rng.uniform(0, 0.08), (SIDE, SIDE)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 2)) + noise, np.float32)


_KINDS: tuple[Callable[[np.random.Generator], Picture], ...] = (
    _empty,
    _air,
    _organ,
    _organ,
    _layers,
    _layers,
    _words,
    _scene,
)
