"""From an analysis to a `Report`: a pure function of what was measured and what was edited."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import Analysis
from core.domain import Finding, InputError, Patient, View
from core.language import LANGUAGES, text
from core.report.document import (
    UNCHECKED,
    FieldKind,
    FindingRow,
    FormField,
    Picture,
    Report,
)
from core.report.edits import LONGEST_LINE, NO_EDITS, ReportEdits, apply, normal_value
from core.report.table import build_groups, field_names, measurement_name, normal_sources

QUALITIES = ("good", "adequate", "limited", "poor")
NOT_STATED = "–"


def _field(
    name: str,
    label: str,
    value: str = "",
    *,
    kind: FieldKind = FieldKind.TEXT,
    tooltip: str = "",
    options: tuple[tuple[str, str], ...] = (),
) -> FormField:
    field = FormField(name=name, kind=kind, label=label, tooltip=tooltip or label, options=options)
    if kind is FieldKind.TEXT and len(value) > LONGEST_LINE:
        value = value[: LONGEST_LINE - 1] + "…"
    return replace(field, value=normal_value(field, value))


def _date(value: str) -> str:
    """A DICOM date (19500131) as 1950-01-31; anything else as it is."""
    digits = value.strip()
    if len(digits) == 8 and digits.isdigit():
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    return digits


def _size(value: float | None, decimals: int = 0) -> str:
    return "" if value is None else f"{value:.{decimals}f}"


def _header(patient: Patient, exam_id: str, lang: str) -> tuple[FormField, ...]:
    values = {
        # DICOM parts a name by "^"; people do not.
        "patient_name": " ".join(patient.name.replace("^", " ").split()),
        "patient_id": patient.patient_id,
        "sex": patient.sex or "",
        "birth_date": _date(patient.birth_date),
        "height": _size(patient.height_cm),
        "weight": _size(patient.weight_kg, 1),
        "bsa": _size(patient.bsa_m2, 2),
        "exam_date": "",
        "exam_id": exam_id,
        "rhythm": "",
        "referring": "",
    }
    sexes = ("", NOT_STATED), *((sex, text(f"report.sex.{sex}", lang)) for sex in "MFO")
    if values["sex"] not in dict(sexes):
        values["sex"] = "O"
    return tuple(
        _field(
            f"header.{name}",
            text(f"report.header.{name}", lang),
            value,
            kind=FieldKind.CHOICE if name == "sex" else FieldKind.TEXT,
            options=sexes if name == "sex" else (),
        )
        for name, value in values.items()
    )


def _views(analysis: Analysis, lang: str) -> str:
    best: dict[View, float] = {}
    for clip in analysis.clips:
        view = clip.recognition.view
        if view.label is not View.OTHER:
            best[view.label] = max(best.get(view.label, 0.0), view.probability)
    if not best:
        return text("report.views.none", lang)
    shown = (
        f"{text(f'view.{view}', lang)} ({probability:.0%})" for view, probability in best.items()
    )
    return text("report.views", lang, views=text("report.joiner", lang).join(shown))


def _finding(finding: Finding, name: str, lang: str) -> FindingRow:
    severity = text(f"report.severity.{finding.severity}", lang)
    names = text("report.joiner", lang).join(
        measurement_name(measurement_id, lang) for measurement_id in finding.because
    )
    return FindingRow(
        field=_field(
            name,
            severity,
            finding.text[lang],
            kind=FieldKind.MULTILINE,
            tooltip=text("report.tip.finding", lang, severity=severity),
        ),
        severity=finding.severity,
        severity_text=severity,
        basis=text("report.basis", lang, names=names, source=finding.source)
        if names
        else finding.source,
    )


def _software(analysis: Analysis, lang: str) -> tuple[str, ...]:
    models = tuple(
        text("report.model", lang, name=model.name, version=model.version, sha=model.sha256[:8])
        + f" · {model.licence} · {model.trained_on}"
        for model in analysis.models
    )
    return (
        text("report.software", lang, version=analysis.software_version),
        *(models or (text("report.no_models", lang),)),
    )


def _picture(caption: str, pixels: NDArray[np.uint8]) -> Picture:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError(
            f"a report's picture is uint8 [H, W, 3], not {pixels.dtype} {pixels.shape}"
        )
    return Picture(caption=caption, pixels=pixels)


def build_report(
    analysis: Analysis,
    *,
    patient: Patient,
    pictures: Sequence[tuple[str, NDArray[np.uint8]]],
    lang: str,
    edits: ReportEdits | None = None,
    created: datetime,
) -> Report:
    """The report of `analysis` in one language, with the doctor's words in it.

    Args:
        analysis: what was measured and found.
        patient: for the header; may know more than `analysis.patient`, which holds no name after
            it was read from JSON.
        pictures: key images with their captions, uint8 [H, W, 3], RGB, in order.
        lang: "en" or "zh".
        edits: what the doctor changed.
        created: the report's date.

    Raises:
        InputError: no such language; an edit gives a choice what it cannot have.
        ValueError: a picture is not uint8 [H, W, 3].
    """
    if lang not in LANGUAGES:
        raise InputError(f"report language {lang!r}: not known; use one of {', '.join(LANGUAGES)}")
    qualities = ("", NOT_STATED), *((q, text(f"report.quality.{q}", lang)) for q in QUALITIES)
    report = Report(
        lang=lang,
        title=text("report.title", lang),
        created=created,
        patient=patient,
        report_date=text("report.date", lang, date=f"{created:%Y-%m-%d %H:%M}"),
        disclaimer=text("disclaimer", lang),
        hospital=_field("header.hospital", text("report.hospital", lang)),
        header=_header(patient, analysis.exam_id, lang),
        views=_views(analysis, lang),
        quality=_field(
            "study_quality",
            text("report.quality", lang),
            kind=FieldKind.CHOICE,
            options=qualities,
        ),
        pictures=tuple(_picture(caption, pixels) for caption, pixels in pictures),
        groups=build_groups(analysis.measurements, patient, lang),
        references=normal_sources(analysis.measurements, patient, lang),
        findings=tuple(
            _finding(finding, name, lang)
            for finding, name in zip(
                analysis.findings,
                field_names("finding", (finding.id for finding in analysis.findings)),
                strict=True,
            )
        ),
        notes=_field(
            "finding_notes",
            text("report.notes", lang),
            kind=FieldKind.MULTILINE,
            tooltip=text("report.tip.notes", lang),
        ),
        conclusion=_field(
            "conclusion",
            text("report.section.conclusion", lang),
            kind=FieldKind.MULTILINE,
            tooltip=text("report.tip.conclusion", lang),
        ),
        reviewed=_field(
            "reviewed",
            text("report.reviewed", lang),
            UNCHECKED,
            kind=FieldKind.CHECK,
            tooltip=text("report.tip.reviewed", lang),
        ),
        physician=_field("physician_name", text("report.physician", lang)),
        signed_on=_field("signed_on", text("report.signed_on", lang)),
        software=_software(analysis, lang),
    )
    return apply(report, NO_EDITS if edits is None else edits)
