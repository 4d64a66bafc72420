"""When the beats begin: by the ECG where one is drawn, else by the flow itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.measurement.doppler.beats import beat_spans, period_of
from core.measurement.doppler.strip import Strip

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timing:
    """The beats of a strip.

    Attributes:
        spans: (start, end) columns of whole beats; each begins with the R wave where `ecg`.
        ecg: True where the ECG told it.
        period: columns from beat to beat.
    """

    spans: tuple[tuple[float, float], ...]
    ecg: bool
    period: float


def timing_of(strip: Strip, r_waves: Floats, curves: Sequence[Floats]) -> Timing | None:
    """The beats; None where neither ECG nor flow repeats itself.

    Args:
        strip: the strip.
        r_waves: columns of R waves, empty where no ECG is seen.
        curves: float64 [w] each, flows of which the first that repeats itself tells the period.
    """
    repeat, curve = next(
        ((period, curve) for curve in curves if (period := period_of(curve, strip)) is not None),
        (None, curves[0]),
    )
    if len(r_waves) >= 2:
        r_waves = _with_missed(r_waves, repeat, strip)
        usual = float(np.median(np.diff(r_waves)))
        return Timing(spans=beat_spans(r_waves, strip.width), ecg=True, period=usual)
    if len(r_waves) == 1 and repeat is not None:
        marks = np.arange(r_waves[0] % repeat, strip.width, repeat)
        return Timing(spans=beat_spans(marks, strip.width), ecg=True, period=repeat)
    if repeat is None:
        return None
    # The flow's quietest column of a period stands for the beat's begin.
    phases = np.arange(round(repeat))
    folded = [float(np.mean(curve[p :: round(repeat)])) for p in phases]
    first = float(np.argmin(folded))
    marks = np.arange(first, strip.width, repeat)
    return Timing(spans=beat_spans(marks, strip.width), ecg=False, period=repeat)


def _with_missed(r_waves: Floats, repeat: float | None, strip: Strip) -> Floats:
    """The R waves with those that were not seen: the flow repeats itself twice as often."""
    if repeat is None:
        return r_waves
    found = [float(r_waves[0])]
    for end in r_waves[1:]:
        gap = float(end) - found[-1]
        count = round(gap / repeat)
        if count > 1 and abs(gap / repeat - count) < 0.15 * count and gap > strip.columns(1100.0):
            found += [found[-1] + gap * number / count for number in range(1, count)]
        found.append(float(end))
    return np.array(found)
