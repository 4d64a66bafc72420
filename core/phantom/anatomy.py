"""Where everything lies: landmarks of one heart and signed distances to its structures."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from core.phantom.cycle import Phase
from core.phantom.patient import HeartPatient
from core.phantom.space import (
    LEFT,
    POSTERIOR,
    SUPERIOR,
    Array,
    Points,
    Vector,
    Z,
    around,
    body,
    capsule,
    ellipsoid,
    tube,
    unit,
)
from core.phantom.valves import FAR, inflow_valve, outflow_valve
from core.phantom.ventricle import Ventricle, build_ventricle

RV_ANGLE = 193.0  # deg, middle of the right ventricle's crescent
RV_SPAN = 82.0  # deg, from there to either insertion
ROOF = -70.0  # mm, below this z the base's motion has died away


@dataclass(frozen=True, slots=True, eq=False)
class Heart:
    """One patient's anatomy at end-diastole, in the heart frame (mm).

    Attributes:
        patient: whose.
        lv: the left ventricle's profile and tables.
        marks: named landmarks.
        right: unit vector from the long axis to the right ventricle.
    """

    patient: HeartPatient
    lv: Ventricle
    marks: Mapping[str, Vector]
    right: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """Signed distances (mm, negative inside) of one moment at the sample points; thin sheets have
    unsigned ones. Absent structures are None.

    `mx`, `my`, `mz` are material coordinates: they follow the tissue through the beat.
    """

    mx: Array
    my: Array
    mz: Array
    angle: Array
    endo: Array
    epi: Array
    outflow: Array | None
    rv: Array
    rv_outer: Array
    la: Array
    ra: Array
    aorta: Array | None
    pa: Array | None
    ivc: Array | None
    other_veins: Array | None
    hull: Array
    mitral: Array
    tricuspid: Array
    aortic: Array
    pulmonary: Array
    papillary: Array | None


def build_heart(patient: HeartPatient) -> Heart:
    """Landmarks and tables of a patient (about 10 ms)."""
    lv = build_ventricle(patient)
    size = patient.aorta / 11
    turn_right, turn_vessels, _ = patient.tilts
    reach = float(lv.radius[0]) + patient.wall
    marks: dict[str, Vector] = {"apex": Z * (patient.lv_length + 0.6 * patient.wall)}
    av = around(147 + turn_vessels) * (reach - patient.aorta * 0.95) - 4 * Z
    root = unit(np.array((-0.38, 0.5, -0.78)))
    lps = np.array((av @ LEFT, av @ POSTERIOR, av @ SUPERIOR))
    marks["av"] = av
    marks["root_axis"] = root
    marks["sinus"] = av + root * 9 * size
    marks["stj"] = av + root * 19 * size
    marks["ascending"] = av + root * 32 * size
    marks["ascending_top"] = body(-27, -12, 60) * (0.5 + 0.5 * size)
    marks["arch_1"] = body(-16, -4, 80) * (0.5 + 0.5 * size)
    marks["arch_2"] = body(-1, 12, 87) * (0.5 + 0.5 * size)
    marks["arch_3"] = body(13, 26, 80) * (0.5 + 0.5 * size)
    # clear of the left atrium's back wall
    la_axes = patient.la
    la = around(328) * 7 - Z * (la_axes[2] - 3)
    desc = la + POSTERIOR * (la_axes[1] + 16 * size) + LEFT * 6
    marks["la"] = la
    down = np.array((desc @ LEFT, desc @ POSTERIOR, 0.0))
    marks["desc_top"] = body(float(down[0]), float(down[1]), 58)
    marks["desc_mid"] = body(float(down[0]), float(down[1]), 0)
    marks["desc_low"] = body(float(down[0]) - 6, float(down[1]) - 2, -130)
    tv = around(201 + turn_right) * (reach + 0.45 * patient.rv_depth + 2) - 1 * Z
    marks["tv"] = tv
    marks["ra"] = (
        around(203 + turn_right) * (reach + 0.4 * patient.rv_depth) - Z * (patient.ra[2] - 3)
    )
    pv = av + around(86 + turn_vessels) * 35 * size - 11 * Z
    marks["pv"] = pv
    marks["pa_axis"] = unit(0.75 * POSTERIOR + 0.3 * SUPERIOR + 0.12 * LEFT)
    marks["pa_end"] = pv + marks["pa_axis"] * 42 * size
    marks["rpa_end"] = marks["pa_end"] + body(-62, 6, 2)
    marks["lpa_end"] = marks["pa_end"] + body(28, 22, 6)
    ra = marks["ra"]
    mouth = ra - SUPERIOR * (patient.ra[1] * 0.75) + POSTERIOR * 3
    marks["ivc_mouth"] = mouth
    marks["ivc_mid"] = mouth - SUPERIOR * 45 + POSTERIOR * 6
    marks["ivc_low"] = mouth - SUPERIOR * 140 + POSTERIOR * 14
    marks["svc"] = ra + SUPERIOR * (patient.ra[1] + 60) - LEFT * 4
    marks["hepatic"] = marks["ivc_mid"] + SUPERIOR * 26
    marks["hepatic_end"] = marks["hepatic"] - SUPERIOR * 35 - POSTERIOR * 40 + LEFT * 15
    marks["mitral"] = around(147) * (-0.2 * patient.annulus)
    marks["body_av"] = lps
    return Heart(
        patient=patient,
        lv=lv,
        marks=MappingProxyType(marks),
        right=around(RV_ANGLE + turn_right),
    )


def base_descent(heart: Heart, x: Array, y: Array, z: Array, contraction: float) -> Array:
    """Material z of points: undoes the base's motion, stronger on the right ventricle's side."""
    patient = heart.patient
    f = np.float32
    side = x * f(heart.right[0]) + y * f(heart.right[1])
    share = np.clip((side - f(5)) * f(1 / 45), 0, 1)
    down = f(contraction) * (
        f(patient.base_descent) + share * f(patient.tapse - patient.base_descent)
    )
    length = f(patient.lv_length)
    upper = (z - down) * (length / (length - down))
    lower = f(ROOF) + (z - f(ROOF)) * (f(-ROOF) / (down - f(ROOF)))
    found = np.where(z > down, upper, lower)
    found = np.where(z > length, z, found)
    return np.where(z < f(ROOF), z, found)


def shapes(heart: Heart, points: Points, phase: Phase) -> Shapes:
    """Evaluates the anatomy at the sample points at one moment of the cycle."""
    patient, marks = heart.patient, heart.marks
    f = np.float32
    c = phase.contraction
    z = base_descent(heart, points.x, points.y, points.z, c)
    # vessels and atria move with the base: shapes see the points in end-diastolic z
    slack = c * max(patient.tapse, patient.base_descent)
    p = Points(
        points.x, points.y, z, normal=points.normal, offset=points.offset,
        margin=points.margin + slack,
    )
    radius, stretch, now = heart.lv.material(p.x, p.y, p.z, c)
    endo, epi = heart.lv.distances(z, radius)
    angle = np.arctan2(p.y, p.x)

    # right ventricle: a crescent on the septum, from the tricuspid plane to near the apex
    turn = np.deg2rad(RV_ANGLE + patient.tilts[0])
    away = np.abs(np.mod(angle - f(turn) + f(np.pi), f(2 * np.pi)) - f(np.pi))
    away *= f(180 / np.pi / RV_SPAN)
    bump = np.clip(1 - away * away, -0.5, 1)
    share = np.clip(z * f(1 / (0.86 * patient.lv_length)), 0, 1.2)
    taper = 1 - share * share * f(0.55) - share * f(0.45)
    rim = heart.lv.radius[np.clip(z, 0, len(heart.lv.radius) - 1).astype(np.int32)] + f(
        patient.wall
    )
    squeeze = 1 - 0.3 * c * min(1.0, patient.tapse / 20)
    crescent = np.minimum(bump, taper + f(0.15))
    depth = f(patient.rv_depth * squeeze) * np.where(crescent > 0, bump * taper, crescent)
    inward = f(3.0 * c * patient.ef / 60)
    outer = (now - (rim - inward) - depth) * f(0.85)
    outer = np.maximum(outer, -z - 1)
    size = patient.aorta / 11
    outlet = capsule(
        p,
        around(150 + patient.tilts[0]) * (float(heart.lv.radius[20]) + patient.wall + 7) + Z * 22,
        marks["pv"],
        10 * size * (1 - 0.25 * c),
        patient.pa * 0.95 * (1 - 0.1 * c),
    )
    rv_outer = outer if outlet is None else np.minimum(outer, outlet)
    rv = np.maximum(rv_outer, f(0.4) - epi)

    # atria: fill while the base descends, empty with their own kick
    swell = 1 + 0.07 * c - 0.07 * phase.kick
    la = ellipsoid(p, marks["la"], [a * swell for a in patient.la])
    la = np.maximum(la, z + f(1.5))
    ra = ellipsoid(p, marks["ra"], [a * swell for a in patient.ra])
    ra = np.maximum(ra, z + f(1.5))

    root = 1 + 0.03 * c
    sinus, tubular = 1.42 * patient.aorta * root, 1.2 * patient.aorta * root
    arch = 1.15 * patient.aorta
    still = points  # the far vessels stay where they are
    aorta = tube(
        p,
        [marks["av"], marks["sinus"], marks["stj"], marks["ascending"], marks["ascending_top"]],
        [patient.aorta, sinus, tubular, 1.32 * patient.aorta * root, 1.3 * patient.aorta],
    )
    far = tube(
        still,
        [marks[k] for k in ("ascending_top", "arch_1", "arch_2", "arch_3", "desc_top")],
        [1.3 * patient.aorta, arch * 1.1, arch * 1.05, arch, arch],
    )
    down = tube(
        still,
        [marks[k] for k in ("desc_top", "desc_mid", "desc_low")],
        [arch, arch * 0.97, arch * 0.85],
    )
    branches = [
        capsule(still, marks[k], marks[k] + SUPERIOR * 40 + body(*lean), 5, 4)
        for k, lean in (("arch_1", (-9, -3, 0)), ("arch_2", (0, 0, 0)), ("arch_3", (6, 4, 0)))
    ]
    if aorta is not None:
        ring = (p.x - f(marks["av"][0])) * f(marks["root_axis"][0])
        ring = ring + (p.y - f(marks["av"][1])) * f(marks["root_axis"][1])
        ring = ring + (z - f(marks["av"][2])) * f(marks["root_axis"][2])
        outflow_part: Array | None = np.maximum(aorta, ring)
        aorta = np.maximum(aorta, -ring)
    else:
        outflow_part = None
    for part in (far, down, *branches):
        aorta = _join(aorta, part)
    track = capsule(
        p,
        around(147) * (patient.lv_radius * 0.42) + Z * 16,
        marks["av"] + marks["root_axis"] * -1,
        patient.aorta * 1.0,
        patient.aorta * 0.98,
    )
    outflow = _join(track, outflow_part)
    pa = tube(
        p, [marks["pv"], marks["pa_end"]], [patient.pa * 0.95, patient.pa]
    )
    for end in ("rpa_end", "lpa_end"):
        pa = _join(pa, capsule(still, marks["pa_end"], marks[end], patient.pa * 0.8, 8))

    bore = patient.ivc * (1 - patient.ivc_collapse * (0.5 + 0.5 * phase.breath))
    ivc = tube(
        still,
        [marks["ivc_mouth"], marks["ivc_mid"], marks["ivc_low"]],
        [(bore + patient.ivc) / 2, bore, bore * 1.05],
    )
    veins = _join(
        capsule(still, marks["hepatic"], marks["hepatic_end"], 4.5, 2.5),
        capsule(p, marks["ra"] + SUPERIOR * (patient.ra[1] - 6), marks["svc"], 8, 8),
    )

    # the heart's outer surface: what pericardium lies on
    hull = np.minimum(epi, np.maximum(rv_outer - f(patient.rv_wall), -z - f(6)))
    hull = np.minimum(hull, np.minimum(la, ra) - f(2.5))
    if aorta is not None:
        la = np.maximum(la, -(aorta - f(2.0)))

    mitral = inflow_valve(
        p,
        centre=marks["mitral"],
        forward=Z,
        across=around(147),
        radius=patient.annulus,
        long_leaf=0.82,
        short_leaf=0.46,
        opening=phase.mitral,
    )
    tricuspid = inflow_valve(
        p,
        centre=marks["tv"],
        forward=Z,
        across=-around(201),
        radius=min(0.48 * patient.rv_depth + 3, 1.25 * patient.annulus),
        long_leaf=0.6,
        short_leaf=0.6,
        opening=phase.mitral,
    )
    aortic = (
        outflow_valve(
            p,
            centre=marks["av"],
            forward=marks["root_axis"],
            mark=around(250),
            radius=1.15 * patient.aorta,
            opening=phase.aortic,
        )
        if p.near(marks["sinus"], 25)
        else np.full(p.x.shape, FAR, np.float32)
    )
    pulmonary = (
        outflow_valve(
            p,
            centre=marks["pv"],
            forward=marks["pa_axis"],
            mark=around(0),
            radius=patient.pa,
            opening=phase.aortic,
        )
        if p.near(marks["pv"], 25)
        else np.full(p.x.shape, FAR, np.float32)
    )
    return Shapes(
        mx=p.x * np.where(epi < 0, stretch, 1),
        my=p.y * np.where(epi < 0, stretch, 1),
        mz=z,
        angle=angle,
        endo=endo,
        epi=epi,
        outflow=outflow,
        rv=rv,
        rv_outer=rv_outer,
        la=la,
        ra=ra,
        aorta=aorta,
        pa=pa,
        ivc=ivc,
        other_veins=veins,
        hull=hull,
        mitral=mitral,
        tricuspid=tricuspid,
        aortic=aortic,
        pulmonary=pulmonary,
        papillary=_papillary(heart, p, c),
    )


def _papillary(heart: Heart, p: Points, contraction: float) -> Array | None:
    """The two papillary muscles, from the wall at two thirds of the length towards the valve."""
    patient = heart.patient
    _, radial = heart.lv.squeeze(contraction)
    length = patient.lv_length
    found: Array | None = None
    for angle in (15 + patient.tilts[2], 275 + patient.tilts[2]):
        out = around(angle)
        foot = out * (float(heart.lv.radius[int(0.68 * length)]) * 0.98 * radial) + Z * 0.68 * length
        head = out * (float(heart.lv.radius[int(0.42 * length)]) * 0.66 * radial) + Z * 0.42 * length
        size = 0.21 * patient.lv_radius * (1 + 0.15 * contraction)
        found = _join(found, capsule(p, head, foot, size * 0.75, size * 1.1))
    return found


def _join(first: Array | None, second: Array | None) -> Array | None:
    if first is None or second is None:
        return second if first is None else first
    return np.minimum(first, second)
