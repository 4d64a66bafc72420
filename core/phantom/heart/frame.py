"""The frame of the heart, and the body's directions in it.

Millimetres; origin at the end-diastolic centre of the mitral annulus; z to the apex. Angles about z
run from x: the lateral wall of the left ventricle lies at about 20 degrees, the septum at 200.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector = NDArray[np.float64]

Z: Vector = np.array([0.0, 0.0, 1.0])


def unit(v: ArrayLike) -> Vector:
    """The vector at length one."""
    vector = np.asarray(v, np.float64)
    return vector / np.linalg.norm(vector)


def u(degrees: float) -> Vector:
    """Unit vector across the long axis."""
    a = np.deg2rad(degrees)
    return np.array([np.cos(a), np.sin(a), 0.0])


# The body's axes: right-handed, orthogonal within two degrees as drawn from anatomy, made exact.
SUPERIOR: Vector = unit([0.0, 0.88, -0.48])
POSTERIOR: Vector = unit(
    np.array([0.71, -0.34, -0.62]) - (np.array([0.71, -0.34, -0.62]) @ SUPERIOR) * SUPERIOR
)
LEFT: Vector = np.cross(POSTERIOR, SUPERIOR)
LEFT = LEFT if LEFT @ np.array([0.71, 0.34, 0.62]) > 0 else -LEFT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ring:
    """A circle that blood passes.

    Attributes:
        centre: mm.
        axis: unit vector, the way the blood goes.
        radius: mm, inner.
    """

    centre: Vector
    axis: Vector
    radius: float

    def frame(self, toward: ArrayLike) -> Vector:
        """Rows x, y, axis: x is as near to `toward` as the ring's plane allows."""
        wanted = np.asarray(toward, np.float64)
        x = unit(wanted - (wanted @ self.axis) * self.axis)
        return np.stack([x, np.cross(self.axis, x), self.axis])
