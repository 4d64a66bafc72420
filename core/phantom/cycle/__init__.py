"""The cardiac cycle: timing, rhythm, motion, ECG, flows."""

from core.phantom.cycle.moment import Moment, moment
from core.phantom.cycle.rhythm import Beat, Rhythm, breathing, rhythm_of
from core.phantom.cycle.timing import Timing, timing_of

__all__ = [
    "Beat",
    "Moment",
    "Rhythm",
    "Timing",
    "breathing",
    "moment",
    "rhythm_of",
    "timing_of",
]
