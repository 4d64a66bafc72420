"""Flows of a beat that agree with the volumes, and the velocities a Doppler beam would meet.

Conservation: in systole the LV loses what goes out through the aortic valve, back through the
mitral valve and through a septal defect; in diastole it gains the mitral inflow and what comes back
through the aortic valve. Atrial volumes tie the veins to the valves in the same way.
"""

from dataclasses import dataclass

import numpy as np

from core.phantom.cycle import pressures
from core.phantom.cycle.course import Course, course_in
from core.phantom.cycle.rhythm import Beat
from core.phantom.cycle.shapes import Curve, area, plateau, slope
from core.phantom.cycle.timing import Timing
from core.phantom.patient.model import HeartPatient
from core.phantom.patient.volumes import atrium_ml

# Of the tricuspid annulus' area, what blood uses.
_TRICUSPID_PART = 0.75
_FROM_BELOW = 0.65  # of the blood from the body, by the inferior caval vein
_PULMONARY_LEAK_CM2 = 0.02  # the trace that most healthy valves have
_CM_S = 100.0  # in 1 m/s


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flows:
    """One beat on the course's grid, float64 [STEPS + 1] each.

    Attributes:
        timing: of the beat.
        t: ms after mitral closure.
        volume: of the LV, mL.
        flow: mL/s by name, positive the way the blood goes (leaks and shunts: the way they leak):
            mitral, aortic, tricuspid, pulmonary; mitral_leak, aortic_leak, tricuspid_leak,
            pulmonary_leak; asd, vsd; pulmonary_veins, superior_cava, inferior_cava.
        velocity: cm/s at the narrowest place, by name: the valves and leaks above, lvot, asd, vsd.
        tissue: cm/s by name: septal, lateral (mitral annulus), rv (tricuspid annulus); positive
            toward the apex.
    """

    timing: Timing
    t: Curve
    volume: Curve
    flow: dict[str, Curve]
    velocity: dict[str, Curve]
    tissue: dict[str, Curve]

    def integral(self, name: str) -> float:
        """Volume in mL that passes in the beat."""
        return area(self.t, self.flow[name]) / 1000

    def at(self, phase: float) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Flows (mL/s), velocities and tissue velocities (cm/s) by name at a phase 0..1."""
        place = (phase % 1.0) * (len(self.t) - 1)
        low, weight = int(place), place % 1.0

        def of(curves: dict[str, Curve]) -> dict[str, float]:
            return {
                name: float(c[low] * (1 - weight) + c[low + 1] * weight)
                for name, c in curves.items()
            }

        return of(self.flow), of(self.velocity), of(self.tissue)


def flows_of(patient: HeartPatient, *, edv_ml: float, esv_ml: float,
             beat: Beat | None = None) -> Flows:  # fmt: skip
    """Flows and velocities of a beat.

    Args:
        patient: orifices, pressures, timing.
        edv_ml, esv_ml: LV volumes at contraction 0 and 1, from the geometry.
        beat: of the patient's rhythm; the mean beat if None.
    """
    course = course_in(patient, beat)
    left = _left(course, edv_ml - esv_ml)
    flow = left | _right(patient, course, left)
    flow |= _veins(patient, course, flow)
    return Flows(
        timing=course.timing, t=course.t, flow=flow,
        volume=edv_ml - (edv_ml - esv_ml) * course.contraction,
        velocity=_velocities(patient, course, flow), tissue=_tissue(patient, course),
    )  # fmt: skip


def _left(course: Course, stroke: float) -> dict[str, Curve]:
    """Through the LV's openings, mL/s: rates per ms times the stroke."""
    k = 1000 * stroke
    return {
        "mitral": k * course.inflow,
        "aortic": k * course.outflow,
        "mitral_leak": k * course.leak,
        "aortic_leak": k * course.back,
        "vsd": k * course.shunt,
    }


def _right(patient: HeartPatient, course: Course, left: dict[str, Curve]) -> dict[str, Curve]:
    """Through the RV: the body's share, and in the lungs what the shunts add."""
    t, timing = course.t, course.timing
    body = (area(t, left["aortic"]) - area(t, left["aortic_leak"])) / 1000
    shunt = area(t, left["vsd"]) / 1000
    across = (patient.qp_qs - 1) * body if patient.asd_mm > 0 else 0.0
    leak = patient.tr_eroa_cm2 * pressures.tricuspid_jet(patient, timing, t) * _CM_S
    back = _PULMONARY_LEAK_CM2 * pressures.pulmonary_jet(patient, timing, t) * _CM_S
    leaked, returned = area(t, leak) / 1000, area(t, back) / 1000
    lungs = body + across + shunt
    # From left to right atrium all the time, most at the end of systole and early in diastole.
    swell = 0.35 + 0.65 * plateau(t, 0.5 * timing.ejection_end_ms, timing.rr_ms, 180.0)
    return {
        "pulmonary": 1000 * (lungs + returned) * course.right_out,
        "tricuspid": 1000 * (body + across + leaked) * course.right_in,
        "tricuspid_leak": leak,
        "pulmonary_leak": back,
        "asd": 1000 * across * swell / area(t, swell),
    }


def _veins(patient: HeartPatient, course: Course, flow: dict[str, Curve]) -> dict[str, Curve]:
    """Into the atria: what their volumes gain and what their valves and holes take, less leaks."""
    t = course.t
    left = -slope(t, course.la) * patient.la_emptying * atrium_ml(patient.la_radii) * 1000
    right = -slope(t, course.ra) * patient.ra_emptying * atrium_ml(patient.ra_radii) * 1000
    caval = right + flow["tricuspid"] - flow["tricuspid_leak"] - flow["asd"]
    return {
        "pulmonary_veins": left + flow["mitral"] - flow["mitral_leak"] + flow["asd"],
        "inferior_cava": _FROM_BELOW * caval,
        "superior_cava": (1 - _FROM_BELOW) * caval,
    }


def _velocities(patient: HeartPatient, course: Course, flow: dict[str, Curve]) -> dict[str, Curve]:
    """cm/s: flow over area through the valves (flat profile), Bernoulli through leaks."""
    t, timing = course.t, course.timing
    lvot = disc_cm2(patient.lvot_radius)
    right = 4 * patient.tr_vmax_m_s**2
    gradient = pressures.lv_pressure(patient, timing, t) - right
    systole = plateau(t, timing.ivc_end_ms, timing.ejection_end_ms, 45.0)
    jets = {
        "mitral_leak": pressures.mitral_jet(patient, timing, t),
        "aortic_leak": pressures.aortic_jet(patient, timing, t),
        "tricuspid_leak": pressures.tricuspid_jet(patient, timing, t),
        "pulmonary_leak": pressures.pulmonary_jet(patient, timing, t),
        "vsd": pressures.bernoulli_m_s(gradient) * systole,
    }
    here = {"mitral_leak": patient.mr_eroa_cm2 > 0, "aortic_leak": patient.ar_eroa_cm2 > 0,
            "tricuspid_leak": patient.tr_eroa_cm2 > 0, "pulmonary_leak": True,
            "vsd": patient.vsd_mm > 0}  # fmt: skip
    hole = disc_cm2(patient.asd_mm / 2)
    return {
        "mitral": flow["mitral"] / patient.mva_cm2,
        "lvot": flow["aortic"] / lvot,
        "aortic": flow["aortic"] / min(patient.ava_cm2, lvot),
        "tricuspid": flow["tricuspid"] / (_TRICUSPID_PART * disc_cm2(patient.tricuspid_ring)),
        "pulmonary": flow["pulmonary"] / disc_cm2(patient.pv_radius),
        "asd": flow["asd"] / hole if hole > 0 else np.zeros_like(t),
        **{name: jet * _CM_S * here[name] for name, jet in jets.items()},
    }


def _tissue(patient: HeartPatient, course: Course) -> dict[str, Curve]:
    """cm/s: the annuli's motion; the septal side less, the lateral more, as their e' ask."""
    septal, lateral = patient.e_prime_septal, patient.e_prime_lateral
    mean = 0.5 * (septal + lateral)
    left = slope(course.t, course.descent) * patient.annulus_descent * _CM_S
    right = slope(course.t, course.rv_descent) * patient.tapse * _CM_S
    return {"septal": left * septal / mean, "lateral": left * lateral / mean, "rv": right}


def disc_cm2(radius_mm: float) -> float:
    """Area of a round opening."""
    return float(np.pi * radius_mm**2 / 100)
