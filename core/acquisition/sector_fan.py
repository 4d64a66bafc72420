"""The fan as a shape: two sides from an apex, two arcs about it, cut to a box."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.polygon_clip import clip_to_box


@dataclass(frozen=True, slots=True)
class Fan:
    """A fan that opens downwards.

    Attributes:
        apex_x, apex_y: where the sides meet, pixels; above the picture for a curved array.
        left, right: angles of the sides from straight down, radians, growing to the right.
        inner, outer: radii of the arcs, pixels.
        box: (x0, y0, x1, y1) that the fan is cut to.
    """

    apex_x: float
    apex_y: float
    left: float
    right: float
    inner: float
    outer: float
    box: tuple[float, float, float, float]

    def ring(self) -> NDArray[np.float64]:
        """float64 [N, 2], clockwise on the screen, not yet cut to the box."""
        angles = np.linspace(self.left, self.right, 33)
        down = np.stack([np.sin(angles), np.cos(angles)], axis=1)
        top = down * self.inner if self.inner > 1 else np.zeros((1, 2))
        ring: NDArray[np.float64] = np.concatenate([top, (down * self.outer)[::-1]])
        ring += np.array([self.apex_x, self.apex_y])
        return ring

    def polygon(self) -> NDArray[np.float64]:
        """float64 [N, 2], clockwise on the screen, cut to the box."""
        return clip_to_box(self.ring(), self.box)

    def mask(self, shape: tuple[int, int]) -> NDArray[np.uint8]:
        """uint8 [h, w], 1 inside."""
        mask = polygon_mask(self.ring(), shape)
        x0, y0, x1, y1 = (max(0, round(v)) for v in self.box)
        mask[:y0] = mask[y1:] = 0
        mask[:, :x0] = mask[:, x1:] = 0
        return mask


def polygon_mask(polygon: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """uint8 [h, w], 1 inside the polygon, which is [N, 2] in x and y."""
    mask = np.zeros(shape, np.uint8)
    if len(polygon) >= 3:
        cv2.fillPoly(mask, [np.round(polygon * 16).astype(np.int32)], 1, shift=4)
    return mask


def polar(fan: Fan, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(angle, radius) of points [N, 2] about the fan's apex."""
    dx, dy = points[:, 0] - fan.apex_x, points[:, 1] - fan.apex_y
    return np.arctan2(dx, dy), np.hypot(dx, dy)


def from_sides(
    left: tuple[float, float], right: tuple[float, float], shape: tuple[int, int]
) -> Fan | None:
    """The fan between two lines, radii open.

    A side is (angle from straight down, x where it crosses y = 0). None where the sides do not
    open downwards.
    """
    (a, xa), (b, xb) = left, right
    opening = math.tan(b) - math.tan(a)
    if b - a < math.radians(15) or opening <= 0:
        return None
    y = (xa - xb) / opening
    x = xa + math.tan(a) * y
    height, width = shape
    return Fan(x, y, a, b, 0.0, 4.0 * (height + width), (0.0, 0.0, float(width), float(height)))
