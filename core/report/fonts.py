"""The report's typeface: what a text measures, where its lines break, what it can show."""

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import noto_cjk_sans_otc
from fontTools.ttLib import TTFont

FONT_PATH = str(noto_cjk_sans_otc.FONT_PATH)
# The collection holds one face a region; the third draws Simplified Chinese.
FONT_NUMBER = 2

MM_PER_PT = 25.4 / 72
LEADING = 1.32
# Of the em, above the baseline: the ideographs' box, which is also right for Latin capitals.
ASCENT = 0.88
SUBSTITUTE = "□"

_NO_LINE_START = set("，。、；：？！）》」』】〕％…,.;:?!)]}%°")
_NO_LINE_END = set("（《「『【〔([{")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a wrapped text: `text[start:end]` without the blanks at its end.

    The slices of a text's lines join to the text itself.
    """

    text: str
    start: int
    end: int


@cache
def _advances() -> dict[int, float]:
    """Advance of each character that the typeface has, in em, by code point."""
    with TTFont(FONT_PATH, fontNumber=FONT_NUMBER, lazy=True) as font:
        metrics = font["hmtx"].metrics
        em = font["head"].unitsPerEm
        return {code: metrics[name][0] / em for code, name in font.getBestCmap().items()}


def ideographic(char: str) -> bool:
    """True for a character as wide as it is high: Chinese and its punctuation."""
    return unicodedata.east_asian_width(char) in ("W", "F")


def _advance(char: str) -> float:
    """Advance in em of what `drawable` makes of `char`."""
    known = _advances().get(ord(char))
    if known is not None:
        return known
    return 0.0 if _unseen(char) else _advances()[ord(SUBSTITUTE)]


def _unseen(char: str) -> bool:
    return unicodedata.category(char) in ("Cf", "Mn", "Me")


def plain(text: str) -> str:
    """`text` without what no PDF string may hold: control characters (but newlines) and halves of
    surrogate pairs; each kind of newline becomes "\\n", a tab a blank."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))


def drawable(text: str) -> str:
    """`text` with a small square in the place of each character that the typeface lacks; marks
    and format characters that it lacks are left out."""
    advances = _advances()
    return "".join(
        c if ord(c) in advances else SUBSTITUTE
        for c in text
        if ord(c) in advances or not _unseen(c)
    )


def width(text: str, size: float) -> float:
    """Width in mm of one line of `text` at `size` points."""
    return sum(_advance(c) for c in text) * size * MM_PER_PT


def leading(size: float) -> float:
    """Distance in mm from one baseline to the next at `size` points."""
    return size * LEADING * MM_PER_PT


def baseline(size: float) -> float:
    """Distance in mm from the top of a line to its baseline."""
    return size * MM_PER_PT * ((LEADING - 1) / 2 + ASCENT)


def _may_break(before: str, after: str) -> bool:
    if before == " ":
        return after != " "
    if before in _NO_LINE_END or after in _NO_LINE_START or after == " ":
        return False
    return ideographic(before) or ideographic(after) or before == "-"


def wrap(text: str, limit: float, size: float) -> tuple[Line, ...]:
    """Break `text` into lines no wider than `limit` mm at `size` points.

    Latin words stay whole where they fit, Chinese breaks between characters but not before closing
    punctuation, a word wider than a line breaks anywhere. An empty text has one empty line.
    """
    em = size * MM_PER_PT
    ends = list(accumulate(_advance(c) * em for c in text))
    lines: list[Line] = []
    start = 0
    while True:
        stop = text.find("\n", start)
        paragraph_end = len(text) if stop < 0 else stop
        while True:
            used = ends[start - 1] if start else 0.0
            fits = bisect_right(ends, used + limit + 1e-6, start, paragraph_end)
            cut = max(fits, start + 1)
            if cut >= paragraph_end:
                break
            # A blank may hang over the edge; otherwise go back to the last place that may break.
            place = cut
            while place > start and not _may_break(text[place - 1], text[place]):
                place -= 1
            if text[cut] == " ":
                place = cut
                while place < paragraph_end and text[place] == " ":
                    place += 1
            end = place if place > start else cut
            lines.append(Line(text[start:end].rstrip(" "), start, end))
            start = end
        if stop < 0:
            lines.append(Line(text[start:paragraph_end].rstrip(" "), start, paragraph_end))
            return tuple(lines)
        lines.append(Line(text[start:paragraph_end].rstrip(" "), start, stop + 1))
        start = stop + 1


def fit(text: str, limit: float, size: float, *, smallest: float) -> tuple[float, tuple[Line, ...]]:
    """The largest size (points, at least `smallest`) at which `text` is one line of `limit` mm.

    Where even `smallest` is too large, the lines into which it then breaks.
    """
    wanted = width(text, size)
    if wanted > limit and "\n" not in text:
        size = max(smallest, int(size * limit / wanted * 10) / 10)
    return size, wrap(text, limit, size)
