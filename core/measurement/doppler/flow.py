"""One flow of one beat: its peak, its begin and end, its integral and its slope."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.measurement.doppler.strip import Strip

Floats = NDArray[np.float64]

# Below this part of its peak a flow's edge is lost in the clutter beside the baseline: its flanks
# are drawn on from above with the slope that they have there.
_FOOT, _SHOULDER = 0.42, 0.72
# How far they are drawn on, as a part of the straight way, and how softly they reach the baseline:
# set on virtual hearts, whose true integrals and mean gradients are known.
_STEEPER, _EASE = 0.30, 2.5
# Of the deceleration: the part of the peak's height over which its slope is taken.
_SLOPE = (0.92, 0.45)
_STEEPEST_MS, _SLOWEST_MS = 60.0, 900.0
HALF_TIME = 1 - 1 / 2**0.5  # of a straight deceleration, the time until the gradient has halved


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flow:
    """A flow between two columns.

    Attributes:
        peak: column of the fastest speed; speed: cm/s there.
        start, end: columns at which it leaves and reaches the baseline, flanks drawn on.
        curve: float64 [n] cm/s from `first` on, columns one by one.
        first: column of the curve's first value.
    """

    peak: float
    speed: float
    start: float
    end: float
    curve: Floats
    first: int


def flow_at(curve: Floats, low: float, high: float) -> Flow | None:
    """The flow with the fastest speed of a stretch of a curve [w], cm/s; None where it is at an end
    of the stretch."""
    a, b = max(0, round(low)), min(len(curve), round(high) + 1)
    if b - a < 5:
        return None
    top = a + int(curve[a:b].argmax())
    speed = float(curve[top])
    if top in (a, b - 1) or speed <= 0:
        return None
    start, end = _flank(curve, top, speed, -1, a), _flank(curve, top, speed, 1, b - 1)
    first, last = max(0, int(np.floor(start))), min(len(curve) - 1, int(np.ceil(end)))
    columns = np.arange(first, last + 1)
    values = curve[first : last + 1].copy()
    for foot, way in ((start, -1), (end, 1)):
        shoulder = _crossing(curve, top, _FOOT * speed, way, a if way < 0 else b - 1)
        beyond = columns < shoulder if way < 0 else columns > shoulder
        if shoulder != foot:
            part = np.clip((columns - foot) / (shoulder - foot), 0.0, None)
            values[beyond] = (_FOOT * speed * part**_EASE)[beyond]
    return Flow(peak=float(top), speed=speed, start=start, end=end, curve=values, first=first)


def _crossing(curve: Floats, top: int, level: float, way: int, limit: int) -> float:
    """Column at which the curve first falls below a level on its way from the top."""
    place = top
    while place != limit and curve[place] > level:
        place += way
    before = place - way
    if curve[place] > level or curve[before] == curve[place]:
        return float(place)
    return before + way * float((curve[before] - level) / (curve[before] - curve[place]))


def _flank(curve: Floats, top: int, speed: float, way: int, limit: int) -> float:
    """Column at which the flank, drawn on, reaches the baseline; not beyond the limit."""
    shoulder = _crossing(curve, top, _SHOULDER * speed, way, limit)
    foot = _crossing(curve, top, _FOOT * speed, way, limit)
    reach = foot + _STEEPER * (foot - shoulder) * _FOOT / (_SHOULDER - _FOOT)
    return float(max(reach, limit) if way < 0 else min(reach, limit))


def integral_cm(flow: Flow, strip: Strip) -> float:
    """Velocity time integral in cm; the strip's time scale must be known."""
    return float(np.trapezoid(flow.curve)) * (strip.ms_per_px or 0.0) / 1000.0


def mean_gradient(flow: Flow) -> float:
    """Mean of 4 v² (mmHg, v in m/s) over the ejection (simplified Bernoulli equation; Baumgartner,
    EACVI/ASE 2017)."""
    return float(np.mean(4 * (flow.curve / 100) ** 2)) if len(flow.curve) else 0.0


def peak_gradient(speed_cm_s: float) -> float:
    """4 v², mmHg."""
    return 4 * (speed_cm_s / 100) ** 2


def _valley(curve: Floats, top: int, end: int, rise: float) -> int:
    """Column at which the curve is lowest before it rises again by more than `rise`."""
    part = curve[top : end + 1]
    low = np.minimum.accumulate(part)
    again = np.flatnonzero(part > low + rise)
    if not len(again):
        return end
    return top + int(part[: again[0] + 1].argmin())


def deceleration_ms(curve: Floats, peak: float, until: float, strip: Strip) -> float | None:
    """From the peak to where its straight decline would reach the baseline, ms.

    None where the decline is too short to have a slope, or the time scale is not known.

    Args:
        curve: float64 [w], cm/s.
        peak: column of the peak.
        until: column at which the next flow begins.
        strip: its time scale.
    """
    if strip.ms_per_px is None:
        return None
    top = round(peak)
    speed = float(curve[top])
    end = min(len(curve) - 1, round(until))
    end = _valley(curve, top, end, 0.04 * speed)
    if end - top < 4:
        return None
    high = _crossing(curve, top, _SLOPE[0] * speed, 1, end)
    low = _crossing(curve, top, _SLOPE[1] * speed, 1, end)
    columns = np.arange(round(high), round(low) + 1)
    if len(columns) < 4 or curve[columns].min() > 0.8 * speed:
        return None
    slope, offset = np.polyfit(columns, curve[columns], 1)
    if slope >= 0:
        return None
    # Where the fitted line passes the peak's height is the decline's own begin.
    reach = (-offset / slope - max(peak, (speed - offset) / slope)) * strip.ms_per_px
    return float(reach) if _STEEPEST_MS <= reach <= _SLOWEST_MS * 2 else None
