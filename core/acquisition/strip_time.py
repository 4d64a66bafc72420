"""Reads the time marks below or above a strip."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]

# Rows around the strip's lower and upper end in which its time marks stand, in parts of its height.
_ABOVE, _BELOW, _INSIDE = 0.12, 0.3, 0.08
_LEVEL = 55.0
_WIDEST_PX = 5
_LEAST_TICKS = 4
# Of how many small marks a long one is a second: the small ones are 0.2 s, 0.1 s or 0.5 s apart.
_PARTS = {5: 200.0, 10: 100.0, 2: 500.0, 4: 250.0}
# Where only every second mark is longer, they may also be tenths and fifths of a second.
_TENTHS = {2: 100.0}
# A strip shows one to eight seconds.
_SECONDS = (1.0, 8.0)
# Marks run along the strip: those of a line of letters do not.
_LEAST_ALONG = 0.45
# A mark is brighter than what is drawn within this many px of it.
_AROUND_PX = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    y: int
    step: float
    count: int


def read_ms_per_px(grey: NDArray[np.float32], box: Box) -> float | None:
    """Milliseconds of one column, or None.

    Marks stand at equal distances; every fifth (tenth, second or fourth) is longer and marks a
    second. Where all are equally long it is not known what they mean.

    Args:
        grey: float32 [H, W], 0..255.
        box: (x0, y0, x1, y1) of the strip, half open.
    """
    x0, y0, x1, y1 = box
    high = y1 - y0
    height = grey.shape[0]
    spans = (
        (y1 - round(_INSIDE * high), min(height, y1 + max(12, round(_BELOW * high)))),
        (max(0, y0 - max(12, round(_ABOVE * high))), y0 + round(_INSIDE * high)),
    )
    for top, bottom in spans:
        rows = [
            row
            for y in range(max(0, top), bottom)
            if (row := _ticks(grey[y, max(0, x0 - 3) : x1 + 3], y)) is not None
        ]
        found = _meaning(rows, x1 - x0)
        if found is not None:
            return found
    return None


def _ticks(line: NDArray[np.float32], y: int) -> _Row | None:
    """Narrow bright marks at equal distances in one row of the screen."""
    ground, top = float(np.median(line)), float(line.max())
    for level in (max(_LEVEL, ground + 40), 0.8 * top):
        if level > ground + 30:
            row = _row_at(line, level, y)
            if row is not None:
                return row
    # Over a bright spectrum: what stands out from its own surroundings.
    kernel = np.ones((1, _AROUND_PX), np.uint8)
    lifted = np.asarray(cv2.morphologyEx(line[None], cv2.MORPH_TOPHAT, kernel)[0], np.float32)
    return _row_at(lifted, 0.6 * float(lifted.max()), y) if lifted.max() > _LEVEL else None


def _row_at(line: NDArray[np.float32], level: float, y: int) -> _Row | None:
    bright = line > level
    if not 3 <= bright.sum() <= 0.35 * len(line):
        return None
    edges = np.diff(np.concatenate([[0], bright.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    narrow = ends - starts <= _WIDEST_PX
    if narrow.sum() < 3 or narrow.mean() < 0.6:
        return None
    centres = np.array(
        [
            float((line[a:b] * np.arange(a, b)).sum() / line[a:b].sum())
            for a, b in zip(starts[narrow], ends[narrow], strict=True)
        ]
    )
    return _in_step(centres, y, len(line))


def _in_step(centres: NDArray[np.float64], y: int, width: int) -> _Row | None:
    """The marks as a row at equal distances; a mark may be missing, or be something else."""
    gaps = np.diff(centres)
    step = float(np.median(gaps))
    if step < 6:
        return None
    # Counted from mark to mark, so that a step that is a little off does not add up.
    order = np.concatenate([[0.0], np.cumsum(np.round(gaps / step))])
    fits = np.ones(len(centres), bool)
    slope = step
    for _ in range(3):
        slope, first = np.polyfit(order[fits], centres[fits], 1)
        if slope < 6:
            return None
        order = np.round((centres - first) / slope)
        fits = np.abs(centres - first - slope * order) <= 1.6
        if fits.sum() < 3:
            return None
    first_seen, last_seen = order[fits].min(), order[fits].max()
    places = last_seen - first_seen + 1
    if places * slope < _LEAST_ALONG * width:
        return None
    if fits.mean() < 0.75 or places > 1.6 * len(np.unique(order[fits])):
        return None
    return _Row(y=y, step=float(slope), count=int(fits.sum()))


def _meaning(rows: list[_Row], width: int) -> float | None:
    """ms a pixel from rows of small and of long marks."""
    small = [r for r in rows if r.count >= _LEAST_TICKS]
    if not small:
        return None
    finest = min(r.step for r in small)
    fine = [r for r in small if abs(r.step - finest) < 0.04 * finest]
    step = float(np.median([r.step for r in fine]))
    near = {r.y for r in fine}
    close = [r for r in rows if min(abs(r.y - y) for y in near) <= 12]
    for meanings in (_PARTS, _TENTHS):
        # Marks of three lengths: the longest are the seconds.
        for row in sorted(close, key=lambda r: -r.step):
            part = row.step / step
            whole = round(part)
            if whole not in meanings or abs(part - whole) > 0.03 * whole:
                continue
            ms = meanings[whole] / step
            if _SECONDS[0] * 1000 <= ms * width <= _SECONDS[1] * 1000:
                return ms
    return None
