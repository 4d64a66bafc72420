"""Tables that are only read: image quality, computed values, comparison."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain import Severity
from core.language import text
from core.report.document import Report
from core.report.flow import cut, section
from core.report.fonts import Line, fit, leading, wrap
from core.report.sheet import (
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
    stacked,
)
from core.report.table_page import SEVERITY_COLOUR

_SIZE = 8.4
_SMALL = 7.2
_MOST_LINES = 4
_GAP = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: id of its title, its part of the page's width, whether its words are quiet."""

    title: str
    part: float
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    words: str
    colour: Colour | None = None


def _edges(columns: Sequence[Column]) -> list[tuple[float, float]]:
    whole = sum(column.part for column in columns)
    edges, x = [], LEFT
    for column in columns:
        w = WIDTH * column.part / whole
        edges.append((x, w))
        x += w
    return edges


def _head(sheet: Sheet, columns: Sequence[Column], lang: str) -> None:
    height = leading(_SMALL) + 1.8
    sheet.put(Fill(box=Box(x=LEFT, y=sheet.y, w=WIDTH, h=height), colour=TINT))
    for column, (x, w) in zip(columns, _edges(columns), strict=True):
        title = text(f"report.column.{column.title}", lang)
        size, _ = fit(title, w - _GAP, _SMALL, smallest=5.0)
        sheet.put(Words(x=x + 1.0, y=sheet.y + 0.9, text=title, size=size, colour=NAVY, bold=True))
    sheet.y += height


def _table(
    sheet: Sheet, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], lang: str
) -> None:
    _head(sheet, columns, lang)
    edges = _edges(columns)
    for row in rows:
        placed: list[tuple[Sequence[Line], float, float, Colour]] = []
        for cell, column, (x, w) in zip(row, columns, edges, strict=True):
            size = _SMALL if column.quiet else _SIZE
            lines = cut(wrap(cell.words, w - _GAP, size), _MOST_LINES)
            placed.append((lines, x, size, cell.colour or (QUIET if column.quiet else INK)))
        height = max(len(words) * leading(size) for words, _, size, _ in placed) + 1.2
        if sheet.need(height):
            _head(sheet, columns, lang)
        for words, x, size, colour in placed:
            # Smaller type sits on the same first baseline.
            y = sheet.y + 0.6 + (leading(_SIZE) - leading(size)) * 0.8
            sheet.put(*stacked(words, x=x + 1.0, y=y, size=size, colour=colour))
        sheet.y += height
        sheet.put(Fill(box=Box(x=LEFT, y=sheet.y - 0.1, w=WIDTH, h=0.12), colour=HAIRLINE))


_QUALITY = (
    Column(title="view", part=3.0),
    Column(title="quality", part=1.0),
    Column(title="plane", part=5.0, quiet=True),
)
_DERIVED = (
    Column(title="name", part=3.0),
    Column(title="value", part=0.9),
    Column(title="unit", part=1.2),
    Column(title="normal", part=2.1, quiet=True),
    Column(title="assessment", part=2.2),
    Column(title="basis", part=3.6, quiet=True),
)
_COMPARISON = (
    Column(title="name", part=3.6),
    Column(title="before", part=1.1),
    Column(title="now", part=1.1),
    Column(title="unit", part=1.0, quiet=True),
    Column(title="change", part=1.8),
    Column(title="trend", part=3.2, quiet=True),
)


def image_quality(sheet: Sheet, report: Report) -> None:
    """The views with their quality; what was recognised, in a line under it."""
    lang = report.lang
    if not report.image_quality:
        return
    section(sheet, text("report.section.image_quality", lang), keep=12.0)
    doubt = SEVERITY_COLOUR[Severity.MILD]
    rows = [
        (
            Cell(words=clip.view),
            Cell(words=clip.quality),
            Cell(words=clip.plane, colour=None if clip.standard else doubt),
        )
        for clip in report.image_quality
    ]
    _table(sheet, _QUALITY, rows, lang)
    sheet.y += 1.0


def derived(sheet: Sheet, report: Report) -> None:
    """Computed values, from which measurements and by whose formula."""
    lang = report.lang
    if not report.derived:
        return
    section(sheet, text("report.section.derived", lang), keep=12.0)
    rows = [
        (
            Cell(words=row.name),
            Cell(words=row.value, colour=SEVERITY_COLOUR[row.severity]),
            Cell(words=row.unit),
            Cell(words=row.normal),
            Cell(words=row.assessment, colour=SEVERITY_COLOUR[row.severity]),
            Cell(words=row.basis),
        )
        for row in report.derived
    ]
    _table(sheet, _DERIVED, rows, lang)
    sheet.y += 1.0


def comparison(sheet: Sheet, report: Report) -> None:
    """Values then and now."""
    lang = report.lang
    if report.comparison is None:
        return
    section(sheet, text("report.section.comparison", lang), keep=16.0)
    sheet.words(wrap(report.comparison.title, WIDTH, _SMALL), size=_SMALL, colour=QUIET)
    sheet.y += 0.6
    rows = [
        tuple(
            Cell(words=words)
            for words in (row.name, row.before, row.now, row.unit, row.change, row.trend)
        )
        for row in report.comparison.rows
    ]
    _table(sheet, _COMPARISON, rows, lang)
    sheet.y += 1.0
