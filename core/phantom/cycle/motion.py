"""Motion of annuli, atria, leaflets, septum and the twist, over one beat."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from core.phantom.cycle.shapes import Curve, area, cumulated, hump, share, step
from core.phantom.cycle.timing import Timing
from core.phantom.patient.model import HeartPatient

_LEAST_OPEN, _OPENING_MS, _SHUTTING_MS = 0.36, 36.0, 34.0


def annulus(patient: HeartPatient, timing: Timing, t: Curve, *, right: bool = False) -> Curve:
    """Descent of the mitral (or tricuspid) annulus, 0 at end-diastole to 1 at end-systole.

    Its fastest return is the patient's e' (mean of septal and lateral), and the fastest descent of
    the right one is the patient's s', as far as excursion and time allow.
    """
    if right:
        excursion, e_prime = patient.tapse, 0.95 * patient.rv_s_prime
        opens, end = timing.right_fill_ms, timing.right_close_ms
        going = _peaked(t, 0.4 * timing.right_open_ms, end, excursion, patient.rv_s_prime)
    else:
        excursion = patient.annulus_descent
        e_prime = 0.5 * (patient.e_prime_septal + patient.e_prime_lateral)
        opens, end = timing.ivr_end_ms, timing.ejection_end_ms
        going = hump(t, 0.4 * timing.ivc_end_ms, end) ** 0.9
    back = _return(patient, timing, t, opens - 8.0, excursion, e_prime)
    return np.clip(cumulated(t, going) - cumulated(t, back), 0, 1)


def _return(patient: HeartPatient, timing: Timing, t: Curve, opens: float, excursion: float,
            e_prime: float) -> Curve:  # fmt: skip
    """Shape of the annulus' way back: e' wave and, in sinus rhythm, a' wave."""
    speed = e_prime / 100  # cm/s to mm/ms
    room = timing.a_start_ms - opens + 12
    lasts = min(timing.e_peak_ms - timing.ivr_end_ms + patient.e_dt_ms, 150.0, room)
    # A sin2 wave's peak is twice its mean.
    part = 0.5 * speed * lasts / excursion
    part = 1.0 if not timing.has_kick else float(np.clip(part, 0.30, 0.85))
    lasts = float(np.clip(2 * part * excursion / speed, 60, max(room, 60)))
    early = hump(t, opens, opens + lasts)
    early = early / area(t, early) * part
    if not timing.has_kick:
        return early
    late = hump(t, timing.a_start_ms - 8, timing.rr_ms - 4)
    return np.asarray(early + late / area(t, late) * (1 - part))


def _peaked(t: Curve, start: float, end: float, excursion: float, speed_cm_s: float) -> Curve:
    """A systolic wave as pointed as its peak speed asks of its excursion."""
    wanted = speed_cm_s / 100 * (end - start) / excursion  # peak over mean
    powers = np.array([0.2, 0.4, 0.65, 1.0, 1.6, 2.5, 4.0])
    x = (np.arange(400) + 0.5) / 400
    found = [1 / float(np.mean(np.sin(np.pi * x) ** (2 * p))) for p in powers]
    return np.asarray(hump(t, start, end) ** float(np.interp(wanted, found, powers)))


def atrium(timing: Timing, t: Curve, passed: Curve, opens: float) -> Curve:
    """Emptying of an atrium: reservoir while its valve is shut, conduit and pump while open.

    Args:
        passed: what has gone through the valve so far, any scale.
        opens: when the valve opens, ms.
    """
    gone = passed / passed[-1]
    reservoir = step(share(t, 0.0, opens)) * 0.35 + 0.65 * step(share(t, 0.0, 0.86 * opens))
    # The veins refill it during diastasis: the emptying lags behind the flow.
    lag = 1 - 0.16 * np.sin(np.pi * np.clip(gone, 0, 1)) ** 2
    return np.asarray(np.where(t < opens, 1 - reservoir, gone * lag))


def opening(t: Curve, flow: Curve, opens: float, shuts: float) -> Curve:
    """Of an atrioventricular valve: wide in E, half shut in diastasis, opened again by A."""
    part = np.sqrt(np.clip(flow / flow.max(), 0, 1))
    gate = step((t - opens) / _OPENING_MS) * step((shuts - t) / _SHUTTING_MS)
    return np.asarray(gate * (_LEAST_OPEN + (1 - _LEAST_OPEN) * part))


def twist(timing: Timing, t: Curve) -> Curve:
    """Twist, 0 to 1: a small counter-twist, its peak at end-systole, untwisting before filling."""
    middle = 0.5 * (timing.ivc_end_ms + timing.ejection_end_ms)
    knots = [
        (0.0, 0.0), (0.7 * timing.ivc_end_ms, -0.05), (middle, 0.62),
        (timing.ejection_end_ms, 1.0), (timing.ivr_end_ms, 0.55), (timing.e_peak_ms, 0.2),
        (0.5 * (timing.e_peak_ms + timing.rr_ms), 0.03), (timing.rr_ms, 0.0),
    ]  # fmt: skip
    times, values = zip(*knots, strict=True)
    return np.asarray(PchipInterpolator(times, values)(t))


def flattening(patient: HeartPatient, rv: Curve) -> Curve:
    """Of the septum: the diastolic amount, and the systolic one as the RV contracts."""
    rest, systole = patient.septal_flattening_diastolic, patient.septal_flattening
    return np.asarray(rest + (systole - rest) * step(rv / 0.8))
