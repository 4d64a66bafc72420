"""The table of measurements on the page."""

from collections.abc import Iterable

from core.domain import Severity
from core.language import text
from core.report.assess import UNVERIFIED
from core.report.document import MeasurementGroup, MeasurementRow, Report
from core.report.flow import cut, section
from core.report.fonts import Line, fit, ideographic, leading, width, wrap
from core.report.sheet import (
    FIELD_PAD,
    HAIRLINE,
    INK,
    LEFT,
    NAVY,
    QUIET,
    TINT,
    WIDTH,
    Box,
    Colour,
    Fill,
    Sheet,
    Words,
    field_height,
    stacked,
    widget,
)

SEVERITY_COLOUR: dict[Severity | None, Colour] = {
    None: INK,
    Severity.INFO: INK,
    Severity.MILD: (146, 92, 0),
    Severity.MODERATE: (186, 66, 0),
    Severity.SEVERE: (176, 20, 34),
}
DOUBT = SEVERITY_COLOUR[Severity.MILD]
_SIZE = 8.6
_SMALL = 7.2
_MOST_LINES = 5
_GAP = 2.0
# Widths in mm; they add up to the page's width.
_COLUMNS = {
    "name": 44.0,
    "value": 16.0,
    "unit": 15.0,
    "interval": 20.0,
    "normal": 25.0,
    "assessment": 36.0,
    "method": 22.0,
}


def _edges() -> dict[str, tuple[float, float]]:
    edges = {}
    x = LEFT
    for name, w in _COLUMNS.items():
        edges[name] = (x, w)
        x += w
    return edges


_AT = _edges()


def _head(sheet: Sheet, lang: str) -> None:
    size = _SMALL
    height = leading(size) + 1.8
    sheet.put(Fill(box=Box(x=LEFT, y=sheet.y, w=WIDTH, h=height), colour=TINT))
    for name, (x, w) in _AT.items():
        title = text(f"report.column.{name}", lang)
        size, _ = fit(title, w - _GAP, _SMALL, smallest=5.0)
        at = x + w - FIELD_PAD - width(title, size) if name == "value" else x + 1.0
        sheet.put(Words(x=at, y=sheet.y + 0.9, text=title, size=size, colour=NAVY, bold=True))
    sheet.y += height


def _cell(value: str, column: str, size: float) -> tuple[Line, ...]:
    return cut(wrap(value, _AT[column][1] - _GAP, size), _MOST_LINES)


def _row_parts(row: MeasurementRow, lang: str) -> dict[str, tuple[float, tuple[Line, ...]]]:
    method = " · ".join(
        part
        for part in (text("report.status.edited", lang) if row.edited else "", row.method)
        if part
    )
    sizes = {
        "name": (row.field.label, _SIZE),
        "unit": (row.unit, _SMALL + 0.6),
        "interval": (row.interval, _SIZE),
        "normal": (row.normal, _SMALL + 0.6),
        "assessment": (row.assessment, _SMALL + 0.6),
        "method": (method, _SMALL - 0.6),
    }
    return {name: (size, _cell(value, name, size)) for name, (value, size) in sizes.items()}


def _note(row: MeasurementRow) -> tuple[Line, ...]:
    return cut(wrap(row.note, WIDTH - 4.0, _SMALL), _MOST_LINES) if row.note else ()


def _row_height(row: MeasurementRow, lang: str) -> float:
    return _values_height(row, lang) + len(_note(row)) * leading(_SMALL)


def _values_height(row: MeasurementRow, lang: str) -> float:
    tallest = max(len(lines) * leading(size) for size, lines in _row_parts(row, lang).values())
    size, lines = fit(row.field.value, _AT["value"][1] - 2 * FIELD_PAD, _SIZE, smallest=6.0)
    return max(tallest + 1.5, field_height(len(lines), size) + 0.3)


def _row(sheet: Sheet, row: MeasurementRow, lang: str) -> None:
    height = _values_height(row, lang)
    colour = SEVERITY_COLOUR[row.severity]
    top = sheet.y + 0.75
    # One weight for the whole cell: small Chinese has no bold.
    bold = row.abnormal and not any(map(ideographic, row.assessment))
    for name, (size, lines) in _row_parts(row, lang).items():
        quiet = name in ("interval", "normal", "method")
        for mark in stacked(lines, x=_AT[name][0] + 1.0, y=top, size=size):
            sheet.put(
                Words(
                    x=mark.x,
                    # Smaller type sits on the same first baseline as the name.
                    y=mark.y + (leading(_SIZE) - leading(size)) * 0.8,
                    text=mark.text,
                    size=size,
                    colour=colour if name == "assessment" else QUIET if quiet else INK,
                    bold=name == "assessment" and bold,
                )
            )
    x, w = _AT["value"]
    size, lines = fit(row.field.value, w - 2 * FIELD_PAD, _SIZE, smallest=6.0)
    box = Box(x=x, y=sheet.y + 0.05, w=w, h=max(field_height(len(lines), size), height - 0.3))
    if len(lines) == 1:
        box = Box(x=x, y=top - FIELD_PAD, w=w, h=field_height(1, _SIZE))
    sheet.put(widget(row.field, box, lines, size, colour=colour, right=True, bold=row.abnormal))
    sheet.y += height
    note = _note(row)
    sheet.put(*stacked(note, x=LEFT + 3.0, y=sheet.y - 0.6, size=_SMALL, colour=DOUBT))
    sheet.y += len(note) * leading(_SMALL)
    sheet.put(Fill(box=Box(x=LEFT, y=sheet.y - 0.1, w=WIDTH, h=0.12), colour=HAIRLINE))


def _group(sheet: Sheet, title: str) -> None:
    sheet.y += 1.3
    sheet.put(Words(x=LEFT + 1.0, y=sheet.y, text=title, size=_SIZE, colour=NAVY, bold=True))
    sheet.y += leading(_SIZE) + 0.5
    sheet.put(Fill(box=Box(x=LEFT, y=sheet.y - 0.2, w=WIDTH, h=0.2), colour=HAIRLINE))


def _missing(groups: Iterable[MeasurementGroup], lang: str) -> str:
    by_reason: dict[str, list[str]] = {}
    for group in groups:
        for row in group.rows:
            if not row.field.value:
                by_reason.setdefault(row.missing, []).append(row.field.label)
    return text("report.group_joiner", lang).join(
        text(
            "report.not_measured.group",
            lang,
            names=text("report.joiner", lang).join(dict.fromkeys(names)),
            reason=reason,
        )
        for reason, names in by_reason.items()
    )


def table(sheet: Sheet, report: Report) -> None:
    """All values by structure; after them, quietly, what was not measured and the sources."""
    lang = report.lang
    title_height = leading(_SIZE) + 1.8
    section(sheet, text("report.section.measurements", lang), keep=22.0)
    shown = [
        (group.title, [row for row in group.rows if row.field.value]) for group in report.groups
    ]
    shown = [(title, rows) for title, rows in shown if rows]
    if shown:
        _head(sheet, lang)
    else:
        none = wrap(text("report.no_values", lang), WIDTH, _SIZE)
        sheet.words(none, size=_SIZE, colour=QUIET)
    for title, rows in shown:
        for order, row in enumerate(rows):
            height = _row_height(row, lang)
            if sheet.need(height + (title_height if order == 0 else 0.0)):
                _head(sheet, lang)
                if order:
                    _group(sheet, text("report.continued", lang, title=title))
            if order == 0:
                _group(sheet, title)
            _row(sheet, row, lang)
    sheet.y += 1.2
    missing = _missing(report.groups, lang)
    if missing:
        words = text("report.not_measured", lang, groups=missing)
        sheet.words(wrap(words, WIDTH, _SMALL), size=_SMALL, colour=QUIET)
    if any(UNVERIFIED in row.normal + row.assessment for _, rows in shown for row in rows):
        words = text("report.unverified", lang)
        sheet.words(wrap(words, WIDTH, _SMALL), size=_SMALL, colour=QUIET)
    if report.references:
        sources = text("report.group_joiner", lang).join(report.references)
        words = text("report.normal_sources", lang, sources=sources)
        sheet.words(wrap(words, WIDTH, _SMALL), size=_SMALL, colour=QUIET)
