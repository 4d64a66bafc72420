"""Pictures of the virtual heart to learn landmarks on, rendered once and kept."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.domain import View
from core.phantom.sample import EDITION, render_points
from core.phantom.truth.landmarks import NAMES
from core.training.chunks import Chunk, Chunks

SIDE = 384
#: Views in turn: those that more is measured in come more often.
ROTATION = (
    View.PLAX, View.A4C, View.PLAX, View.SC_IVC, View.A4C, View.PLAX, View.PSAX_AV, View.A2C,
    View.PLAX, View.A4C, View.A3C, View.PSAX_AV, View.PLAX, View.A5C, View.SC_IVC, View.A4C,
)  # fmt: skip
#: Seeds from one picture to the next: more patients than pictures of each are what is learnt from.
_STRIDE = 5
_LAYOUT = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointSample:
    """One picture with its landmarks.

    Attributes:
        image: uint8 [384, 384], black outside the fan.
        points: float32 [K, 2], px in the order of `NAMES`; NaN where one is not in the picture.
        mm_per_px: of the picture.
    """

    image: NDArray[np.uint8]
    points: NDArray[np.float32]
    mm_per_px: float


class PointSet:
    """`count` random pictures of standard views with the landmarks in them."""

    def __init__(self, *, count: int, seed: int, cache: Path | None = None) -> None:
        self._count = count
        self._chunks = Chunks(
            partial(_rendered, seed), count=count, cache=cache, large=("images",),
            stem=f"points-edition{EDITION}-layout{_LAYOUT}-{seed}",
        )  # fmt: skip

    def __len__(self) -> int:
        return self._count

    def render(self, progress: Callable[[float], None] | None = None) -> None:
        """Renders what is not yet there; `progress` is told the part done and may raise."""
        self._chunks.render(progress)

    def view(self, index: int) -> View:
        return ROTATION[index % len(ROTATION)]

    def __getitem__(self, index: int) -> "PointSample":
        chunk, row = self._chunks.at(index)
        return PointSample(
            image=chunk["images"][row],
            points=chunk["points"][row],
            mm_per_px=float(chunk["mm_per_px"][row]),
        )


def _rendered(seed: int, places: range) -> Chunk:
    images, points, scales = [], [], []
    for place in places:
        view = ROTATION[place % len(ROTATION)]
        image, found, mm_per_px = render_points(view, seed=seed + place * _STRIDE, size=SIDE)
        images.append(image)
        scales.append(mm_per_px)
        points.append([found.get(name, (np.nan, np.nan)) for name in NAMES])
    return {
        "images": np.stack(images),
        "points": np.array(points, np.float32),
        "mm_per_px": np.array(scales, np.float32),
    }
