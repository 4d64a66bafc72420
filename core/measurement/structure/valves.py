"""Opening and closing of the valves, from what clips said of their leaflets.

Times are after end-diastole: the outflow valve opens with ejection and closes with its end, the
inflow valve opens after isovolumic relaxation and closes as the next beat begins.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, Mode, TraceValue
from core.measurement.pictures import Picture, scale_at
from core.measurement.reasons import NotMeasuredError, Reason
from core.measurement.result import measured, missing
from core.measurement.structure.leaflets import CLOSES, METHOD, OPENS, PARTING, VALVES

_Z90 = 1.645
#: Of a parting, mm; measured on ten virtual patients.
_SD_MM = 2.4
# What is not so is no beat of a heart: an outflow valve stays open so long, ms.
_EJECTION_MS = (120.0, 520.0)
_OUTFLOW = "aortic"


def valve_opening(clips: Sequence[ClipAnalysis]) -> Measurement:
    """`valve_opening`: how far the mitral leaflets part, mm; as parts, by valve, `mitral_mm`,
    `mitral_opens_ms` and `mitral_closes_ms`, and the same of the aortic valve, as far as each was
    seen."""
    parts: dict[str, float] = {}
    shown: dict[str, tuple[ClipAnalysis, TraceValue]] = {}
    reasons = [Reason.NO_VIEW]
    for valve in VALVES:
        try:
            clip, said = _said(clips, valve)
        except NotMeasuredError as error:
            reasons.append(error.reason)
            continue
        times = {word: said[word].value for word in (OPENS, CLOSES) if word in said}
        if valve == _OUTFLOW and len(times) == 2 and not _ejects(times[CLOSES] - times[OPENS]):
            reasons.append(Reason.IMPLAUSIBLE)
            continue
        parts |= {f"{valve}_{word}_ms": value for word, value in times.items()}
        gap = said.get(PARTING)
        mm = None if gap is None else _length_mm(clip, gap)
        if gap is not None and mm is not None:
            parts[f"{valve}_mm"] = mm
            shown[valve] = (clip, gap)
    first = next(iter(shown), None)
    if first is None:
        # Times without a length are told by no value of their own.
        reasons += [Reason.NO_CALIBRATION] if parts else []
        return missing("valve_opening", max(reasons, key=lambda reason: reason.depth))
    value = parts[f"{first}_mm"]
    half = _Z90 * _SD_MM
    found = measured(
        "valve_opening",
        value,
        interval=(max(0.0, value - half), value + half),
        method=METHOD,
        pictures=[Picture(clip=clip, frame=gap.frame or 0) for clip, gap in shown.values()],
        points=np.array(shown[first][1].points),
    )
    return replace(found, parts=tuple(parts.items()))


def _ejects(ms: float) -> bool:
    return _EJECTION_MS[0] <= ms <= _EJECTION_MS[1]


def _said(clips: Sequence[ClipAnalysis], valve: str) -> tuple[ClipAnalysis, dict[str, TraceValue]]:
    """The best clip that tells of a valve, and what it tells by its first word."""
    reasons = [Reason.NO_VIEW]
    best: tuple[ClipAnalysis, dict[str, TraceValue]] | None = None
    for clip in clips:
        if clip.recognition.view.label is not VALVES[valve].view:
            continue
        if clip.recognition.mode is not Mode.BMODE or clip.trace is None:
            reasons.append(Reason.NO_MODE)
            continue
        if not clip.recognition.judgement.standard:
            reasons.append(Reason.NOT_STANDARD)
            continue
        said = {
            word: value
            for value in clip.trace.values
            for word in (PARTING, OPENS, CLOSES)
            if value.id == f"{word}.{valve}"
        }
        if not said:
            why = dict(clip.trace.missing).get(f"{PARTING}.{valve}", Reason.NO_POINTS)
            reasons.append(Reason(why))
        elif best is None or len(said) > len(best[1]):
            best = clip, said
    if best is None:
        raise NotMeasuredError(max(reasons, key=lambda reason: reason.depth))
    return best


def _length_mm(clip: ClipAnalysis, gap: TraceValue) -> float | None:
    """Between a gap's ends; None where no mm hold there."""
    ends = np.array(gap.points)
    scale = scale_at(clip.calibration, ends)
    return None if scale is None else float(np.linalg.norm((ends[1] - ends[0]) * scale))
