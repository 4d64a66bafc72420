"""How a beat goes, frame by frame, and how much of something goes with it."""

import numpy as np

from core.domain import Phases
from core.measurement.geometry import Points

# Frames whose value is farther from the line than this many medians count less.
_ROBUST, _ROUNDS = 2.5, 4


def contraction(areas: Points, phases: Phases) -> Points | None:
    """How far the ventricle has contracted in each frame: 0 at end-diastole, 1 at end-systole.

    Args:
        areas: float64 [frames], of the cavity, any unit; NaN where it is not outlined.
        phases: frames of end-diastole and end-systole.

    Returns:
        float64 [frames], NaN where there is no area; None where a phase is missing or the
        ventricle does not change.
    """
    wide = _mean(areas, phases.ed)
    narrow = _mean(areas, phases.es)
    if wide is None or narrow is None or narrow >= 0.97 * wide:
        return None
    return (wide - areas) / (wide - narrow)


def _mean(areas: Points, frames: tuple[int, ...]) -> float | None:
    """Mean area of these frames and their neighbours where known."""
    near = [f + d for f in frames for d in (-1, 0, 1) if 0 <= f + d < len(areas)]
    known = areas[near][np.isfinite(areas[near])] if near else np.array([])
    return float(known.mean()) if len(known) else None


def along(course: Points, values: Points) -> tuple[Points, Points]:
    """What goes with the contraction: values = start + change * course, robust to single frames.

    Args:
        course: float64 [frames], 0 at end-diastole to 1 at end-systole.
        values: float64 [frames, K]; NaN where unknown.

    Returns:
        start, change: float64 [K]; NaN where fewer than four frames are known.
    """
    pairs = [_line(course, column) for column in np.atleast_2d(values.T)]
    start, change = np.array(pairs).T
    return start, change


def _line(course: Points, values: Points) -> tuple[float, float]:
    known = np.isfinite(course) & np.isfinite(values)
    if known.sum() < 4 or np.ptp(course[known]) < 0.5:
        return np.nan, np.nan
    x, y = course[known], values[known]
    weight = np.ones_like(x)
    start = change = 0.0
    for _ in range(_ROUNDS):
        root = np.sqrt(weight)
        design = np.stack([root, root * x], axis=1)
        (start, change), *_ = np.linalg.lstsq(design, root * y, rcond=None)
        error = np.abs(y - start - change * x)
        limit = _ROBUST * max(float(np.median(error)), 1e-9)
        weight = np.minimum(1.0, limit / np.maximum(error, 1e-12))
    return float(start), float(change)
