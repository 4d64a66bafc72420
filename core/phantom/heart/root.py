"""The aortic root: annulus, three sinuses, junction, and the straight ascending part."""

from collections.abc import Mapping

import numpy as np

from core.phantom.heart.frame import Ring, Vector
from core.phantom.heart.rings import ANTERIOR, SINUS_PART
from core.phantom.patient import HeartPatient
from core.phantom.scene import SceneBuilder, Structure

CUSP_TURN_DEG = 15.0  # of the right cusp's middle from the front, to the right
_LOBE_OFFSET = 0.24  # of the sinus radius: the three sinuses' middles from the axis
_LOBE_RADIUS = 0.815  # so that sinus to commissure is twice the sinus radius, blend included


def cusp_directions(ring: Ring) -> tuple[Vector, Vector, Vector]:
    """Across the aortic root to the middles of the right, left and non-coronary cusps."""
    x, y, _ = ring.frame(ANTERIOR)

    def at(degrees: float) -> Vector:
        a = np.deg2rad(degrees)
        return np.asarray(np.cos(a) * x + np.sin(a) * y)

    # Seen along the blood, y is to the right of a viewer who faces the front.
    first = -CUSP_TURN_DEG
    return at(first), at(first + 120.0), at(first - 120.0)


def add_root(builder: SceneBuilder, patient: HeartPatient, rings: Mapping[str, Ring]) -> None:
    """Annulus, three sinuses, junction, and the straight part of the ascending aorta."""
    annulus, sinus, junction = rings["aortic"], rings["sinus"], rings["stj"]
    builder.capsule(Structure.AORTA, annulus.centre, junction.centre, patient.annulus_radius,
                    patient.stj_radius)  # fmt: skip
    length = float(np.linalg.norm(junction.centre - annulus.centre))
    wide = _LOBE_RADIUS * patient.sinus_radius
    for toward in cusp_directions(annulus):
        builder.ellipsoid(
            Structure.AORTA, sinus.centre + _LOBE_OFFSET * patient.sinus_radius * toward,
            (wide, wide, (SINUS_PART + 0.03) * length), annulus.frame(toward),
            blend=0.06 * patient.sinus_radius,
        )  # fmt: skip
    builder.half_space(Structure.AORTA, annulus.centre, -annulus.axis)
    builder.capsule(Structure.AORTA, junction.centre, rings["ascending"].centre,
                    patient.stj_radius, patient.ascending_radius)  # fmt: skip
