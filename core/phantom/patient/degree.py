"""How far a disease has gone, as numbers."""

from dataclasses import dataclass

import numpy as np

from core.phantom.patient.model import HeartPatient, Severity
from core.phantom.patient.volumes import edv_ml, with_edv

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


def regurgitant_volume(eroa_cm2: float, mean_velocity: float, seconds: float) -> float:
    """mL a beat through an orifice: its area times the jet's velocity integral (m/s, s)."""
    return eroa_cm2 * mean_velocity * 100 * seconds


def volume_loaded(patient: HeartPatient, extra_ml: float, *, sphericity: float) -> HeartPatient:
    """The LV enlarged so that it expels `extra_ml` on top of nine tenths of today's stroke.

    Args:
        extra_ml: regurgitant or shunted volume of a beat.
        sphericity: factor on length over diameter; volume load makes round.
    """
    stroke = 0.9 * edv_ml(patient) * patient.ef / 100 + extra_ml
    wanted = max(stroke / (patient.ef / 100), edv_ml(patient))
    ratio = patient.lv_length / (2 * patient.lv_radius) * sphericity
    return with_edv(patient, wanted, sphericity=ratio)
