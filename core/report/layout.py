"""From a `Report` to pages of marks: the order of the sections, the pictures, the findings."""

from core.domain import Severity
from core.language import text
from core.report.document import Report
from core.report.flow import KEPT_LINES, cut, long_field, section
from core.report.fonts import leading, wrap
from core.report.head import foot, head, running_head, signature
from core.report.sheet import (
    BLACK,
    FIELD_PAD,
    LEFT,
    NAVY,
    QUIET,
    WIDTH,
    Box,
    Fill,
    Image,
    Page,
    Sheet,
    Words,
    field_height,
    stacked,
)
from core.report.table_page import SEVERITY_COLOUR, table

# Pictures before the measurements; the others follow the signature.
FIRST_PICTURES = 6
_CAPTION = 7.6
_CAPTION_LINES = 3
_GAP = 3.0
_TEXT = 9.4
_BASIS = 7.0
_FINE = 6.6
_MARK = 19.0
_MOST_KEPT = 90.0  # mm; a longer finding may be parted by a page break


def _place(box: Box, height: int, width: int) -> Box:
    """The largest box of the picture's shape in the middle of `box`; never thinner than a line."""
    scale = min(box.w / width, box.h / height)
    w, h = max(width * scale, 0.3), max(height * scale, 0.3)
    return Box(x=box.x + (box.w - w) / 2, y=box.y + (box.h - h) / 2, w=w, h=h)


def _pictures(sheet: Sheet, report: Report, first: int, last: int, title: str) -> None:
    """Pictures `first` to `last` (half open) in rows of three, two or one."""
    count = last - first
    if count <= 0:
        return
    columns = min(count, 3)
    # One picture alone does not fill the page's width.
    w = 92.0 if count == 1 else (WIDTH - (columns - 1) * _GAP) / columns
    left = LEFT + (WIDTH - columns * w - (columns - 1) * _GAP) / 2
    h = w * 0.75
    captions = {
        index: cut(wrap(report.pictures[index].caption, w, _CAPTION), _CAPTION_LINES)
        for index in range(first, last)
    }
    under = {
        row: max(len(captions[index]) for index in range(row, min(row + columns, last)))
        * leading(_CAPTION)
        + 1.0
        for row in range(first, last, columns)
    }
    section(sheet, title, keep=h + under[first])
    for row, below in under.items():
        sheet.need(h + below)
        for index in range(row, min(row + columns, last)):
            x = left + (index - row) * (w + _GAP)
            frame = Box(x=x, y=sheet.y, w=w, h=h)
            height, width = report.pictures[index].pixels.shape[:2]
            sheet.put(Fill(box=frame, colour=BLACK))
            # Viewers round a picture's edge outwards: it stays inside of its frame.
            inside = Box(x=x + 0.2, y=sheet.y + 0.2, w=w - 0.4, h=h - 0.4)
            sheet.put(Image(box=_place(inside, height, width), index=index))
            sheet.put(
                *stacked(captions[index], x=x, y=sheet.y + h + 0.8, size=_CAPTION, colour=QUIET)
            )
        sheet.y += h + below + 1.6


def _findings(sheet: Sheet, report: Report) -> None:
    lang = report.lang
    section(sheet, text("report.section.findings", lang), keep=field_height(KEPT_LINES, _TEXT))
    if not report.findings:
        none = wrap(text("report.no_findings", lang), WIDTH, _TEXT)
        sheet.words(none, size=_TEXT, colour=QUIET)
        sheet.y += 1.0
    for row in report.findings:
        colour = NAVY if row.severity is Severity.INFO else SEVERITY_COLOUR[row.severity]
        x, w = LEFT + _MARK, WIDTH - _MARK
        basis = cut(wrap(row.basis, w - 2.0, _BASIS), 6)
        lines = wrap(row.field.value, w - 2 * FIELD_PAD, _TEXT)
        whole = field_height(len(lines), _TEXT) + len(basis) * leading(_BASIS)
        sheet.need(whole if whole < _MOST_KEPT else field_height(KEPT_LINES, _TEXT))
        sheet.put(
            Fill(box=Box(x=LEFT, y=sheet.y + 0.9, w=0.9, h=leading(_TEXT) - 0.6), colour=colour),
            Words(
                x=LEFT + 2.2,
                y=sheet.y + 1.0,
                text=row.severity_text,
                size=_TEXT - 1.2,
                colour=colour,
                bold=True,
            ),
        )
        long_field(sheet, row.field, lang=lang, x=x, w=w, size=_TEXT)
        sheet.words(basis, size=_BASIS, x=x + 0.7, colour=QUIET)
        sheet.y += 1.4
    sheet.need(leading(_CAPTION) + 0.4 + field_height(KEPT_LINES, _TEXT))
    label = wrap(report.notes.label, WIDTH, _CAPTION)
    sheet.words(label, size=_CAPTION, colour=QUIET)
    sheet.y += 0.4
    long_field(sheet, report.notes, lang=lang, x=LEFT, w=WIDTH, size=_TEXT, least=2, framed=True)


def compose(report: Report) -> tuple[Page, ...]:
    """The report's pages, A4, with heads and feet; no mark lies over another's text."""
    lang = report.lang
    sheet = Sheet(running=running_head(report))
    head(sheet, report)
    count = len(report.pictures)
    first = min(count, FIRST_PICTURES)
    _pictures(sheet, report, 0, first, text("report.section.pictures", lang))
    table(sheet, report)
    _findings(sheet, report)
    section(sheet, text("report.section.conclusion", lang), keep=24.0)
    long_field(
        sheet, report.conclusion, lang=lang, x=LEFT, w=WIDTH, size=10.2, least=4, framed=True
    )
    software = [part for line in report.software for part in wrap(line, WIDTH, _FINE)]
    signature(sheet, report, keep=min(3.0 + len(software) * leading(_FINE), 40.0))
    sheet.y += 3.0
    sheet.words(software, size=_FINE, colour=QUIET)
    if count > first:
        sheet.turn()
        _pictures(sheet, report, first, count, text("report.section.more_pictures", lang))
    total = len(sheet.pages)
    return tuple(
        Page((*marks, *foot(report, number, total)))
        for number, marks in enumerate(sheet.pages, start=1)
    )
