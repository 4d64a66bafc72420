"""The outside of the chest: an analytic surface that a probe can stand on.

A patient examined lies on the left side: the heart falls to the left and front, so that the chest
stands turned against the heart's own axes. The chest is a rounded column, slanted off above the
breastbone (where the suprasternal probe stands) and flat over the belly (the subcostal one).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.phantom.heart.extent import reach_of
from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR, Vector, unit
from core.phantom.patient import HeartPatient

Points = NDArray[np.float64]

# How the chest is turned against the heart's axes by lying on the left side, degrees.
_YAW_DEG, _PITCH_DEG = 10.0, 12.0
_MIDLINE_MM = -38.0  # of the chest, from the mitral centre to the left, for a heart of usual length
_SLANT = (0.62, 0.78)  # outward normal of the shoulder surface: forward, up
_EXPONENT = 2.15
# Between fat and heart: in front, at the apex, and least of all where the heart lifts a rib, mm.
_FRONT_MM, _APEX_MM, _LEAST_MM = 11.0, 9.5, 3.5
_FAR_MM = 500.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Torso:
    """A patient's chest, still while heart and lungs move. Vectors in the heart's frame, mm.

    Attributes:
        centre: on the axis of the column, at the height of the mitral valve.
        axes: rows: to the left, to the back, up.
        half_widths: half breadth and half depth.
        exponent: of the superellipse that the column's cross section is.
        notch: on the midline in front, where the chest bends back toward the neck.
        belly: a point of the flat surface of the belly.
        fat_mm: between skin and ribs.
    """

    centre: Vector
    axes: NDArray[np.float64]
    half_widths: tuple[float, float]
    exponent: float
    notch: Vector
    belly: Vector
    fat_mm: float

    @property
    def slant(self) -> Vector:
        """Outward normal of the shoulder surface."""
        return unit(-_SLANT[0] * self.axes[1] + _SLANT[1] * self.axes[2])

    @property
    def slope(self) -> Vector:
        """Up along the midline of the shoulder surface."""
        return np.cross(self.axes[0], -self.slant)

    @property
    def belly_normal(self) -> Vector:
        """Outward normal of the belly: straight forward in the body, where the chest leans."""
        return -POSTERIOR

    def local(self, points: ArrayLike) -> Points:
        """Chest coordinates [..., 3]: left of the midline, behind the axis, above the valve."""
        return (np.asarray(points, np.float64) - self.centre) @ self.axes.T

    def world(self, local: ArrayLike) -> Points:
        """The inverse of `local`."""
        return np.asarray(local, np.float64) @ self.axes + self.centre

    def level(self, points: ArrayLike) -> Points:
        """Negative inside, 0 on the skin, about mm near it; [..., 3] -> [...]. Convex."""
        return self._slope(np.asarray(points, np.float64))[0]

    def normal(self, point: ArrayLike) -> Vector:
        """Unit normal into the body at, or near, a point of the skin [3]."""
        return -unit(self._slope(np.asarray(point, np.float64))[1])

    def project(self, point: ArrayLike, direction: ArrayLike) -> Points:
        """Where rays leave the body.

        Args:
            point: [..., 3].
            direction: [..., 3], any length.

        Returns:
            [..., 3], on the skin; where a ray's line misses the body, its place nearest to it.
        """
        way = np.asarray(direction, np.float64)
        way = way / np.linalg.norm(way, axis=-1, keepdims=True)
        start = np.asarray(point, np.float64) + 0 * way
        # Newton's steps from far outside: on a convex function they come in and never overshoot.
        reach = np.full(start.shape[:-1], _FAR_MM)
        missed = np.zeros(start.shape[:-1], bool)
        for _ in range(14):
            height, gradient = self._slope(start + reach[..., None] * way)
            rate = (gradient * way).sum(axis=-1)
            missed |= rate < 0.02
            reach = reach - np.where(missed, 0.0, height / np.maximum(rate, 0.02))
            if np.all(missed | (np.abs(height) < 1e-9)):
                break
        if missed.any():
            reach = np.where(missed, self._deepest(start, way), reach)
        return start + reach[..., None] * way

    def _slope(self, p: Points) -> tuple[Points, Points]:
        """Level [...] and its gradient [..., 3]."""
        a, b = self.half_widths
        n = self.exponent
        q = self.local(p)
        x, y = np.abs(q[..., 0] / a), np.abs(q[..., 1] / b)
        g = np.maximum(x**n + y**n, 1e-12) ** (1 / n)
        least = min(a, b)
        level = (g - 1) * least
        dx = np.sign(q[..., 0]) * (x / g) ** (n - 1) * (least / a)
        dy = np.sign(q[..., 1]) * (y / g) ** (n - 1) * (least / b)
        gradient = dx[..., None] * self.axes[0] + dy[..., None] * self.axes[1]
        for place, outward in ((self.notch, self.slant), (self.belly, self.belly_normal)):
            other = (p - place) @ outward
            gradient = np.where((other > level)[..., None], outward, gradient)
            level = np.maximum(level, other)
        return level, gradient

    def _deepest(self, start: Points, way: Points) -> Points:
        """The way along each ray to its deepest place: by thirds, for the level is convex."""
        low, high = np.full(start.shape[:-1], -_FAR_MM), np.full(start.shape[:-1], _FAR_MM)
        for _ in range(40):
            one, two = low + (high - low) / 3, high - (high - low) / 3
            left = self.level(start + one[..., None] * way) < self.level(
                start + two[..., None] * way
            )
            low, high = np.where(left, low, one), np.where(left, two, high)
        return np.asarray(0.5 * (low + high))

    def front(self, left: ArrayLike, up: ArrayLike) -> Points:
        """Skin in front at chest coordinates (left of the midline, up), arrays or numbers."""
        x, z = np.broadcast_arrays(np.asarray(left, np.float64), np.asarray(up, np.float64))
        inner = self.world(np.stack([x, np.zeros_like(x), z], axis=-1))
        return self.project(inner, np.broadcast_to(-self.axes[1], inner.shape))

    def around(self, angle_deg: ArrayLike, up: ArrayLike) -> Points:
        """Skin of the column at an angle from the front midline, to the left positive."""
        angle, z = np.broadcast_arrays(np.deg2rad(angle_deg), np.asarray(up, np.float64))
        inner = self.world(np.stack([np.zeros_like(z), np.zeros_like(z), z], axis=-1))
        way = np.sin(angle)[..., None] * self.axes[0] - np.cos(angle)[..., None] * self.axes[1]
        return self.project(inner, way)


@lru_cache(maxsize=64)
def torso_of(patient: HeartPatient) -> Torso:
    """The chest of this patient, fitted so that the heart lies as deep under it as in life.

    The depth follows from height and weight; breadth and place from the heart, which touches the
    inside of the ribs in front and at the apex.
    """
    bmi = patient.bmi
    size = patient.height_cm / 172
    fat = float(np.clip(4.5 + 0.5 * (bmi - 23), 3.0, 14))
    axes = _chest_axes()
    depth = (106 + 2.0 * (bmi - 23) - (5 if patient.sex == "F" else 0)) * size
    middle = _MIDLINE_MM * size
    breadth, back, depth = _fit(*reach_of(patient, axes, middle), depth=depth, fat=fat)
    centre = np.array([middle, back, 0.0]) @ axes
    notch = centre + np.array([0.0, -depth, 78.0 * size]) @ axes
    # The belly falls away from the leaning chest a hand's breadth below the valve.
    belly = centre + np.array([0.0, -depth, -58.0 * size]) @ axes
    return Torso(
        centre=centre, axes=axes, half_widths=(breadth, depth), exponent=_EXPONENT, notch=notch,
        belly=belly, fat_mm=fat,
    )  # fmt: skip


def _fit(reach: NDArray[np.float64], tip: Vector, *, depth: float,
         fat: float) -> tuple[float, float, float]:  # fmt: skip
    """Half breadth, how far back the axis lies, and half depth, so that the heart is covered but
    no more.

    Args:
        reach, tip: see `reach_of`.
        depth: half depth of the chest; a heart that is too large for it gets a larger one.
    """
    x, y, inner = np.abs(reach[:, 0]), reach[:, 1], reach[:, 3]
    x, y = np.append(x, tip[0]), np.append(y, tip[1])
    need = np.append(inner + fat + _LEAST_MM, fat + _APEX_MM)

    def lacking(breadth: float, back: float) -> float:
        n = _EXPONENT
        g = ((x / breadth) ** n + np.abs((y - back) / depth) ** n) ** (1 / n)
        return float(((g - 1) * min(breadth, depth) + need).max())

    back = float((reach[:, 1] - inner).min()) - fat - _FRONT_MM + depth
    low, high = 1.1 * depth, 1.55 * depth
    while (lack := lacking(high, back)) > 0:
        if lacking(high, back - 0.5) < lack:
            back -= 0.5
        else:  # farther back the heart lies no better covered: the chest itself is too small
            depth, high, low = 1.02 * depth, 1.02 * high, 1.02 * low
    for _ in range(24):
        half = 0.5 * (low + high)
        low, high = (half, high) if lacking(half, back) > 0 else (low, half)
    return high, back, depth


def _chest_axes() -> NDArray[np.float64]:
    """The body's axes turned by lying on the left side (to the right, and leaning up)."""
    yaw, pitch = np.deg2rad(_YAW_DEG), np.deg2rad(_PITCH_DEG)
    left = np.cos(yaw) * LEFT - np.sin(yaw) * POSTERIOR
    forward = -(np.cos(yaw) * POSTERIOR + np.sin(yaw) * LEFT)
    forward = np.cos(pitch) * forward + np.sin(pitch) * SUPERIOR
    up = np.cross(left, -forward)
    return np.stack([unit(left), unit(-forward), unit(up)])
