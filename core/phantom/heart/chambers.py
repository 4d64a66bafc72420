"""Where the atria lie and how large they are at a moment.

Each atrium is an ellipsoid that ends in the plane of its valve. Its roof hardly moves; as the valve
comes down it grows longer, and it is as wide as the volume of the moment wants.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.heart.frame import Ring, Vector, Z, u
from core.phantom.heart.rings import OUTFLOW_DEG
from core.phantom.patient import HeartPatient

SEPTUM_MM = 2.0
_ROOF_PART = 0.35  # of the valve's way that the roof goes along
_FLAT = 0.86  # the septum lies at this part of the left atrium's half axis toward it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chamber:
    """An atrium's ellipsoid; rows of `axes` are its directions, the third along z."""

    centre: Vector
    radii: Vector
    axes: Vector

    def reach(self, toward: Vector) -> float:
        """From the centre to the tangent plane square to `toward`, mm."""
        return float(np.linalg.norm(self.radii * (self.axes @ toward)))


def left(patient: HeartPatient, moment: Moment) -> Chamber:
    """The left atrium's body; its second axis is the anteroposterior of the long-axis view."""
    across, behind = u(OUTFLOW_DEG - 90.0), u(OUTFLOW_DEG)
    toward = u(patient.rv_angle)
    aside = 3.5 * toward - 3.0 * behind
    axes = np.stack([across, behind, Z])
    return _chamber(patient.la_radii, axes, aside, ring=patient.mitral_ring,
                    floor=moment.descent, way=patient.annulus_descent,
                    scale=moment.la_scale)  # fmt: skip


def right(patient: HeartPatient, moment: Moment, rings: Mapping[str, Ring]) -> Chamber:
    """The right atrium's body, on the other side of the septum."""
    toward = u(patient.rv_angle)
    axes = np.stack([toward, np.cross(Z, toward), Z])
    floor = float(rings["tricuspid"].centre[2])
    chamber = _chamber(patient.ra_radii, axes, np.zeros(3), ring=patient.tricuspid_ring,
                       floor=floor, way=patient.tapse, scale=moment.ra_scale)  # fmt: skip
    away = septum_distance(patient, moment) + SEPTUM_MM + _FLAT * chamber.radii[0]
    return Chamber(centre=chamber.centre + away * toward, radii=chamber.radii, axes=axes)


def septum_distance(patient: HeartPatient, moment: Moment) -> float:
    """Of the septum's left face from the long axis, mm."""
    toward = u(patient.rv_angle)
    chamber = left(patient, moment)
    return float(chamber.centre @ toward) + _FLAT * chamber.reach(toward)


def _chamber(radii: tuple[float, float, float], axes: Vector, aside: Vector, *, ring: float,
             floor: float, way: float, scale: float) -> Chamber:  # fmt: skip
    """The ellipsoid whose cut by the valve's plane is about as wide as the ring.

    Args:
        radii: half axes at the largest volume, mm.
        axes: their directions.
        aside: of the centre from the z axis.
        ring: radius of the valve's ring, mm.
        floor: height of the valve's plane now; `way`: how far it goes in a beat, mm.
        scale: third root of the volume's part of the largest.
    """
    a, b, c = radii
    part = float(np.sqrt(np.clip(1 - (ring / (0.5 * (a + b))) ** 2, 0.3, 0.62)))
    moved = (1 - _ROOF_PART) * (way - np.clip(floor, 0.0, way))
    tall = (c * (1 + part) - moved) / (1 + part)
    wide = float(np.sqrt(scale**3 * c / tall))
    return Chamber(centre=aside + (floor - part * tall) * Z,
                   radii=np.array([a * wide**0.6, b * wide**1.4, tall]), axes=axes)  # fmt: skip
