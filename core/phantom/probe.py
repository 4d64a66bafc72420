"""The probe: a plane in the heart frame, the fan of beams in it, and the sample points."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.phantom.space import Points, Vector, unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """How far the probe is off a plane: degrees, and millimetres along the skin.

    Attributes:
        rotate: about the beam axis, clockwise as the operator sees it.
        tilt: sweeps the plane out of itself (about the image's horizontal axis).
        rock: turns the fan within its plane.
        slide_x: along the image's horizontal axis; slide_y: across the plane.
    """

    rotate: float = 0.0
    tilt: float = 0.0
    rock: float = 0.0
    slide_x: float = 0.0
    slide_y: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Scan plane: origin on the skin (mm, heart frame), unit vectors right and down."""

    origin: Vector
    right: Vector
    down: Vector

    @property
    def normal(self) -> Vector:
        return np.cross(self.right, self.down)


def move(plane: Plane, offset: Offset) -> Plane:
    """The plane after the probe was turned and slid."""
    right, down, normal = plane.right, plane.down, plane.normal
    origin = plane.origin + right * offset.slide_x + normal * offset.slide_y
    for axis, angle in ((down, offset.rotate), (right, offset.tilt), (normal, offset.rock)):
        right, down = _turn(right, axis, angle), _turn(down, axis, angle)
    return Plane(origin, unit(right), unit(down))


def _turn(vector: Vector, axis: Vector, angle_deg: float) -> Vector:
    """Rodrigues' rotation."""
    angle = np.deg2rad(angle_deg)
    turned: Vector = (
        vector * np.cos(angle)
        + np.cross(axis, vector) * np.sin(angle)
        + axis * (axis @ vector) * (1 - np.cos(angle))
    )
    return turned


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """Shape of the picture.

    Attributes:
        depth: mm from the skin to the last sample.
        width: opening angle in degrees.
        face: mm from the beams' common point to the skin (0-ish: phased array; 50: convex).
        beams, samples: size of the beam grid.
    """

    depth: float
    width: float
    face: float = 2.0
    beams: int = 128
    samples: int = 256

    def angles(self) -> NDArray[np.float32]:
        """Beam angles in radians, left to right."""
        half = np.deg2rad(self.width / 2)
        return np.linspace(-half, half, self.beams, dtype=np.float32)

    def depths(self) -> NDArray[np.float32]:
        """Sample depths in mm below the skin."""
        return np.linspace(0, self.depth, self.samples, dtype=np.float32)

    def with_grid(self, beams: int, samples: int) -> "Fan":
        """The same fan on another beam grid."""
        return replace(self, beams=beams, samples=samples)

    def extent(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of the picture in mm about the middle of the skin."""
        half = np.deg2rad(self.width / 2)
        reach = self.face + self.depth
        side = reach * np.sin(half)
        return -float(side), float(self.face * (np.cos(half) - 1)), float(side), self.depth


def fan_points(
    plane: Plane, fan: Fan, *, jitter: NDArray[np.float32] | None = None, margin: float = 0.0
) -> Points:
    """Sample points [samples, beams] of the fan in the plane.

    Args:
        plane, fan: where and how.
        jitter: out-of-plane displacement in mm [samples, beams], which makes borders soft; or None.
        margin: how far the jitter reaches, mm.
    """
    reach = fan.face + fan.depths()[:, None]
    angle = fan.angles()[None, :]
    across = reach * np.sin(angle)
    along = reach * np.cos(angle) - np.float32(fan.face)
    normal = plane.normal
    out = []
    for k in range(3):
        values = (
            np.float32(plane.origin[k])
            + across * np.float32(plane.right[k])
            + along * np.float32(plane.down[k])
        )
        if jitter is not None:
            values += jitter * np.float32(normal[k])
        out.append(values)
    return Points(
        out[0],
        out[1],
        out[2],
        normal=normal,
        offset=float(normal @ plane.origin),
        margin=margin,
    )
