"""From regions to values: phases, lengths, areas, volumes, their intervals, and a user's edits."""

from core.measurement.exam import measure_exam
from core.measurement.phases import find_phases

__all__ = ["find_phases", "measure_exam"]
