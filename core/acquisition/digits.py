"""Reads the small numbers that a machine writes beside a scale.

Digits are compared with the same digits in several typefaces. A number is a row of pieces of equal
height; a sign before it is not read (many machines leave it out), a decimal point is.
"""

import importlib.util
import itertools
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from noto_cjk_sans_otc import FONT_PATH
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_HIGH, _WIDE = 20, 16  # px of a digit as it is compared
_SIZES = (9, 12, 18, 30)
_LEAST_LIKENESS = 0.55
# A second digit this near in likeness is kept as another reading; of digits of a few px others are
# nearer.
_UNSURE, _UNSURE_SMALL, _SMALL = 0.04, 0.13, 23
_READINGS = 12
_STROKES = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_PLAIN)

Picture = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One connected piece of what is drawn: box (x0, y0, x1, y1), half open, in the picture."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def width(self) -> int:
        return self.x1 - self.x0


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number that is written on the screen.

    Attributes:
        value: without its sign.
        likeness: of its least sure digit, 0..1.
        x0, x1: its ends, px.
        y: of its digits' middle, px (row centres are whole numbers).
        decimals: digits after the point.
        is_unit: True for the unit that stands in place of 0; its low letters lie a little below.
    """

    value: float
    likeness: float
    x0: float
    x1: float
    y: float
    decimals: int
    is_unit: bool = False


def read_numbers(grey: Picture) -> list[Number]:
    """All readings of the numbers in a picture; one that is unsure comes once for each reading.

    Args:
        grey: float32 [h, w], 0..255, light letters on dark ground.
    """
    if grey.size == 0 or min(grey.shape) < 6:
        return []
    # Letters of a few pixels are looked at larger, so that they do not run into each other.
    factor = 3 if grey.shape[0] < 420 else 2
    large = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    ground = cv2.medianBlur(np.clip(large, 0, 255).astype(np.uint8), 31).astype(np.float32)
    lifted = np.clip(large - ground, 0, 255)
    found: dict[tuple[int, int, float], Number] = {}
    bright = float(np.percentile(lifted, 99.5))
    if float(lifted.max()) < 40:
        return []
    # Letters fill more or less of the picture: what is bright is counted in two ways.
    levels = (0.5 * bright, 0.35 * bright, 0.65 * bright, 0.55 * float(lifted.max()))
    for level in (each for each in levels if each >= 14):
        drawn = (lifted > level).astype(np.uint8)
        for number in _numbers(drawn, lifted):
            small = replace(
                number,
                x0=number.x0 / factor,
                x1=number.x1 / factor,
                y=(number.y + 0.5) / factor - 0.5,
            )
            key = (round(small.y / 3), round(small.x1 / 4), small.value)
            if key not in found or found[key].likeness < small.likeness:
                found[key] = small
    return list(found.values())


def _numbers(drawn: NDArray[np.uint8], grey: Picture) -> list[Number]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    pieces = [
        Piece(x0=int(x), y0=int(y), x1=int(x + w), y1=int(y + h))
        for x, y, w, h, _ in stats[1:count]
    ]
    tall = [
        part
        for p in pieces
        if 10 <= p.height <= 90 and p.width <= 3.2 * p.height
        for part in _apart(p, grey)
    ]
    low = [p for p in pieces if p.height <= 24 and p.width <= 24]
    found = []
    for line in _lines(tall):
        found += _read_line(line, low, grey)
    return found


def _apart(piece: Piece, grey: Picture) -> list[Piece]:
    """A piece in which small letters run into each other, cut where it is thinnest."""
    count = round(piece.width / (0.72 * piece.height))
    if piece.width <= 1.08 * piece.height or count < 2:
        return [piece]
    ink = grey[piece.y0 : piece.y1, piece.x0 : piece.x1].sum(axis=0)
    cuts = [0]
    for number in range(1, count):
        middle, reach = number * piece.width / count, 0.22 * piece.width / count
        low = max(cuts[-1] + 2, round(middle - reach))
        high = min(piece.width - 2, round(middle + reach) + 1)
        if high <= low:
            return [piece]
        cuts.append(low + int(ink[low:high].argmin()))
    cuts.append(piece.width)
    return [
        Piece(x0=piece.x0 + a, y0=piece.y0, x1=piece.x0 + b, y1=piece.y1)
        for a, b in itertools.pairwise(cuts)
    ]


def _lines(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces of equal height side by side, from the left."""
    rest = sorted(pieces, key=lambda p: p.x0)
    lines: list[list[Piece]] = []
    for piece in rest:
        for line in lines:
            last = line[-1]
            level = abs(last.y0 - piece.y0) + abs(last.y1 - piece.y1) <= 0.3 * last.height
            if level and -0.2 * last.height <= piece.x0 - last.x1 <= 0.75 * last.height:
                line.append(piece)
                break
        else:
            lines.append([piece])
    return lines


def _read_line(line: list[Piece], low: list[Piece], grey: Picture) -> list[Number]:
    """The number that a line of pieces is; none where one of them is no digit."""
    if not 1 <= len(line) <= 5:
        return []
    unit = _unit(line, grey)
    if unit is not None:
        return [unit]
    readings: list[tuple[str, float]] = [("", 1.0)]
    for number, piece in enumerate(line):
        choices = _digit(grey[piece.y0 : piece.y1, piece.x0 : piece.x1])
        if not choices:
            return []
        point = number > 0 and _point_between(line[number - 1], piece, low)
        readings = [
            (text + ("." if point else "") + digit, min(least, likeness))
            for text, least in readings
            for digit, likeness in choices
        ]
        readings = sorted(readings, key=lambda reading: -reading[1])[:_READINGS]
    if _point_before(line[0], low):
        readings = [("0." + text, likeness) for text, likeness in readings]
    y = float(np.mean([(p.y0 + p.y1 - 1) / 2 for p in line]))
    found = []
    for text, likeness in readings:
        if text.count(".") > 1:
            continue
        # A point that was too faint to be seen: no machine writes a number with a zero in front.
        if "." not in text and len(text) > 1 and text[0] == "0":
            text = text[0] + "." + text[1:]
        decimals = len(text.split(".")[1]) if "." in text else 0
        found.append(Number(value=float(text), likeness=likeness, x0=float(line[0].x0),
                            x1=float(line[-1].x1), y=y, decimals=decimals))  # fmt: skip
    return found


def _unit(line: list[Piece], grey: Picture) -> Number | None:
    """The unit ("cm/s", "m/s") that machines write in place of the number 0."""
    if len(line) < 3:
        return None
    names = [_sign(grey[p.y0 : p.y1, p.x0 : p.x1]) for p in line]
    letters = [(name, value) for name, value in names if name in "cms" and value > 0.6]
    if len(letters) < 2 or not any(name == "s" for name, _ in letters):
        return None
    y = float(np.mean([(p.y0 + p.y1 - 1) / 2 for p in line]))
    return Number(value=0.0, likeness=min(value for _, value in letters), x0=float(line[0].x0),
                  x1=float(line[-1].x1), y=y, decimals=0, is_unit=True)  # fmt: skip


def _point_between(left: Piece, right: Piece, low: list[Piece]) -> bool:
    return any(left.x1 - 2 <= p.x0 and p.x1 <= right.x0 + 2 and _is_point(p, left) for p in low)


def _point_before(first: Piece, low: list[Piece]) -> bool:
    return any(0 <= first.x0 - p.x1 <= 0.4 * first.height and _is_point(p, first) for p in low)


def _is_point(piece: Piece, beside: Piece) -> bool:
    foot = abs(piece.y1 - beside.y1) <= 0.14 * beside.height + 1
    return foot and piece.height <= 0.34 * beside.height and piece.width <= 0.4 * beside.height


def _digit(grey: Picture) -> list[tuple[str, float]]:
    """(digit, likeness) of the best reading and of one that is nearly as good."""
    ranked = _ranked(grey)
    top = ranked[0][1]
    if top < _LEAST_LIKENESS or ranked[0][0] not in "0123456789":
        return []
    unsure = _UNSURE_SMALL if len(grey) <= _SMALL else _UNSURE
    return [
        (name, value) for name, value in ranked[:5]
        if value >= top - unsure and name in "0123456789"
    ]  # fmt: skip


def _sign(grey: Picture) -> tuple[str, float]:
    """The most alike digit or letter, and how alike it is."""
    return _ranked(grey)[0]


def _ranked(grey: Picture) -> list[tuple[str, float]]:
    """Every digit and letter with its likeness, the most alike first."""
    names, templates = _templates()
    likeness = templates @ normal_piece(grey)
    best: dict[str, float] = {}
    for name, value in zip(names, likeness, strict=True):
        best[name] = max(best.get(name, -1.0), float(value))
    return sorted(best.items(), key=lambda item: -item[1])


def normal_piece(grey: Picture) -> Picture:
    """A piece scaled to the compared height, its own width kept, of mean 0 and length 1."""
    high, wide = grey.shape
    width = int(np.clip(round(wide * _HIGH / high), 2, _WIDE))
    small = cv2.resize(grey, (width, _HIGH), interpolation=cv2.INTER_AREA)
    out = np.zeros((_HIGH, _WIDE), np.float32)
    left = (_WIDE - width) // 2
    out[:, left : left + width] = small
    soft = np.asarray(cv2.GaussianBlur(out, (0, 0), 0.8), np.float32)
    flat = soft.ravel() - soft.mean()
    return np.asarray(flat / (np.linalg.norm(flat) + 1e-6), np.float32)


@cache
def _templates() -> tuple[list[str], Picture]:
    """Names and shapes of digits and of letters that look like them."""
    return drawn_signs("0123456789cms/")


def drawn_signs(signs: str) -> tuple[list[str], Picture]:
    """(names, shapes float32 [n, 320]) of signs in several typefaces and sizes."""
    names: list[str] = []
    shapes: list[Picture] = []
    for name in signs:
        for picture in _drawn(name):
            rows, columns = np.nonzero(picture > 110)
            if len(rows):
                cut = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
                names.append(name)
                shapes.append(normal_piece(cut))
    return names, np.stack(shapes)


def _drawn(name: str) -> list[Picture]:
    """A sign in each typeface and size, light on dark."""
    found = []
    for size in _SIZES:
        for font in _fonts(size):
            sheet = Image.new("L", (2 * size + 8, 2 * size + 8))
            ImageDraw.Draw(sheet).text((4, 4), name, fill=255, font=font)
            found.append(np.asarray(sheet, np.float32))
    for face in _STROKES:
        for scale, thick in ((0.4, 1), (0.8, 1), (0.8, 2), (1.2, 2)):
            sheet_px: NDArray[np.uint8] = np.zeros((60, 60), np.uint8)
            cv2.putText(sheet_px, name, (8, 44), face, scale, 255, thick, cv2.LINE_AA)
            found.append(np.asarray(sheet_px, np.float32))
    return found


def _fonts(size: int) -> list[ImageFont.FreeTypeFont | ImageFont.ImageFont]:
    fonts: list[ImageFont.FreeTypeFont | ImageFont.ImageFont] = [
        ImageFont.load_default(size),
        ImageFont.truetype(str(FONT_PATH), size, index=2),
    ]
    spec = importlib.util.find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for name in ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono"):
            path = Path(folder) / "mpl-data" / "fonts" / "ttf" / f"{name}.ttf"
            if path.is_file():
                fonts.append(ImageFont.truetype(str(path), size))
    return fonts
