"""The atria's bodies, without appendages and veins: their shapes and what these hold.

Each is an ellipsoid that ends in the plane of its valve. Its roof hardly moves; as the valve comes
down it grows longer, and it is as wide as the volume of the moment wants.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.heart.frame import Ring, Vector, Z, u
from core.phantom.heart.rings import OUTFLOW_DEG, WALL_MM, rings_of
from core.phantom.heart.root import add_root
from core.phantom.heart.ventricle import add_ventricle, ventricle
from core.phantom.patient import HeartPatient
from core.phantom.scene import Op, SceneBuilder, Structure, distances

SEPTUM_MM = 2.0
OPEN_MM = 3.0  # how far the chambers on both sides of a septal defect reach into each other
_ROOF_PART = 0.35  # of the valve's way that the roof goes along
_FLAT = 0.86  # the septum lies at this part of the left atrium's half axis toward it
STEP_MM = 1.5  # edge of the cubes that a volume is counted by


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chamber:
    """An atrium's ellipsoid; rows of `axes` are its directions, the third along z."""

    centre: Vector
    radii: Vector
    axes: Vector

    def reach(self, toward: Vector) -> float:
        """From the centre to the tangent plane square to `toward`, mm."""
        return float(np.linalg.norm(self.radii * (self.axes @ toward)))


def left_body(patient: HeartPatient, moment: Moment, *, widen: float) -> Chamber:
    """The left atrium's; its second axis is the anteroposterior of the long-axis view."""
    across, behind = u(OUTFLOW_DEG - 90.0), u(OUTFLOW_DEG)
    toward = u(patient.rv_angle)
    aside = 3.5 * toward - 3.0 * behind
    axes = np.stack([across, behind, Z])
    return _chamber(patient.la_radii, axes, aside, ring=patient.mitral_ring,
                    floor=moment.descent, way=patient.annulus_descent, scale=moment.la_scale,
                    widen=widen)  # fmt: skip


def right_body(patient: HeartPatient, moment: Moment, *, septum: float, widen: float) -> Chamber:
    """The right atrium's, on the other side of the septum that lies `septum` mm off the axis."""
    toward = u(patient.rv_angle)
    axes = np.stack([toward, np.cross(Z, toward), Z])
    floor = float(rings_of(patient, moment)["tricuspid"].centre[2])
    chamber = _chamber(patient.ra_radii, axes, np.zeros(3), ring=patient.tricuspid_ring,
                       floor=floor, way=patient.tapse, scale=moment.ra_scale,
                       widen=widen)  # fmt: skip
    away = septum + SEPTUM_MM + _FLAT * chamber.radii[0]
    return Chamber(centre=chamber.centre + away * toward, radii=chamber.radii, axes=axes)


def septum_beside(patient: HeartPatient, chamber: Chamber) -> float:
    """Distance from the long axis to the septum's left face, beside the left atrium, mm."""
    toward = u(patient.rv_angle)
    return float(chamber.centre @ toward) + _FLAT * chamber.reach(toward)


def add_left_body(builder: SceneBuilder, patient: HeartPatient, rings: Mapping[str, Ring],
                  chamber: Chamber) -> None:  # fmt: skip
    """LA without appendage and veins."""
    mitral = rings["mitral"]
    toward, front = u(patient.rv_angle), u(OUTFLOW_DEG)
    builder.ellipsoid(Structure.LA, chamber.centre, chamber.radii, chamber.axes)
    _add_mouth(builder, Structure.LA, mitral)
    builder.half_space(Structure.LA, septum_beside(patient, chamber) * toward, toward)
    # The curtain between mitral and aortic ring is the atrium's front.
    builder.half_space(Structure.LA, mitral.radius * front, front)
    builder.half_space(Structure.LA, mitral.centre, Z)


def add_right_body(builder: SceneBuilder, patient: HeartPatient, rings: Mapping[str, Ring],
                   chamber: Chamber, septum: float) -> None:  # fmt: skip
    """RA without its appendage."""
    tricuspid, toward = rings["tricuspid"], u(patient.rv_angle)
    builder.ellipsoid(Structure.RA, chamber.centre, chamber.radii, chamber.axes)
    _add_mouth(builder, Structure.RA, tricuspid)
    builder.half_space(Structure.RA, (septum + SEPTUM_MM) * toward, -toward)
    builder.half_space(Structure.RA, tricuspid.centre, Z)


def left_body_ml(patient: HeartPatient, moment: Moment, chamber: Chamber, *,
                 step: float = STEP_MM) -> float:  # fmt: skip
    """Volume of the left body to the mitral plane, the aorta's dent left out."""
    builder, rings = SceneBuilder(), rings_of(patient, moment)
    add_left_body(builder, patient, rings, chamber)
    add_root(builder, patient, rings)
    builder.reference(Structure.LA, Structure.AORTA, op=Op.CUT, grow=WALL_MM)
    return _count_ml(builder, Structure.LA, chamber, step)


def right_body_ml(patient: HeartPatient, moment: Moment, chamber: Chamber, septum: float, *,
                  step: float = STEP_MM) -> float:  # fmt: skip
    """Volume of the right body to the tricuspid plane, what the left heart takes left out."""
    builder, rings = SceneBuilder(), rings_of(patient, moment)
    lv, aortic = ventricle(patient, moment), rings["aortic"]
    add_ventricle(builder, patient, moment, lv, aortic.centre, aortic.axis)
    add_right_body(builder, patient, rings, chamber, septum)
    add_root(builder, patient, rings)
    builder.reference(Structure.RA, Structure.LV, op=Op.CUT, grow=WALL_MM)
    builder.reference(Structure.RA, Structure.LV_EPI, op=Op.CUT)
    builder.reference(Structure.RA, Structure.AORTA, op=Op.CUT, grow=WALL_MM)
    return _count_ml(builder, Structure.RA, chamber, step)


def _count_ml(builder: SceneBuilder, atrium: Structure, chamber: Chamber, step: float) -> float:
    """Cubes at the surface count by how far they reach in."""
    half = float(chamber.radii.max()) + 8.0
    edge = np.arange(-half, half, step)
    grid = np.stack(np.meshgrid(edge, edge, edge, indexing="ij"), -1).reshape(-1, 3)
    d = distances(builder.build(), chamber.centre + grid)[:, atrium]
    return float(np.clip(0.5 - d / step, 0, 1).sum() * step**3 / 1000)


def _add_mouth(builder: SceneBuilder, atrium: Structure, ring: Ring) -> None:
    """The atrium's end is as wide as its valve, however small the atrium."""
    builder.ellipsoid(atrium, ring.centre, (ring.radius, ring.radius, 9.0), blend=5.0)


def _chamber(radii: tuple[float, float, float], axes: Vector, aside: Vector, *, ring: float,
             floor: float, way: float, scale: float, widen: float) -> Chamber:  # fmt: skip
    """The ellipsoid whose cut by the valve's plane is about as wide as the ring.

    Args:
        radii: half axes at the largest volume, mm.
        axes: their directions.
        aside: of the centre from the z axis.
        ring: radius of the valve's ring, mm.
        floor: height of the valve's plane now; `way`: how far it goes in a beat, mm.
        scale: third root of the volume's part of the largest.
        widen: factor on the width, about 1.
    """
    a, b, c = radii
    part = float(np.sqrt(np.clip(1 - (ring / (0.5 * (a + b))) ** 2, 0.3, 0.62)))
    moved = (1 - _ROOF_PART) * (way - np.clip(floor, 0.0, way))
    tall = (c * (1 + part) - moved) / (1 + part)
    wide = widen * float(np.sqrt(scale**3 * c / tall))
    return Chamber(centre=aside + (floor - part * tall) * Z,
                   radii=np.array([a * wide**0.6, b * wide**1.4, tall]), axes=axes)  # fmt: skip
