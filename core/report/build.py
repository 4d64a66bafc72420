"""From an analysis to a `Report`: a pure function of what was measured and what was edited."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import Analysis
from core.domain import Finding, InputError, Patient, Severity, View
from core.language import LANGUAGES, text
from core.report.bullseye import bullseye
from core.report.compare import Earlier
from core.report.corrected import final_analysis, final_patient
from core.report.document import (
    CHECKED,
    UNCHECKED,
    FieldKind,
    FindingRow,
    FormField,
    Picture,
    Report,
)
from core.report.edits import LONGEST_LINE, NO_EDITS, ReportEdits, apply, normal_value
from core.report.findings import headline
from core.report.record import ReportRecord
from core.report.sections import clip_qualities, comparison_table, derived_rows
from core.report.sources import source_words
from core.report.status import ReportStatus
from core.report.table import build_groups, field_names, measurement_name, normal_sources
from core.report.template import HEADER_FIELDS, PLAIN, ReportTemplate, Section, logo_pixels

QUALITIES = ("good", "adequate", "limited", "poor")
NOT_STATED = "–"
_ORDER = (Severity.SEVERE, Severity.MODERATE, Severity.MILD)


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


def _header(
    patient: Patient,
    exam_id: str,
    lang: str,
    template: ReportTemplate,
    facts: Mapping[str, str],
) -> tuple[FormField, ...]:
    values = {
        # DICOM parts a name by "^"; people do not.
        "patient_name": " ".join(patient.name.replace("^", " ").split()),
        "patient_id": patient.patient_id,
        "sex": patient.sex or "",
        "birth_date": _date(patient.birth_date),
        "height": _size(patient.height_cm),
        "weight": _size(patient.weight_kg, 1),
        "bsa": _size(patient.bsa_m2, 2),
        "rhythm": facts.get("rhythm", ""),
        "exam_date": _date(facts.get("exam_date", "")),
        "exam_id": exam_id,
        "accession": facts.get("accession", ""),
        "referring": facts.get("referring", ""),
    }
    sexes = ("", NOT_STATED), *((sex, text(f"report.sex.{sex}", lang)) for sex in "MFO")
    if values["sex"] not in dict(sexes):
        values["sex"] = "O"
    own = tuple(
        _field(
            f"header.{name}",
            text(f"report.header.{name}", lang),
            values[name],
            kind=FieldKind.CHOICE if name == "sex" else FieldKind.TEXT,
            options=sexes if name == "sex" else (),
        )
        for name in HEADER_FIELDS
        if name not in template.hidden
    )
    return own + tuple(
        _field(field.name, field.label[lang], field.value) for field in template.extra
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
    source = source_words(finding.source, lang)
    if not finding.verified:
        source = text("finding.unverified", lang, source=source)
    return FindingRow(
        id=finding.id,
        because=finding.because,
        headline=headline(finding, lang),
        field=_field(
            name,
            severity,
            finding.text[lang],
            kind=FieldKind.MULTILINE,
            tooltip=text("report.tip.finding", lang, severity=severity),
        ),
        severity=finding.severity,
        severity_text=severity,
        basis=text("report.basis", lang, names=names, source=source) if names else source,
    )


def _conclusion(findings: Sequence[FindingRow], lang: str) -> str:
    """What is not normal, the gravest first, one line each; empty where no rule found anything."""
    lines = [row.headline for severity in _ORDER for row in findings if row.severity is severity]
    if not lines:
        return text("report.conclusion.normal", lang) if findings else ""
    return "\n".join(
        text("report.conclusion.line", lang, number=number, words=words)
        for number, words in enumerate(lines, start=1)
    )


def _status_lines(record: ReportRecord | None, lang: str) -> tuple[str, ...]:
    if record is None:
        return (text("report.state.line.draft", lang, version=1),)
    person = record.signed or record.reviewed
    lines = [
        text(
            f"report.state.line.{record.status}",
            lang,
            version=record.version,
            name=person.name if person else "",
            at=f"{person.at.astimezone():%Y-%m-%d %H:%M}" if person else "",
        )
    ]
    if record.amends is not None:
        lines.append(text("report.amends", lang, version=record.amends, reason=record.reason))
    return tuple(lines)


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
    strips: Sequence[tuple[str, NDArray[np.uint8]]] = (),
    record: ReportRecord | None = None,
    template: ReportTemplate = PLAIN,
    taken_at: datetime | None = None,
    earlier: Earlier | None = None,
    facts: Mapping[str, str] | None = None,
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
        strips: Doppler and M-mode strips, as `pictures`.
        record: version, status and signatures; None: a first draft.
        template: the hospital's.
        taken_at: when the exam was taken.
        earlier: an examination to compare with.
        facts: further fields of the head, by name without "header.".

    Raises:
        InputError: no such language; an edit gives a choice what it cannot have.
        ValueError: a picture is not uint8 [H, W, 3].
    """
    if lang not in LANGUAGES:
        raise InputError(f"report language {lang!r}: not known; use one of {', '.join(LANGUAGES)}")
    edits = NO_EDITS if edits is None else edits
    known = dict(facts or {})
    if taken_at is not None:
        known.setdefault("exam_date", f"{taken_at.astimezone():%Y-%m-%d}")
    patient = final_patient(patient, edits)
    final = final_analysis(analysis, patient, edits)
    findings = tuple(
        _finding(finding, name, lang)
        for finding, name in zip(
            final.findings,
            field_names("finding", (finding.id for finding in final.findings)),
            strict=True,
        )
    )
    status = ReportStatus.DRAFT if record is None else record.status
    signed = None if record is None else record.signed
    report = Report(
        lang=lang,
        title=template.title[lang] or text("report.title", lang),
        created=created,
        patient=patient,
        report_date=text("report.date", lang, date=f"{created:%Y-%m-%d %H:%M}"),
        disclaimer=text("disclaimer", lang),
        hospital=_field("header.hospital", text("report.hospital", lang), template.hospital[lang]),
        address=template.address[lang],
        logo=None if template.logo is None else logo_pixels(template.logo),
        header=_header(patient, analysis.exam_id, lang, template, known),
        views=_views(analysis, lang),
        quality=_choice("study_quality", lang),
        image_quality=clip_qualities(analysis, lang)
        if template.shows(Section.IMAGE_QUALITY)
        else (),
        pictures=_shown(pictures, Section.PICTURES, template),
        wall_motion=_wall_motion(final, lang) if template.shows(Section.WALL_MOTION) else None,
        strips=_shown(strips, Section.STRIPS, template),
        groups=build_groups(analysis.measurements, patient, lang),
        derived=derived_rows(final.measurements, patient, lang)
        if template.shows(Section.DERIVED)
        else (),
        references=normal_sources(final.measurements, patient, lang),
        comparison=comparison_table(final.measurements, earlier, lang)
        if earlier is not None and template.shows(Section.COMPARISON)
        else None,
        findings=findings,
        notes=_field(
            "finding_notes",
            text("report.notes", lang),
            kind=FieldKind.MULTILINE,
            tooltip=text("report.tip.notes", lang),
        ),
        conclusion=_field(
            "conclusion",
            text("report.section.conclusion", lang),
            _conclusion(findings, lang),
            kind=FieldKind.MULTILINE,
            tooltip=text("report.tip.conclusion", lang),
        ),
        reviewed=_field(
            "reviewed",
            text("report.reviewed", lang),
            UNCHECKED if status is ReportStatus.DRAFT else CHECKED,
            kind=FieldKind.CHECK,
            tooltip=text("report.tip.reviewed", lang),
        ),
        physician=_field("physician_name", text("report.physician", lang), template.physician),
        signed_on=_field("signed_on", text("report.signed_on", lang)),
        software=_software(analysis, lang),
        status=status,
        version=1 if record is None else record.version,
        status_lines=_status_lines(record, lang),
        exam_id=analysis.exam_id,
    )
    edited = apply(report, edits)
    if signed is None:
        return edited
    # Who signed stands there, whatever was written before.
    return replace(
        edited,
        physician=replace(edited.physician, value=signed.name),
        signed_on=replace(edited.signed_on, value=f"{signed.at.astimezone():%Y-%m-%d %H:%M}"),
        reviewed=replace(edited.reviewed, value=CHECKED),
    )


def _choice(name: str, lang: str) -> FormField:
    qualities = ("", NOT_STATED), *((q, text(f"report.quality.{q}", lang)) for q in QUALITIES)
    return _field(name, text("report.quality", lang), kind=FieldKind.CHOICE, options=qualities)


def _shown(
    pictures: Sequence[tuple[str, NDArray[np.uint8]]], section: Section, template: ReportTemplate
) -> tuple[Picture, ...]:
    if not template.shows(section):
        return ()
    return tuple(_picture(caption, pixels) for caption, pixels in pictures)


def _wall_motion(final: Analysis, lang: str) -> Picture | None:
    measured = next((m for m in final.measurements if m.id == "wall_motion"), None)
    drawn = None if measured is None else bullseye(measured, lang)
    return None if drawn is None else _picture(*drawn)
