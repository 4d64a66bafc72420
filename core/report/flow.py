"""Pieces that several parts of the page share: section titles, cut cells, long text fields."""

from collections.abc import Sequence

from core.language import text
from core.report.document import FieldKind, FormField
from core.report.fonts import Line, leading, wrap
from core.report.sheet import (
    FIELD_PAD,
    HAIRLINE,
    INK,
    LEFT,
    NAVY,
    WHITE,
    WIDTH,
    Box,
    Colour,
    Fill,
    Sheet,
    Widget,
    Words,
    field_height,
)

SECTION_SIZE = 11.0
# A long text begins on the page only where so many of its lines find room there.
KEPT_LINES = 5


def section(sheet: Sheet, title: str, *, keep: float) -> None:
    """A section's title with a rule under it, on the same page as the `keep` mm after it."""
    height = leading(SECTION_SIZE) + 2.2
    if not sheet.fresh:
        sheet.y += 3.6
    sheet.need(height + keep)
    sheet.put(Words(x=LEFT, y=sheet.y, text=title, size=SECTION_SIZE, colour=NAVY, bold=True))
    rule = sheet.y + leading(SECTION_SIZE) + 0.4
    sheet.put(Fill(box=Box(x=LEFT, y=rule, w=WIDTH, h=0.35), colour=NAVY))
    sheet.y += height


def cut(lines: Sequence[Line], most: int) -> tuple[Line, ...]:
    """At most `most` lines; the last ends in "…" where more were there."""
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    return (*lines[: most - 1], Line(last.text[:-1] + "…", last.start, last.end))


def long_field(
    sheet: Sheet,
    field: FormField,
    *,
    lang: str,
    x: float,
    w: float,
    size: float,
    least: int = 1,
    colour: Colour = INK,
    framed: bool = False,
) -> None:
    """A multi-line field from the cursor on, at least `least` lines high.

    Text that is longer than the page goes on in fields of the pages after it, named
    `continued.<name>.2`, `.3` ...; their values join to the field's.
    """
    lines = wrap(field.value, w - 2 * FIELD_PAD, size)
    sheet.need(field_height(min(max(least, len(lines)), KEPT_LINES), size))
    part = 1
    while lines:
        room = max(1, int((sheet.room - 2 * FIELD_PAD) / leading(size) + 1e-6))
        here, lines = lines[:room], lines[room:]
        high = min(max(len(here), least if part == 1 else 1), room)
        box = Box(x=x, y=sheet.y, w=w, h=field_height(high, size))
        if framed:
            sheet.put(Fill(box=box, colour=WHITE, edge=HAIRLINE))
        sheet.put(
            Widget(
                name=field.name if part == 1 else f"continued.{field.name}.{part}",
                kind=FieldKind.MULTILINE,
                tooltip=field.tooltip
                if part == 1
                else text("report.tip.continued", lang, tooltip=field.tooltip, part=part),
                options=(),
                value=field.value[here[0].start : here[-1].end],
                box=box,
                lines=tuple(line.text for line in here),
                size=size,
                colour=colour,
            )
        )
        sheet.y += box.h
        if lines:
            sheet.turn()
            part += 1
