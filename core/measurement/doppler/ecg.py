"""R waves of the ECG that machines draw over or beside a strip."""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The trace is looked for from this part of the strip's height above it to this part inside it.
_ABOVE, _FAR_ABOVE, _INSIDE = 0.16, 0.3, 0.04
_LEVELS = (35, 60, 100)
_LEAST_COLUMNS = 0.75
_RR_MS = (330.0, 2000.0)
_SHARP_MS = 60.0


def find_r_waves(
    frame: NDArray[np.uint8], box: tuple[int, int, int, int], ms_per_px: float | None
) -> Floats:
    """Columns of the R waves, float64 [n], px from the strip's left end; empty without an ECG.

    The trace is a thin line just above the strip; its R waves are the sharp, tall peaks that come
    at about equal distances.

    Args:
        frame: RGB uint8 [H, W, 3].
        box: (x0, y0, x1, y1) of the strip.
        ms_per_px: of a column; None is taken as a strip of 4 s.
    """
    x0, y0, x1, y1 = box
    high, wide = y1 - y0, x1 - x0
    ms = ms_per_px or 4000.0 / max(wide, 1)
    best: Floats = np.zeros(0)
    best_score = 0.0
    for top, bottom in (
        (y0 - round(_ABOVE * high), y0 - 1),
        (y0 - round(_ABOVE * high), y0 + round(_INSIDE * high)),
        (y0 - round(_FAR_ABOVE * high), y0 + round(_INSIDE * high)),
    ):
        top = max(0, top)
        if bottom - top < 8:
            continue
        line = _trace(frame[top:bottom, x0:x1])
        if line is None:
            continue
        peaks, score = _peaks(line, ms)
        if score > best_score:
            best, best_score = peaks, score
    return best


def _trace(band: NDArray[np.uint8]) -> Floats | None:
    """Height of the drawn line in each column, float64 [w]; None where no line runs through."""
    bright = band.max(axis=2)
    for level in _LEVELS:
        drawn = (bright > level).astype(np.uint8)
        # A frame's own rows are filled from end to end.
        drawn[drawn.mean(axis=1) > 0.97] = 0
        joined = cv2.dilate(drawn, np.ones((3, 5), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        if count < 2:
            continue
        widest = 1 + int(stats[1:count, cv2.CC_STAT_WIDTH].argmax())
        line = (labels == widest) & (drawn > 0)
        seen = line.any(axis=0)
        thin = line.sum(axis=0)[seen]
        if seen.mean() < _LEAST_COLUMNS or np.median(thin) > 0.2 * len(line):
            continue
        height = len(line) - line.argmax(axis=0).astype(np.float64)
        columns = np.arange(line.shape[1])
        return np.interp(columns, columns[seen], height[seen])
    return None


def _peaks(line: Floats, ms: float) -> tuple[Floats, float]:
    """(columns of R waves, how much they stand out)."""
    wide = max(3, 2 * round(0.5 * 160.0 / ms) + 1)
    ground = cv2.medianBlur(np.clip(line, 0, 255).astype(np.uint8)[None], min(wide, 255))[0]
    up = line - ground
    # The height of the tallest few peaks: R waves take up a hundredth of the columns.
    tall = float(np.percentile(up, 99.0))
    if tall < 4:
        return np.zeros(0), 0.0
    over = up > 0.5 * tall
    edges = np.diff(np.concatenate([[0], over.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    found: list[float] = []
    for a, b in zip(starts, ends, strict=True):
        if (b - a) * ms > _SHARP_MS:
            continue
        weight = up[a:b]
        column = float((weight * np.arange(a, b)).sum() / weight.sum())
        if found and (column - found[-1]) * ms < _RR_MS[0]:
            continue
        found.append(column)
    peaks = _filled(np.array(found), up, tall, ms)
    if len(peaks) < 2:
        return peaks, 0.0
    rr = np.diff(peaks) * ms
    if rr.max() > _RR_MS[1] or rr.max() > 2.6 * rr.min():
        return np.zeros(0), 0.0
    return peaks, float(tall / (np.std(up[~over]) + 1.0))


def _filled(peaks: Floats, up: Floats, tall: float, ms: float) -> Floats:
    """The peaks with those that were drawn too faintly: in the middle of a gap twice as long."""
    if len(peaks) < 2:
        return peaks
    found = list(peaks)
    usual = float(np.diff(peaks).min())
    for a, b in pairwise(peaks):
        gap = b - a
        doubled = gap > 1.6 * usual or gap * ms > 1150.0
        if not doubled or gap < 2 * _RR_MS[0] / ms:
            continue
        low, high = round(a + 0.36 * gap), round(a + 0.64 * gap)
        top = low + int(up[low:high].argmax())
        wide = round(_SHARP_MS / ms)
        beside = max(up[max(0, top - 2 * wide)], up[min(len(up) - 1, top + 2 * wide)])
        if up[top] > 0.25 * tall and up[top] > 2.0 * beside:
            found.append(float(top))
    return np.sort(np.array(found))
