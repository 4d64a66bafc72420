"""Pressures over a beat and the jets that they drive through leaks.

Jets by the simplified Bernoulli equation, p = 4 v2 (mmHg, m/s). Pressures are drawn through their
known points (isovolumic ends, peaks) by monotone cubics.
"""

import numpy as np
from scipy.interpolate import PchipInterpolator

from core.phantom.cycle.shapes import Curve, plateau, share, step
from core.phantom.cycle.timing import Timing
from core.phantom.patient.ejection import notch_pressure, peak_ejection_ml_s
from core.phantom.patient.model import HeartPatient
from core.phantom.patient.volumes import stroke_ml

# A jet that decelerates evenly from v falls to v / sqrt(2) in one pressure half-time.
_HALF_TIME_LOSS = 1 - 1 / np.sqrt(2)
_RAMP_MS = 18.0  # a leak's jet is there within this time of the valve's closure
_CM_S = 100.0  # in 1 m/s


def bernoulli_m_s(gradient: Curve) -> Curve:
    """Velocity of a jet, m/s, from a pressure difference in mmHg."""
    return np.asarray(np.sqrt(np.maximum(gradient, 0) / 4))


def lv_pressure(patient: HeartPatient, timing: Timing, t: Curve) -> Curve:
    """mmHg at times t in ms of the beat."""
    ejection = timing.ejection_end_ms - timing.ivc_end_ms
    top = patient.systolic_bp + valve_gradient(patient, timing)
    return _through(
        t,
        (0.0, patient.la_pressure + 2),
        (timing.ivc_end_ms, patient.diastolic_bp),
        (timing.ivc_end_ms + 0.45 * ejection, top),
        (timing.ejection_end_ms, notch_pressure(patient)),
        (timing.ivr_end_ms, patient.la_pressure),
        (0.6 * timing.ivr_end_ms + 0.4 * timing.rr_ms, 0.6 * patient.la_pressure),
        (timing.rr_ms, patient.la_pressure + 2),
    )


def valve_gradient(patient: HeartPatient, timing: Timing) -> float:
    """Expected difference of the peaks of LV and aortic pressure, mmHg (0 for a sound valve)."""
    if patient.av_opening >= 0.95:
        return 0.0
    ejection = timing.ejection_end_ms - timing.ivc_end_ms
    flow = peak_ejection_ml_s(stroke_ml(patient), ejection, patient.av_opening)
    velocity = flow / patient.ava_cm2 / _CM_S
    return 0.75 * 4 * velocity**2


def mitral_jet(patient: HeartPatient, timing: Timing, t: Curve) -> Curve:
    """Regurgitant jet, m/s, from mitral closure through both isovolumic phases."""
    wave = 4.0 * patient.mr_grade  # the leak lifts the atrium's v wave
    atrium = patient.la_pressure + wave * share(t, timing.ivc_end_ms, timing.ejection_end_ms)
    jet = bernoulli_m_s(lv_pressure(patient, timing, t) - atrium)
    return np.asarray(jet * plateau(t, 0.0, timing.ivr_end_ms, _RAMP_MS))


def aortic_jet(patient: HeartPatient, timing: Timing, t: Curve) -> Curve:
    """Regurgitant jet, m/s, from aortic closure until the valve opens in the next beat."""
    first = np.sqrt(max(notch_pressure(patient) - patient.la_pressure, 4.0) / 4)
    since = np.where(t < timing.ivc_end_ms, t + timing.rr_ms, t) - timing.ejection_end_ms
    last = timing.rr_ms + timing.ivc_end_ms - timing.ejection_end_ms
    falling = np.maximum(1 - _HALF_TIME_LOSS * since / patient.ar_pht_ms, 0.22)
    return np.asarray(first * falling * plateau(since, 0.0, last, _RAMP_MS))


def tricuspid_jet(patient: HeartPatient, timing: Timing, t: Curve) -> Curve:
    """Regurgitant jet, m/s; its peak is the patient's."""
    middle = 0.5 * (timing.right_open_ms + timing.right_close_ms)
    gradient = _through(
        t, (0.0, 0.02), (timing.right_open_ms, 0.38), (middle, 1.0),
        (timing.right_close_ms, 0.42), (timing.right_fill_ms, 0.0), (timing.rr_ms, 0.0),
    )  # fmt: skip
    return np.asarray(patient.tr_vmax_m_s * np.sqrt(np.maximum(gradient, 0)))


def pulmonary_jet(patient: HeartPatient, timing: Timing, t: Curve) -> Curve:
    """Regurgitant jet of the pulmonary valve, m/s: its early peak mirrors the mean pressure."""
    mean = 0.61 * patient.rvsp + 2  # Chemla, Chest 2004;126:1313
    early = np.sqrt(max(mean - patient.ra_pressure, 2.0) / 4)
    since = share(t, timing.right_close_ms, timing.rr_ms)
    there = step(since / 0.06) * step((1 - since) / 0.05)
    return np.asarray(early * (1 - 0.45 * since) * there)


def _through(t: Curve, *points: tuple[float, float]) -> Curve:
    times, values = zip(*points, strict=True)
    return np.asarray(PchipInterpolator(times, values)(np.clip(t, times[0], times[-1])))
