"""The heart's hull, the pericardial sac round it, and the dents of tamponade."""

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.heart.frame import POSTERIOR, SUPERIOR, Vector, Z, u, unit
from core.phantom.heart.rings import OUTFLOW_DEG, rings_of
from core.phantom.patient import HeartPatient
from core.phantom.scene import Op, Ramp, SceneBuilder, Structure

DRY_MM = 0.8  # between the layers of a healthy pericardium
ATRIAL_WALL_MM = 2.5
_LARGE_MM = 22.0  # an effusion of this depth goes all round
# Chamber, its wall where that is no structure of its own, and the rounding of the join; mm.
_HULL = (
    (Structure.LV_EPI, 0.0, 0.0),
    (Structure.RV_EPI, 0.0, 5.0),
    (Structure.LA, ATRIAL_WALL_MM, 6.0),
    (Structure.RA, ATRIAL_WALL_MM, 6.0),
)


def add_pericardium(builder: SceneBuilder, patient: HeartPatient, moment: Moment) -> None:
    """HEART and SAC; all chambers and vessels stand already."""
    for chamber, grow, blend in _HULL:
        builder.reference(Structure.HEART, chamber, op=Op.UNION, grow=grow, blend=blend)
    rings = rings_of(patient, moment)
    annulus, valve = rings["aortic"], rings["pulmonary"]
    builder.capsule(Structure.HEART, annulus.centre, rings["stj"].centre + 6 * annulus.axis,
                    patient.sinus_radius + 1.6, patient.stj_radius + 1.6, blend=6.0)  # fmt: skip
    builder.capsule(Structure.HEART, valve.centre, valve.centre + 14 * valve.axis,
                    patient.pv_radius + 2.0, patient.pa_radius + 1.6, blend=6.0)  # fmt: skip
    _add_sac(builder, patient, moment)
    _add_dents(builder, patient, moment)


def _add_sac(builder: SceneBuilder, patient: HeartPatient, moment: Moment) -> None:
    """Deepest behind and below the left ventricle; in front only if large; never behind the
    left atrium."""
    depth = patient.effusion_mm
    wet = depth > 0
    # The heart shrinks inside its sac, and swings in a large effusion.
    behind = max(depth - moment.swing_mm + 1.5 * moment.contraction * wet, DRY_MM)
    front = 0.8 * depth * float(np.clip(depth / _LARGE_MM, 0.0, 1.0)) ** 1.5
    front = max((front + moment.swing_mm) * wet, DRY_MM)
    # The far side of deep fluid is told by the heart's distance.
    builder.see_farther([chamber for chamber, _, _ in _HULL] + [Structure.RV, Structure.HEART],
                        max(behind, front))  # fmt: skip
    low = unit(POSTERIOR - 0.55 * SUPERIOR)
    middle = 0.35 * patient.lv_length * Z
    across = 0.75 * (patient.lv_radius + 10.0)
    builder.reference(Structure.SAC, Structure.HEART, op=Op.UNION, ramp=_ramp(
        middle, low, (behind - front) / (2 * across), 0.5 * (behind + front), behind, front,
    ))  # fmt: skip
    base = moment.descent * Z
    most = max(behind, front)
    up = unit(Z - 0.25 * u(OUTFLOW_DEG))
    builder.reference(Structure.SAC, Structure.HEART, op=Op.KEEP, ramp=_ramp(
        base - 3.0 * Z, up, 0.9, DRY_MM, DRY_MM, most))  # fmt: skip


def _ramp(point: Vector, way: Vector, slope: float, value: float, one: float,
          other: float) -> Ramp:  # fmt: skip
    """A growth of `value` mm at a point that changes by `slope` a mm along `way`."""
    x, y, z = slope * way
    return Ramp(slope=(float(x), float(y), float(z)), at_origin=value - slope * float(point @ way),
                least=min(one, other), most=max(one, other))  # fmt: skip


def _add_dents(builder: SceneBuilder, patient: HeartPatient, moment: Moment) -> None:
    """Tamponade: the right ventricle's free wall falls in early in diastole, the right atrium's
    late in it."""
    toward = u(patient.rv_angle)
    rings = rings_of(patient, moment)
    tricuspid = rings["tricuspid"].centre
    front = unit(toward + 0.9 * u(OUTFLOW_DEG))
    ball = 34.0
    out = patient.rv_offset * toward + 14.0 * Z + (patient.rv_radii[1] * 0.84 * moment.rv_scale
                                                   + ball) * front  # fmt: skip
    deep = 12.0 * moment.rv_collapse
    for structure, grow in ((Structure.HEART, 0.0), (Structure.RV_EPI, 0.0),
                            (Structure.RV, patient.rv_wall)):  # fmt: skip
        builder.ellipsoid(structure, out - deep * front, (ball, ball, ball), op=Op.CUT, blend=grow,
                          here=deep > 0.05)  # fmt: skip
    side = unit(toward - 0.35 * Z)
    ball = 26.0
    reach = 0.92 * 2 * patient.ra_radii[0] * moment.ra_scale - patient.ra_radii[0]
    out = tricuspid - 0.55 * patient.ra_radii[2] * Z + (reach + ball) * side
    deep = 8.0 * moment.ra_collapse
    for structure, grow in ((Structure.HEART, 0.0), (Structure.RA, ATRIAL_WALL_MM)):
        builder.ellipsoid(structure, out - deep * side, (ball, ball, ball), op=Op.CUT, blend=grow,
                          here=deep > 0.05)  # fmt: skip
