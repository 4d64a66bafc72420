"""Measured values and findings with the doctor's corrections over them; pure functions."""

from dataclasses import replace
from math import isfinite

from core.analysis.analysis import Analysis
from core.domain import Finding, Measurement, MeasurementStatus, Patient
from core.measurement.catalogue import catalogue
from core.measurement.reasons import Reason
from core.report.assess import as_number
from core.report.edits import ReportEdits
from core.report.findings import find, in_order
from core.report.fonts import plain
from core.report.ranges import with_references
from core.report.rhythm import Rhythm, rhythm_of
from core.report.table import field_names, number

BY_HAND = "set by hand"


def final_patient(patient: Patient, edits: ReportEdits) -> Patient:
    """The patient with what the doctor wrote in the head of the report.

    A height or weight that is no number leaves what was known; sex decides the normal ranges, body
    size the indexed ones.
    """
    words = {
        name.removeprefix("header."): plain(value).strip()
        for name, value in edits.values.items()
        if name.startswith("header.")
    }
    given = {
        key: words[field]
        for key, field in (
            ("name", "patient_name"),
            ("patient_id", "patient_id"),
            ("birth_date", "birth_date"),
        )
        if field in words
    }
    sizes = {
        key: as_number(words[field]) if words[field] else None
        for key, field in (("height_cm", "height"), ("weight_kg", "weight"))
        if field in words and (not words[field] or (as_number(words[field]) or 0) > 0)
    }
    sex = {"sex": words["sex"] or None} if "sex" in words else {}
    return replace(patient, **given, **sizes, **sex)  # type: ignore[arg-type]


def final_analysis(analysis: Analysis, patient: Patient, edits: ReportEdits) -> Analysis:
    """The analysis with the doctor's values, and with findings that follow from them.

    Args:
        analysis: as measured.
        patient: as `final_patient` gives it.
        edits: of the report.
    """
    names = field_names("measurement", (m.id for m in analysis.measurements))
    measured = tuple(
        _by_hand(m, edits.values[name]) if name in edits.values else m
        for m, name in zip(analysis.measurements, names, strict=True)
    )
    rhythm = rhythm_of(edits.values.get("header.rhythm", ""))
    changed = {
        new.id for old, new in zip(analysis.measurements, measured, strict=True) if new is not old
    }
    findings = _findings(analysis, measured, patient, rhythm, changed)
    return replace(
        analysis,
        patient=patient,
        measurements=with_references(measured, patient)
        if changed or _other_body(analysis.patient, patient)
        else measured,
        findings=tuple(_in_words(findings, edits)),
    )


def _by_hand(item: Measurement, words: str) -> Measurement:
    words = " ".join(plain(words).split())
    shown = "" if item.value is None else number(item.value, item.unit)
    if words == shown:
        return item
    entry = catalogue().get(item.id)
    value = as_number(words)
    by_hand = replace(
        item,
        interval=None,
        points=(),
        parts=(),
        grade=None,
        code=entry.own_code if entry else None,
    )
    if value is None or not isfinite(value) or value < 0:
        # Words in the place of a value say why there is none; nothing says that a hand took it out.
        return replace(
            by_hand,
            value=None,
            status=MeasurementStatus.MISSING,
            reason=words or Reason.REJECTED.value,
        )
    return replace(
        by_hand,
        value=value,
        status=MeasurementStatus.EDITED,
        method=BY_HAND,
        origin="",
        reason=None,
    )


def _other_body(before: Patient, after: Patient) -> bool:
    def body(patient: Patient) -> tuple[object, ...]:
        return patient.sex, patient.height_cm, patient.weight_kg

    return body(before) != body(after)


def _findings(
    analysis: Analysis,
    measured: tuple[Measurement, ...],
    patient: Patient,
    rhythm: Rhythm | None,
    changed: set[str],
) -> tuple[Finding, ...]:
    """Those of the analysis, but new ones where what they rest on is no longer what it was."""
    if _other_body(analysis.patient, patient) or rhythm is not None:
        return find(measured, patient, rhythm=rhythm)
    if not changed:
        return analysis.findings
    now = find(measured, patient)
    holds = {f.id for f in now}
    held = {f.id for f in find(analysis.measurements, patient)}
    # One that no rule of this version made stays as it is.
    kept = [
        f
        for f in analysis.findings
        if changed.isdisjoint(f.because) and (f.id in holds or f.id not in held)
    ]
    ids = {f.id for f in kept}
    new = [
        f
        for f in now
        if f.id not in ids and (f.id not in held or not changed.isdisjoint(f.because))
    ]
    return in_order((*kept, *new))


def _in_words(findings: tuple[Finding, ...], edits: ReportEdits) -> list[Finding]:
    names = field_names("finding", (f.id for f in findings))
    final = []
    for finding, name in zip(findings, names, strict=True):
        words = edits.values.get(name)
        if words is None:
            final.append(finding)
        elif plain(words).strip():
            final.append(replace(finding, text=dict.fromkeys(finding.text, plain(words).rstrip())))
    return final
