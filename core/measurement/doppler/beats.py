"""A smooth envelope, the beats of a strip, and how often its flow repeats itself."""

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter

from core.measurement.doppler.envelope import Envelope
from core.measurement.doppler.strip import Strip

Floats = NDArray[np.float64]

_PEAK_MS = 36.0
# Half of the time over which a column of a spectrum gathers (a machine's window, the strip's own
# blur): set on virtual hearts, whose true integrals and mean gradients are known.
_WINDOW_MS = 5.0


def smoothed(strip: Strip, side: Envelope) -> Floats:
    """The envelope without its grain, float64 [w]; a peak keeps its height."""
    wide = 2 * round(strip.columns(_PEAK_MS) / 2) + 1
    if wide < 5 or wide >= strip.width:
        return np.asarray(cv2.blur(side.speed.astype(np.float32)[None], (3, 1))[0], np.float64)
    return np.asarray(np.maximum(savgol_filter(side.speed, wide, 2), 0.0), np.float64)


def narrowed(strip: Strip, curve: Floats) -> Floats:
    """A curve [w] without what a column has of its neighbours in time, for integrals.

    A column shows the fastest speed within its window, so that each flank stands that much outside.
    """
    way = strip.columns(_WINDOW_MS)
    x = np.arange(len(curve), dtype=np.float64)
    return np.minimum(np.interp(x - way, x, curve), np.interp(x + way, x, curve))


def beat_spans(r_waves: Floats, width: int) -> tuple[tuple[float, float], ...]:
    """Whole beats (start, end) in columns; one more at either end where there is room for it."""
    if len(r_waves) < 2:
        return ()
    usual = float(np.median(np.diff(r_waves)))
    marks = list(r_waves)
    if marks[0] - usual >= 0:
        marks.insert(0, marks[0] - usual)
    if marks[-1] + usual <= width:
        marks.append(marks[-1] + usual)
    return tuple(itertools.pairwise(marks))


def period_of(curve: Floats, strip: Strip) -> float | None:
    """Columns from beat to beat of a curve [w] that repeats itself; None where it does not."""
    flat = curve - curve.mean()
    power = float((flat**2).sum())
    low, high = round(strip.columns(400.0)), min(round(strip.columns(1600.0)), strip.width * 2 // 3)
    if power <= 0 or high - low < 8:
        return None
    full = np.correlate(flat, flat, "full")[len(flat) - 1 :]
    counts = np.arange(len(flat), 0, -1)
    likeness = full / counts * len(flat) / power
    part = likeness[low:high]
    best = low + int(part.argmax())
    if part.max() < 0.35:
        return None
    # Twice the period is as alike: the shortest of nearly the same likeness is the period.
    for divisor in (3, 2):
        short = best / divisor
        if short >= low:
            near = likeness[round(short * 0.93) : round(short * 1.07) + 1]
            if len(near) and near.max() > 0.85 * likeness[best]:
                return float(round(short * 0.93) + int(near.argmax()))
    return None if best in (low, high - 1) else float(best)
