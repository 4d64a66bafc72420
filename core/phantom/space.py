"""Directions and shapes in the heart frame: lengths in mm, arrays float32 of any one shape."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Vector = NDArray[np.float64]

#: The body's axes in the heart frame (x, y, z); z runs from the mitral centre to the apex.
LEFT = np.array((0.71, 0.34, 0.62))
POSTERIOR = np.array((0.71, -0.34, -0.62))
SUPERIOR = np.array((0.0, 0.88, -0.48))
Z = np.array((0.0, 0.0, 1.0))


def around(angle_deg: float) -> Vector:
    """Unit vector across the long axis at `angle_deg`: (cos, sin, 0)."""
    angle = np.deg2rad(angle_deg)
    return np.array((np.cos(angle), np.sin(angle), 0.0))


def body(left: float, posterior: float, superior: float) -> Vector:
    """A point given in the body's axes, in the heart frame."""
    return left * LEFT + posterior * POSTERIOR + superior * SUPERIOR


def unit(vector: Vector) -> Vector:
    """The vector at length 1."""
    return vector / np.linalg.norm(vector)


class Points:
    """Sample points as three arrays of one shape, with the plane they lie in.

    `normal` and `offset` (normal · p = offset) let a shape far from the plane be skipped.
    """

    __slots__ = ("margin", "normal", "offset", "x", "y", "z")

    def __init__(
        self, x: Array, y: Array, z: Array, *, normal: Vector, offset: float, margin: float
    ) -> None:
        self.x, self.y, self.z = x, y, z
        self.normal, self.offset, self.margin = normal, offset, margin

    def near(self, point: Vector, reach: float) -> bool:
        """True if a ball of `reach` mm about `point` may touch the plane's slab."""
        return abs(float(self.normal @ point) - self.offset) <= reach + self.margin


def ellipsoid(p: Points, centre: Sequence[float] | Vector, axes: Sequence[float]) -> Array:
    """Signed distance to an axis-parallel ellipsoid (first order, exact on the surface)."""
    x = p.x - np.float32(centre[0])
    y = p.y - np.float32(centre[1])
    z = p.z - np.float32(centre[2])
    x *= np.float32(1 / axes[0])
    y *= np.float32(1 / axes[1])
    z *= np.float32(1 / axes[2])
    scaled = np.sqrt(x * x + y * y + z * z)
    x *= np.float32(1 / axes[0])
    y *= np.float32(1 / axes[1])
    z *= np.float32(1 / axes[2])
    slope = np.sqrt(x * x + y * y + z * z) + np.float32(1e-6)
    found: Array = scaled * (scaled - 1) / slope
    return found


def capsule(p: Points, start: Vector, end: Vector, r0: float, r1: float) -> Array | None:
    """Signed distance to a tapered capsule; None where it cannot reach the plane."""
    axis = end - start
    d0 = float(p.normal @ start) - p.offset
    d1 = float(p.normal @ end) - p.offset
    reach = max(r0, r1) + 6 + p.margin
    if d0 * d1 > 0 and min(abs(d0), abs(d1)) > reach:
        return None
    a = axis.astype(np.float32)
    s = start.astype(np.float32)
    x, y, z = p.x - s[0], p.y - s[1], p.z - s[2]
    t = (x * a[0] + y * a[1] + z * a[2]) * np.float32(1 / float(axis @ axis))
    np.clip(t, 0, 1, out=t)
    x -= t * a[0]
    y -= t * a[1]
    z -= t * a[2]
    found: Array = np.sqrt(x * x + y * y + z * z) - (np.float32(r0) + t * np.float32(r1 - r0))
    return found


def tube(p: Points, points: Sequence[Vector], radii: Sequence[float]) -> Array | None:
    """Signed distance to a chain of capsules; None where none reaches the plane."""
    found: Array | None = None
    for k in range(len(points) - 1):
        part = capsule(p, points[k], points[k + 1], radii[k], radii[k + 1])
        if part is not None:
            found = part if found is None else np.minimum(found, part)
    return found
