"""Ejection times, which cases and cycle both need."""

from core.phantom.patient.model import HeartPatient, Sex

# Peak over mean flow of LV ejection.
PEAK_OVER_MEAN = 1.5


def ejection_time_ms(patient: HeartPatient, rate: float | None = None) -> float:
    """LV ejection time in health at a rate (Weissler, Circulation 1968;37:149), ms."""
    beats = patient.heart_rate if rate is None else rate
    if patient.sex is Sex.MALE:
        return 413 - 1.7 * beats
    return 418 - 1.6 * beats


def peak_ejection_ml_s(stroke: float, ejection_ms: float) -> float:
    """Peak flow of an ejection of `stroke` mL."""
    return PEAK_OVER_MEAN * stroke / (ejection_ms / 1000)
