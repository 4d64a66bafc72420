"""Draws pages of marks with fpdf2, and each field's appearance on a scratch page after them."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import numpy as np
from fpdf import FPDF
from fpdf.enums import TextMode
from numpy.typing import NDArray

from core.report.document import FieldKind
from core.report.fonts import (
    FONT_NUMBER,
    FONT_PATH,
    MM_PER_PT,
    baseline,
    drawable,
    ideographic,
    leading,
    width,
)
from core.report.pictures import jpeg
from core.report.sheet import (
    FIELD_PAD,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Colour,
    Fill,
    Image,
    Page,
    Widget,
    Words,
)

_FONT = "report"
# Of the size: the typeface comes in one weight, so a bold letter is one with a stroke around it.
_BOLD_STROKE = 0.032

# Below this size (points) a stroke would close the small spaces of Chinese characters.
_BOLD_CHINESE = 10.0


@contextmanager
def _weight(pdf: FPDF, size: float, *, bold: bool) -> Iterator[None]:
    if not bold:
        yield
        return
    with pdf.local_context(
        text_mode=TextMode.FILL_STROKE, line_width=size * _BOLD_STROKE * MM_PER_PT
    ):
        yield


def _text(
    pdf: FPDF, x: float, y: float, text: str, size: float, colour: Colour, *, bold: bool
) -> None:
    if not text.strip():
        return
    pdf.set_font(_FONT, size=size)
    pdf.set_text_color(*colour)
    pdf.set_draw_color(*colour)
    bold = bold and (size >= _BOLD_CHINESE or not any(map(ideographic, text)))
    with _weight(pdf, size, bold=bold):
        pdf.text(x, y + baseline(size), drawable(text))


def _fill(pdf: FPDF, mark: Fill) -> None:
    pdf.set_fill_color(*mark.colour)
    if mark.edge is not None:
        pdf.set_draw_color(*mark.edge)
        pdf.set_line_width(0.2)
    box = mark.box
    pdf.rect(box.x, box.y, box.w, box.h, style="F" if mark.edge is None else "DF")


def _appearance(pdf: FPDF, widget: Widget) -> None:
    """The widget as it is first seen, on a page of its size; a check box as it is when ticked."""
    box = widget.box
    pdf.add_page(format=(box.w, box.h))
    if widget.kind is FieldKind.CHECK:
        pdf.set_draw_color(*widget.colour)
        pdf.set_line_width(box.h * 0.13)
        corners = ((0.22, 0.52), (0.42, 0.74), (0.80, 0.24))
        pdf.polyline([(x * box.w, y * box.h) for x, y in corners])
        return
    multiline = widget.kind is FieldKind.MULTILINE
    height = leading(widget.size)
    y = FIELD_PAD if multiline else (box.h - height) / 2
    for line in widget.lines:
        x = box.w - FIELD_PAD - width(line, widget.size) if widget.right else FIELD_PAD
        _text(pdf, x, y, line, widget.size, widget.colour, bold=widget.bold)
        y += height


def draw(
    pages: Sequence[Page],
    *,
    pictures: Sequence[NDArray[np.uint8]],
    title: str,
    lang: str,
    created: datetime,
) -> tuple[bytes, tuple[tuple[int, Widget], ...]]:
    """Draw `pages`; after them one scratch page a widget, in order.

    Returns:
        The PDF, and each widget with the number (from 0) of the page that it stands on.
    """
    pdf = FPDF(unit="mm", format=(PAGE_WIDTH, PAGE_HEIGHT))
    pdf.set_margin(0)
    pdf.set_auto_page_break(False)
    pdf.set_title(title)
    pdf.set_lang({"zh": "zh-CN"}.get(lang, lang))
    pdf.set_creator("EchoLab")
    pdf.set_creation_date(created)
    pdf.add_font(_FONT, "", FONT_PATH, collection_font_number=FONT_NUMBER)
    widgets: list[tuple[int, Widget]] = []
    for number, page in enumerate(pages):
        pdf.add_page()
        for mark in page.marks:
            if isinstance(mark, Words):
                _text(pdf, mark.x, mark.y, mark.text, mark.size, mark.colour, bold=mark.bold)
            elif isinstance(mark, Fill):
                _fill(pdf, mark)
            elif isinstance(mark, Image):
                box = mark.box
                source = io.BytesIO(jpeg(pictures[mark.index]))
                pdf.image(source, box.x, box.y, box.w, box.h)
            else:
                widgets.append((number, mark))
    for _, widget in widgets:
        _appearance(pdf, widget)
    return bytes(pdf.output()), tuple(widgets)
