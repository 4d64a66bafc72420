"""The values of one Doppler strip whose flow is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import FlowSite, Mode, TraceLine, TraceValue
from core.measurement.doppler.beats import narrowed, smoothed
from core.measurement.doppler.envelope import Envelope
from core.measurement.doppler.flow import (
    HALF_TIME,
    Flow,
    deceleration_ms,
    flow_at,
    integral_cm,
    mean_gradient,
    peak_gradient,
)
from core.measurement.doppler.inflow import Filling, fillings
from core.measurement.doppler.strip import Strip
from core.measurement.doppler.timing import Timing
from core.measurement.reasons import Reason

Floats = NDArray[np.float64]

# Relative standard deviations of a reading, beside what the beats differ by: from
# `echolab evaluate measurements` on virtual patients.
SPEED_SD, INTEGRAL_SD, SLOPE_SD = 0.025, 0.05, 0.15
# Slower is no leak; of a stenosis only a longer half-time speaks (Baumgartner, JASE 2009;22:1-23).
_LEAK_CM_S = 130.0
_STENOTIC_MS = 90.0
_MVA_BY_HALF_TIME = 220.0
# Systole by the ECG, ms after the R wave and part of the beat.
_SYSTOLE_FROM_MS, _SYSTOLE_PART, _SYSTOLE_MOST_MS = -40.0, 0.62, 560.0
_IN_FULL = 0.9
# A beat this far off the others' middle is a wrong reading (noise, an extra beat cut short).
_OUTLIER = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one strip gives; as the fields of `Trace` of the same names."""

    values: tuple[TraceValue, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    lines: tuple[TraceLine, ...] = ()
    peaks: tuple[tuple[float, float], ...] = ()


def read_flows(
    strip: Strip, sides: dict[int, Envelope], timing: Timing, mode: Mode, site: FlowSite
) -> Reading:
    """Measures what this strip is taken for.

    Args:
        strip: pixels and scales.
        sides: both envelopes by sign.
        timing: the beats.
        mode: PW, CW or TDI.
        site: whose flow it is.
    """
    reader = _READERS.get((mode, site))
    if reader is None:
        return Reading()
    return reader(strip, {sign: smoothed(strip, side) for sign, side in sides.items()}, timing)


Curves = dict[int, Floats]


def _mitral_inflow(strip: Strip, curves: Curves, timing: Timing) -> Reading:
    """E, A, their ratio and the deceleration time."""
    curve = curves[1]
    beats = fillings(curve, strip, timing)
    early = [b.early for b in beats if b.early is not None]
    late = [b.late for b in beats if b.late is not None]
    ids = ("e_vmax", "a_vmax", "e_a_ratio", "e_dt")
    if not early:
        return Reading(missing=tuple((i, Reason.NO_FLOW.value) for i in ids))
    e = _speeds("e_vmax", strip, curve, early, 1, "envelope peak")
    if e is None:
        return Reading(missing=tuple((i, Reason.IMPLAUSIBLE.value) for i in ids))
    values, missing = [e], []
    a = _speeds("a_vmax", strip, curve, late, 1, "envelope peak")
    # No atrial contraction in most beats: fibrillation, or the two waves are one.
    if len(late) >= 0.6 * len(beats) and a is not None:
        ratio = e.value / a.value
        values += [a, TraceValue(id="e_a_ratio", value=ratio, beats=(ratio,),
                                 relative_sd=1.4 * SPEED_SD, points=e.points,
                                 method="ratio of the envelope peaks")]  # fmt: skip
    else:
        unlike = a is None and len(late) > 0
        reason = Reason.IMPLAUSIBLE if unlike else Reason.NO_A_WAVE
        missing += [(i, reason.value) for i in ("a_vmax", "e_a_ratio")]
    slopes = [
        (ms, b.early) for b in beats if b.early is not None
        and (ms := deceleration_ms(curve, b.early, _until(b, timing), strip)) is not None
    ]  # fmt: skip
    if slopes:
        times = [ms for ms, _ in slopes]
        ms, peak = slopes[int(np.argmin(np.abs(np.array(times) - np.median(times))))]
        end = peak + strip.columns(ms)
        values.append(TraceValue(
            id="e_dt", value=float(np.median(times)), beats=tuple(times), relative_sd=SLOPE_SD,
            points=(strip.point(peak, float(curve[round(peak)])), strip.point(end, 0.0)),
            method="slope of the envelope to the baseline",
        ))  # fmt: skip
    else:
        reason = Reason.NO_TIME_SCALE if strip.ms_per_px is None else Reason.NO_SLOPE
        missing.append(("e_dt", reason.value))
    return Reading(
        values=tuple(values), missing=tuple(missing), lines=(_line(strip, curve, 1),),
        peaks=_places(strip, curve, [*early, *late], 1),
    )  # fmt: skip


def _until(beat: Filling, timing: Timing) -> float:
    if beat.late is not None:
        return beat.late - 0.08 * timing.period
    return (beat.early or 0.0) + 0.5 * timing.period


def _annulus(strip: Strip, curves: Curves, timing: Timing, *, measurement: str) -> Reading:
    """e' below the baseline, s' above it (both as seen from the apex)."""
    if measurement == "rv_s_prime":
        curve, sign = curves[1], 1
        tops = [flow.peak for flow in _systolic(curve, strip, timing)]
    else:
        curve, sign = curves[-1], -1
        tops = [b.early for b in fillings(curve, strip, timing) if b.early is not None]
    if not tops:
        return Reading(missing=((measurement, Reason.NO_FLOW.value),))
    value = _speeds(measurement, strip, curve, tops, sign, "envelope peak")
    if value is None:
        return Reading(missing=((measurement, Reason.IMPLAUSIBLE.value),))
    return Reading(values=(value,), lines=(_line(strip, curve, sign),),
                   peaks=_places(strip, curve, tops, sign))  # fmt: skip


def _lvot(strip: Strip, curves: Curves, timing: Timing) -> Reading:
    return _outflow(strip, curves, timing, speed_id="lvot_vmax", integral_id="lvot_vti", part=1.0)


def _aortic(strip: Strip, curves: Curves, timing: Timing) -> Reading:
    """Peak, mean and peak gradient, and the integral that the continuity equation needs."""
    base = _outflow(strip, curves, timing, speed_id="av_vmax", integral_id="av_vti", part=0.01)
    flows = _systolic(narrowed(strip, curves[-1]), strip, timing)
    if not flows or not base.values:
        ids = ("av_vmax", "av_mean_gradient", "av_peak_gradient")
        reason = dict(base.missing).get("av_vmax", Reason.NO_FLOW.value)
        return Reading(missing=tuple((i, reason) for i in ids))
    vmax = base.values[0]
    means = [mean_gradient(flow) for flow in flows]
    tops = [peak_gradient(100 * v) for v in vmax.beats]
    contour = _contour(strip, _middle(flows), -1)
    gradients = (
        TraceValue(id="av_mean_gradient", value=_mean(means), beats=tuple(means),
                   relative_sd=2 * SPEED_SD, points=contour, method="mean of 4v^2 over ejection"),
        TraceValue(id="av_peak_gradient", value=peak_gradient(100 * vmax.value), beats=tuple(tops),
                   relative_sd=2 * SPEED_SD, points=vmax.points, method="4v^2"),
    )  # fmt: skip
    return Reading(values=(*base.values, *gradients), missing=base.missing, lines=base.lines,
                   peaks=base.peaks)  # fmt: skip


def _outflow(strip: Strip, curves: Curves, timing: Timing, *, speed_id: str, integral_id: str,
             part: float) -> Reading:  # fmt: skip
    curve = curves[-1]
    flows = _systolic(narrowed(strip, curve), strip, timing)
    if not flows:
        ids = (speed_id, integral_id)
        return Reading(missing=tuple((i, Reason.NO_FLOW.value) for i in ids))
    tops = [flow.peak for flow in flows]
    speed = _speeds(speed_id, strip, curve, tops, -1, "envelope peak", part=part)
    if speed is None:
        ids = (speed_id, integral_id)
        return Reading(missing=tuple((i, Reason.IMPLAUSIBLE.value) for i in ids))
    values = [speed]
    missing: tuple[tuple[str, str], ...] = ()
    if strip.ms_per_px is None:
        missing = ((integral_id, Reason.NO_TIME_SCALE.value),)
    else:
        integrals = [integral_cm(flow, strip) for flow in flows]
        values.append(TraceValue(
            id=integral_id, value=_mean(integrals), beats=tuple(integrals),
            relative_sd=INTEGRAL_SD, points=_contour(strip, _middle(flows), -1),
            method="envelope integral",
        ))  # fmt: skip
    return Reading(values=tuple(values), missing=missing, lines=(_line(strip, curve, -1),),
                   peaks=_places(strip, curve, tops, -1))  # fmt: skip


def _tricuspid_leak(strip: Strip, curves: Curves, timing: Timing) -> Reading:
    curve = curves[-1]
    flows = _systolic(curve, strip, timing)
    leaks = [flow for flow in flows if flow.speed >= _LEAK_CM_S]
    if len(leaks) < 0.6 * len(flows) or not leaks:
        return Reading(missing=(("tr_vmax", Reason.NO_LEAK.value),))
    # A jet's tip is faint: the beats that show it in full count.
    least = _IN_FULL * max(flow.speed for flow in leaks)
    tops = [flow.peak for flow in leaks if flow.speed >= least]
    value = _speeds("tr_vmax", strip, curve, tops, -1, "envelope peak", part=0.01)
    if value is None:
        return Reading(missing=(("tr_vmax", Reason.IMPLAUSIBLE.value),))
    return Reading(values=(value,), lines=(_line(strip, curve, -1),),
                   peaks=_places(strip, curve, tops, -1))  # fmt: skip


def _mitral_half_time(strip: Strip, curves: Curves, timing: Timing) -> Reading:
    """Valve area from the pressure half-time, where the flow is a stenosis's."""
    curve = curves[1]
    beats = [b for b in fillings(curve, strip, timing) if b.early is not None]
    if strip.ms_per_px is None:
        return Reading(missing=(("mv_area", Reason.NO_TIME_SCALE.value),))
    slopes = [
        (HALF_TIME * ms, b.early) for b in beats if b.early is not None
        and (ms := deceleration_ms(curve, b.early, _until(b, timing), strip)) is not None
    ]  # fmt: skip
    times = [ms for ms, _ in slopes]
    if not times or float(np.median(times)) < _STENOTIC_MS:
        return Reading(missing=(("mv_area", Reason.NO_STENOSIS.value),))
    areas = [_MVA_BY_HALF_TIME / ms for ms in times]
    ms, peak = slopes[int(np.argmin(np.abs(np.array(times) - np.median(times))))]
    end = peak + strip.columns(ms / HALF_TIME)
    top = strip.point(peak, float(curve[round(peak)]))
    value = TraceValue(
        id="mv_area",
        value=_MVA_BY_HALF_TIME / float(np.median(times)),
        beats=tuple(areas),
        relative_sd=SLOPE_SD,
        points=(top, strip.point(end, 0.0)),
        method="pressure half-time",
    )
    return Reading(values=(value,), lines=(_line(strip, curve, 1),), peaks=(top,))


def _systolic(curve: Floats, strip: Strip, timing: Timing) -> list[Flow]:
    """The flow of each beat's systole; wrong readings are left out."""
    found = []
    for start, end in timing.spans:
        if timing.ecg:
            low = start + strip.columns(_SYSTOLE_FROM_MS)
            most = strip.columns(_SYSTOLE_MOST_MS)
            high = start + min(_SYSTOLE_PART * (end - start) + strip.columns(40.0), most)
        else:
            low, high = start, end
        flow = flow_at(curve, low, high)
        if flow is not None:
            found.append(flow)
    if len(found) < 2:
        return found
    middle = float(np.median([flow.speed for flow in found]))
    return [flow for flow in found if abs(flow.speed - middle) <= _OUTLIER * middle]


def _speeds(measurement: str, strip: Strip, curve: Floats, tops: Sequence[float], sign: int,
            method: str, *, part: float = 1.0) -> TraceValue | None:  # fmt: skip
    """Mean peak speed; its points are baseline and peak of the beat nearest to the mean. None where
    no beat is like another: which of them is right cannot be told."""
    speeds = np.array([float(curve[round(top)]) for top in tops])
    middle = float(np.median(speeds)) if len(speeds) else 0.0
    kept = (np.abs(speeds - middle) <= _OUTLIER * middle) & (speeds > 0)
    if not kept.any():
        return None
    value = float(speeds[kept].mean())
    nearest = int(np.abs(speeds - value).argmin())
    top = tops[nearest]
    points = (strip.point(top, 0.0), strip.point(top, sign * float(speeds[nearest])))
    step = strip.cm_s_per_px / max(value, 1e-6)  # half a pixel at either end
    return TraceValue(id=measurement, value=part * value, beats=tuple(part * speeds[kept]),
                      relative_sd=float(np.hypot(SPEED_SD, 0.5 * step)), points=points,
                      method=method)  # fmt: skip


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _middle(flows: Sequence[Flow]) -> Flow:
    """The flow whose peak is nearest to the mean."""
    mean = float(np.mean([flow.speed for flow in flows]))
    return min(flows, key=lambda flow: abs(flow.speed - mean))


def _contour(strip: Strip, flow: Flow, sign: int) -> tuple[tuple[float, float], ...]:
    """A flow's outline, closed along the baseline."""
    columns = flow.first + np.arange(len(flow.curve))
    step = max(1, len(columns) // 40)
    return tuple(
        strip.point(float(x), sign * float(v))
        for x, v in zip(columns[::step], flow.curve[::step], strict=True)
    )


def _line(strip: Strip, curve: Floats, sign: int) -> TraceLine:
    step = max(1, strip.width // 400)
    points = tuple(
        strip.point(float(x), sign * float(curve[x])) for x in range(0, strip.width, step)
    )
    return TraceLine(name="envelope", points=points)


def _places(strip: Strip, curve: Floats, tops: Sequence[float],
            sign: int) -> tuple[tuple[float, float], ...]:  # fmt: skip
    return tuple(strip.point(top, sign * float(curve[round(top)])) for top in tops)


def _septal(strip: Strip, curves: Curves, timing: Timing) -> Reading:
    return _annulus(strip, curves, timing, measurement="e_prime_septal")


def _lateral(strip: Strip, curves: Curves, timing: Timing) -> Reading:
    return _annulus(strip, curves, timing, measurement="e_prime_lateral")


def _right(strip: Strip, curves: Curves, timing: Timing) -> Reading:
    return _annulus(strip, curves, timing, measurement="rv_s_prime")


_READERS: dict[tuple[Mode, FlowSite], Callable[[Strip, Curves, Timing], Reading]] = {
    (Mode.PW, FlowSite.MITRAL): _mitral_inflow,
    (Mode.PW, FlowSite.LVOT): _lvot,
    (Mode.CW, FlowSite.AORTIC): _aortic,
    (Mode.CW, FlowSite.TRICUSPID): _tricuspid_leak,
    (Mode.CW, FlowSite.MITRAL): _mitral_half_time,
    (Mode.TDI, FlowSite.SEPTAL_ANNULUS): _septal,
    (Mode.TDI, FlowSite.LATERAL_ANNULUS): _lateral,
    (Mode.TDI, FlowSite.RV_ANNULUS): _right,
}
