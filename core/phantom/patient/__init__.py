"""A virtual patient: drawn from the population, with or without a disease."""

from core.phantom.patient.cases import apply_case
from core.phantom.patient.draw import draw_patient
from core.phantom.patient.model import (
    Case,
    HeartPatient,
    HeartRhythm,
    Leaflet,
    Severity,
    Sex,
)
from core.phantom.patient.segments import Territory

__all__ = [
    "Case",
    "HeartPatient",
    "HeartRhythm",
    "Leaflet",
    "Severity",
    "Sex",
    "Territory",
    "apply_case",
    "draw_patient",
]
