"""The line that a machine draws over the small picture: where the gate or the M-mode line lies."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Sector

Floats = NDArray[np.float64]

# The ray with the line must stand out this many times more than any other farther aside (degrees)
# than the line is thick, and at least so much.
_STAND_OUT, _ASIDE_DEG = 2.2, 3.0
_LEAST_DRAWN, _SPECKLE = 0.035, 0.008
_DEPTHS = (0.12, 0.95)
_STEP_DEG = 0.4
# A dot or a thin line is brighter than the ring around it by this many of the ring's own deviations
# (with a least one, grey levels); more than the second adds nothing.
_RING_PX, _CORE_PX = 7, 3
_BRIGHTER, _GRAIN = (2.0, 4.0), 8.0


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
    grey, here and there along its whole length; speckle is so along no ray. Over bright tissue a
    line of the tissue's own grey is hidden: what shows of it in the dark tells it.

    Args:
        frame: RGB uint8 [H, W, 3].
        fan: the small picture.
    """
    apex = _apex(fan)
    if apex is None:
        return None
    _x0, _y0, _x1, y1 = fan.box
    grey = frame.max(axis=2).astype(np.float32)
    colour = grey - frame.min(axis=2)
    length = y1 - apex[1]
    half = _half_angle(fan, apex)
    angles = np.arange(-half + 1.0, half - 1.0, _STEP_DEG)
    if len(angles) < 12 or length < 30:
        return None
    best: tuple[float, float] | None = None
    for image in (grey, colour):
        share = _shares(_standing_out(image), apex, angles, length)
        top = int(share.argmax())
        aside = np.abs(angles - angles[top]) > _ASIDE_DEG
        if not aside.any():
            continue
        usual = float(share[aside].max())
        stand = float(share[top]) / (usual + _SPECKLE)
        if share[top] < _LEAST_DRAWN or stand < _STAND_OUT:
            continue
        near = slice(max(0, top - 2), top + 3)
        weight = np.maximum(share[near] - usual, 0)
        angle = float((weight * angles[near]).sum() / weight.sum())
        if best is None or stand > best[0]:
            best = stand, angle
    return None if best is None else Beam(apex=apex, angle_deg=best[1], length=float(length))


def _standing_out(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each pixel of an image [h, w] stands out of the ring around it, float32 0..1."""
    ring = np.ones((_RING_PX, _RING_PX), np.float32)
    rim = (_RING_PX - _CORE_PX) // 2
    ring[rim:-rim, rim:-rim] = 0
    ring /= ring.sum()
    mean = cv2.filter2D(image, -1, ring)
    square = cv2.filter2D(image * image, -1, ring) - mean * mean
    over = (image - mean) / (np.sqrt(np.maximum(square, 0)) + _GRAIN)
    least, most = _BRIGHTER
    out = np.where(over >= least, np.minimum(over, most) / most, 0.0).astype(np.float32)
    # Rays are sampled pixel by pixel: a dot between two of them counts too.
    return np.asarray(cv2.dilate(out, np.ones((2, 2), np.uint8)), np.float32)


def _shares(drawn: NDArray[np.float32], apex: tuple[float, float], angles: Floats,
            length: float) -> Floats:  # fmt: skip
    """How much stands out along each ray, mean of 0..1, float64 [n]."""
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
