"""Both atria, the septum between them, the appendage, the pulmonary veins' mouths, the sinus.

Each atrium is an ellipsoid that ends in the plane of its valve. Its roof hardly moves; as the valve
comes down it grows longer, and it is as wide as the volume of the moment wants.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR, Ring, Vector, Z, u, unit
from core.phantom.heart.rings import OUTFLOW_DEG, basal_reach, rings_of
from core.phantom.patient import HeartPatient
from core.phantom.scene import Op, SceneBuilder, Structure

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


def add_atria(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
              rings: Mapping[str, Ring]) -> None:  # fmt: skip
    """LA, RA and CORONARY_SINUS; LV_EPI and RV_EPI stand already."""
    one, other = left(patient, moment), right(patient, moment, rings)
    toward = u(patient.rv_angle)
    face = septum_distance(patient, moment) * toward
    builder.ellipsoid(Structure.LA, one.centre, one.radii, one.axes)
    _add_mouth(builder, Structure.LA, rings["mitral"])
    builder.half_space(Structure.LA, face, toward)
    # The curtain between mitral and aortic ring is the atrium's front.
    front = u(OUTFLOW_DEG)
    builder.half_space(Structure.LA, rings["mitral"].radius * front, front)
    _add_appendages(builder, patient, moment, one)
    builder.half_space(Structure.LA, rings["mitral"].centre, Z)
    builder.reference(Structure.LV, Structure.LA, op=Op.CUT)
    builder.ellipsoid(Structure.RA, other.centre, other.radii, other.axes)
    _add_mouth(builder, Structure.RA, rings["tricuspid"])
    size = float(other.radii[0])
    auricle = other.centre + 0.55 * size * unit(-POSTERIOR + 0.9 * SUPERIOR)
    onward = unit(-POSTERIOR + 0.7 * SUPERIOR + 0.4 * LEFT)
    builder.capsule(Structure.RA, auricle, auricle + 0.62 * size * onward, 0.42 * size, 0.26 * size,
                    blend=6.0)  # fmt: skip
    builder.half_space(Structure.RA, rings["tricuspid"].centre, Z)
    builder.half_space(Structure.RA, face + SEPTUM_MM * toward, -toward)
    builder.reference(Structure.RA, Structure.LV_EPI, op=Op.CUT)
    fossa = points(patient, moment, rings)["fossa"]
    builder.capsule(Structure.RA, fossa - 2.0 * toward, fossa + 2.0 * toward,
                    max(0.5 * patient.asd_mm, 0.5), here=patient.asd_mm > 0)  # fmt: skip
    builder.reference(Structure.RA, Structure.LA, op=Op.CUT)
    builder.reference(Structure.RV_EPI, Structure.RA, op=Op.CUT)
    _add_coronary_sinus(builder, patient, moment)


def points(patient: HeartPatient, moment: Moment, rings: Mapping[str, Ring]) -> dict[str, Vector]:
    """`la_roof`, `ra_roof`, `coronary_sinus` (below the inferior wall), `fossa` (of the septum)."""
    one, other = left(patient, moment), right(patient, moment, rings)
    toward = u(patient.rv_angle)
    middle = one.centre - (one.centre @ toward) * toward
    fossa = middle + septum_distance(patient, moment) * toward + 0.5 * SEPTUM_MM * toward
    return {
        "la_roof": one.centre - one.radii[2] * Z,
        "ra_roof": other.centre - other.radii[2] * Z,
        "coronary_sinus": _sinus_at(patient, moment, 270.0),
        "fossa": fossa,
    }


def la_volume_ml(patient: HeartPatient, moment: Moment) -> float:
    """Body of the left atrium to the mitral plane; appendage and veins do not count."""
    one = left(patient, moment)
    toward = u(patient.rv_angle)
    return _cut_ml(one, floor=moment.descent,
                   planes=[(septum_distance(patient, moment) * toward, toward)])  # fmt: skip


def ra_volume_ml(patient: HeartPatient, moment: Moment) -> float:
    """Body of the right atrium to the tricuspid plane; its appendage does not count."""
    rings = rings_of(patient, moment)
    other = right(patient, moment, rings)
    toward = u(patient.rv_angle)
    face = (septum_distance(patient, moment) + SEPTUM_MM) * toward
    return _cut_ml(other, floor=float(rings["tricuspid"].centre[2]), planes=[(face, -toward)])


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


def _cut_ml(chamber: Chamber, *, floor: float,
            planes: list[tuple[Vector, Vector]]) -> float:  # fmt: skip
    """Volume of an ellipsoid under the floor and behind planes (point, outward normal)."""
    edge = (np.arange(72) + 0.5) / 36 - 1
    grid = np.stack(np.meshgrid(edge, edge, edge, indexing="ij"), -1).reshape(-1, 3)
    grid = grid[(grid**2).sum(axis=1) <= 1]
    places = chamber.centre + (grid * chamber.radii) @ chamber.axes
    inside = places[:, 2] <= floor
    for point, normal in planes:
        inside &= (places - point) @ normal <= 0
    return float(inside.mean() * 4 / 3 * np.pi * np.prod(chamber.radii) / 1000)


def _add_mouth(builder: SceneBuilder, atrium: Structure, ring: Ring) -> None:
    """The atrium's end is as wide as its valve, however small the atrium."""
    builder.ellipsoid(atrium, ring.centre, (ring.radius, ring.radius, 9.0), blend=5.0)


def _add_appendages(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
                    chamber: Chamber) -> None:  # fmt: skip
    """The left appendage and the mouths of four pulmonary veins."""
    c, (a, b, tall) = chamber.centre, chamber.radii
    ear = Z * (moment.descent - 12.0)
    root = ear + 0.62 * a * u(80.0)
    knee = ear + 3.0 * Z + (a + 7.0) * u(76.0)
    builder.capsule(Structure.LA, root, knee, 8.5, 6.5, blend=6.0)
    builder.capsule(Structure.LA, knee, knee + 13.0 * u(52.0) + 6.0 * Z, 6.5, 3.5, blend=4.0)
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
