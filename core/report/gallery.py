"""Pictures on the page, in rows with their captions."""

from collections.abc import Sequence

from core.report.document import Picture
from core.report.flow import cut, section
from core.report.fonts import leading, wrap
from core.report.sheet import (
    BLACK,
    LEFT,
    QUIET,
    WIDTH,
    Box,
    Colour,
    Fill,
    Image,
    Sheet,
    stacked,
)

_CAPTION = 7.6
_CAPTION_LINES = 3
_GAP = 3.0
_ALONE = 92.0  # mm: one picture alone does not fill the page's width


def place(box: Box, height: int, width: int) -> Box:
    """The largest box of the picture's shape in the middle of `box`; never thinner than a line."""
    scale = min(box.w / width, box.h / height)
    w, h = max(width * scale, 0.3), max(height * scale, 0.3)
    return Box(x=box.x + (box.w - w) / 2, y=box.y + (box.h - h) / 2, w=w, h=h)


def gallery(
    sheet: Sheet,
    pictures: Sequence[Picture],
    *,
    first: int,
    title: str,
    columns: int = 3,
    shape: float = 0.75,
    ground: Colour = BLACK,
) -> None:
    """Pictures in rows under a section's title; nothing where there are none.

    Args:
        sheet: to put them on.
        pictures: in order.
        first: the first one's number among all pictures of the report.
        title: of the section.
        columns: at most so many in a row.
        shape: height of a frame as a part of its width.
        ground: colour beside a picture that does not fill its frame.
    """
    if not pictures:
        return
    columns = min(len(pictures), columns)
    w = _ALONE if len(pictures) == 1 else (WIDTH - (columns - 1) * _GAP) / columns
    left = LEFT + (WIDTH - columns * w - (columns - 1) * _GAP) / 2
    h = w * shape
    captions = [cut(wrap(each.caption, w, _CAPTION), _CAPTION_LINES) for each in pictures]
    rows = range(0, len(pictures), columns)
    under = [max(map(len, captions[r : r + columns])) * leading(_CAPTION) + 1.0 for r in rows]
    section(sheet, title, keep=h + under[0])
    for row, below in zip(rows, under, strict=True):
        sheet.need(h + below)
        for column, picture in enumerate(pictures[row : row + columns]):
            x = left + column * (w + _GAP)
            height, width = picture.pixels.shape[:2]
            sheet.put(Fill(box=Box(x=x, y=sheet.y, w=w, h=h), colour=ground))
            # Viewers round a picture's edge outwards: it stays inside of its frame.
            inside = Box(x=x + 0.2, y=sheet.y + 0.2, w=w - 0.4, h=h - 0.4)
            sheet.put(Image(box=place(inside, height, width), index=first + row + column))
            words = captions[row + column]
            sheet.put(*stacked(words, x=x, y=sheet.y + h + 0.8, size=_CAPTION, colour=QUIET))
        sheet.y += h + below + 1.6
