"""Shapes of flows and motions in time. All take and give float64 arrays of one beat."""

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]


def step(x: Curve) -> Curve:
    """0 below 0, 1 above 1, smooth between."""
    t = np.clip(x, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def share(t: Curve, start: float, end: float) -> Curve:
    """How much of the time from start to end is over: 0..1."""
    return np.asarray(np.clip((t - start) / max(end - start, 1e-9), 0, 1))


def skewed(t: Curve, start: float, end: float, rise: float, fall: float) -> Curve:
    """x^rise (1-x)^fall on [start, end], 0 outside, its top at 1."""
    x = share(t, start, end)
    top = rise / (rise + fall)
    return np.asarray(x**rise * (1 - x) ** fall / (top**rise * (1 - top) ** fall))


def hump(t: Curve, start: float, end: float) -> Curve:
    """sin2 on [start, end], 0 outside: its peak is twice its mean."""
    return np.asarray(np.sin(np.pi * share(t, start, end)) ** 2)


def plateau(t: Curve, start: float, end: float, ramp: float) -> Curve:
    """1 between start and end with smooth ramps inside the ends, 0 outside."""
    ramp = min(ramp, 0.45 * (end - start))
    return step((t - start) / ramp) * step((end - t) / ramp)


def early_wave(t: Curve, start: float, peak: float, deceleration: float) -> Curve:
    """E wave, its top at 1: a smooth rise, then a straight fall that runs out softly."""
    rise = np.sin(0.5 * np.pi * share(t, start, peak)) ** 2
    soft = 0.07
    left = 1 - (t - peak) / deceleration
    fall = soft * np.log1p(np.exp(np.clip(left / soft, -50, 50)))
    return np.asarray(np.where(t < peak, rise, np.minimum(fall, 1.0)))


def cumulated(t: Curve, rate: Curve) -> Curve:
    """Integral of a rate, scaled to run from 0 to 1; 0 throughout for no rate."""
    inner = 0.5 * (rate[1:] + rate[:-1]) * np.diff(t)
    total = np.concatenate([[0.0], np.cumsum(inner)])
    return np.asarray(total / total[-1] if total[-1] > 0 else total)


def area(t: Curve, rate: Curve) -> float:
    """Integral over the beat."""
    return float(np.trapezoid(rate, t))


def slope(t: Curve, course: Curve) -> Curve:
    """Derivative over time."""
    return np.asarray(np.gradient(course, t))
