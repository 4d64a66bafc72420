"""Rectangular pictures on a screen: spectral Doppler, M-mode, linear arrays, cropped pictures."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector_screen import Mask, Screen, raw_mask

# The lowest one shows a panel by its noise alone, where the screen around it is truly black.
_LEVELS = (0.7, 1.2, 4.0, 8.0, 16.0)
_MIN_WIDTH = 0.3
_MIN_HEIGHT = 0.15
_MIN_FILL = 0.86
_MIN_TRACE = 0.09


@dataclass(frozen=True, slots=True)
class Panel:
    """A rectangle (x0, y0, x1, y1) of the small screen, half open, and how full it is, 0..1."""

    box: tuple[int, int, int, int]
    fill: float

    @property
    def area(self) -> int:
        return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])

    @property
    def polygon(self) -> NDArray[np.float64]:
        x0, y0, x1, y1 = self.box
        return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)


def find_full_panels(screen: Screen, *, sparse: bool = False) -> list[Panel]:
    """Rectangles that are filled with signal from edge to edge, largest first.

    Args:
        screen: the small screen.
        sparse: look for panels that are known by scattered noise only; text may pass for that.
    """
    found: list[Panel] = []
    size, part = ((11, 7), 0.22) if sparse else ((9, 5), 0.3)
    for level in _LEVELS[:2] if sparse else _LEVELS[1:]:
        raw = raw_mask(screen, level)
        # Wide kernels: noise is sparse, and lines of text are low.
        density = cv2.blur(raw.astype(np.float32), size, borderType=cv2.BORDER_REPLICATE)
        dense = (density > part).astype(np.uint8)
        kernel = np.ones((13, 21), np.uint8)
        height, width = dense.shape
        if height < kernel.shape[0] or width < kernel.shape[1]:
            continue
        dense = np.asarray(cv2.morphologyEx(dense, cv2.MORPH_OPEN, kernel), np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(dense)
        for label in range(1, count):
            x, y, w, h = (int(v) for v in stats[label, :4])
            if w < _MIN_WIDTH * width or h < _MIN_HEIGHT * height:
                continue
            piece = labels[y : y + h, x : x + w] == label
            panel = _trimmed(piece, x, y)
            # Noise all over the screen is the whole screen's, not a panel's.
            if panel is not None and (level > 2 or panel.area < 0.6 * dense.size):
                found.append(_tight(panel, raw))
    found.sort(key=lambda p: -p.area * p.fill)
    return _distinct(found)


def _tight(panel: Panel, raw: Mask) -> Panel:
    """The panel without the border that smoothing added."""
    x0, y0, x1, y1 = panel.box
    rows, columns = raw[y0:y1, x0:x1].mean(axis=1), raw[y0:y1, x0:x1].mean(axis=0)
    high = np.flatnonzero(rows > 0.4 * np.median(rows))
    wide = np.flatnonzero(columns > 0.4 * np.median(columns))
    if len(high) < 8 or len(wide) < 8:
        return panel
    box = (x0 + int(wide[0]), y0 + int(high[0]), x0 + int(wide[-1]) + 1, y0 + int(high[-1]) + 1)
    return Panel(box, panel.fill)


def _trimmed(piece: NDArray[np.bool_], x: int, y: int) -> Panel | None:
    """The rectangle of a piece without what hangs on to it; None where it is no rectangle."""
    columns, rows = piece.mean(axis=0), piece.mean(axis=1)
    wide = np.flatnonzero(columns > 0.55 * np.quantile(columns, 0.9))
    high = np.flatnonzero(rows > 0.7 * np.quantile(rows, 0.9))
    if len(wide) < 8 or len(high) < 8:
        return None
    x0, x1, y0, y1 = wide[0], wide[-1] + 1, high[0], high[-1] + 1
    inside = piece[y0:y1, x0:x1]
    fill = float(inside.mean())
    if fill < _MIN_FILL or inside.sum() < 0.85 * piece.sum():
        return None
    return Panel((int(x + x0), int(y + y0), int(x + x1), int(y + y1)), fill)


def _distinct(panels: list[Panel]) -> list[Panel]:
    kept: list[Panel] = []
    for panel in panels:
        if all(overlap(panel.box, other.box) < 0.3 for other in kept):
            kept.append(panel)
    return kept


def overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> float:
    """Intersection of two boxes over the smaller one's area, 0..1."""
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return w * h / max(1, smaller)


def find_trace_panel(content: Mask, raw: Mask) -> Panel | None:
    """The place of a spectral trace whose panel is as black as the screen around it.

    Args:
        content: uint8 [h, w], dense content without the fan.
        raw: uint8 [h, w], all that is drawn, lines included.
    """
    height = content.shape[0]
    rows = content.mean(axis=1)
    busy = rows > 0.12
    best: Panel | None = None
    start = 0
    for y in range(height + 1):
        if y < height and busy[y]:
            continue
        if y - start >= _MIN_TRACE * height:
            panel = _band(content, start, y)
            if panel is not None and (best is None or panel.area > best.area):
                best = panel
        start = y + 1
    return None if best is None else _to_frame(best, content, raw)


def _to_frame(panel: Panel, content: Mask, raw: Mask) -> Panel:
    """The panel grown to the lines drawn above and below it, where there are some close by."""
    x0, y0, x1, y1 = panel.box
    reach = (y1 - y0) * 3 // 4
    lines = raw[:, x0:x1].mean(axis=1) > 0.85
    filled = content[:, x0:x1].mean(axis=1) > 0.1
    above = np.arange(y0 - 1, max(-1, y0 - reach), -1)
    below = np.arange(y1, min(len(lines), y1 + reach))
    top, bottom = _first_line(above, lines, filled), _first_line(below, lines, filled)
    top, bottom = (y0 if top is None else top), (y1 if bottom is None else bottom + 1)
    return Panel((x0, top, x1, bottom), panel.fill)


def _first_line(
    rows: NDArray[np.int64], lines: NDArray[np.bool_], filled: NDArray[np.bool_]
) -> int | None:
    """The first row with a line; None where another picture comes first."""
    left = False
    for y in rows:
        if lines[y]:
            return int(y)
        if not filled[y]:
            left = True
        elif left:
            return None
    return None


def _longest_run(filled: NDArray[np.bool_], *, gap: int) -> tuple[int, int]:
    """The longest stretch [start, end) of filled columns with no wider gap than `gap`."""
    at = np.flatnonzero(filled)
    if len(at) == 0:
        return 0, 0
    breaks = np.flatnonzero(np.diff(at) > gap)
    starts = at[np.concatenate([[0], breaks + 1])]
    ends = at[np.concatenate([breaks, [len(at) - 1]])] + 1
    longest = int((ends - starts).argmax())
    return int(starts[longest]), int(ends[longest])


def _band(content: Mask, y0: int, y1: int) -> Panel | None:
    height, width = content.shape
    band = content[y0:y1]
    fullest = np.argsort(band.mean(axis=1))[-5:]
    run = _longest_run(np.asarray(band[fullest].any(axis=0)), gap=max(2, width // 16))
    x0, x1 = run
    if (
        x1 - x0 < 0.5 * width
        or x1 - x0 < 1.6 * (y1 - y0)
        or band[:, x0:x1].any(axis=0).mean() < 0.75
    ):
        return None
    # A trace stands on a baseline: some rows are filled nearly from end to end.
    if band[:, x0:x1].mean(axis=1).max() < 0.6:
        return None
    part = content[:, x0:x1].mean(axis=1) > 0.01
    top, bottom, reach = y0, y1, (y1 - y0) // 2
    while top > max(0, y0 - reach) and part[top - 1]:
        top -= 1
    while bottom < min(height, y1 + reach) and part[bottom]:
        bottom += 1
    return Panel((x0, top, x1, bottom), float(band[:, x0:x1].mean()))
