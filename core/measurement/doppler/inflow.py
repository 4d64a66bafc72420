"""E and A of an inflow and of an annulus: which peak of a beat is which."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from core.measurement.doppler.strip import Strip
from core.measurement.doppler.timing import Timing

Floats = NDArray[np.float64]

# With an ECG: the atrium contracts from this long before to this long after the next R wave (ms).
_A_BEFORE, _A_AFTER, _A_ALONE = 230.0, 60.0, 110.0
# Systole lasts at least so long after the R wave; no filling before (ms, and part of the beat).
_SYSTOLE_MS, _SYSTOLE_PART = 300.0, 0.36
_LEAST_PART, _PROMINENCE = 0.22, 0.10
# Without an ECG the pause of systole tells the two: it is longer than that between E and A by this.
_PAUSE = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """The two peaks of one beat; columns.

    Attributes:
        early: of the early filling; None where it runs into the late one.
        late: of the atrium's contraction; None where there is none.
    """

    early: float | None
    late: float | None


def fillings(curve: Floats, strip: Strip, timing: Timing) -> list[Filling]:
    """E and A beat by beat; empty where they cannot be told apart.

    Args:
        curve: float64 [w], cm/s, the side on which the filling lies, smoothed.
        strip: its scales.
        timing: the beats.
    """
    tall = float(np.percentile(curve, 98.5))
    if tall <= 0:
        return []
    peaks, _ = find_peaks(
        curve,
        height=_LEAST_PART * tall,
        prominence=_PROMINENCE * tall,
        distance=max(2, round(strip.columns(70.0))),
    )
    return _by_ecg(curve, peaks, strip, timing) if timing.ecg else _by_pause(peaks, timing)


def _by_ecg(curve: Floats, peaks: NDArray[np.int64], strip: Strip, timing: Timing) -> list[Filling]:
    found = []
    for start, end in timing.spans:
        systole = max(strip.columns(_SYSTOLE_MS), _SYSTOLE_PART * (end - start))
        low, high = start + systole, end + strip.columns(_A_AFTER)
        inside = [int(p) for p in peaks if low <= p <= high]
        if not inside:
            continue
        last = inside[-1]
        # Alone, a wave is the early one unless it stands right before the next systole.
        before = strip.columns(_A_BEFORE if len(inside) > 1 else _A_ALONE)
        late = last if last >= end - before else None
        others = [p for p in inside if p != late]
        early = max(others, key=lambda p: curve[p]) if others else None
        found.append(Filling(
            early=None if early is None else float(early),
            late=None if late is None else float(late),
        ))  # fmt: skip
    return found


def _by_pause(peaks: NDArray[np.int64], timing: Timing) -> list[Filling]:
    """Two peaks a period: the shorter pause lies between E and A."""
    if len(peaks) < 3 or not 1.6 <= len(peaks) * timing.period / (peaks[-1] - peaks[0] + 1) <= 2.9:
        return []
    gaps = np.diff(peaks).astype(np.float64)
    even, odd = float(np.median(gaps[0::2])), float(np.median(gaps[1::2]))
    if min(even, odd) > _PAUSE * max(even, odd):
        return []
    first = 0 if even < odd else 1
    return [
        Filling(early=float(peaks[i]), late=float(peaks[i + 1]))
        for i in range(first, len(peaks) - 1, 2)
    ]
