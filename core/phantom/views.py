"""Where the probe stands for each standard view, from the patient's own landmarks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import View
from core.phantom.anatomy import POSTERIOR, SUPERIOR, Heart, Z, u, unit

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plane:
    """An image plane in the heart's frame, mm.

    Attributes:
        origin: centre of the probe's face.
        down: unit vector along the middle beam.
        right: unit vector to the right of the picture.
    """

    origin: Vector
    down: Vector
    right: Vector

    @property
    def normal(self) -> Vector:
        """Unit vector out of the plane, toward the viewer's far side."""
        return np.cross(self.down, self.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """How far the probe stands from the standard plane; degrees and mm."""

    rotate_deg: float = 0.0
    tilt_deg: float = 0.0
    rock_deg: float = 0.0
    slide_x_mm: float = 0.0
    slide_y_mm: float = 0.0


def plane_of(heart: Heart, view: View) -> Plane:
    """The standard plane of a view; `View.OTHER` has none and raises KeyError."""
    return _PLANES[view](heart)


def moved(plane: Plane, offset: Offset) -> Plane:
    """The plane after the probe was slid, rotated about its beam, tilted and rocked."""
    normal = plane.normal
    origin = plane.origin + offset.slide_x_mm * plane.right + offset.slide_y_mm * normal
    down, right = plane.down, plane.right
    right = _turn(right, down, offset.rotate_deg)
    down = _turn(down, right, offset.tilt_deg)
    normal = np.cross(down, right)
    down, right = _turn(down, normal, offset.rock_deg), _turn(right, normal, offset.rock_deg)
    return Plane(origin=origin, down=unit(down), right=unit(right))


def _turn(v: Vector, axis: Vector, degrees: float) -> Vector:
    """Rodrigues' rotation."""
    a = np.deg2rad(degrees)
    axis = unit(axis)
    return v * np.cos(a) + np.cross(axis, v) * np.sin(a) + axis * (axis @ v) * (1 - np.cos(a))


def _through(origin: Vector, target: Vector, right: Vector) -> Plane:
    """From a probe point toward a target, the picture's right as near to `right` as can be."""
    down = unit(target - origin)
    return Plane(origin=origin, down=down, right=unit(right - (right @ down) * down))


def _apex(heart: Heart) -> Vector:
    return Z * (heart.patient.lv_length + 0.8 * heart.patient.wall + 12)


def _apical(heart: Heart, degrees: float) -> Plane:
    return _through(_apex(heart), Z * 0.0, u(degrees))


def _a4c(heart: Heart) -> Plane:
    # A little toward the septum, so that both atria and ventricles share the picture.
    plane = _apical(heart, 20)
    return moved(plane, Offset(rock_deg=4.0))


def _a5c(heart: Heart) -> Plane:
    c = heart.aortic_centre + 6 * heart.root_axis
    return _through(_apex(heart), c, u(10))


def _parasternal(degrees: float, z: float, heart: Heart) -> Vector:
    return u(degrees) * (heart.patient.lv_radius + heart.patient.wall + 38) + Z * z


def _plax(heart: Heart) -> Plane:
    return _through(_parasternal(147, 24, heart), u(147) * 2 + Z * 12, -Z)


def _short_axis(heart: Heart, z: float, right: float, lean: float = 0.0) -> Plane:
    origin = _parasternal(140, z + lean, heart)
    return _through(origin, Z * z, u(right))


def _psax_av(heart: Heart) -> Plane:
    c = heart.aortic_centre + 5 * heart.root_axis
    origin = c + u(140) * 50 + Z * 16
    across = unit(heart.pulmonary_centre - c - 0.2 * Z)
    return _through(origin, c + u(320) * 10, across)


def _sc4c(heart: Heart) -> Plane:
    return _through(u(217) * 105 + Z * 15, Z * 22 + u(217) * 10, Z)


def _sc_ivc(heart: Heart) -> Plane:
    a, b = heart.ivc_ends
    middle = a + 0.35 * (b - a)
    return _through(middle - 62 * POSTERIOR - 14 * SUPERIOR, middle, SUPERIOR)


def _ssn(heart: Heart) -> Plane:
    c = heart.aortic_centre + 68 * heart.root_axis + 6 * SUPERIOR
    far = u(328) * 46 + 60 * SUPERIOR
    middle = 0.5 * (c + far)
    return _through(middle + 75 * SUPERIOR - 6 * POSTERIOR, middle - 10 * SUPERIOR, far - c)


_PLANES = {
    View.A4C: _a4c,
    View.A5C: _a5c,
    View.A2C: lambda heart: _apical(heart, 90),
    View.A3C: lambda heart: _apical(heart, 148),
    View.PLAX: _plax,
    View.PSAX_AV: _psax_av,
    View.PSAX_MV: lambda heart: _short_axis(heart, 8, 50),
    View.PSAX_PM: lambda heart: _short_axis(heart, 40, 50),
    View.SC4C: _sc4c,
    View.SC_IVC: _sc_ivc,
    View.SSN: _ssn,
}
