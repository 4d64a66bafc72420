"""90 % intervals: what the outline may be wrong by, and how much the beats differ."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

# Relative standard deviation of an outlined area and of a long axis. Until the card of the region
# model states its own, the upper end of what one reader differs by when measuring the same
# recording again (coefficient of variation 3-6 %, PubMed 9076390).
AREA_SD = 0.06
LENGTH_SD = 0.03
# ED and ES outlines of one beat err alike (same window, same reader): correlation of their errors.
PHASE_CORRELATION = 0.5
# Two-sided 90 % of a normal distribution.
_Z90 = 1.645

# A disk volume goes with A² / L of one plane, and with A1 A2 / L of two.
VOLUME_SD_SINGLE = sqrt((2 * AREA_SD) ** 2 + LENGTH_SD**2)
VOLUME_SD_BIPLANE = sqrt(2 * AREA_SD**2 + LENGTH_SD**2)


def interval(values: Sequence[float], relative_sd: float) -> tuple[float, float]:
    """90 % interval of the mean of `values`, one a beat.

    The outline's error is common to the beats and does not average out; the beats' spread does.
    """
    mean = float(np.mean(values))
    return _around(mean, relative_sd * abs(mean), values, low=0.0)


def ejection_interval(
    fractions: Sequence[float], fraction: float, volume_sd: float
) -> tuple[float, float]:
    """90 % interval of an ejection fraction in percent, within 0..100.

    Args:
        fractions: one a beat, percent.
        fraction: the value reported, percent.
        volume_sd: relative standard deviation of either volume.
    """
    ratio_sd = volume_sd * sqrt(2 - 2 * PHASE_CORRELATION)
    low, high = _around(fraction, (100 - fraction) * ratio_sd, fractions, low=0.0)
    return low, min(high, 100.0)


def _around(
    value: float, outline_sd: float, values: Sequence[float], *, low: float
) -> tuple[float, float]:
    beats = len(values)
    beat_sd = float(np.std(values, ddof=1)) / sqrt(beats) if beats > 1 else 0.0
    half = _Z90 * sqrt(outline_sd**2 + beat_sd**2)
    return max(value - half, low), value + half
