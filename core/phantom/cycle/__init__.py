"""The cardiac cycle: timing, rhythm, motion, ECG, flows."""

from core.phantom.cycle.ecg import ecg, screen_ecg
from core.phantom.cycle.figures import Figures, figures_of
from core.phantom.cycle.haemodynamics import Flows, flows_of
from core.phantom.cycle.moment import Moment, moment
from core.phantom.cycle.rhythm import Beat, Rhythm, breathing, rhythm_of
from core.phantom.cycle.timing import Timing, timing_of

__all__ = [
    "Beat",
    "Figures",
    "Flows",
    "Moment",
    "Rhythm",
    "Timing",
    "breathing",
    "ecg",
    "figures_of",
    "flows_of",
    "moment",
    "rhythm_of",
    "screen_ecg",
    "timing_of",
]
