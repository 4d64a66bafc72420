"""How far a disease has gone, as numbers."""

from dataclasses import dataclass

import numpy as np

from core.phantom.patient.ejection import ejection_time_ms, notch_pressure
from core.phantom.patient.model import HeartPatient, Severity
from core.phantom.patient.volumes import edv_ml, stroke_ml, with_edv

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Degree:
    """A severity and the chance in it.

    Each pick uses up one random number whatever the severity, so that the same patient gets worse
    in every respect from mild to severe.
    """

    severity: Severity
    rng: np.random.Generator

    @property
    def step(self) -> int:
        """0 mild, 1 moderate, 2 severe."""
        return list(Severity).index(self.severity)

    def pick(self, mild: Range, moderate: Range, severe: Range) -> float:
        """A value within the range of this severity."""
        low, high = (mild, moderate, severe)[self.step]
        return float(low + self.rng.random() * (high - low))

    def of(self, mild: float, moderate: float, severe: float) -> float:
        """The value of this severity, nothing left to chance."""
        return (mild, moderate, severe)[self.step]


def mitral_leak_ml(patient: HeartPatient, eroa_cm2: float) -> float:
    """What a mitral orifice is expected to leak in a beat, mL: area times the jet's integral."""
    driving = 0.88 * patient.systolic_bp - 1.3 * patient.la_pressure
    lasts = (ejection_time_ms(patient) + 85) / 1000
    return eroa_cm2 * 100 * 0.93 * float(np.sqrt(driving / 4)) * lasts


def aortic_leak_ml(patient: HeartPatient, eroa_cm2: float, half_time_ms: float) -> float:
    """What an aortic orifice is expected to leak in a beat, mL."""
    lasts = 60_000 / patient.heart_rate - ejection_time_ms(patient)
    fallen = max(1 - 0.147 * lasts / half_time_ms, 0.5)
    velocity = float(np.sqrt((notch_pressure(patient) - patient.la_pressure) / 4)) * fallen
    return eroa_cm2 * 100 * velocity * lasts / 1000


def bearable_mitral_cm2(patient: HeartPatient, eroa_cm2: float, part: float) -> float:
    """The orifice, or less: as much as takes `part` of the stroke that there is."""
    leak = mitral_leak_ml(patient, 1.0)
    return min(eroa_cm2, part * stroke_ml(patient) / leak)


def volume_loaded(patient: HeartPatient, extra_ml: float, *, sphericity: float) -> HeartPatient:
    """The LV enlarged so that it expels `extra_ml` on top of what the body needs.

    Args:
        extra_ml: regurgitant or shunted volume of a beat.
        sphericity: factor on length over diameter; volume load makes round.
    """
    # Nine tenths of today's stroke, and not below 20 mL/m2, which is shock.
    forward = max(0.9 * stroke_ml(patient), 20 * patient.bsa)
    wanted = max((forward + extra_ml) / (patient.ef / 100), edv_ml(patient))
    ratio = patient.lv_length / (2 * patient.lv_radius) * sphericity
    return with_edv(patient, wanted, sphericity=ratio)
