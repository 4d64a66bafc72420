"""The picture as a network sees it, and the way back to source pixels."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector_view import outline_mask
from core.domain import Sector
from core.recognition.preprocess import DEFAULT, Preprocessing, preprocess

Box = tuple[float, float, float, float]
"""(x0, y0, x1, y1) in source pixels, half open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """A box of the source, scaled with its aspect kept and centred on a black square.

    Attributes:
        box: (x0, y0, x1, y1) in source pixels, half open.
        side: side of the square, px.
    """

    box: Box
    side: int

    @property
    def scale(self) -> float:
        """Square pixels per source pixel, the same in x and y."""
        x0, y0, x1, y1 = self.box
        return self.side / max(x1 - x0, y1 - y0)

    @property
    def offset(self) -> tuple[float, float]:
        """Where the box's top left corner lies in the square, px."""
        x0, y0, x1, y1 = self.box
        return (
            (self.side - (x1 - x0) * self.scale) / 2,
            (self.side - (y1 - y0) * self.scale) / 2,
        )

    def forward(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Source points [N, 2] to square points [N, 2]; pixel centres map to pixel centres."""
        points = np.asarray(points, np.float64)
        return (points + 0.5 - self.box[:2]) * self.scale + self.offset - 0.5

    def inverse(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Square points [N, 2] back to source points [N, 2]."""
        points = np.asarray(points, np.float64)
        return (points + 0.5 - self.offset) / self.scale + self.box[:2] - 0.5

    def image(self, gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The source picture uint8 [H, W] in the square: uint8 [side, side], black around it."""
        x0, y0, x1, y1 = (round(v) for v in self.box)
        left, top = self.offset
        width = max(1, round((x1 - x0) * self.scale))
        height = max(1, round((y1 - y0) * self.scale))
        # INTER_AREA, because a plain bilinear shrink of speckle aliases into a texture that
        # depends on the machine's resolution; it equals bilinear where the picture grows.
        small = cv2.resize(gray[y0:y1, x0:x1], (width, height), interpolation=cv2.INTER_AREA)
        square = np.zeros((self.side, self.side), np.uint8)
        left, top = round(left), round(top)
        square[top : top + height, left : left + width] = small
        return square


def square_box(middle: NDArray[np.floating], half: float, width: int, height: int) -> Box:
    """A square box around `middle` (x, y), in whole source pixels, within the frame."""
    left, top = np.floor(np.clip(middle - half, 0, (width - 2, height - 2)))
    right, bottom = np.ceil(np.clip(middle + half, (left + 2, top + 2), (width, height)))
    return float(left), float(top), float(right), float(bottom)


def to_gray(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB uint8 [H, W, 3] to grey uint8 [H, W] by the ITU-R BT.601 weights."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


class SectorSquare:
    """Cuts one sector out of frame after frame: mask and map are made once."""

    def __init__(
        self,
        sector: Sector,
        height: int,
        width: int,
        side: int,
        *,
        box: Box | None = None,
        chain: Preprocessing = DEFAULT,
    ) -> None:
        """`height`, `width`: of the source frames, px; `side`: of the square, px; `box`: the part
        of the frame to cut, within it; None: all of the sector."""
        x0, y0, x1, y1 = (float(v) for v in sector.box) if box is None else box
        self.square = Square(box=(x0, y0, x1, y1), side=side)
        self._inside = outline_mask(sector, height, width)
        self._chain = chain

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """RGB uint8 [H, W, 3] to grey uint8 [side, side], black outside the sector's outline."""
        return self.square.image(preprocess(to_gray(pixels), self._inside, self._chain))

    def colour(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The same cut with its colours, no filter in force: RGB uint8 [side, side, 3]."""
        inside = np.where(self._inside[..., None], pixels, 0).astype(np.uint8)
        return np.stack([self.square.image(inside[..., c]) for c in range(3)], axis=-1)
