"""The ECG on a screen."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.display.style import Rgb

Trace = Callable[[NDArray[np.float64]], NDArray[np.float64]]  # heights, R about 1, by times in s


def draw_trace(frame: NDArray[np.uint8], box: tuple[int, int, int, int], times: NDArray[np.float64],
               trace: Trace, color: Rgb) -> None:  # fmt: skip
    """Draws onto RGB uint8 [H, W, 3] in place.

    Args:
        frame: the picture.
        box: (x0, y0, x1, y1) px that the trace may fill; R waves reach its top.
        times: of the box's columns, s; NaN where nothing is drawn yet.
        trace: the ECG.
        color: of the line.
    """
    x0, y0, x1, y1 = box
    there = np.isfinite(times)
    columns = np.arange(x0, x1)[: len(times)]
    heights = np.zeros(len(times))
    heights[there] = trace(times[there])
    rows = y1 - 1 - (0.26 + 0.72 * np.clip(heights, -0.35, 1.05)) * (y1 - y0 - 2)
    pieces = np.split(np.arange(len(times)), np.flatnonzero(np.diff(there.astype(int))) + 1)
    for piece in pieces:
        if len(piece) > 1 and there[piece[0]]:
            line = np.stack([columns[piece], np.round(rows[piece])], axis=1).astype(np.int32)
            cv2.polylines(frame, [line.reshape(-1, 1, 2)], False, color, 1, cv2.LINE_AA)


def sweep_times(now_s: float, columns: int, seconds: float) -> NDArray[np.float64]:
    """Times of the columns of a running trace: it sweeps right and overwrites itself.

    A gap of a twentieth of the width goes ahead of the newest column.
    """
    per_column = seconds / columns
    newest = int(now_s / per_column)
    place = np.arange(columns)
    behind = (newest - place) % columns
    times = (newest - behind) * per_column
    times[(place - newest) % columns < columns // 20] = np.nan
    times[newest % columns] = newest * per_column
    return np.where(times < now_s - seconds, np.nan, times)
