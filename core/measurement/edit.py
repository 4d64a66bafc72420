"""A user's edits of outlines, phases, calibration and values, and what follows from them.

All functions are pure: they return new clips and measurements and leave what they were given, so
that the caller's undo is to keep what was before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import ClipAnalysis
from core.domain import (
    Calibration,
    InputError,
    Measurement,
    MeasurementStatus,
    Patient,
    Phases,
    Region,
    RegionLabel,
)
from core.measurement.caliper import Caliper, length_of, strip_value
from core.measurement.catalogue import catalogue
from core.measurement.exam import measure_exam
from core.measurement.geometry import area
from core.measurement.reasons import Reason
from core.report.ranges import with_references

# Methods (English, as in the language catalogue) that mark a value as a person's own.
BY_HAND = "set by hand"
BY_CALIPER = "caliper, set by hand"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContourEdit:
    """Replaces the outline of one structure in one frame, or adds it.

    Attributes:
        clip: clip id; frame: index; label: the structure.
        polygon: [N, 2] source pixels, N >= 3.
    """

    clip: str
    frame: int
    label: RegionLabel
    polygon: NDArray[np.floating]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasesEdit:
    """Sets the ED and ES marks of one clip."""

    clip: str
    ed: tuple[int, ...]
    es: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationEdit:
    """Sets the calibration of one clip, or of all clips where `clip` is None."""

    calibration: Calibration
    clip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueEdit:
    """Sets a value by hand, or rejects it where `value` is None.

    Attributes:
        measurement: its id; value: in the catalogue's unit.
        caliper: where the value was read, if it was.
    """

    measurement: str
    value: float | None
    caliper: Caliper | None = None


Edit = ContourEdit | PhasesEdit | CalibrationEdit | ValueEdit
Edited = tuple[tuple[ClipAnalysis, ...], tuple[Measurement, ...]]


def recompute(
    clips: Sequence[ClipAnalysis],
    measurements: Sequence[Measurement],
    edit: Edit,
    patient: Patient,
) -> Edited:
    """Apply one edit.

    Args:
        clips: of the exam, with all earlier edits.
        measurements: of the exam, with all earlier edits.
        edit: what the user did.
        patient: for the normal ranges.

    Returns:
        New clips and measurements. Values that the edit changes have status "edited"; all others
        are as they were, and so is a value that a person set or rejected before.

    Raises:
        InputError: the edit names an unknown clip, frame or measurement, or cannot be used.
    """
    if isinstance(edit, ValueEdit):
        return tuple(clips), with_references(_with_value(measurements, edit), patient)
    edited_clips = _edit_clips(clips, edit)
    before = {item.id: item for item in measure_exam(clips, patient)}
    after = {item.id: item for item in measure_exam(edited_clips, patient)}
    return edited_clips, tuple(
        item
        if _is_by_hand(item) or after[item.id] == before[item.id]
        else _as_edited(after[item.id])
        for item in measurements
    )


def with_hands(
    measurements: Sequence[Measurement], before: Sequence[Measurement], patient: Patient
) -> tuple[Measurement, ...]:
    """New measurements of an exam, but for the values that a person had set, changed or rejected.

    Args:
        measurements: of all its clips, as they are now.
        before: with all earlier edits.
        patient: for the normal ranges.
    """
    hers = {item.id: item for item in before if is_edited(item)}
    return with_references(tuple(hers.get(item.id, item) for item in measurements), patient)


def is_edited(item: Measurement) -> bool:
    """Whether a person set the value, changed what it follows from, or rejected it."""
    return item.status is MeasurementStatus.EDITED or _is_by_hand(item)


def caliper_value(measurement_id: str, caliper: Caliper, clip: ClipAnalysis) -> ValueEdit:
    """The edit that takes a caliper's length as a measurement's value.

    On a strip the caliper's height is a speed or a depth, its width a time.

    Raises:
        InputError: the measurement is no length, or the caliper has none in millimetres.
    """
    entry = catalogue().get(measurement_id)
    if entry is not None:
        on_strip = strip_value(entry.unit, caliper, clip.calibration)
        if on_strip is not None:
            return ValueEdit(measurement=measurement_id, value=on_strip, caliper=caliper)
    if entry is None or entry.unit != "mm":
        raise InputError(f"{measurement_id}: a caliper cannot set it; choose a length in mm")
    length = length_of(caliper, clip.calibration)
    if length.unit != "mm":
        raise InputError(f"{clip.source}: no millimetres without a calibration; calibrate it first")
    return ValueEdit(measurement=measurement_id, value=length.value, caliper=caliper)


def _edit_clips(
    clips: Sequence[ClipAnalysis], edit: ContourEdit | PhasesEdit | CalibrationEdit
) -> tuple[ClipAnalysis, ...]:
    if edit.clip is not None and edit.clip not in {clip.id for clip in clips}:
        raise InputError(f"{edit.clip}: no such clip in this exam; choose one of its clips")
    return tuple(_edit_clip(clip, edit) if edit.clip in (None, clip.id) else clip for clip in clips)


def _edit_clip(
    clip: ClipAnalysis, edit: ContourEdit | PhasesEdit | CalibrationEdit
) -> ClipAnalysis:
    if isinstance(edit, CalibrationEdit):
        return replace(clip, calibration=edit.calibration)
    if isinstance(edit, PhasesEdit):
        for frame in (*edit.ed, *edit.es):
            _check_frame(clip, frame)
        phases = Phases(ed=tuple(sorted(set(edit.ed))), es=tuple(sorted(set(edit.es))))
        return replace(clip, recognition=replace(clip.recognition, phases=phases))
    _check_frame(clip, edit.frame)
    new = _region(clip, edit)
    others = tuple(
        region
        for region in clip.recognition.regions
        if (region.frame, region.label) != (edit.frame, edit.label)
    )
    return replace(clip, recognition=replace(clip.recognition, regions=(*others, new)))


def _region(clip: ClipAnalysis, edit: ContourEdit) -> Region:
    polygon = np.array(edit.polygon, dtype=np.float32)
    sound = polygon.ndim == 2 and polygon.shape[1:] == (2,) and len(polygon) >= 3
    if not (sound and np.isfinite(polygon).all() and area(polygon.astype(np.float64)) > 0):
        raise InputError(f"{clip.source}: an outline needs three points or more and an area")
    (x0, y0), (x1, y1) = polygon.min(axis=0).tolist(), polygon.max(axis=0).tolist()
    return Region(
        frame=edit.frame, label=edit.label, score=1.0, box=(x0, y0, x1, y1), polygon=polygon
    )


def _check_frame(clip: ClipAnalysis, frame: int) -> None:
    if not 0 <= frame < clip.frames:
        raise InputError(f"{clip.source}: no frame {frame}; choose one of 0 to {clip.frames - 1}")


def _with_value(measurements: Sequence[Measurement], edit: ValueEdit) -> tuple[Measurement, ...]:
    if edit.measurement not in {item.id for item in measurements}:
        raise InputError(f"{edit.measurement}: no such measurement; choose one of the list")
    return tuple(_set(item, edit) if item.id == edit.measurement else item for item in measurements)


def _set(item: Measurement, edit: ValueEdit) -> Measurement:
    entry = catalogue()[item.id]
    if edit.value is None:
        return replace(
            item,
            value=None,
            interval=None,
            status=MeasurementStatus.MISSING,
            reason=Reason.REJECTED.value,
        )
    if not isfinite(edit.value) or edit.value < 0:
        raise InputError(f"{item.id}: {edit.value} is no value; give a number of 0 or more")
    by_hand = replace(
        item,
        value=float(edit.value),
        interval=None,
        method=BY_HAND,
        origin="",
        code=entry.own_code,
        status=MeasurementStatus.EDITED,
        reason=None,
    )
    if edit.caliper is None:
        return by_hand
    return replace(
        by_hand,
        method=BY_CALIPER,
        clip=edit.caliper.clip,
        frames=(edit.caliper.frame,),
        points=(edit.caliper.start, edit.caliper.end),
        also=(),
    )


def _is_by_hand(item: Measurement) -> bool:
    return item.method in (BY_HAND, BY_CALIPER) or item.reason == Reason.REJECTED.value


def _as_edited(item: Measurement) -> Measurement:
    return item if item.value is None else replace(item, status=MeasurementStatus.EDITED)
