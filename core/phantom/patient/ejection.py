"""Length, end and shape of the LV's ejection, which cases and cycle both need."""

from math import gamma

from core.phantom.patient.model import HeartPatient, Sex


def ejection_time_ms(patient: HeartPatient, rate: float | None = None) -> float:
    """LV ejection time in health at a rate (Weissler, Circulation 1968;37:149), ms."""
    beats = patient.heart_rate if rate is None else rate
    if patient.sex is Sex.MALE:
        return 413 - 1.7 * beats
    return 418 - 1.6 * beats


def notch_pressure(patient: HeartPatient) -> float:
    """Aortic pressure when its valve closes, mmHg."""
    return 0.45 * patient.systolic_bp + 0.55 * patient.diastolic_bp


def ejection_shape(av_opening: float) -> tuple[float, float]:
    """Exponents (rise, fall) of the flow x^rise (1-x)^fall over ejection.

    A sound valve's flow has an early peak; a stenotic one's is round, its peak later, so that the
    mean gradient is about .6 of the peak one (Baumgartner 2017) and not half.
    """
    narrow = max(0.0, 1 - av_opening)
    return 0.80 - 0.15 * narrow, 1.10 - 0.75 * narrow


def peak_ejection_ml_s(stroke: float, ejection_ms: float, av_opening: float) -> float:
    """Peak flow of an ejection of `stroke` mL."""
    rise, fall = ejection_shape(av_opening)
    top = rise / (rise + fall)
    peak = top**rise * (1 - top) ** fall
    mean = gamma(rise + 1) * gamma(fall + 1) / gamma(rise + fall + 2)
    return peak / mean * stroke / (ejection_ms / 1000)
