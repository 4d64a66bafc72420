"""From a `Report` to pages of marks: the order of the sections, and the findings."""

from core.domain import Severity
from core.language import text
from core.report.document import Report
from core.report.flow import KEPT_LINES, cut, long_field, section
from core.report.fonts import leading, wrap
from core.report.gallery import gallery
from core.report.head import foot, head, running_head, signature
from core.report.sheet import (
    FIELD_PAD,
    LEFT,
    NAVY,
    QUIET,
    WHITE,
    WIDTH,
    Box,
    Fill,
    Page,
    Sheet,
    Words,
    field_height,
)
from core.report.small_tables import comparison, derived, image_quality
from core.report.table_page import SEVERITY_COLOUR, table

# Pictures before the conclusion; the others follow the signature.
FIRST_PICTURES = 6
_CAPTION = 7.6
_TEXT = 9.4
_BASIS = 7.0
_FINE = 6.6
_MARK = 19.0
_MOST_KEPT = 90.0  # mm; a longer finding may be parted by a page break


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
    image_quality(sheet, report)
    table(sheet, report)
    derived(sheet, report)
    _findings(sheet, report)
    later = report.pictures[FIRST_PICTURES:]
    gallery(
        sheet,
        report.pictures[:FIRST_PICTURES],
        first=0,
        title=text("report.section.pictures", lang),
    )
    count = len(report.pictures)
    if report.wall_motion is not None:
        title = text("report.section.wall_motion", lang)
        gallery(sheet, (report.wall_motion,), first=count, title=title, ground=WHITE)
        count += 1
    title = text("report.section.strips", lang)
    gallery(sheet, report.strips, first=count, title=title, columns=2)
    comparison(sheet, report)
    section(sheet, text("report.section.conclusion", lang), keep=24.0)
    long_field(
        sheet, report.conclusion, lang=lang, x=LEFT, w=WIDTH, size=10.2, least=4, framed=True
    )
    software = [part for line in report.software for part in wrap(line, WIDTH, _FINE)]
    signature(sheet, report, keep=min(3.0 + len(software) * leading(_FINE), 40.0))
    sheet.y += 3.0
    sheet.words(software, size=_FINE, colour=QUIET)
    if later:
        sheet.turn()
        title = text("report.section.more_pictures", lang)
        gallery(sheet, later, first=FIRST_PICTURES, title=title)
    total = len(sheet.pages)
    return tuple(
        Page((*marks, *foot(report, number, total)))
        for number, marks in enumerate(sheet.pages, start=1)
    )
