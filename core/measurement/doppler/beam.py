"""The line that a machine draws over the small picture: where the gate or the M-mode line lies."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Sector

Floats = NDArray[np.float64]

# The ray with the line must be drawn in this many times more of its length than the others are.
_STAND_OUT = 2.2
_LEAST_DRAWN = 0.10
_DEPTHS = (0.12, 0.95)
_STEP_DEG = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """A line from the fan's apex.

    Attributes:
        apex: (x, y) source px.
        angle_deg: against straight down, positive to the right.
        length: px from the apex to the fan's lower end.
    """

    apex: tuple[float, float]
    angle_deg: float
    length: float

    def at(self, distance: float) -> tuple[float, float]:
        """Source px of a place on the line, `distance` px from the apex."""
        angle = np.deg2rad(self.angle_deg)
        x, y = self.apex
        return x + distance * float(np.sin(angle)), y + distance * float(np.cos(angle))

    def x_at_row(self, y: float) -> float:
        """Column of the line at a row."""
        return self.apex[0] + (y - self.apex[1]) * float(np.tan(np.deg2rad(self.angle_deg)))


def find_beam(frame: NDArray[np.uint8], fan: Sector) -> Beam | None:
    """The drawn line over a fan; None where none stands out.

    A dotted or thin line is bright against its close surroundings, or coloured where the picture is
    grey, over most of its length; speckle is so only here and there.

    Args:
        frame: RGB uint8 [H, W, 3].
        fan: the small picture.
    """
    apex = _apex(fan)
    if apex is None:
        return None
    _x0, _y0, _x1, y1 = fan.box
    grey = frame.max(axis=2)
    hat = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, np.ones((5, 5), np.uint8)).astype(np.float32)
    colour = (frame.max(axis=2).astype(np.int16) - frame.min(axis=2)).astype(np.float32)
    length = y1 - apex[1]
    half = _half_angle(fan, apex)
    angles = np.arange(-half + 1.0, half - 1.0, _STEP_DEG)
    if len(angles) < 12 or length < 30:
        return None
    best: tuple[float, float] | None = None
    for image, level in ((hat, 45.0), (colour, 45.0)):
        drawn = (image > level).astype(np.float32)
        wide = np.asarray(cv2.dilate(drawn, np.ones((2, 2), np.uint8)), np.float32)
        share = _shares(wide, apex, angles, length)
        usual = float(np.median(share))
        top = int(share.argmax())
        stand = share[top] / (usual + 0.04)
        if share[top] < _LEAST_DRAWN + usual or stand < _STAND_OUT:
            continue
        near = slice(max(0, top - 2), top + 3)
        weight = np.maximum(share[near] - usual, 0)
        angle = float((weight * angles[near]).sum() / weight.sum())
        if best is None or stand > best[0]:
            best = stand, angle
    return None if best is None else Beam(apex=apex, angle_deg=best[1], length=float(length))


def _shares(drawn: NDArray[np.float32], apex: tuple[float, float], angles: Floats,
            length: float) -> Floats:  # fmt: skip
    """Part of each ray that is drawn, float64 [n]."""
    along = np.arange(_DEPTHS[0] * length, _DEPTHS[1] * length, 1.0)
    turn = np.deg2rad(angles)[:, None]
    x = (apex[0] + along * np.sin(turn)).astype(np.float32)
    y = (apex[1] + along * np.cos(turn)).astype(np.float32)
    seen = cv2.remap(drawn, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(seen.mean(axis=1), np.float64)


def _apex(fan: Sector) -> tuple[float, float] | None:
    """Where the fan's two straight sides meet, source px."""
    sides = []
    points = np.array(fan.outline, np.float64)
    edges = np.roll(points, -1, axis=0) - points
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    for sign in (-1, 1):
        # A side runs outwards on its way down: the longest such edge on each half.
        down = np.where(edges[:, 1:2] < 0, -edges, edges)
        slope = down[:, 0] / np.maximum(down[:, 1], 1e-6)
        fits = (down[:, 1] > 0.25 * lengths) & (sign * slope > 0.15)
        if not fits.any():
            return None
        longest = int(np.where(fits, lengths, 0).argmax())
        sides.append((points[longest], edges[longest]))
    (p, d), (q, e) = sides
    cross = d[0] * e[1] - d[1] * e[0]
    if abs(cross) < 1e-6:
        return None
    t = ((q[0] - p[0]) * e[1] - (q[1] - p[1]) * e[0]) / cross
    x, y = p + t * d
    return float(x), float(y)


def _half_angle(fan: Sector, apex: tuple[float, float]) -> float:
    """Degrees from straight down to the fan's sides."""
    points = np.array(fan.outline, np.float64)
    low = points[points[:, 1] > apex[1] + 0.3 * fan.height]
    if not len(low):
        return 0.0
    return float(np.rad2deg(np.arctan2(np.abs(low[:, 0] - apex[0]), low[:, 1] - apex[1])).max())
