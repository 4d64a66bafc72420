"""Draws pages of marks with fpdf2, and each field's appearance on a scratch page after them."""

import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import numpy as np
from fpdf import FPDF
from fpdf.enums import TextMode
from numpy.typing import NDArray

from core.report.document import CHECKED, FieldKind
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

_WRITTEN = re.compile(rb'(xmp:(?:Modify|Metadata)Date=")[-+:T0-9]{25}(?=")')
_IDENTIFIER = re.compile(rb"/ID \[<[0-9A-F]{32}><[0-9A-F]{32}>\]")


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


def _appearance(pdf: FPDF, widget: Widget, *, x: float, y: float) -> None:
    """The widget as it is first seen, with its corner at (x, y) mm; a check box as it is ticked."""
    box = widget.box
    if widget.kind is FieldKind.CHECK:
        pdf.set_draw_color(*widget.colour)
        pdf.set_line_width(box.h * 0.13)
        corners = ((0.22, 0.52), (0.42, 0.74), (0.80, 0.24))
        pdf.polyline([(x + a * box.w, y + b * box.h) for a, b in corners])
        return
    multiline = widget.kind is FieldKind.MULTILINE
    height = leading(widget.size)
    y += FIELD_PAD if multiline else (box.h - height) / 2
    for line in widget.lines:
        indent = box.w - FIELD_PAD - width(line, widget.size) if widget.right else FIELD_PAD
        _text(pdf, x + indent, y, line, widget.size, widget.colour, bold=widget.bold)
        y += height


def _sheets(*, title: str, lang: str, created: datetime, archival: bool) -> FPDF:
    pdf = FPDF(
        unit="mm",
        format=(PAGE_WIDTH, PAGE_HEIGHT),
        enforce_compliance="PDF/A-2U" if archival else None,
    )
    pdf.set_margin(0)
    pdf.set_auto_page_break(False)
    pdf.set_title(title)
    pdf.set_lang({"zh": "zh-CN"}.get(lang, lang))
    pdf.set_creator("EchoLab")
    pdf.set_creation_date(created)
    pdf.add_font(_FONT, "", FONT_PATH, collection_font_number=FONT_NUMBER)
    return pdf


def _marks(pdf: FPDF, page: Page, pictures: Sequence[NDArray[np.uint8]]) -> Iterator[Widget]:
    """Draws all of a page but its fields, which it gives back in order."""
    pdf.add_page()
    for mark in page.marks:
        if isinstance(mark, Words):
            _text(pdf, mark.x, mark.y, mark.text, mark.size, mark.colour, bold=mark.bold)
        elif isinstance(mark, Fill):
            _fill(pdf, mark)
        elif isinstance(mark, Image):
            box = mark.box
            pdf.image(io.BytesIO(jpeg(pictures[mark.index])), box.x, box.y, box.w, box.h)
        else:
            yield mark


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
    pdf = _sheets(title=title, lang=lang, created=created, archival=False)
    widgets = tuple(
        (number, widget)
        for number, page in enumerate(pages)
        for widget in _marks(pdf, page, pictures)
    )
    for _, widget in widgets:
        pdf.add_page(format=(widget.box.w, widget.box.h))
        _appearance(pdf, widget, x=0.0, y=0.0)
    return bytes(pdf.output()), widgets


def draw_flat(
    pages: Sequence[Page],
    *,
    pictures: Sequence[NDArray[np.uint8]],
    title: str,
    lang: str,
    created: datetime,
) -> bytes:
    """Draw `pages` with what stands in their fields, as PDF/A-2u: nothing can be filled in."""
    pdf = _sheets(title=title, lang=lang, created=created, archival=True)
    for page in pages:
        for widget in _marks(pdf, page, pictures):
            if widget.kind is not FieldKind.CHECK or widget.value == CHECKED:
                _appearance(pdf, widget, x=widget.box.x, y=widget.box.y)
    return _dated(bytes(pdf.output()), created)


def _dated(content: bytes, created: datetime) -> bytes:
    """The same sheets in the same bytes: the moment of writing gives way to the report's date, in
    places of equal length. A report that is sent again must be the same object."""
    stamp = created.astimezone(UTC).isoformat(timespec="seconds").encode()
    content = _WRITTEN.sub(lambda found: found[1] + stamp, content)
    # The file identifier (PDF 32000-1 14.4) was made of that moment too.
    digest = hashlib.sha256(_IDENTIFIER.sub(b"", content)).hexdigest()[:32].upper().encode()
    return _IDENTIFIER.sub(b"/ID [<" + digest + b"><" + digest + b">]", content)
