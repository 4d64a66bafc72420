"""The electrocardiogram of the rhythm, one lead."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.phantom.cycle.moment import swing_of
from core.phantom.cycle.rhythm import Beat, rhythm_of
from core.phantom.cycle.timing import timing_of
from core.phantom.patient.model import HeartPatient, HeartRhythm

# The R wave's top comes before mitral closure, the P wave's before the atrium contracts, the T
# wave's before aortic closure, ms.
R_BEFORE_CLOSURE_MS = 30.0
_P_BEFORE_KICK_MS = 45.0
_T_BEFORE_END_MS = 58.0
# Waves of the QRS: mV, ms after R, width in ms.
_R_MV = 1.15
_QRS = ((-0.12, -19.0, 7.0), (_R_MV, 0.0, 9.5), (-0.26, 20.0, 8.5))
_P, _T = (0.14, 22.0), (0.30, 40.0)
_FIBRILLATION_MV = 0.05


def ecg(patient: HeartPatient, times_s: ArrayLike) -> NDArray[np.float64]:
    """The lead in mV at times (seconds of the patient's rhythm), same shape as `times_s`.

    No P wave but a fibrillating baseline in AF; low voltage under much fluid, alternating when the
    heart swings in it; taller R waves over thick walls.
    """
    times = np.asarray(times_s, np.float64)
    lead = _fibrillation(patient, times)
    if not times.size:
        return lead
    rhythm = rhythm_of(patient)
    beat = rhythm.at(float(times.min()) - 1e-6)
    beat = rhythm.at(beat.start_s - 1e-6)
    end = float(times.max()) + 0.3
    while beat.start_s < end:
        lead += _beat(patient, beat, (times - beat.start_s) * 1000)
        beat = rhythm.at(beat.start_s + 1.0005 * beat.rr_ms / 1000)
    return lead


def screen_ecg(patient: HeartPatient, times_s: ArrayLike) -> NDArray[np.float64]:
    """The lead as a machine's screen draws it: heights, R about 1."""
    return ecg(patient, times_s) / _R_MV


def _beat(patient: HeartPatient, beat: Beat, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """The waves of one beat; t in ms after its mitral closure."""
    timing = timing_of(patient, rr_ms=beat.rr_ms, before_ms=beat.before_ms)
    fluid = 1 - 0.5 * min(patient.effusion_mm / 30, 1)
    turning = 1 + 0.035 * swing_of(patient) * (-1) ** beat.index
    muscle = (float(np.mean(patient.segment_wall)) / 8.5) ** 0.6
    height = fluid * turning * muscle
    wave = sum(
        height * mv * _bell(t + R_BEFORE_CLOSURE_MS, at, width) for mv, at, width in _QRS
    ) + fluid * _T[0] * _bell(t, timing.ejection_end_ms - _T_BEFORE_END_MS, _T[1])
    if timing.has_kick:
        wave = wave + fluid * _P[0] * _bell(t, timing.a_start_ms - _P_BEFORE_KICK_MS, _P[1])
    return np.asarray(wave)


def _fibrillation(patient: HeartPatient, times: NDArray[np.float64]) -> NDArray[np.float64]:
    if patient.rhythm is not HeartRhythm.AF:
        return np.zeros_like(times)
    # About 400 a minute, never quite the same.
    rate = 6.6 * times + 0.7 * np.sin(1.9 * times + patient.seed) / 1.9
    swell = 0.7 + 0.3 * np.sin(2.7 * times)
    saw = np.sin(2 * np.pi * rate) + 0.35 * np.sin(4 * np.pi * rate + 0.6)
    return np.asarray(_FIBRILLATION_MV * swell * saw)


def _bell(t: NDArray[np.float64], at: float, width: float) -> NDArray[np.float64]:
    return np.asarray(np.exp(-0.5 * ((t - at) / width) ** 2))
