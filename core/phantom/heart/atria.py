"""Both atria, the septum between them, the appendage, the pulmonary veins' mouths, the sinus."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.heart.bodies import OPEN_MM, SEPTUM_MM, Chamber, add_left_body, add_right_body
from core.phantom.heart.chambers import la_volume_ml, left, ra_volume_ml, right, septum_distance
from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR, Ring, Vector, Z, u, unit
from core.phantom.heart.rings import basal_reach
from core.phantom.patient import HeartPatient
from core.phantom.scene import Op, SceneBuilder, Structure

__all__ = ["add_atria", "la_volume_ml", "points", "ra_volume_ml"]


def add_atria(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
              rings: Mapping[str, Ring]) -> None:  # fmt: skip
    """LA, RA and CORONARY_SINUS; LV_EPI and RV_EPI stand already."""
    one, other = left(patient, moment), right(patient, moment)
    toward = u(patient.rv_angle)
    add_left_body(builder, patient, rings, one)
    _add_appendages(builder, patient, moment, one)
    builder.half_space(Structure.LA, rings["mitral"].centre, Z)
    builder.reference(Structure.LV, Structure.LA, op=Op.CUT)
    septum = septum_distance(patient, moment)
    add_right_body(builder, patient, rings, other, septum)
    size = float(other.radii[0])
    auricle = other.centre + 0.55 * size * unit(-POSTERIOR + 0.9 * SUPERIOR)
    onward = unit(-POSTERIOR + 0.7 * SUPERIOR + 0.4 * LEFT)
    builder.capsule(Structure.RA, auricle, auricle + 0.62 * size * onward, 0.42 * size, 0.26 * size,
                    blend=6.0)  # fmt: skip
    builder.half_space(Structure.RA, rings["tricuspid"].centre, Z)
    builder.half_space(Structure.RA, (septum + SEPTUM_MM) * toward, -toward)
    builder.reference(Structure.RA, Structure.LV, op=Op.CUT, grow=1.5)
    builder.reference(Structure.RA, Structure.RV, op=Op.CUT)
    builder.reference(Structure.RA, Structure.LV_EPI, op=Op.CUT)
    fossa = points(patient, moment, rings)["fossa"]
    wide = max(0.5 * patient.asd_mm, 0.5)
    builder.ellipsoid(Structure.RA, fossa, (2.5 * SEPTUM_MM, wide, wide), other.axes,
                      here=patient.asd_mm > 0)  # fmt: skip
    # In a hole the two overlap: where they only touched, a wall would be seen between them.
    overlap = OPEN_MM if patient.asd_mm > 0 else 0.0
    builder.reference(Structure.RA, Structure.LA, op=Op.CUT, grow=-overlap)
    builder.reference(Structure.RV_EPI, Structure.RA, op=Op.CUT)
    _add_coronary_sinus(builder, patient, moment)


def points(patient: HeartPatient, moment: Moment, rings: Mapping[str, Ring]) -> dict[str, Vector]:
    """`la_roof`, `ra_roof`, `coronary_sinus` (below the inferior wall), `fossa` (of the septum)."""
    one, other = left(patient, moment), right(patient, moment)
    toward = u(patient.rv_angle)
    middle = one.centre - (one.centre @ toward) * toward
    fossa = middle + septum_distance(patient, moment) * toward + 0.5 * SEPTUM_MM * toward
    return {
        "la_roof": one.centre - one.radii[2] * Z,
        "ra_roof": other.centre - other.radii[2] * Z,
        "coronary_sinus": _sinus_at(patient, moment, 270.0),
        "fossa": fossa,
    }


def _add_appendages(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
                    chamber: Chamber) -> None:  # fmt: skip
    """The left appendage and the mouths of four pulmonary veins."""
    c, (a, b, tall) = chamber.centre, chamber.radii
    ear = Z * (moment.descent - 12.0)
    root = ear + 0.62 * a * u(86.0)
    knee = ear + 3.0 * Z + (a + 7.0) * u(81.0)
    builder.capsule(Structure.LA, root, knee, 8.5, 6.5, blend=6.0)
    builder.capsule(Structure.LA, knee, knee + 13.0 * u(48.0) + 6.0 * Z, 6.5, 3.5, blend=4.0)
    roof = c - 0.62 * tall * Z
    rightward = unit(-0.55 * LEFT + 0.75 * POSTERIOR + 0.25 * SUPERIOR)
    leftward = unit(0.55 * LEFT + 0.75 * POSTERIOR + 0.20 * SUPERIOR)
    toward = u(patient.rv_angle)
    for start, way, radius in (
        (roof + 0.42 * a * toward + 0.10 * b * u(110.0), rightward + 0.25 * SUPERIOR, 5.0),
        (roof + 0.35 * a * toward - 0.50 * b * u(110.0), rightward - 0.25 * SUPERIOR, 4.6),
        (roof - 0.55 * a * toward + 0.42 * b * u(110.0), leftward + 0.35 * SUPERIOR, 4.8),
        (roof - 0.55 * a * toward - 0.30 * b * u(110.0), leftward - 0.25 * SUPERIOR, 4.6),
    ):
        builder.capsule(Structure.LA, start, start + (0.4 * a + 9.0) * unit(way), radius + 1.0,
                        radius, blend=6.0)  # fmt: skip


def _sinus_at(patient: HeartPatient, moment: Moment, degrees: float) -> Vector:
    """The coronary sinus in its groove behind the left ventricle."""
    away = basal_reach(patient) * (0.80 - 0.10 * np.cos(np.deg2rad(degrees - 328.0)))
    return away * u(degrees) + (moment.descent - 6.5) * Z


def _add_coronary_sinus(builder: SceneBuilder, patient: HeartPatient, moment: Moment) -> None:
    """From the lateral groove along the inferior wall into the right atrium."""
    stations = [_sinus_at(patient, moment, a) for a in (326.0, 296.0, 268.0, 242.0)]
    mouth = (septum_distance(patient, moment) + 9.0) * u(patient.rv_angle + 19.0)
    stations.append(mouth + (0.6 * moment.descent - 7.0) * Z)
    for k, (start, end) in enumerate(pairwise(stations)):
        builder.capsule(Structure.CORONARY_SINUS, start, end, 2.6 + 0.5 * k, 3.1 + 0.5 * k,
                        blend=2.0)  # fmt: skip
    for other in (Structure.RA, Structure.LA):
        builder.reference(Structure.CORONARY_SINUS, other, op=Op.CUT, grow=0.0)
