"""The truth as JSON values, in the names that the commands promise."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from core.phantom.clip import PhantomClip
from core.phantom.patient import HeartPatient
from core.phantom.probe import Offset
from core.phantom.truth import Truth, Value


def truth_document(phantom: PhantomClip, *, masks_name: str | None) -> dict[str, Any]:
    """Truth of one clip.

    Args:
        phantom: the clip.
        masks_name: of the archive beside the file; None where there are no masks.
    """
    truth, clip = phantom.truth, phantom.clip
    calibration = clip.calibration
    return {
        "view": truth.view.value,
        "mode": truth.mode.value,
        "nearest_view": truth.nearest.value,
        "standard": truth.standard,
        "pose": _pose(truth.offset),
        "correction": _pose(truth.correction),
        "foreshortening": _number(truth.foreshortening),
        "site": None if truth.site is None else truth.site.value,
        "phases": {"ed": list(truth.ed), "es": list(truth.es)},
        "calibration": {
            "source": calibration.source.value,
            "mm_per_px_x": calibration.mm_per_px_x,
            "mm_per_px_y": calibration.mm_per_px_y,
            "cm_s_per_px": calibration.cm_s_per_px,
            "ms_per_px": calibration.ms_per_px,
        },
        "frames": len(clip),
        "fps": clip.fps,
        "width": clip.width,
        "height": clip.height,
        "measurements": measurement_rows(truth.values),
        "readings": {name: _number(value) for name, value in truth.readings.items()},
        "peaks": {
            name: [[_number(v) for v in place] for place in places]
            for name, places in truth.peaks.items()
        },
        "curves": {name: [_number(v) for v in rows] for name, rows in truth.curves.items()},
        "landmarks": {
            name: [[_number(v) for v in place] for place in places]
            for name, places in truth.landmarks.items()
        },
        "masks": masks_name,
        "case": case_document(phantom.patient),
        "seed": truth.seed,
    }


def exam_document(truths: Mapping[str, Truth], patient: HeartPatient) -> dict[str, Any]:
    """Truth of a whole exam: that of its clips by file name, all of one patient."""
    first = next(iter(truths.values()))
    return {
        "seed": patient.seed,
        "case": case_document(patient),
        "measurements": measurement_rows(first.values),
        "clips": [
            {
                "file": name,
                "view": truth.view.value,
                "mode": truth.mode.value,
                "standard": truth.standard,
                "truth": f"{name}.truth.json",
            }
            for name, truth in truths.items()
        ],
    }


def measurement_rows(values: Mapping[str, Value]) -> list[dict[str, Any]]:
    """One row a measurement; `value` is null where this patient has nothing to measure."""
    rows = []
    for name, each in values.items():
        row: dict[str, Any] = {"id": name, "value": _number(each.value), "unit": each.unit}
        if each.parts:
            row["parts"] = {part: _number(value) for part, value in each.parts.items()}
        rows.append(row)
    return rows


def case_document(patient: HeartPatient) -> dict[str, Any]:
    """The patient field by field; `case` and `severity` are null in a healthy one."""
    return {each.name: _plain(getattr(patient, each.name)) for each in fields(patient)}


def _pose(offset: Offset) -> dict[str, Any]:
    return {
        "rotate_deg": _number(offset.rotate_deg),
        "tilt_deg": _number(offset.tilt_deg),
        "rock_deg": _number(offset.rock_deg),
        "slide_mm": [_number(offset.slide_x_mm), _number(offset.slide_y_mm)],
        "press_mm": _number(offset.press_mm),
    }


def _number(value: float | None) -> float | None:
    """Three decimals; null for what is nowhere. JSON has no NaN, and no minus zero is wanted."""
    return None if value is None or not np.isfinite(value) else round(float(value), 3) + 0.0


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        return value.item()
    return value
