"""From regions to values: phases, lengths, areas, volumes, their intervals, and a user's edits."""

from core.measurement.caliper import Caliper, Length, length_of
from core.measurement.edit import (
    CalibrationEdit,
    ContourEdit,
    PhasesEdit,
    ValueEdit,
    caliper_value,
    recompute,
)
from core.measurement.exam import measure_exam
from core.measurement.phases import find_phases
from core.measurement.pictures import lv_areas

__all__ = [
    "CalibrationEdit",
    "Caliper",
    "ContourEdit",
    "Length",
    "PhasesEdit",
    "ValueEdit",
    "caliper_value",
    "find_phases",
    "length_of",
    "lv_areas",
    "measure_exam",
    "recompute",
]
