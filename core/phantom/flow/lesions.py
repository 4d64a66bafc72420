"""Jets of leaking valves and of holes in the septa.

How far and how wide a jet shows follows the guideline's measures of the grade: for mitral and
tricuspid regurgitation the jet's part of the atrium, for aortic regurgitation the jet's part of the
outflow tract's width (ASE 2017, Zoghbi, J Am Soc Echocardiogr 30:303-371).
"""

import math
from collections.abc import Sequence

import numpy as np

from core.phantom.flow.blood import Blood, Passage
from core.phantom.flow.stream import Node, Stream, make_stream
from core.phantom.heart.frame import Vector, u, unit
from core.phantom.heart.heart import Heart
from core.phantom.heart.right import defect_way
from core.phantom.heart.rings import OUTFLOW_DEG
from core.phantom.scene import Structure

# By grade 0..4: jet area as a part of the atrium's, jet width as a part of the outflow tract's.
_GRADES = (0.0, 1.0, 2.0, 3.0, 4.0)
AREA_PART = (0.0, 0.14, 0.29, 0.41, 0.54)
WIDTH_PART = (0.0, 0.18, 0.38, 0.55, 0.72)
_AR_LENGTH_MM = (0.0, 18.0, 33.0, 46.0, 58.0)
_PROFILE = 3.0
_SLOWEST = 45.0  # cm/s in a jet's far part, as long as it counts as the jet
_LEAST_CM_S = 40.0
_TRACE = 0.4  # grade as which a leak counts that is too small to be graded


def lesion_streams(heart: Heart, blood: Blood) -> list[Stream]:
    """The jets of this moment; none where nothing leaks."""
    found = []
    patient, rings = heart.patient, heart.rings
    if _leaks(blood.mitral_leak):
        found.append(_mitral(heart, blood.mitral_leak))
    if _leaks(blood.aortic_leak):
        valve = rings["aortic"]
        grade = max(patient.ar_grade, _TRACE)
        width = np.interp(grade, _GRADES, WIDTH_PART) * patient.lvot_radius
        length = float(np.interp(grade, _GRADES, _AR_LENGTH_MM))
        # It leaves against the valve's axis and bends toward the apex.
        into = unit(heart.points["lv_apex"] - valve.centre)
        path = _bent(valve.centre, -valve.axis, unit(into - 0.3 * valve.axis), length)
        found.append(_jet("aortic leak", path, blood.aortic_leak, width=float(width),
                          tip=1.5 * float(width), before=valve.centre + 9 * valve.axis,
                          pools=(Structure.LV, Structure.AORTA)))  # fmt: skip
    if _leaks(blood.tricuspid_leak):
        found.append(_tricuspid(heart, blood.tricuspid_leak))
    if _leaks(blood.pulmonary_leak):
        valve = rings["pulmonary"]
        path = _bent(valve.centre, -valve.axis, -valve.axis, 20.0)
        found.append(_jet("pulmonary leak", path, blood.pulmonary_leak, width=2.5, tip=4.0,
                          before=valve.centre + 6 * valve.axis,
                          pools=(Structure.RV, Structure.PULMONARY)))  # fmt: skip
    for name, passage, pools in (
        ("asd", blood.asd, (Structure.LA, Structure.RA)),
        ("vsd", blood.vsd, (Structure.LV, Structure.RV)),
    ):
        if passage.flow_ml_s > 0 and passage.speed_cm_s > 0:
            found.append(_shunt(heart, name, passage, pools))
    return found


def _leaks(passage: Passage) -> bool:
    return passage.flow_ml_s > 0 and passage.speed_cm_s > _LEAST_CM_S


def _mitral(heart: Heart, leak: Passage) -> Stream:
    """Central where the leaflets are held back, along the far wall where one prolapses."""
    patient, ring, roof = heart.patient, heart.rings["mitral"], heart.points["la_roof"]
    start = ring.centre + (3.0 + patient.mitral_tenting_mm) * ring.axis
    back = unit(roof - ring.centre)
    long = float(np.linalg.norm(roof - ring.centre))
    a, _, c = patient.la_radii
    length, width = _shape(patient.mr_grade, math.pi * a * c, 0.9 * long)
    first = back
    if patient.mitral_prolapse_mm > 0:
        # The jet flees from the leaflet that gives way; the anterior one is on the outflow's side.
        side = 1.0 if patient.prolapse_leaflet == "posterior" else -1.0
        start = ring.centre - 1.0 * ring.axis
        first = unit(back + 0.75 * side * u(OUTFLOW_DEG))
        length, width = min(1.15 * length, 1.1 * long), 0.8 * width
    path = _bent(start, first, back, length)
    return _jet("mitral leak", path, leak, width=width, tip=0.75 * width,
                before=start + 14 * ring.axis, pools=(Structure.LA, Structure.LV))  # fmt: skip


def _tricuspid(heart: Heart, leak: Passage) -> Stream:
    """Into the right atrium, leaning a little to its free wall."""
    patient, ring, roof = heart.patient, heart.rings["tricuspid"], heart.points["ra_roof"]
    back = unit(roof - ring.centre)
    outward = unit(ring.centre - heart.rings["mitral"].centre)
    start = ring.centre + 3.0 * ring.axis
    a, _, c = patient.ra_radii
    long = float(np.linalg.norm(roof - ring.centre))
    length, width = _shape(patient.tr_grade, math.pi * a * c, 0.9 * long)
    path = _bent(start, unit(back + 0.22 * outward), back, length)
    return _jet("tricuspid leak", path, leak, width=width, tip=0.75 * width,
                before=start + 12 * ring.axis, pools=(Structure.RA, Structure.RV))  # fmt: skip


def _shunt(heart: Heart, name: str, passage: Passage, pools: tuple[Structure, ...]) -> Stream:
    """Through a hole in a septum, from left to right."""
    centre, onward, radius = hole(heart, name)
    length, width = (28.0, 1.25 * radius) if name == "asd" else (22.0, radius + 2.5)
    path = _bent(centre, onward, onward, length)
    return _jet(name, path, passage, width=width, tip=1.1 * width,
                before=centre - (6 + 1.6 * radius) * onward, pools=pools,
                unrest=0.1 if name == "asd" else 0.3)  # fmt: skip


def hole(heart: Heart, name: str) -> tuple[Vector, Vector, float]:
    """Middle of a septal defect ("asd" or "vsd"), its way from left to right, its radius in mm."""
    patient = heart.patient
    if name == "asd":
        return heart.points["fossa"], u(patient.rv_angle), 0.5 * patient.asd_mm
    start, onward = defect_way(heart.rings)
    # Halfway through the septum.
    return start + (heart.rings["lvot"].radius + 7.0) * onward, onward, 0.5 * patient.vsd_mm


def _shape(grade: float, area_mm2: float, longest: float) -> tuple[float, float]:
    """Length and half width (mm) of a jet that covers its grade's part of an atrium."""
    wanted = float(np.interp(max(grade, _TRACE), _GRADES, AREA_PART)) * area_mm2
    length = min(math.sqrt(2.6 * wanted), longest)
    return length, max(0.56 * wanted / length, 1.5)


def _jet(name: str, path: Sequence[Vector], leak: Passage, *, width: float, tip: float,
         before: Vector, pools: tuple[Structure, ...], unrest: float = 0.32) -> Stream:  # fmt: skip
    """Convergence before the orifice, vena contracta, then a cone that slows and breaks up."""
    start = path[0]
    steps = np.linalg.norm(np.diff(np.array(path), axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    part = along / along[-1]
    orifice = make_stream(name, [Node(place=start, speed=leak.speed_cm_s)] * 2,
                          flow_ml_s=leak.flow_ml_s, pools=pools, exponent=_PROFILE)  # fmt: skip
    narrow = float(orifice.radius[0])
    core = 6.0 * narrow
    away = float(np.linalg.norm(before - start))
    # A hemisphere of radius s has the area of a circle of radius 1.41 s.
    nodes = [
        Node(place=before, radius=1.41 * away),
        Node(place=start + 0.45 * (before - start), radius=max(0.64 * away, 1.2 * narrow)),
        Node(place=start, speed=leak.speed_cm_s, turbulence=0.08),
    ]
    for place, s, p in zip(path[1:], along[1:], part[1:], strict=True):
        speed = max(leak.speed_cm_s * min(1.0, core / s), min(_SLOWEST, leak.speed_cm_s))
        swell = narrow + (width - narrow) * math.sin(0.5 * math.pi * min(1.0, p / 0.6))
        radius = swell if p < 0.6 else width + (tip - width) * (p - 0.6) / 0.4
        fading = 1.0 if p < 0.8 else 1.0 - 0.5 * (p - 0.8) / 0.2
        nodes.append(Node(place=place, radius=max(radius, narrow), speed=speed * fading,
                          turbulence=unrest + 0.15 * p))  # fmt: skip
    return make_stream(name, nodes, flow_ml_s=leak.flow_ml_s, pools=pools, exponent=_PROFILE)


def _bent(
    start: Vector, first: Vector, last: Vector, length: float, count: int = 9
) -> list[Vector]:
    """A path that leaves along `first` and ends along `last`."""
    t = np.linspace(0, 1, count)[:, None]
    control, end = start + 0.5 * length * first, start + 0.5 * length * (first + last)
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    return list(curve)
