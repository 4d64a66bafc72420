"""Analyses and pictures for the report's tests."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import Analysis, ClipAnalysis, ModelInfo
from core.domain import (
    Calibration,
    Finding,
    Judgement,
    Measurement,
    MeasurementStatus,
    Mode,
    Patient,
    Recognition,
    Sector,
    SectorKind,
    Severity,
    View,
    ViewResult,
)
from core.measurement.catalogue import catalogue
from core.report.build import build_report
from core.report.document import Report
from core.report.edits import ReportEdits
from core.report.ranges import with_references

CREATED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PATIENT = Patient(
    sex="M",
    height_cm=172,
    weight_kg=70,
    name="Müller^Hans",
    patient_id="0000471123",
    birth_date="19560131",
)
LONG = "Sehr langer Text mit 中文混合文字，没有空格的长段落会怎样呢？" * 3
MODEL = ModelInfo(
    name="view",
    version="2026.3",
    sha256="a3f4b5c6d7e8",
    licence="CC-BY-NC-SA-4.0",
    trained_on="apical views",
)


def measured(measurement_id: str, value: float | None, **more: object) -> Measurement:
    """A measurement of the catalogue with a value, or missing."""
    entry = catalogue()[measurement_id]
    given = {
        "id": measurement_id,
        "value": value,
        "unit": entry.unit,
        "method": "Simpson biplane",
        "status": MeasurementStatus.MISSING if value is None else MeasurementStatus.AUTO,
        "interval": None if value is None else (0.9 * value, 1.1 * value),
    }
    return Measurement(**{**given, **more})


def finding(finding_id: str, words: str, severity: Severity = Severity.MODERATE) -> Finding:
    return Finding(
        id=finding_id,
        text={"en": words, "zh": f"左室射血分数减低。{words}"},
        severity=severity,
        because=("lvef",),
        source="ASE/EACVI 2015",
    )


def clip(clip_id: str, view: View) -> ClipAnalysis:
    sector = Sector(
        kind=SectorKind.FAN, box=(0, 0, 9, 9), outline=((0, 0), (9, 0), (4, 9)), score=1.0
    )
    recognition = Recognition(
        clip_id=clip_id,
        mode=Mode.BMODE,
        sector=sector,
        view=ViewResult(label=view, probability=0.9, probabilities={view: 0.9}),
        judgement=Judgement(standard=True, quality=0.8, reasons=()),
    )
    return ClipAnalysis(
        id=clip_id,
        source=clip_id,
        frames=1,
        fps=None,
        width=10,
        height=10,
        calibration=Calibration(),
        recognition=recognition,
    )


def analysis(**changes: object) -> Analysis:
    """An exam with an EF of 40 %, two volumes, three things missing and one finding."""
    measurements = (
        measured("lvedv", 168.2),
        measured("lvesv", 101.0, reason="reason.foreshortened"),
        measured("lvef", 39.9),
        measured("tapse", None, reason="reason.no_mode"),
        measured("lvedd", None, reason="reason.no_view"),
        measured("ivsd", None, reason="reason.no_view"),
    )
    given = Analysis(
        exam_id="exam-7",
        patient=PATIENT,
        software_version="0.1.0",
        models=(MODEL,),
        clips=(clip("a", View.A4C), clip("b", View.A2C)),
        measurements=with_references(measurements, PATIENT),
        findings=(finding("ef_reduced", "The ejection fraction is reduced."),),
    )
    return replace(given, **changes)


def empty_analysis() -> Analysis:
    return analysis(clips=(), measurements=(), findings=(), models=())


def everything() -> Analysis:
    """More than 60 measurements, 15 long findings."""
    measurements = [measured(id_, 1.5 + i) for i, id_ in enumerate(catalogue())]
    measurements += [measured("lvef", 40.0 + i) for i in range(20)]
    assert len(measurements) > 60
    return analysis(
        measurements=with_references(measurements, PATIENT),
        findings=tuple(finding(f"f{i}", LONG * (1 + i % 4)) for i in range(15)),
    )


def picture(height: int = 60, width: int = 80, value: int = 90) -> NDArray[np.uint8]:
    return np.full((height, width, 3), value, np.uint8)


def report(
    of: Analysis | None = None,
    *,
    lang: str = "en",
    edits: dict[str, str] | None = None,
    patient: Patient = PATIENT,
    pictures: int = 2,
) -> Report:
    shapes = ((60, 80), (200, 5), (4, 300), (1, 1))
    return build_report(
        of or analysis(),
        patient=patient,
        pictures=[
            (f"Picture {i} " + "caption " * (3 * i), picture(*shapes[i % 4], value=40 + 10 * i))
            for i in range(pictures)
        ],
        lang=lang,
        edits=ReportEdits(edits or {}),
        created=CREATED,
    )
