"""`Analysis` as JSON and back: the document that `echolab analyze` writes (see `schema.json`).

Beyond the keys that programs rely on, the document carries what is needed to read it back without
loss: the sector, notes, ids of reasons. A patient's name, number and birth date are never in it.
Figures are rounded far below what they mean (pixels to 0.01, values to 0.001).
"""

from math import isfinite
from typing import Any

import numpy as np

from core.analysis.analysis import SCHEMA_ID, Analysis, ClipAnalysis, ModelInfo
from core.analysis.schema import validate
from core.analysis.trace_codec import trace_from_json, trace_to_json
from core.domain import (
    Calibration,
    CalibrationSource,
    Finding,
    Guidance,
    JudgedItem,
    Judgement,
    Measurement,
    MeasurementStatus,
    Mode,
    Patient,
    Phases,
    PointTrack,
    Recognition,
    Region,
    RegionLabel,
    Sector,
    SectorKind,
    Severity,
    View,
    ViewResult,
)
from core.language import catalogue, text

__all__ = ["from_json", "read", "to_json", "validate"]

Json = dict[str, Any]


def to_json(analysis: Analysis) -> Json:
    """The analysis as plain JSON objects that `validate` accepts.

    Raises:
        ValueError: a figure that must be there is not finite.
    """
    patient = analysis.patient
    return {
        "schema": SCHEMA_ID,
        "software": {
            "version": analysis.software_version,
            "models": [
                {
                    "name": model.name,
                    "version": model.version,
                    "sha256": model.sha256,
                    "licence": model.licence,
                    "trained_on": model.trained_on,
                }
                for model in analysis.models
            ],
        },
        "exam": {
            "id": analysis.exam_id,
            "sex": patient.sex,
            "height_cm": _optional(patient.height_cm),
            "weight_kg": _optional(patient.weight_kg),
        },
        "clips": [_clip_to_json(clip) for clip in analysis.clips],
        "measurements": [_measurement_to_json(item) for item in analysis.measurements],
        "findings": [
            {
                "id": finding.id,
                "text": dict(finding.text),
                "severity": finding.severity.value,
                "because": list(finding.because),
                "source": finding.source,
                "edition": finding.edition,
                "verified": finding.verified,
            }
            for finding in analysis.findings
        ],
    }


def from_json(document: Json) -> Analysis:
    """Read a document back.

    Raises:
        InputError: it is not such a document.
    """
    validate(document)
    return read(document)


def read(document: Json) -> Analysis:
    """The same of a document that `to_json` has made and nobody else has touched: it is not looked
    over again, which would take longer than all else."""
    exam = document["exam"]
    return Analysis(
        exam_id=exam["id"],
        patient=Patient(sex=exam["sex"], height_cm=exam["height_cm"], weight_kg=exam["weight_kg"]),
        software_version=document["software"]["version"],
        models=tuple(
            ModelInfo(
                name=model["name"],
                version=model["version"],
                sha256=model["sha256"],
                licence=model["licence"],
                trained_on=model["trained_on"],
            )
            for model in document["software"]["models"]
        ),
        clips=tuple(_clip_from_json(clip) for clip in document["clips"]),
        measurements=tuple(_measurement_from_json(item) for item in document["measurements"]),
        findings=tuple(
            Finding(
                id=item["id"],
                text=dict(item["text"]),
                severity=Severity(item["severity"]),
                because=tuple(item["because"]),
                source=item["source"],
                edition=item.get("edition", ""),
                verified=item.get("verified", True),
            )
            for item in document["findings"]
        ),
    )


def _clip_to_json(clip: ClipAnalysis) -> Json:
    recognition = clip.recognition
    view, judgement, guidance = recognition.view, recognition.judgement, recognition.guidance
    calibration, sector = clip.calibration, recognition.sector
    return {
        "id": clip.id,
        "source": clip.source,
        "mode": recognition.mode.value,
        "frames": clip.frames,
        "fps": _optional(clip.fps),
        "width": clip.width,
        "height": clip.height,
        "calibration": {
            "source": calibration.source.value,
            "mm_per_px_x": _optional(calibration.mm_per_px_x, digits=9),
            "mm_per_px_y": _optional(calibration.mm_per_px_y, digits=9),
            "cm_s_per_px": _optional(calibration.cm_s_per_px, digits=9),
            "ms_per_px": _optional(calibration.ms_per_px, digits=9),
            "box": None if calibration.box is None else _numbers(calibration.box, digits=2),
            "zero_y": _optional(calibration.zero_y, digits=3),
            "reasons": list(calibration.reasons),
        },
        "view": {
            "label": view.label.value,
            "probability": _number(view.probability),
            "probabilities": {key.value: _number(p) for key, p in view.probabilities.items()},
            "standard": bool(judgement.standard),
            "quality": _number(judgement.quality),
            "reasons": [_readable(reason) for reason in judgement.reasons],
            "reason_ids": list(judgement.reasons),
            "items": [
                {
                    "name": item.name,
                    "score": _number(item.score),
                    "limit": _number(item.limit),
                    "reason": item.reason,
                }
                for item in judgement.items
            ],
        },
        "guidance": None
        if guidance is None
        else {
            "rotate_deg": _number(guidance.rotate_deg),
            "tilt_deg": _number(guidance.tilt_deg),
            "rock_deg": _number(guidance.rock_deg),
            "slide_mm": _numbers(guidance.slide_mm),
            "text": dict(guidance.text),
        },
        "phases": {
            "ed": [int(frame) for frame in recognition.phases.ed],
            "es": [int(frame) for frame in recognition.phases.es],
        },
        "regions": [
            {
                "frame": int(region.frame),
                "label": region.label.value,
                "score": _number(region.score),
                "box": _numbers(region.box, digits=2),
                "polygon": _points(region.polygon),
            }
            for region in recognition.regions
        ],
        "points": [
            {
                "name": track.name,
                "frames": list(track.frames),
                "points": _points(track.points),
                "spread": _numbers(track.spread, digits=2),
                "seen": _number(track.seen),
            }
            for track in recognition.points
        ],
        "sector": {
            "kind": sector.kind.value,
            "box": [int(edge) for edge in sector.box],
            "outline": _points(sector.outline),
            "score": _number(sector.score),
        },
        "notes": list(clip.notes),
        "trace": trace_to_json(clip.trace),
    }


def _clip_from_json(item: Json) -> ClipAnalysis:
    view, guidance, calibration = item["view"], item["guidance"], item["calibration"]
    box = calibration.get("box")
    return ClipAnalysis(
        id=item["id"],
        source=item["source"],
        frames=item["frames"],
        fps=item["fps"],
        width=item["width"],
        height=item["height"],
        calibration=Calibration(
            source=CalibrationSource(calibration["source"]),
            mm_per_px_x=calibration["mm_per_px_x"],
            mm_per_px_y=calibration["mm_per_px_y"],
            cm_s_per_px=calibration["cm_s_per_px"],
            ms_per_px=calibration["ms_per_px"],
            box=None if box is None else (box[0], box[1], box[2], box[3]),
            zero_y=calibration.get("zero_y"),
            reasons=tuple(calibration.get("reasons", ())),
        ),
        recognition=Recognition(
            clip_id=item["id"],
            mode=Mode(item["mode"]),
            sector=_sector_from_json(item),
            view=ViewResult(
                label=View(view["label"]),
                probability=view["probability"],
                probabilities={View(key): p for key, p in view["probabilities"].items()},
            ),
            judgement=Judgement(
                standard=view["standard"],
                quality=view["quality"],
                reasons=tuple(view.get("reason_ids", view["reasons"])),
                items=tuple(
                    JudgedItem(
                        name=bar["name"],
                        score=bar["score"],
                        limit=bar["limit"],
                        reason=bar["reason"],
                    )
                    for bar in view.get("items", ())
                ),
            ),
            guidance=None
            if guidance is None
            else Guidance(
                rotate_deg=guidance["rotate_deg"],
                tilt_deg=guidance["tilt_deg"],
                rock_deg=guidance["rock_deg"],
                slide_mm=(guidance["slide_mm"][0], guidance["slide_mm"][1]),
                text=dict(guidance["text"]),
            ),
            regions=tuple(_region_from_json(region) for region in item["regions"]),
            points=tuple(_track_from_json(track) for track in item.get("points", ())),
            phases=Phases(ed=tuple(item["phases"]["ed"]), es=tuple(item["phases"]["es"])),
        ),
        notes=tuple(item.get("notes", ())),
        trace=trace_from_json(item.get("trace")),
    )


def _region_from_json(item: Json) -> Region:
    x0, y0, x1, y1 = item["box"]
    return Region(
        frame=item["frame"],
        label=RegionLabel(item["label"]),
        score=item["score"],
        box=(x0, y0, x1, y1),
        polygon=np.array(item["polygon"], dtype=np.float32),
    )


def _track_from_json(item: Json) -> PointTrack:
    return PointTrack(
        name=item["name"],
        frames=tuple(item["frames"]),
        points=np.array(item["points"], dtype=np.float32),
        spread=np.array(item["spread"], dtype=np.float32),
        seen=item["seen"],
    )


def _sector_from_json(item: Json) -> Sector:
    """The sector; of a document by another program that has none, the whole picture unsurely."""
    sector = item.get("sector")
    if sector is None:
        width, height = item["width"], item["height"]
        return Sector(
            kind=SectorKind.RECTANGLE,
            box=(0, 0, width, height),
            outline=((0.0, 0.0), (width, 0.0), (width, height), (0.0, height)),
            score=0.0,
        )
    x0, y0, x1, y1 = sector["box"]
    return Sector(
        kind=SectorKind(sector["kind"]),
        box=(x0, y0, x1, y1),
        outline=tuple((x, y) for x, y in sector["outline"]),
        score=sector["score"],
    )


def _measurement_to_json(item: Measurement) -> Json:
    return {
        "id": item.id,
        "value": None if item.value is None else _number(item.value, digits=3),
        "unit": item.unit,
        "interval": None if item.interval is None else _numbers(item.interval, digits=3),
        "clip": item.clip,
        "frames": [int(frame) for frame in item.frames],
        "points": _points(item.points),
        "method": item.method,
        "code": item.code,
        "status": item.status.value,
        "reason": None if item.reason is None else _readable(item.reason),
        "grade": item.grade,
        "reference": item.reference,
        "reason_id": item.reason,
        "also": [{"clip": clip, "frame": int(frame)} for clip, frame in item.also],
        "parts": {name: _number(part, digits=3) for name, part in item.parts},
        "origin": item.origin,
        "others": [
            {"origin": origin, "value": _number(value, digits=3)} for origin, value in item.others
        ],
    }


def _measurement_from_json(item: Json) -> Measurement:
    interval = item["interval"]
    return Measurement(
        id=item["id"],
        value=item["value"],
        unit=item["unit"],
        interval=None if interval is None else (interval[0], interval[1]),
        clip=item["clip"],
        frames=tuple(item["frames"]),
        points=tuple((x, y) for x, y in item["points"]),
        method=item["method"],
        code=item["code"],
        status=MeasurementStatus(item["status"]),
        reason=item.get("reason_id", item["reason"]),
        grade=item["grade"],
        reference=item["reference"],
        also=tuple((other["clip"], other["frame"]) for other in item.get("also", ())),
        parts=tuple(item.get("parts", {}).items()),
        origin=item.get("origin", ""),
        others=tuple((other["origin"], other["value"]) for other in item.get("others", ())),
    )


def _readable(reason: str) -> str:
    """English of a reason's id; a reason that is no id is words already."""
    return text(reason, "en") if reason in catalogue() else reason


def _optional(value: float | None, *, digits: int = 6) -> float | None:
    """Rounded; None where there is no such figure."""
    return None if value is None or not isfinite(value) else round(float(value), digits)


def _number(value: float, *, digits: int = 6) -> float:
    rounded = _optional(value, digits=digits)
    if rounded is None:
        raise ValueError(f"{value} is no figure that a document can hold")
    return rounded


def _numbers(values: Any, *, digits: int = 6) -> list[float]:
    return [_number(value, digits=digits) for value in values]


def _points(points: Any) -> list[list[float]]:
    """[[x, y], ...] rounded to 0.01 px."""
    array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(array).all():
        raise ValueError("a point is not finite")
    rows: list[list[float]] = np.round(array, 2).tolist()
    return rows
