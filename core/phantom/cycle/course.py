"""The courses of one beat: volumes, valves and motion on a fine grid of time."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.phantom.cycle import pressures
from core.phantom.cycle.motion import annulus, atrium, flattening, opening, twist
from core.phantom.cycle.rhythm import Beat
from core.phantom.cycle.shapes import (
    Curve,
    area,
    cumulated,
    early_wave,
    hump,
    plateau,
    skewed,
    step,
)
from core.phantom.cycle.timing import Timing, timing_of
from core.phantom.patient.ejection import ejection_shape
from core.phantom.patient.model import HeartPatient
from core.phantom.patient.volumes import stroke_ml

STEPS = 1200  # of a beat: under a millisecond each
# Of what the LV expels, leaks and shunts take at most this part.
_MOST_LOST = 0.72
_CLOSING_MS = 26.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """One beat on a grid of STEPS + 1 times, float64 each.

    Attributes:
        timing: its moments.
        t: ms after mitral closure, 0 to rr_ms.
        contraction: of the LV volume, 0 end-diastolic to 1 end-systolic.
        outflow, leak, shunt: rates (per ms, their integrals sum to the contraction gained in
            systole) of aortic ejection, mitral regurgitation and ventricular shunt.
        inflow, back: rates (per ms, together the contraction lost in diastole) of mitral filling
            and aortic regurgitation.
        rv: of the RV, 0 to 1. right_out, right_in: its rates, per ms.
        descent, rv_descent: of the annuli, 0 to 1.
        la, ra: of the atria, 0 largest to 1 smallest.
        mitral, tricuspid, aortic, pulmonary: openings, 0 to 1.
        twist: 0 to 1. flattening: of the septum, 0 to 1.
    """

    timing: Timing
    t: Curve
    contraction: Curve
    outflow: Curve
    leak: Curve
    shunt: Curve
    inflow: Curve
    back: Curve
    rv: Curve
    right_out: Curve
    right_in: Curve
    descent: Curve
    rv_descent: Curve
    la: Curve
    ra: Curve
    mitral: Curve
    tricuspid: Curve
    aortic: Curve
    pulmonary: Curve
    twist: Curve
    flattening: Curve


@lru_cache(maxsize=512)
def course_of(patient: HeartPatient, *, rr_ms: float | None = None,
              before_ms: float | None = None, lack: float = 0.0,
              next_lack: float = 0.0) -> Course:  # fmt: skip
    """The courses of a beat.

    Args:
        patient: function, valves, rate.
        rr_ms, before_ms: lengths of this beat and the one before; the mean if None.
        lack, next_lack: contraction left at the beat's start and end because time was too short to
            fill (0 for a full ventricle).
    """
    timing = timing_of(patient, rr_ms=rr_ms, before_ms=before_ms)
    t = np.linspace(0, timing.rr_ms, STEPS + 1)
    # A ventricle that is less full expels less (Frank and Starling).
    top = 1 - 0.4 * lack
    lost, shunted, returned = lost_parts(patient, timing, t)
    ejecting = _ejection(patient, timing, t)
    pressing = plateau(t, timing.ivc_end_ms, timing.ejection_end_ms, 45.0)
    outflow = _rate(t, ejecting, (top - lack) * (1 - lost - shunted))
    leak = _rate(t, pressing, (top - lack) * lost)
    shunt = _rate(t, pressing, (top - lack) * shunted)
    filling = mitral_filling(patient, timing, t)
    backward = pressures.aortic_jet(patient, timing, t)
    backward = backward * plateau(t, timing.ivr_end_ms, timing.rr_ms, _CLOSING_MS)
    inflow = _rate(t, filling, (top - next_lack) * (1 - returned))
    back = _rate(t, backward, (top - next_lack) * returned)
    contraction = lack + _sum(t, outflow + leak + shunt) - _sum(t, inflow + back)
    right_out, right_in = _right(patient, timing, t)
    rv = _sum(t, right_out) - _sum(t, right_in)
    return Course(
        timing=timing, t=t, contraction=np.clip(contraction, 0, 1), outflow=outflow, leak=leak,
        shunt=shunt, inflow=inflow, back=back, rv=np.clip(rv, 0, 1), right_out=right_out,
        right_in=right_in, descent=annulus(patient, timing, t),
        rv_descent=annulus(patient, timing, t, right=True),
        la=atrium(timing, t, _sum(t, inflow), timing.ivr_end_ms),
        ra=atrium(timing, t, _sum(t, right_in), timing.right_fill_ms),
        mitral=opening(t, filling, timing.ivr_end_ms, timing.rr_ms),
        tricuspid=opening(t, right_in, timing.right_fill_ms, timing.rr_ms),
        aortic=_semilunar(t, timing.ivc_end_ms, timing.ejection_end_ms),
        pulmonary=_semilunar(t, timing.right_open_ms, timing.right_close_ms),
        twist=twist(timing, t), flattening=flattening(patient, np.clip(rv, 0, 1)),
    )  # fmt: skip


def course_in(patient: HeartPatient, beat: Beat | None) -> Course:
    """The courses of a beat of the patient's rhythm; of the mean beat if None."""
    if beat is None:
        return course_of(patient)
    return course_of(patient, rr_ms=beat.rr_ms, before_ms=beat.before_ms, lack=beat.lack,
                     next_lack=beat.next_lack)  # fmt: skip


def lost_parts(patient: HeartPatient, timing: Timing, t: Curve) -> tuple[float, float, float]:
    """Parts of the LV's stroke: leaked through the mitral valve, shunted, come back in diastole.

    Regurgitant volume = orifice times the jet's velocity integral; a ventricular shunt is what the
    lungs get on top of the body's share.
    """
    stroke = stroke_ml(patient)
    mitral = patient.mr_eroa_cm2 * _vti_cm(t, pressures.mitral_jet(patient, timing, t)) / stroke
    aortic = patient.ar_eroa_cm2 * _vti_cm(t, pressures.aortic_jet(patient, timing, t)) / stroke
    mitral, aortic = min(mitral, _MOST_LOST), min(aortic, _MOST_LOST)
    if patient.vsd_mm <= 0:
        return mitral, 0.0, aortic
    # Out through the aorta and not back: the body's share, 1 / qp_qs of what goes forward.
    forward = max(1 - mitral - aortic, 0.1)
    return mitral, forward * (1 - 1 / patient.qp_qs), aortic


def mitral_filling(patient: HeartPatient, timing: Timing, t: Curve) -> Curve:
    """Shape of the mitral inflow: its E wave's top at 1, the A wave as high as E/A asks."""
    early = early_wave(t, timing.ivr_end_ms, timing.e_peak_ms, patient.e_dt_ms)
    closing = step((timing.rr_ms - t) / _CLOSING_MS)
    if not timing.has_kick:
        return np.asarray(early * closing)
    rest = float(np.interp(timing.a_peak_ms, t, early))
    kick = max(1 / patient.e_a_ratio - rest, 0.08)
    half = timing.rr_ms - timing.a_peak_ms
    late = hump(t, timing.a_peak_ms - half, timing.rr_ms)
    return np.asarray((early + kick * late) * closing)


def _ejection(patient: HeartPatient, timing: Timing, t: Curve) -> Curve:
    """Shape of the aortic flow."""
    rise, fall = ejection_shape(patient.av_opening)
    return skewed(t, timing.ivc_end_ms, timing.ejection_end_ms, rise, fall)


def _right(patient: HeartPatient, timing: Timing, t: Curve) -> tuple[Curve, Curve]:
    """Rates (per ms, integral 1) of the pulmonary and the tricuspid flow.

    The acceleration time of the pulmonary flow falls with the pressure (Kitabatake 1983).
    """
    length = timing.right_close_ms - timing.right_open_ms
    peak = float(np.interp(patient.rvsp, (20, 35, 50, 80), (0.44, 0.37, 0.29, 0.21)))
    peak = min(peak, 140 / length)
    out = skewed(t, timing.right_open_ms, timing.right_close_ms, 2 * peak, 2 * (1 - peak))
    quick = timing.e_peak_ms - timing.ivr_end_ms
    early = early_wave(t, timing.right_fill_ms, timing.right_fill_ms + 1.1 * quick, 210.0)
    closing = step((timing.rr_ms - t) / _CLOSING_MS)
    late = np.zeros_like(t)
    if timing.has_kick:
        half = timing.rr_ms - timing.a_peak_ms
        late = 0.7 * hump(t, timing.a_peak_ms - half, timing.rr_ms)
    return _rate(t, out, 1.0), _rate(t, (early + late) * closing, 1.0)


def _semilunar(t: Curve, opens: float, closes: float) -> Curve:
    """Opens fast, drifts a little toward closure, shuts fast at the end."""
    drift = 1 - 0.15 * np.clip((t - opens) / (closes - opens), 0, 1)
    return np.asarray(plateau(t, opens, closes, 34.0) * drift)


def _rate(t: Curve, shape: Curve, total: float) -> Curve:
    whole = area(t, shape)
    return np.asarray(shape * (total / whole) if whole > 0 else np.zeros_like(t))


def _sum(t: Curve, rate: Curve) -> Curve:
    whole = area(t, rate)
    return np.asarray(cumulated(t, rate) * whole)


def _vti_cm(t: Curve, velocity_m_s: Curve) -> float:
    return area(t, velocity_m_s) / 10  # m/s times ms is mm
