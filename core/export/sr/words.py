"""The report's words: findings, notes, values in words, quality, conclusion."""

from dataclasses import dataclass

from core.export.exam import ExportExam
from core.language import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Findings and conclusions as the report stands, each a text of its own."""

    findings: tuple[str, ...]
    conclusions: tuple[str, ...]


def words_of(exam: ExportExam) -> Words:
    """What the report says in words, the doctor's changes in it; nothing empty."""
    report = exam.report
    joiner = "：" if report.lang == "zh" else ": "
    rows = {row.id: row.field.label for row in report.rows()}
    findings = [
        *(row.field.value for row in report.findings),
        # A doctor may write words where a number stood; a NUM item cannot hold them.
        *(
            f"{rows.get(value.final.id, value.final.id)}{joiner}{value.words}"
            for value in exam.values
            if value.words
        ),
        report.notes.value,
    ]
    if report.quality.value:
        findings.append(f"{report.quality.label}{joiner}{report.quality.shown}")
    conclusions = [report.conclusion.value]
    if exam.signed is None:
        conclusions.append(text("export.preliminary", report.lang))
    return Words(
        findings=tuple(line for line in findings if line.strip()),
        conclusions=tuple(line for line in conclusions if line.strip()),
    )
