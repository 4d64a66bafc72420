"""The grid on which M-mode strips are read, and what is done on it: paths, borders, means.

Rows are `GRID_MM`, columns `GRID_MS`, so that what is said of walls holds for every screen.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

Floats = NDArray[np.float64]
Grid = NDArray[np.float32]

GRID_MM, GRID_MS = 0.5, 10.0
MOVE = 0.35  # what a row's move costs a path
FASTEST_ROWS = 3  # that a path moves from column to column
_SHORT_COLUMNS = 9
# A border lies where an echo is 6 dB below the wall's own: on a screen of some 60 dB so many grey
# levels (set on virtual hearts, whose walls are known), or half of the step where this is less.
FALL = 14.0
_PLATEAU_MM, _BEFORE_MM = 2.5, 4.0
_ALIKE_MS = 90.0
_LEAST_STEP = 5.0  # grey levels


def on_grid(grey: NDArray[np.float32], mm_per_px: float, ms_per_px: float) -> NDArray[np.float32]:
    """A strip float32 [h, w] on rows of `GRID_MM` and columns of `GRID_MS`, a little smoothed."""
    size = (max(8, round(grey.shape[1] * ms_per_px / GRID_MS)),
            max(8, round(grey.shape[0] * mm_per_px / GRID_MM)))  # fmt: skip
    shrinks = size[0] <= grey.shape[1]
    grid = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(grid, (0, 0), sigmaX=1.2, sigmaY=0.8), np.float32)


def from_grid(path: Floats, width: int, ms_per_px: float) -> Floats:
    """A path [n] over the grid's columns at the strip's own [width]."""
    columns = (np.arange(width) + 0.5) * len(path) / width - 0.5
    return np.interp(columns, np.arange(len(path)), path)


def without_grain(side: NDArray[np.float32]) -> NDArray[np.float32]:
    """A side without its grain: a median over some columns, through which a wall hardly moves."""
    return np.asarray(median_filter(side, size=(1, _SHORT_COLUMNS), mode="nearest"), np.float32)


def mean_beside(image: NDArray[np.float32] | Floats, low_mm: float, high_mm: float) -> Floats:
    """Mean of each pixel's column between two distances (mm, outwards positive), [rows, w]."""
    low, high = round(low_mm / GRID_MM), round(high_mm / GRID_MM)
    rows = np.arange(len(image))
    total = np.concatenate([np.zeros((1, image.shape[1])), np.cumsum(image, 0, dtype=np.float64)])
    a = np.clip(rows + low, 0, len(image) - 1)
    b = np.clip(rows + high, a, len(image) - 1) + 1
    return np.asarray((total[b] - total[a]) / (b - a)[:, None], np.float64)


def beside(image: Floats, path: NDArray[np.int64], low: int, high: int) -> Floats:
    """An image [rows, w] in rows counted from a path, low..high outwards of it."""
    rows = path[None, :] + np.arange(low, high + 1)[:, None]
    return image[np.clip(rows, 0, len(image) - 1), np.arange(len(path))[None, :]]


def best_path(score: Floats, cost: float, fastest: int = FASTEST_ROWS) -> NDArray[np.int64]:
    """Row of each column of the path through [rows, w] with the greatest sum, int [w]; a move of a
    row costs so much, and no more than `fastest` are made from column to column."""
    rows, width = score.shape
    offsets = np.arange(-fastest, fastest + 1)
    padded = np.full(rows + 2 * fastest, -1e9)
    back: NDArray[np.int8] = np.zeros((width, rows), np.int8)
    best = score[:, 0].copy()
    for x in range(1, width):
        padded[fastest : fastest + rows] = best
        choices = np.stack([padded[fastest + o : fastest + o + rows] for o in offsets])
        choices -= cost * np.abs(offsets)[:, None]
        pick = choices.argmax(axis=0)
        back[x] = offsets[pick]
        best = choices[pick, np.arange(rows)] + score[:, x]
    path = np.zeros(width, np.int64)
    row = int(best.argmax())
    for x in range(width - 1, -1, -1):
        path[x] = row
        row += int(back[x, row])
    return path


def along(side: NDArray[np.float32], rows: NDArray[np.int64], low_mm: float,
           high_mm: float) -> tuple[Floats, int]:  # fmt: skip
    """(what lies along a path [k, w], its first row's distance from it in rows), averaged along
    the path: neighbouring columns are alike there."""
    low, high = round(low_mm / GRID_MM), round(high_mm / GRID_MM)
    around = rows[None, :] + np.arange(low, high + 1)[:, None]
    columns = np.arange(side.shape[1])[None, :]
    part = side[np.clip(around, 0, len(side) - 1), columns]
    wide = 2 * round(0.5 * _ALIKE_MS / GRID_MS) + 1
    return np.asarray(cv2.blur(part, (wide, 1)), np.float64), low


def border_at(side: NDArray[np.float32], rows: NDArray[np.int64], dark: float) -> Floats:
    """Rows [w], in parts of one, at which a wall begins near a path: 6 dB below its own echo."""
    part, low = along(side, rows, -_BEFORE_MM, _PLATEAU_MM)
    before = np.minimum(part[: round(2.0 / GRID_MM)].mean(axis=0), part.max(axis=0))
    top = part.max(axis=0)
    blood = np.maximum(before, dark - _LEAST_STEP)
    level = top - np.minimum(FALL, 0.5 * np.maximum(top - blood, 0.0))
    columns = np.arange(part.shape[1])
    # From the wall inwards: the last row that is still as bright.
    peak = part.argmax(axis=0)
    number = np.arange(len(part))[:, None]
    below = (part < level[None, :]) & (number < peak[None, :])
    last = np.where(below.any(axis=0), len(part) - 1 - below[::-1].argmax(axis=0), 0)
    here, there = part[last, columns], part[np.minimum(last + 1, len(part) - 1), columns]
    within = np.clip((level - here) / np.maximum(there - here, 1e-6), 0.0, 1.0)
    return calm(rows + low + last + within)


def calm(path: Floats) -> Floats:
    steady = median_filter(path, size=7, mode="nearest")
    return np.asarray(cv2.GaussianBlur(steady[None].astype(np.float32), (0, 0), 1.8)[0], np.float64)


def values_at(image: Floats, rows: Floats) -> Floats:
    """Values [w] of an image at the nearest rows."""
    return image[np.clip(np.round(rows).astype(np.int64), 0, len(image) - 1),
                 np.arange(image.shape[1])]  # fmt: skip
