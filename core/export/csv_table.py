"""The measurements as a table for a spreadsheet."""

import csv
import io

from core.export.exam import ExportExam, Value
from core.export.sr.measured import coding
from core.language import catalogue as language_catalogue
from core.language import text
from core.measurement.catalogue import catalogue
from core.report.table import measurement_name

COLUMNS = (
    "exam", "id", "name_en", "name_zh", "value", "unit", "low_90", "high_90", "status",
    "measured_value", "method", "code_scheme", "code", "code_meaning", "ucum", "grade",
    "reference", "clip", "view", "mode", "frames", "reason",
)  # fmt: skip


def csv_bytes(exam: ExportExam) -> bytes:
    """One row a measurement of the catalogue, missing ones too, as UTF-8.

    A byte order mark lets spreadsheets read the Chinese names. `value` is the report's,
    `measured_value` the machine's where a doctor changed it.
    """
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(COLUMNS)
    for value in exam.values:
        table.writerow([_safe(cell) for cell in _row(exam, value)])
    return b"\xef\xbb\xbf" + lines.getvalue().encode("utf-8")


def _row(exam: ExportExam, value: Value) -> list[str]:
    final = value.final
    low, high = final.interval or (None, None)
    clip = exam.clip(final.clip)
    facts = next((c for c in exam.analysis.clips if c.id == final.clip), None)
    codes = coding(exam, value) if final.value is not None else None
    known = final.id in catalogue()
    return [
        exam.id,
        final.id,
        measurement_name(final.id, "en"),
        measurement_name(final.id, "zh") if known else "",
        _number(final.value),
        final.unit,
        _number(low),
        _number(high),
        final.status.value,
        _number(value.machine.value) if value.changed else "",
        "" if final.value is None else final.method,
        "" if codes is None else codes.code.scheme_designator,
        "" if codes is None else codes.code.value,
        "" if codes is None else codes.code.meaning,
        "" if codes is None else codes.unit.value,
        final.grade or "",
        final.reference or "",
        "" if clip is None and facts is None else final.clip or "",
        "" if facts is None else facts.recognition.view.label.value,
        "" if facts is None else facts.recognition.mode.value,
        ";".join(str(frame) for frame in final.frames),
        value.words or _readable(final.reason),
    ]


def _readable(reason: str | None) -> str:
    return text(reason, "en") if reason in language_catalogue() else reason or ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not _is_number(cell)):
        return f"'{cell}"
    return cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
