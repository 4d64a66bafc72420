"""The head of the first page, the running head of the others, and the foot of all."""

from core.language import text
from core.report.document import FormField, Report
from core.report.flow import cut
from core.report.fonts import Line, fit, leading, width, wrap
from core.report.sheet import (
    FIELD_PAD,
    HAIRLINE,
    INK,
    LEFT,
    NAVY,
    OPEN,
    PAGE_HEIGHT,
    QUIET,
    RIGHT,
    SIGNED,
    TINT,
    TOP,
    WHITE,
    WIDTH,
    Box,
    Fill,
    Image,
    Mark,
    Sheet,
    Words,
    field_height,
    stacked,
    widget,
)

# Each row: fields and their widths in mm; a row fills the page's width.
_ROWS: tuple[tuple[tuple[str, float], ...], ...] = (
    (
        ("header.patient_name", 66.0),
        ("header.patient_id", 50.0),
        ("header.sex", 24.0),
        ("header.birth_date", 38.0),
    ),
    (
        ("header.height", 28.0),
        ("header.weight", 28.0),
        ("header.bsa", 36.0),
        ("header.rhythm", 48.0),
        ("header.exam_date", 38.0),
    ),
    (
        ("header.exam_id", 48.0),
        ("header.accession", 40.0),
        ("header.referring", 52.0),
        ("study_quality", 38.0),
    ),
)
_EXTRA_IN_ROW = 3
_LOGO = (36.0, 15.0)  # at most, mm
_LABEL = 6.8
_VALUE = 9.6
_SMALL = 7.6


def _logo(sheet: Sheet, report: Report) -> float:
    """Puts the logo at the top left; the room that it takes, mm."""
    if report.logo is None:
        return 0.0
    height, width = report.logo.shape[:2]
    scale = min(_LOGO[0] / width, _LOGO[1] / height)
    box = Box(x=LEFT, y=sheet.y, w=width * scale, h=height * scale)
    sheet.put(Image(box=box, index=len(report.all_pictures) - 1))
    return box.w + 4.0


def _title(sheet: Sheet, report: Report) -> None:
    top = sheet.y
    indent = _logo(sheet, report)
    room = WIDTH - 58.0 - indent
    size, lines = fit(report.hospital.value, room - 2 * FIELD_PAD, 13.0, smallest=8.0)
    x = LEFT + indent - FIELD_PAD
    box = Box(x=x, y=sheet.y, w=room, h=field_height(len(lines), size))
    sheet.put(widget(report.hospital, box, lines, size, colour=INK, bold=True))
    date = report.report_date
    sheet.put(
        Words(
            x=RIGHT - width(date, _SMALL),
            y=sheet.y + box.h - leading(_SMALL) - FIELD_PAD,
            text=date,
            size=_SMALL,
            colour=QUIET,
        )
    )
    sheet.y += box.h
    under = report.address
    if not report.hospital.value:
        under = report.hospital.label
        sheet.put(Fill(box=Box(x=x, y=sheet.y, w=room, h=0.2), colour=HAIRLINE))
    if under:
        lines = cut(wrap(under, WIDTH - indent, _LABEL), 2)
        sheet.put(*stacked(lines, x=LEFT + indent, y=sheet.y, size=_LABEL, colour=QUIET))
        sheet.y += len(lines) * leading(_LABEL)
    if indent:
        sheet.y = max(sheet.y, top + _LOGO[1])
    sheet.y += 0.8
    size = 19.0
    sheet.put(Words(x=LEFT, y=sheet.y, text=report.title, size=size, colour=NAVY, bold=True))
    sheet.y += leading(size) + 1.4
    sheet.put(Fill(box=Box(x=LEFT, y=sheet.y, w=WIDTH, h=0.8), colour=NAVY))
    sheet.y += 2.0
    colour = SIGNED if report.signed else OPEN
    for line in report.status_lines:
        sheet.words(wrap(line, WIDTH, _SMALL), size=_SMALL, colour=colour, bold=True)
    sheet.y += 0.8


def _rows(fields: dict[str, FormField]) -> list[list[tuple[str, float]]]:
    """The rows of the patient block as far as the hospital wants them, each as wide as the page."""
    rows = [[cell for cell in row if cell[0] in fields] for row in _ROWS]
    placed = {name for row in _ROWS for name, _ in row}
    extra = [name for name in fields if name not in placed]
    for first in range(0, len(extra), _EXTRA_IN_ROW):
        rows.append([(name, 1.0) for name in extra[first : first + _EXTRA_IN_ROW]])
    return [[(name, w * WIDTH / sum(w for _, w in row)) for name, w in row] for row in rows if row]


def _cells(sheet: Sheet, fields: dict[str, FormField]) -> None:
    for row in _rows(fields):
        placed: list[tuple[FormField, float, float, float, tuple[Line, ...]]] = []
        x = LEFT
        for name, w in row:
            size, lines = fit(fields[name].shown, w - 2.4 - 2 * FIELD_PAD, _VALUE, smallest=6.5)
            placed.append((fields[name], x, w, size, lines))
            x += w
        inner = max(field_height(len(lines), size) for *_, size, lines in placed)
        inner = max(inner, field_height(1, _VALUE))
        height = leading(_LABEL) + inner + 1.3
        sheet.put(Fill(box=Box(x=LEFT, y=sheet.y, w=WIDTH, h=height), colour=TINT))
        sheet.put(Fill(box=Box(x=LEFT, y=sheet.y + height, w=WIDTH, h=0.3), colour=WHITE))
        for field, x, w, size, lines in placed:
            sheet.put(
                Words(
                    x=x + 1.2 + FIELD_PAD,
                    y=sheet.y + 0.7,
                    text=field.label,
                    size=_LABEL,
                    colour=QUIET,
                )
            )
            box = Box(x=x + 1.2, y=sheet.y + 0.7 + leading(_LABEL), w=w - 2.4, h=inner)
            sheet.put(widget(field, box, lines, size))
        sheet.y += height + 0.3


def head(sheet: Sheet, report: Report) -> None:
    """Hospital, title, status, patient block and the views' line, on the first page."""
    _title(sheet, report)
    fields = {field.name: field for field in (*report.header, report.quality)}
    _cells(sheet, fields)
    sheet.y += 1.2
    sheet.words(wrap(report.views, WIDTH, _SMALL), size=_SMALL, colour=QUIET)


def running_head(report: Report) -> tuple[Mark, ...]:
    """Title, patient and number, at the head of each page after the first.

    They are the same fields as on the first page, shown once more: a change there is seen here.
    """
    fields = {field.name: field for field in report.header}
    size = 8.6
    marks: list[Mark] = [
        Words(x=LEFT, y=TOP + 0.5, text=report.title, size=size, colour=NAVY, bold=True)
    ]
    height = field_height(1, size)
    for name, x, w in (("header.patient_name", 92.0, 62.0), ("header.patient_id", 156.0, 38.0)):
        limit = w - 2 * FIELD_PAD
        smaller, lines = fit(fields[name].value, limit, size, smallest=6.0)
        if len(lines) > 1:
            lines = cut(wrap(fields[name].value, limit - 1.5, smaller), 1)
        marks.append(
            widget(fields[name], Box(x=x, y=TOP, w=w, h=height), lines, smaller, right=True)
        )
    marks.append(Fill(box=Box(x=LEFT, y=TOP + height + 0.6, w=WIDTH, h=0.35), colour=NAVY))
    return tuple(marks)


def foot(report: Report, page: int, pages: int) -> tuple[Mark, ...]:
    """The disclaimer, how far the report is, and the page's number, under a hairline."""
    y = PAGE_HEIGHT - 14.5
    number = text("report.page", report.lang, page=page, pages=pages)
    state = text(
        "report.state.foot",
        report.lang,
        state=text(f"report.state.{report.status}", report.lang),
        version=report.version,
    )
    return (
        Fill(box=Box(x=LEFT, y=y, w=WIDTH, h=0.2), colour=HAIRLINE),
        Words(x=LEFT, y=y + 1.4, text=report.disclaimer, size=_SMALL, colour=QUIET, bold=True),
        Words(
            x=(LEFT + RIGHT - width(state, _SMALL)) / 2 + 8.0,
            y=y + 1.4,
            text=state,
            size=_SMALL,
            colour=SIGNED if report.signed else OPEN,
        ),
        Words(x=RIGHT - width(number, _SMALL), y=y + 1.4, text=number, size=_SMALL, colour=QUIET),
    )


def signature(sheet: Sheet, report: Report, *, keep: float) -> None:
    """Check box, physician, signature line and date, and `keep` mm after them, on one page."""
    box_size = 4.2
    line_height = 13.0
    sheet.y += 3.0
    sheet.need(box_size + 3.0 + line_height + keep)
    tick = Box(x=LEFT, y=sheet.y, w=box_size, h=box_size)
    sheet.put(Fill(box=tick, colour=WHITE, edge=QUIET))
    sheet.put(widget(report.reviewed, tick, (), _VALUE))
    sheet.put(Words(x=LEFT + box_size + 2.0, y=sheet.y, text=report.reviewed.label, size=9.0))
    sheet.y += box_size + 3.0
    label = text("report.signature", report.lang)
    columns = ((report.physician, LEFT, 66.0), (None, LEFT + 70.0, 66.0))
    for field, x, w in (*columns, (report.signed_on, LEFT + 140.0, 38.0)):
        rule = sheet.y + line_height - leading(_LABEL) - 0.8
        sheet.put(Fill(box=Box(x=x, y=rule, w=w, h=0.25), colour=QUIET))
        shown = label if field is None else field.label
        sheet.put(*stacked(wrap(shown, w, _LABEL), x=x, y=rule + 0.7, size=_LABEL, colour=QUIET))
        if field is None:
            continue
        size, lines = fit(field.value, w - 2 * FIELD_PAD, _VALUE, smallest=6.0)
        lines = cut(lines, 2)
        height = max(field_height(len(lines), size), field_height(1, _VALUE))
        sheet.put(widget(field, Box(x=x, y=rule - height, w=w, h=height), lines, size))
    sheet.y += line_height
