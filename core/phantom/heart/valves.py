"""The four valves, and the chordae of the mitral valve."""

from collections.abc import Mapping

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.heart.frame import Ring, Vector, u, unit
from core.phantom.heart.openings import (
    ANTERIOR_HALF_RAD,
    BACK_CLOSED,
    BACK_OPEN,
    FRONT_CLOSED,
    FRONT_OPEN,
    POSTERIOR_HALF_RAD,
    CuspShape,
    MitralShape,
    Profile,
    cusp_edge,
    mitral_ease,
    mitral_open,
)
from core.phantom.heart.rings import ANTERIOR, OUTFLOW_DEG
from core.phantom.heart.root import cusp_directions
from core.phantom.heart.ventricle import papillary_rods, ventricle
from core.phantom.patient import HeartPatient, Leaflet
from core.phantom.scene import Op, SceneBuilder, Structure

_TENTING_MM = 2.5  # of a normal closed mitral valve
_CHORDA_MM = 0.45
CURTAIN_PART = 0.643  # how far the near edge of the tilted aortic ring lies behind its centre


def add_valves(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
               rings: Mapping[str, Ring]) -> None:  # fmt: skip
    """MITRAL_VALVE, CHORDAE, TRICUSPID_VALVE, AORTIC_VALVE, PULMONARY_VALVE; vessels stand."""
    _add_mitral(builder, patient, moment, rings["mitral"])
    _add_tricuspid(builder, patient, moment, rings["tricuspid"])
    _add_aortic(builder, patient, moment, rings)
    _add_pulmonary(builder, patient, moment, rings["pulmonary"])


def mitral_profiles(patient: HeartPatient, moment: Moment) -> tuple[Profile, Profile, float]:
    """Profiles of the anterior and the posterior leaflet now; the posterior's part at its ends."""
    shape = MitralShape(ring=patient.mitral_ring, anterior=patient.mitral_leaflet_anterior,
                        posterior=patient.mitral_leaflet_posterior,
                        half_thickness=patient.mitral_thickness)  # fmt: skip
    ease = mitral_ease(shape, patient.mva_cm2)
    *opened, ends = mitral_open(shape, ease)
    deep = _TENTING_MM + patient.mitral_tenting_mm * min(1.0, 2.0 * moment.contraction)
    bulge = patient.mitral_prolapse_mm * float(np.clip(moment.contraction / 0.6, 0, 1))
    profiles = []
    for which, meets, wide in zip(Leaflet, shape.meeting, opened, strict=True):
        falls = bulge if which == patient.prolapse_leaflet else 0.0
        closed = _closed(meets, deep, shape.overlap, falls)
        profiles.append(_between(closed, wide, moment.mitral))
    return profiles[0], profiles[1], ends


def _closed(meets: float, deep: float, overlap: float, falls: float) -> Profile:
    """From the hinge to the coaptation, and down along it; a prolapse bulges into the atrium."""
    if falls > 0:
        return (0.62 * meets, deep * 0.4 - (falls + 0.4 * deep)), (meets, 0.4 * deep)
    return (meets, deep), (meets, deep + overlap)


def _between(closed: Profile, opened: Profile, opening: float) -> Profile:
    """The pieces turn about hinge and bend; their lengths pass from closed to open."""
    pieces = []
    start_closed, start_open = np.zeros(2), np.zeros(2)
    for a, b in zip(closed, opened, strict=True):
        one, two = np.asarray(a) - start_closed, np.asarray(b) - start_open
        angle = (1 - opening) * np.arctan2(one[1], one[0]) + opening * np.arctan2(two[1], two[0])
        length = (1 - opening) * np.hypot(*one) + opening * np.hypot(*two)
        pieces.append(length * np.array([np.cos(angle), np.sin(angle)]))
        start_closed, start_open = np.asarray(a), np.asarray(b)
    bend, tip = pieces[0], pieces[0] + pieces[1]
    return (float(bend[0]), float(bend[1])), (float(tip[0]), float(tip[1]))


def _add_mitral(builder: SceneBuilder, patient: HeartPatient, moment: Moment, ring: Ring) -> None:
    front, back, ends = mitral_profiles(patient, moment)
    axes = ring.frame(u(OUTFLOW_DEG))
    thin = patient.mitral_thickness
    end_part, power = _taper(FRONT_CLOSED, FRONT_OPEN, moment.mitral)
    builder.leaflet(Structure.MITRAL_VALVE, ring.centre, axes, bend=front[0], tip=front[1],
                    half_width_deg=float(np.rad2deg(ANTERIOR_HALF_RAD)), pole=ring.radius,
                    end_part=end_part, power=power, ring=ring.radius,
                    half_thickness=thin)  # fmt: skip
    # The curtain: the front leaflet goes on from its hinge to the aortic ring.
    up = CURTAIN_PART * patient.annulus_radius + 4.0 + 0.2 * moment.descent
    builder.leaflet(Structure.MITRAL_VALVE, ring.centre, axes, bend=(0.0, -0.5 * up),
                    tip=(0.4, -up), half_width_deg=42.0, end_part=0.3, power=4.0,
                    ring=ring.radius, half_thickness=0.9, blend=0.6)  # fmt: skip
    behind = np.stack([-axes[0], -axes[1], axes[2]])
    end_part, power = _taper(BACK_CLOSED, (ends, BACK_OPEN[1]), moment.mitral)
    builder.leaflet(Structure.MITRAL_VALVE, ring.centre, behind, bend=back[0], tip=back[1],
                    half_width_deg=float(np.rad2deg(POSTERIOR_HALF_RAD)), blend=0.6,
                    end_part=end_part, power=power, ring=ring.radius,
                    half_thickness=thin)  # fmt: skip
    rods = papillary_rods(patient, moment, ventricle(patient, moment))
    for (_, _, tip), side in zip(rods, (-1.0, 1.0), strict=True):
        for part, profile, frame, pole in (
            (0.35, front, axes, ring.radius), (0.75, front, axes, ring.radius),
            (0.30, back, behind, 0.0), (0.62, back, behind, 0.0),
        ):  # fmt: skip
            half = ANTERIOR_HALF_RAD if pole else POSTERIOR_HALF_RAD
            sign = side if pole else -side
            end = _edge(ring, frame, profile, sign * part * half, pole)
            builder.capsule(Structure.CHORDAE, tip, end, 0.8, _CHORDA_MM)


def _taper(closed: tuple[float, float], opened: tuple[float, float],
           opening: float) -> tuple[float, float]:  # fmt: skip
    """The leaflet's shape toward its ends between closed and open."""
    end, power = (a + (b - a) * opening for a, b in zip(closed, opened, strict=True))
    return end, power


def _edge(ring: Ring, axes: Vector, profile: Profile, angle: float, pole: float) -> Vector:
    """A place on a leaflet's free edge, `angle` (radians about the pole) from its middle."""
    hinge = pole * np.cos(angle) + np.sqrt(ring.radius**2 - (pole * np.sin(angle)) ** 2)
    rho = hinge - profile[1][0]
    flat = np.array([rho * np.cos(angle) - pole, rho * np.sin(angle), profile[1][1]])
    return np.asarray(ring.centre + flat @ axes)


def _add_tricuspid(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
                   ring: Ring) -> None:  # fmt: skip
    """Septal, anterior and posterior leaflet."""
    radius = ring.radius
    wide: Profile = ((0.62 * radius * 0.26, 0.62 * radius * 0.966), (0.28 * radius, 1.12 * radius))
    closed: Profile = ((0.985 * radius, 3.0), (0.985 * radius, 6.0))
    bend, tip = _between(closed, wide, moment.tricuspid)
    for turn, half in ((180.0, 52.0), (68.0, 60.0), (292.0, 64.0)):
        axes = ring.frame(u(patient.rv_angle + turn))
        builder.leaflet(Structure.TRICUSPID_VALVE, ring.centre, axes, ring=radius,
                        half_width_deg=half, bend=bend, tip=tip, half_thickness=0.7,
                        end_part=1 - 0.55 * moment.tricuspid, blend=0.5)  # fmt: skip


def _add_aortic(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
                rings: Mapping[str, Ring]) -> None:  # fmt: skip
    ring = rings["aortic"]
    three = patient.av_cusps == 3
    directions = list(cusp_directions(ring))
    if not three:  # right and left cusp are one; the edges meet across the picture
        x = unit(directions[0] + directions[1])
        directions = [x, -x, directions[2]]
    shape = CuspShape(count=patient.av_cusps, commissure=0.92 * patient.sinus_radius,
                      half_thickness=patient.cusp_thickness,
                      rounding=0.22 * patient.annulus_radius)  # fmt: skip
    edge = cusp_edge(shape, patient.ava_cm2)
    for index, toward in enumerate(directions):
        _add_cusp(builder, Structure.AORTIC_VALVE, ring, toward, shape, edge, moment.aortic,
                  here=three or index < 2)  # fmt: skip
    builder.reference(Structure.AORTIC_VALVE, Structure.AORTA, op=Op.KEEP, grow=0.6)


def _add_pulmonary(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
                   ring: Ring) -> None:  # fmt: skip
    shape = CuspShape(count=3, commissure=1.08 * ring.radius, half_thickness=0.5,
                      rounding=0.22 * ring.radius)  # fmt: skip
    for degrees in (0.0, 120.0, 240.0):
        x, y, _ = ring.frame(ANTERIOR)
        a = np.deg2rad(degrees + 30.0)
        _add_cusp(builder, Structure.PULMONARY_VALVE, ring, np.cos(a) * x + np.sin(a) * y, shape,
                  0.78 * ring.radius, moment.pulmonary)  # fmt: skip
    builder.reference(Structure.PULMONARY_VALVE, Structure.PULMONARY, op=Op.KEEP, grow=0.6)


def _add_cusp(builder: SceneBuilder, structure: Structure, ring: Ring, toward: Vector,
              shape: CuspShape, edge: float, opening: float, *,
              here: bool = True) -> None:  # fmt: skip
    """One cusp between closed (its edges meet in the middle) and open (edge at `edge`)."""
    half = np.pi / shape.count
    corner = (shape.commissure * float(np.cos(half)), shape.commissure * float(np.sin(half)))
    radius = ring.radius
    # At the ring the edge must lie outside the lumen all the way from commissure to commissure.
    hinge = 1.12 * radius if shape.count == 3 else 2.2 * radius
    domed = max(edge, 0.5 * edge + 0.36 * radius)
    bend = (opening * domed, radius * (0.36 + 0.19 * opening))
    rim = (opening * edge, radius * (0.72 + 0.42 * opening))
    builder.cusp(structure, ring.centre, ring.frame(toward), commissure=corner, hinge=hinge,
                 bend=bend, rim=rim, rounding=0.02 + shape.rounding * opening,
                 half_thickness=shape.half_thickness, here=here)  # fmt: skip
