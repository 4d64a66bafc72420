"""Measurements from what strips and colour clips said, and from several of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import pi, sqrt

import numpy as np

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, MeasurementStatus, Mode, Trace, TraceValue
from core.measurement.catalogue import catalogue
from core.measurement.colour.aortic import grade_of_width
from core.measurement.colour.grade import grade_of
from core.measurement.reasons import Reason
from core.measurement.result import missing
from core.measurement.structure.cusps import count_interval

# What strips of each mode and site give.
_BY_MODE: Mapping[Mode, tuple[str, ...]] = {
    Mode.PW: ("e_vmax", "a_vmax", "e_a_ratio", "e_dt", "lvot_vmax", "lvot_vti"),
    Mode.TDI: ("e_prime_septal", "e_prime_lateral", "rv_s_prime"),
    Mode.CW: ("av_vmax", "av_mean_gradient", "av_peak_gradient", "tr_vmax", "mv_area"),
    Mode.MMODE: ("lvedd", "lvesd", "ivsd", "lvpwd", "ivs_amplitude", "ivc"),
    Mode.COLOR: ("mr_grade", "tr_grade", "ar_grade"),
    Mode.BMODE: ("av_cusps",),
}
_Z90 = 1.645
# Relative standard deviation of the LVOT's diameter; its square goes into the area.
_DIAMETER_SD = 0.05
CONTINUITY = "continuity equation"


def trace_measurements(
    clips: Sequence[ClipAnalysis], found: Mapping[str, Measurement]
) -> dict[str, Measurement]:
    """Values by id of all strips and colour clips.

    Args:
        clips: of the exam.
        found: what was measured on B-mode pictures: the LVOT's diameter is taken from it.

    Returns:
        Every id that such pictures give, measured or missing with its reason.
    """
    out: dict[str, Measurement] = {}
    for mode, ids in _BY_MODE.items():
        for measurement_id in ids:
            out[measurement_id] = _best(measurement_id, mode, clips)
    out["av_area"] = _continuity(clips, found.get("lvot_diameter"))
    return out


def _traced(clips: Sequence[ClipAnalysis]) -> list[tuple[ClipAnalysis, Trace]]:
    return [(clip, clip.trace) for clip in clips if clip.trace is not None]


def _best(measurement_id: str, mode: Mode, clips: Sequence[ClipAnalysis]) -> Measurement:
    """The value of the strip that shows it best; else why there is none."""
    offers = _offers(measurement_id, clips)
    if offers:
        clip, trace, value = offers[0]
        found = _measured(clip, trace, value)
        return with_breath(found, trace) if measurement_id == "ivc" else found
    return missing(measurement_id, _why(measurement_id, mode, clips))


def with_breath(vein: Measurement, trace: Trace) -> Measurement:
    """The caval vein's largest width with its `maximum` and `minimum` as parts, where the strip
    shows a breath."""
    smallest = [value.value for value in trace.values if value.id == "ivc_minimum"]
    if not smallest or vein.value is None:
        return vein
    return replace(vein, parts=(("maximum", vein.value), ("minimum", smallest[0])))


def _offers(
    value_id: str, clips: Sequence[ClipAnalysis]
) -> list[tuple[ClipAnalysis, Trace, TraceValue]]:
    """Every strip's value of this name, the most trustworthy first."""
    offers = [
        (clip, trace, value)
        for clip, trace in _traced(clips)
        for value in trace.values
        if value.id == value_id
    ]
    offers.sort(key=lambda o: (o[1].doubt is not None, -min(len(o[2].beats), 3), -o[1].quality))
    return offers


def _why(measurement_id: str, mode: Mode, clips: Sequence[ClipAnalysis]) -> Reason:
    """The reason of the strip that came furthest."""
    reasons = [
        Reason(reason)
        for _, trace in _traced(clips)
        if trace.mode is mode
        for name, reason in trace.missing
        if name in (measurement_id, "*")
    ]
    return max(reasons, key=lambda reason: reason.depth, default=Reason.NO_VIEW)


def _measured(clip: ClipAnalysis, trace: Trace, value: TraceValue) -> Measurement:
    entry = catalogue()[value.id]
    return Measurement(
        id=value.id,
        value=value.value,
        unit=entry.unit,
        interval=_interval(value, trace.mode),
        clip=clip.id,
        frames=(trace.frame,),
        points=value.points,
        method=value.method,
        code=code_of(value.id, trace.mode),
        status=MeasurementStatus.AUTO,
        reason=trace.doubt,
    )


def _interval(value: TraceValue, mode: Mode) -> tuple[float, float]:
    """A grade's, a count's, or a reading's."""
    if mode is Mode.COLOR:
        return grade_interval(value)
    if mode is Mode.BMODE:
        return count_interval(value.beats[0], value.value)
    return interval_of(value)


def interval_of(value: TraceValue) -> tuple[float, float]:
    """90 % interval of a strip's value: of the reading, and of the beats' mean.

    What the beats differ by does not all average out, for one reader reads them alike.
    """
    beats = np.asarray(value.beats, np.float64)
    spread = float(np.std(beats, ddof=1)) / sqrt(len(beats)) if len(beats) > 1 else 0.0
    half = _Z90 * sqrt((value.relative_sd * abs(value.value)) ** 2 + spread**2)
    return max(0.0, value.value - half), value.value + half


def grade_interval(value: TraceValue) -> tuple[float, float]:
    """Grades that the jet's part of its chamber, or of the outflow tract's width, may mean,
    90 %."""
    part = value.beats[0]
    half = _Z90 * value.relative_sd * part
    grade = grade_of_width if value.id == "ar_grade" else grade_of
    return float(grade(part - half)), float(grade(part + half))


def code_of(measurement_id: str, mode: Mode) -> str | None:
    """The catalogue's code; of M-mode its own where the standard has one (CID 12300)."""
    if mode is Mode.MMODE:
        own = {"lvedd": "LN 80008-6", "lvesd": "LN 80012-8", "ivsd": "LN 79968-4"}
        return own.get(measurement_id, catalogue()[measurement_id].own_code)
    return catalogue()[measurement_id].own_code


def _continuity(clips: Sequence[ClipAnalysis], diameter: Measurement | None) -> Measurement:
    """Aortic valve area: what passes the LVOT passes the valve (Baumgartner, EACVI/ASE 2017)."""
    below = _offers("lvot_vti", clips)
    through = _offers("av_vti", clips)
    if diameter is None or diameter.value is None or not below or not through:
        return missing("av_area", Reason.NO_LVOT_DIAMETER)
    clip, trace, jet = through[0]
    lvot_clip, lvot_trace, lvot = below[0]
    area = continuity_cm2(diameter.value, lvot.value, jet.value)
    sd = sqrt((2 * _DIAMETER_SD) ** 2 + lvot.relative_sd**2 + jet.relative_sd**2)
    half = _Z90 * sd * area
    also = [(lvot_clip.id, lvot_trace.frame)]
    if diameter.clip is not None:
        also += [(diameter.clip, frame) for frame in diameter.frames[:1]]
    doubt = trace.doubt or lvot_trace.doubt or diameter.reason
    return Measurement(
        id="av_area",
        value=area,
        unit=catalogue()["av_area"].unit,
        interval=(max(0.0, area - half), area + half),
        clip=clip.id,
        frames=(trace.frame,),
        points=jet.points,
        method=CONTINUITY,
        code=catalogue()["av_area"].own_code,
        status=MeasurementStatus.AUTO,
        reason=doubt,
        also=tuple(also),
    )


def continuity_cm2(lvot_mm: float, lvot_vti_cm: float, av_vti_cm: float) -> float:
    """Area in cm² from the LVOT's diameter and the two integrals."""
    return pi * (lvot_mm / 20) ** 2 * lvot_vti_cm / av_vti_cm
