"""The right ventricle: inflow, body wrapped round the septum, outflow over the aortic root."""

from collections.abc import Mapping

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.heart.bodies import OPEN_MM
from core.phantom.heart.frame import Ring, Vector, Z, u, unit
from core.phantom.heart.rings import ANTERIOR, WALL_MM, basal_reach
from core.phantom.heart.ventricle import Ventricle, ventricle
from core.phantom.patient import HeartPatient
from core.phantom.scene import Op, SceneBuilder, Structure

_LEAN_DEG = 12.0  # of the body's long axis toward the apex of the left ventricle
_CRESCENT = 0.55  # of the offset at which the body's middle lies
_FORWARD_DEG = 16.0  # the body lies this much farther to the front than its inflow
_MIDDLE_MM = 16.0  # of the body, below the tricuspid valve


def add_right_ventricle(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
                        rings: Mapping[str, Ring]) -> None:  # fmt: skip
    """RV, RV_EPI and MODERATOR; LV_EPI stands already and takes its part away."""
    tricuspid, pulmonary = rings["tricuspid"], rings["pulmonary"]
    centre, radii, axes = _body(patient, moment, rings)
    builder.ellipsoid(Structure.RV, centre, radii, axes)
    ring = tricuspid.radius
    builder.ellipsoid(Structure.RV, tricuspid.centre, (ring, ring, 7.0), blend=8.0)
    builder.half_space(Structure.RV, tricuspid.centre, -tricuspid.axis)
    # Only on the septum's side: behind the left ventricle it would spoil the distances. A large
    # one may reach over the apex.
    side = u(patient.rv_angle - _FORWARD_DEG)
    builder.half_space(Structure.RV, 15.0 * Z - side, -side - 0.22 * Z)
    start, middle, wide = _outflow(patient, moment, rings)
    builder.capsule(Structure.RV, start, middle, 0.95 * wide, wide, blend=10.0)
    end = pulmonary.centre + 4.0 * pulmonary.axis
    builder.capsule(Structure.RV, middle, end, wide, patient.pv_radius, blend=4.0)
    builder.half_space(Structure.RV, pulmonary.centre, pulmonary.axis)
    builder.reference(Structure.RV_EPI, Structure.RV, op=Op.UNION, grow=patient.rv_wall)
    builder.half_space(Structure.RV_EPI, pulmonary.centre + 1.5 * pulmonary.axis, pulmonary.axis)
    builder.reference(Structure.RV, Structure.LV_EPI, op=Op.CUT)
    _add_septal_defect(builder, patient, rings)
    _add_moderator(builder, patient, moment, rings)


def points(patient: HeartPatient, moment: Moment, rings: Mapping[str, Ring]) -> dict[str, Vector]:
    """`rv_apex`: where the free wall meets the septum at the cavity's tip."""
    centre, radii, axes = _body(patient, moment, rings)
    lv = ventricle(patient, moment)
    degrees = patient.rv_angle - _FORWARD_DEG
    toward = u(degrees)
    # Along the body's outline in the plane of its long axis, from its equator to its tip.
    low, high = 0.0, 0.5 * np.pi
    for _ in range(14):
        turn = 0.5 * (low + high)
        place = centre + radii[0] * np.cos(turn) * axes[0] + radii[2] * np.sin(turn) * axes[2]
        if place @ toward > _septum_at(lv, degrees, float(place[2])):
            low = turn
        else:
            high = turn
    place = centre + radii[0] * np.cos(low) * axes[0] + radii[2] * np.sin(low) * axes[2]
    return {"rv_apex": np.asarray(place)}


def _septum_at(lv: Ventricle, degrees: float, z: float) -> float:
    """Distance of the left ventricle's epicardium from the long axis."""
    z = float(np.clip(z, lv.base, lv.apex))
    part = (z - lv.base) / lv.length
    row = int(np.clip(part * (len(lv.thickness) - 1), 0, len(lv.thickness) - 1))
    column = round(degrees / 360 * lv.thickness.shape[1]) % lv.thickness.shape[1]
    return lv.radius(np.deg2rad(degrees), z) + float(lv.thickness[row, column])


def _body(patient: HeartPatient, moment: Moment, rings: Mapping[str, Ring]
          ) -> tuple[Vector, Vector, Vector]:  # fmt: skip
    """Centre, half axes and axes of the body's ellipsoid."""
    toward = u(patient.rv_angle - _FORWARD_DEG)
    lean = np.deg2rad(_LEAN_DEG)
    down = unit(np.cos(lean) * Z - np.sin(lean) * toward)
    outward = unit(np.cos(lean) * toward + np.sin(lean) * Z)
    axes = np.stack([outward, np.cross(down, outward), down])
    scale, tricuspid = moment.rv_scale, rings["tricuspid"]
    z = float(tricuspid.centre[2]) + _MIDDLE_MM - 0.5 * moment.rv_descent
    # Even a large one does not pass the apex of the left.
    length = min(patient.rv_radii[2] - 0.5 * moment.rv_descent, 0.96 * patient.lv_length - z)
    # The body reaches as far out as its offset and radius say, but round a centre nearer to the
    # left ventricle: the part that is left of it lies round the septum as a crescent.
    inward = _CRESCENT * patient.rv_offset
    annulus = float(np.hypot(*tricuspid.centre[:2])) + tricuspid.radius - 3.0
    reach = max(patient.rv_offset + patient.rv_radii[0], annulus) - inward
    # Round no more of the septum than reaches from one insertion to the other.
    wide = min(patient.rv_radii[1], 1.02 * basal_reach(patient))
    reach -= 1.7 * (1 - scale) * patient.rv_radii[0]
    radii = np.array([reach, wide * scale, length])
    return inward * toward + z * Z, radii, axes


def _outflow(patient: HeartPatient, moment: Moment, rings: Mapping[str, Ring]
             ) -> tuple[Vector, Vector, float]:  # fmt: skip
    """Two stations on the way out, inside the body and in front of the aortic root; half width."""
    wide = 1.12 * patient.pv_radius * moment.rv_scale
    root = rings["aortic"].centre + 0.5 * (rings["stj"].centre - rings["aortic"].centre)
    middle = root + (patient.sinus_radius + WALL_MM + 0.95 * wide) * ANTERIOR
    inward = 12.0 + 1.6 * (1 - moment.rv_scale) * patient.rv_radii[0]
    away = patient.rv_offset + patient.rv_radii[0] - inward - 0.5 * wide
    start = away * u(patient.rv_angle - 24.0) + 26.0 * Z
    return start + 0.5 * moment.rv_descent * Z, middle, wide


def defect_way(rings: Mapping[str, Ring]) -> tuple[Vector, Vector]:
    """Where in the outflow tract the way through a ventricular septal defect begins, and the unit
    vector along it to the right ventricle."""
    outlet = rings["lvot"]
    x, y, _ = outlet.frame(ANTERIOR)
    # Under the right coronary cusp.
    return outlet.centre - 1.0 * outlet.axis, unit(x + 0.08 * y)


def _add_septal_defect(builder: SceneBuilder, patient: HeartPatient,
                       rings: Mapping[str, Ring]) -> None:  # fmt: skip
    """A channel through the septum just below the aortic valve (perimembranous)."""
    start, toward = defect_way(rings)
    radius = max(0.5 * patient.vsd_mm, 0.5)
    here = patient.vsd_mm > 0
    builder.capsule(Structure.RV, start, start + (rings["lvot"].radius + 22.0) * toward, radius,
                    here=here)  # fmt: skip
    builder.reference(Structure.RV, Structure.LV, op=Op.CUT, grow=-OPEN_MM if here else 0.0)


def _add_moderator(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
                   rings: Mapping[str, Ring]) -> None:  # fmt: skip
    """The band from the septum to the free wall, and trabeculae of the apex."""
    tip = points(patient, moment, rings)["rv_apex"]
    _, radii, axes = _body(patient, moment, rings)
    toward = u(patient.rv_angle)
    # In the four-chamber plane, from the septum to the foot of the free wall's papillary muscle.
    along = u(patient.rv_angle + 7.0)
    high = float(tip @ Z) - 0.28 * float((tip - rings["tricuspid"].centre) @ Z)
    inner = float(np.hypot(*tip[:2]))
    septum = (inner - 8.0) * along + (high - 5.0) * Z
    free = (inner + radii[0]) * along + (high + 5.0) * Z
    builder.capsule(Structure.MODERATOR, septum, free, 2.4, 2.2)
    for part, aside in ((0.10, -9.0), (0.13, 8.0), (0.20, 0.0)):
        root = tip + part * (rings["tricuspid"].centre - tip) + aside * axes[1]
        builder.capsule(Structure.MODERATOR, root - 3.0 * toward, root + 14.0 * toward + 9.0 * Z,
                        1.5, 2.2)  # fmt: skip
    builder.reference(Structure.MODERATOR, Structure.RV, op=Op.KEEP, grow=0.8)
