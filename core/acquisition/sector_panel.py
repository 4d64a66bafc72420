"""Rectangular pictures on a screen: spectral Doppler, M-mode, linear arrays, cropped pictures."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector_screen import Mask, Screen, raw_mask

# The lowest one shows a panel by its noise alone, where the screen around it is truly black.
_LEVELS = (1.2, 4.0, 8.0, 16.0)
_MIN_WIDTH = 0.3
_MIN_HEIGHT = 0.09
_MIN_FILL = 0.86


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


def find_full_panels(screen: Screen) -> list[Panel]:
    """Rectangles that are filled with signal from edge to edge, largest first."""
    found: list[Panel] = []
    for level in _LEVELS:
        raw = raw_mask(screen, level).astype(np.float32)
        # Wide kernels: noise is sparse, and lines of text are low.
        dense = (cv2.blur(raw, (9, 5), borderType=cv2.BORDER_REPLICATE) > 0.3).astype(np.uint8)
        kernel = np.ones((13, 21), np.uint8)
        height, width = dense.shape
        if height < kernel.shape[0] or width < kernel.shape[1]:
            continue
        dense = cv2.morphologyEx(dense, cv2.MORPH_OPEN, kernel)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(dense)
        for label in range(1, count):
            x, y, w, h = (int(v) for v in stats[label, :4])
            if w < _MIN_WIDTH * width or h < _MIN_HEIGHT * height:
                continue
            piece = labels[y : y + h, x : x + w] == label
            panel = _trimmed(piece, x, y)
            if panel is not None:
                found.append(panel)
    found.sort(key=lambda p: -p.area * p.fill)
    return _distinct(found)


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


def find_trace_panel(content: Mask) -> Panel | None:
    """The place of a spectral trace whose panel is as black as the screen around it.

    Args:
        content: uint8 [h, w], dense content without the fan.
    """
    height, width = content.shape
    rows = content.mean(axis=1)
    busy = rows > 0.12
    best: Panel | None = None
    start = 0
    for y in range(height + 1):
        if y < height and busy[y]:
            continue
        if y - start >= _MIN_HEIGHT * height:
            panel = _band(content, start, y)
            if panel is not None and (best is None or panel.area > best.area):
                best = panel
        start = y + 1
    return best


def _band(content: Mask, y0: int, y1: int) -> Panel | None:
    height, width = content.shape
    band = content[y0:y1]
    columns = band.any(axis=0)
    filled = np.flatnonzero(columns)
    if len(filled) < 8:
        return None
    x0, x1 = int(filled[0]), int(filled[-1]) + 1
    if x1 - x0 < 0.5 * width or x1 - x0 < 1.6 * (y1 - y0) or columns[x0:x1].mean() < 0.75:
        return None
    # A trace stands on a baseline: some rows are filled nearly from end to end.
    if band[:, x0:x1].mean(axis=1).max() < 0.6:
        return None
    part = content[:, x0:x1].any(axis=1)
    top, bottom = y0, y1
    while top > 0 and part[top - 1]:
        top -= 1
    while bottom < height and part[bottom]:
        bottom += 1
    return Panel((x0, top, x1, bottom), float(band[:, x0:x1].mean()))
