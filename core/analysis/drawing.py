"""Draws what was recognised and measured onto a frame."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.analysis.lettering import letters, put_letters
from core.analysis.palette import MARK, OUTLINE, colour
from core.domain import Region, RegionLabel, Sector, SectorKind
from core.language import text

_SHIFT = 4  # OpenCV takes coordinates in sixteenths of a pixel
_FAR = 16_000.0  # px; OpenCV's integers overflow beyond
_FILL = 0.22
_WHITE = (235, 240, 245)
_SMALL = 300  # px; on a smaller frame a dark rim around a line would hide the picture

_WALLS = (RegionLabel.PERICARDIUM, RegionLabel.LV_MYOCARDIUM, RegionLabel.PERICARDIAL_EFFUSION)
_WITHIN = (
    RegionLabel.IVS,
    RegionLabel.PAPILLARY_MUSCLE,
    RegionLabel.MITRAL_VALVE,
    RegionLabel.TRICUSPID_VALVE,
    RegionLabel.AORTIC_VALVE,
    RegionLabel.PULMONARY_VALVE,
)
_ORDER = (*_WALLS, *(r for r in RegionLabel if r not in _WALLS + _WITHIN), *_WITHIN)
"""Walls first, chambers over their edges, and on top what lies within others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point, a line or a contour that was measured, with what to write beside it.

    Attributes:
        points: (x, y) in pixels of the picture; one: a cross, two: a caliper, more: a line.
        label: one or more lines, written to the right of the rightmost point.
        closed: the last point is joined to the first.
        drawn: False where the picture shows the line already, and only the label is wanted.
    """

    points: tuple[tuple[float, float], ...]
    label: str = ""
    closed: bool = False
    drawn: bool = True


def draw_overlay(
    pixels: NDArray[np.uint8],
    *,
    sector: Sector | None,
    regions: Iterable[Region],
    title: str = "",
    points: Sequence[Mark] = (),
    lang: str = "en",
    legend: Sequence[RegionLabel] | None = None,
) -> NDArray[np.uint8]:
    """A copy of a frame with sector outline, structures, measured points, legend and title.

    Line widths and text follow the frame's size; a legend or title that has no room on a tiny
    frame is left out.

    Args:
        pixels: uint8 [H, W, 3], RGB.
        sector: its outline is drawn thin; None: none.
        regions: those of this frame, in its pixels.
        title: a short line at the top left.
        points: measured points and lines of this frame.
        lang: of the legend, "en" or "zh".
        legend: the structures it names; None: those of `regions`.

    Returns:
        uint8 [H, W, 3], RGB.
    """
    canvas = np.array(pixels, np.uint8, order="C", copy=True)
    long_side = max(canvas.shape[:2])
    width = max(1, round(long_side / 420))
    size = max(10, round(long_side / 46))
    shown = [r for r in regions if len(r.polygon) >= 3 and np.isfinite(r.polygon).all()]
    shown.sort(key=lambda r: _ORDER.index(r.label))
    for region in shown:
        _fill(canvas, _fixed(region.polygon), colour(region.label))
    if sector is not None and sector.kind != SectorKind.NONE and len(sector.outline) >= 3:
        _line(canvas, sector.outline, OUTLINE, max(1, width // 2), closed=True)
    for region in shown:
        if long_side >= _SMALL:
            _line(canvas, region.polygon, (0, 0, 0), width + 2, closed=True, strength=0.45)
        _line(canvas, region.polygon, colour(region.label), width, closed=True)
    for mark in points:
        _mark(canvas, mark, width, size)
    if title:
        _title(canvas, title, size)
    named = list(dict.fromkeys(r.label for r in shown)) if legend is None else list(legend)
    if named:
        _legend(canvas, sorted(named, key=list(RegionLabel).index), sector, lang, size)
    return canvas


def scaled_region(region: Region, factor: tuple[float, float]) -> Region:
    """The region on a picture resized by `factor` (x, y); pixel centres stay centres."""
    x0, y0, x1, y1 = region.box
    fx, fy = factor
    return replace(
        region,
        box=(x0 * fx, y0 * fy, x1 * fx, y1 * fy),
        polygon=_scaled(region.polygon, factor).astype(np.float32),
    )


def scaled_sector(sector: Sector, factor: tuple[float, float]) -> Sector:
    """The sector on a picture resized by `factor` (x, y)."""
    x0, y0, x1, y1 = sector.box
    fx, fy = factor
    return replace(
        sector,
        box=(round(x0 * fx), round(y0 * fy), round(x1 * fx), round(y1 * fy)),
        outline=_pairs(sector.outline, factor),
    )


def scaled_mark(mark: Mark, factor: tuple[float, float]) -> Mark:
    """The mark on a picture resized by `factor` (x, y)."""
    return replace(mark, points=_pairs(mark.points, factor))


def _pairs(
    points: Sequence[tuple[float, float]], factor: tuple[float, float]
) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in _scaled(points, factor)) if points else ()


def _scaled(points: ArrayLike, factor: tuple[float, float]) -> NDArray[np.float64]:
    moved: NDArray[np.float64] = (np.asarray(points, np.float64) + 0.5) * factor - 0.5
    return moved


def _fixed(points: ArrayLike) -> NDArray[np.int32]:
    near = np.clip(np.asarray(points, np.float64), -_FAR, _FAR)
    return np.rint(near * (1 << _SHIFT)).astype(np.int32)


def _window(
    canvas: NDArray[np.uint8], fixed: NDArray[np.int32], margin: int
) -> tuple[slice, slice]:
    """The part of the canvas that holds the points; may be empty."""
    low = (fixed.min(axis=0) >> _SHIFT) - margin
    high = (fixed.max(axis=0) >> _SHIFT) + margin + 1
    height, width = canvas.shape[:2]
    x0, x1 = int(np.clip(low[0], 0, width)), int(np.clip(high[0] + 1, 0, width))
    y0, y1 = int(np.clip(low[1], 0, height)), int(np.clip(high[1] + 1, 0, height))
    return slice(y0, y1), slice(x0, x1)


def _fill(canvas: NDArray[np.uint8], fixed: NDArray[np.int32], rgb: tuple[int, int, int]) -> None:
    window = _window(canvas, fixed, 1)
    part = canvas[window]
    if part.size == 0:
        return
    layer = part.copy()
    offset = np.array([window[1].start, window[0].start]) << _SHIFT
    cv2.fillPoly(layer, [(fixed - offset).astype(np.int32)], rgb, cv2.LINE_AA, _SHIFT)
    canvas[window] = cv2.addWeighted(layer, _FILL, part, 1 - _FILL, 0)


def _line(
    canvas: NDArray[np.uint8],
    points: ArrayLike,
    rgb: tuple[int, int, int],
    width: int,
    *,
    closed: bool,
    strength: float = 1.0,
) -> None:
    fixed = _fixed(points)
    if strength >= 1:
        cv2.polylines(canvas, [fixed], closed, rgb, width, cv2.LINE_AA, _SHIFT)
        return
    window = _window(canvas, fixed, width)
    part = canvas[window]
    if part.size == 0:
        return
    layer = part.copy()
    offset = np.array([window[1].start, window[0].start]) << _SHIFT
    moved = (fixed - offset).astype(np.int32)
    cv2.polylines(layer, [moved], closed, rgb, width, cv2.LINE_AA, _SHIFT)
    canvas[window] = cv2.addWeighted(layer, strength, part, 1 - strength, 0)


def _mark(canvas: NDArray[np.uint8], mark: Mark, width: int, size: int) -> None:
    if not mark.points or not np.isfinite(np.asarray(mark.points)).all():
        return
    if mark.drawn and len(mark.points) > 1:
        _line(canvas, mark.points, (0, 0, 0), width + 2, closed=mark.closed, strength=0.6)
        _line(canvas, mark.points, MARK, width, closed=mark.closed)
    if mark.drawn and len(mark.points) <= 2:
        arm = 3.0 * width + 2
        for x, y in mark.points:
            for end in (((x - arm, y), (x + arm, y)), ((x, y - arm), (x, y + arm))):
                _line(canvas, end, MARK, width, closed=False)
    if mark.label:
        x, y = max(mark.points)  # the rightmost: the text stands to its right
        _plate(canvas, mark.label, round(x) + 4 * width, round(y) - size // 2, size, MARK)


def _plate(
    canvas: NDArray[np.uint8], words: str, x: int, y: int, size: int, rgb: tuple[int, int, int]
) -> None:
    """Lines of text on a darkened plate, moved into the frame; none where there is no room."""
    lines = words.split("\n")
    row = letters(lines[0], size).shape[0]
    pad = max(2, size // 4)
    width = max(letters(line, size).shape[1] for line in lines) + 2 * pad
    height = row * len(lines) + 2 * pad
    if width > canvas.shape[1] or height > canvas.shape[0]:
        return
    x = min(max(x, 0), canvas.shape[1] - width)
    y = min(max(y, 0), canvas.shape[0] - height)
    _darken(canvas, x, y, width, height)
    for number, line in enumerate(lines):
        put_letters(canvas, line, x + pad, y + pad + number * row, size=size, rgb=rgb)


def _darken(canvas: NDArray[np.uint8], x: int, y: int, width: int, height: int) -> None:
    place = canvas[y : y + height, x : x + width]
    place[:] = place // 3


def _title(canvas: NDArray[np.uint8], title: str, size: int) -> None:
    edge = max(2, size // 3)
    _plate(canvas, title, edge, edge, size, _WHITE)


def _legend(
    canvas: NDArray[np.uint8],
    labels: Sequence[RegionLabel],
    sector: Sector | None,
    lang: str,
    size: int,
) -> None:
    names = [text(f"region.{label.value}", lang) for label in labels]
    row = letters(names[0], size).shape[0] + max(1, size // 8)
    pad, swatch = max(2, size // 3), round(size * 0.7)
    width = 3 * pad + swatch + max(letters(name, size).shape[1] for name in names)
    height = 2 * pad + row * len(names)
    if width > 0.5 * canvas.shape[1] or height > 0.5 * canvas.shape[0]:
        return
    x, y = _free_corner(canvas.shape[:2], width, height, sector, edge=pad)
    _darken(canvas, x, y, width, height)
    for index, (label, name) in enumerate(zip(labels, names, strict=True)):
        top = y + pad + index * row
        middle = top + row // 2
        box = (x + pad, middle - swatch // 2), (x + pad + swatch, middle + swatch // 2)
        cv2.rectangle(canvas, *box, colour(label), cv2.FILLED)
        put_letters(canvas, name, x + 2 * pad + swatch, top, size=size, rgb=_WHITE)


def _free_corner(
    shape: tuple[int, int], width: int, height: int, sector: Sector | None, *, edge: int
) -> tuple[int, int]:
    """Top left corner of the legend's place: the corner of the frame with least picture in it.

    Top left is the title's.
    """
    right, bottom = shape[1] - width - edge, shape[0] - height - edge
    corners = [(edge, bottom), (right, bottom), (right, edge)]
    if sector is None or len(sector.outline) < 3:
        return corners[0]
    inside = np.zeros(shape, np.uint8)
    cv2.fillPoly(inside, [_fixed(sector.outline)], (1,), cv2.LINE_8, _SHIFT)
    return min(corners, key=lambda c: int(inside[c[1] : c[1] + height, c[0] : c[0] + width].sum()))
