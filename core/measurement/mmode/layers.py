"""Walls along an M-mode strip: paths from column to column that part dark from bright."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

Floats = NDArray[np.float64]

# A cavity is dark over this depth and more (mm), and lies between these depths.
_LEAST_CAVITY_MM, _MOST_CAVITY_MM = 16.0, 95.0
_DEPTHS_MM = (22.0, 150.0)
_DARK_SHARE = 0.55
# Leaflets and chords are passed over: dark pixels count this much for a path, bright ones against.
_DARK_GAIN = 0.16
_BRIDGE_MM = 3.5
# How thick walls are, mm.
_WALL_MM = (4.0, 24.0)
_MOVE = 0.5  # what a row's move costs a path
# A path may not move faster than this (mm a second).
_FASTEST_MM_S = 120.0
_EDGE_WEIGHT = 1.2
# What stays at its depth for half of this time is a wall; the wall itself is looked for this near.
_LASTING_MS = 520.0
_REFINE_MM = 7.0
# Part of the way from the cavity's to the wall's brightness at which the wall begins: set on
# virtual hearts, whose walls are known.
_RISEN = 0.9
# Columns over which a border's surroundings are averaged, along the border.
_ALIKE = 9
# Of a wall's far border: what is compared on either side (mm), the grey levels by which it must be
# darker beyond, and how far a smear reaches (mm).
_BESIDE_MM, _LEAST_STEP, _SMEAR_MM = 3.0, 15.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walls:
    """Rows (px from the strip's top, parts of a pixel) of the walls, float64 [w] each.

    Attributes:
        septum_right: the septum's side toward the right ventricle; NaN where none is seen.
        septum_left: its endocardium on the left.
        posterior_endocardium: where the cavity ends.
        posterior_epicardium: where the posterior wall ends; NaN where none is seen.
        contrast: how far walls stand out from the cavity, 0..1.
    """

    septum_right: Floats
    septum_left: Floats
    posterior_endocardium: Floats
    posterior_epicardium: Floats
    contrast: float


def follow_walls(grey: NDArray[np.float32], mm_per_px: float, ms_per_px: float) -> Walls | None:
    """The walls around the left ventricle's cavity; None where no cavity is seen.

    Args:
        grey: float32 [h, w], 0..255, depth downwards, time to the right.
        mm_per_px: of a row.
        ms_per_px: of a column.
    """
    across = max(8.0 / ms_per_px, 0.6)
    soft = np.asarray(cv2.GaussianBlur(grey, (0, 0), sigmaX=across, sigmaY=0.8), np.float32)
    first, last = (round(mm / mm_per_px) for mm in _DEPTHS_MM)
    last = min(last, len(soft))
    if last - first < 30:
        return None
    threshold, half = _levels(soft[first:last])
    if half < 6:
        return None
    level = np.clip((soft - threshold) / half, -1.0, 1.0).astype(np.float64)
    band = _cavity(level, first, last, mm_per_px)
    if band is None:
        return None
    top, bottom = band
    middle = (top + bottom) // 2
    most = max(1, round(_FASTEST_MM_S / 1000.0 * ms_per_px / mm_per_px))
    reach = round(_MOST_CAVITY_MM / mm_per_px)
    lasting = _lasting(level, ms_per_px)
    near = round(_REFINE_MM / mm_per_px)
    sides = []
    for part, still in (
        (level[max(0, middle - reach) : middle + 1][::-1],
         lasting[max(0, middle - reach) : middle + 1][::-1]),
        (level[middle : middle + reach], lasting[middle : middle + reach]),
    ):  # fmt: skip
        sides.append(_border(part, most, around=_border(still, most), near=near))
    upper, lower = sides
    septum_left = middle - _sharpened(soft[: middle + 1][::-1], upper, mm_per_px)
    posterior = middle + _sharpened(soft[middle:], lower, mm_per_px)
    right = len(level) - 1 - _far_side(level[::-1], len(level) - 1 - septum_left, mm_per_px, most)
    right = _inside_smear(soft, right, mm_per_px)
    back = _far_side(level, posterior, mm_per_px, most)
    back = len(level) - 1 - _inside_smear(soft[::-1], len(level) - 1 - back, mm_per_px)
    return Walls(
        septum_right=right,
        septum_left=septum_left,
        posterior_endocardium=posterior,
        posterior_epicardium=back,
        contrast=float(np.clip(half / 50.0, 0, 1)),
    )


def _levels(part: NDArray[np.float32]) -> tuple[float, float]:
    """(threshold between dark and bright, half of what they differ by)."""
    small = np.clip(part, 0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark, bright = part[part <= threshold], part[part > threshold]
    if not dark.size or not bright.size:
        return float(threshold), 0.0
    low, high = float(np.median(dark)), float(np.median(bright))
    # Weak walls are a third as bright as strong ones: the border lies nearer to the dark.
    return low + 0.38 * (high - low), 0.38 * (high - low)


def _cavity(level: Floats, first: int, last: int, mm_per_px: float) -> tuple[int, int] | None:
    """Rows between which the widest dark band lies; a band thinner than leaflets does not part."""
    dark = (level < 0).mean(axis=1)
    rows = (dark > _DARK_SHARE).astype(np.uint8)
    rows[:first] = rows[last:] = 0
    bridge = max(1, round(_BRIDGE_MM / mm_per_px))
    joined = cv2.morphologyEx(rows[:, None], cv2.MORPH_CLOSE, np.ones((bridge, 1), np.uint8))[:, 0]
    edges = np.diff(np.concatenate([[0], joined.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    least = _LEAST_CAVITY_MM / mm_per_px
    # The right ventricle lies above, what is behind the heart below: of wide bands the left
    # ventricle is the widest that has a wall below it.
    wide = [
        (int(a), int(b)) for a, b in zip(starts, ends, strict=True)
        if b - a >= least and b < last - round(4.0 / mm_per_px)
    ]  # fmt: skip
    return max(wide, key=lambda band: band[1] - band[0], default=None)


def _lasting(level: Floats, ms_per_px: float) -> Floats:
    """The strip without what is at a depth for less than half of some 0.5 s: leaflets."""
    step = max(1, round(12.0 / ms_per_px))
    few = level[:, ::step]
    wide = max(3, 2 * round(0.5 * _LASTING_MS / (step * ms_per_px)) + 1)
    calm = median_filter(few, size=(1, min(wide, few.shape[1])), mode="nearest")
    return np.asarray(
        cv2.resize(calm, (level.shape[1], level.shape[0]), interpolation=cv2.INTER_LINEAR)
    )


def _border(level: Floats, most: int, *, around: Floats | None = None, near: int = 0) -> Floats:
    """Rows [w] from the start at which the dark ends, walked outwards from inside the cavity.

    Args:
        level: float64 [rows, w], -1 dark to 1 bright, the first row inside the cavity.
        most: rows that a path moves a column at most.
        around: rows [w] close to which the border lies, within `near`; None: anywhere.
        near: rows.
    """
    gain = np.where(level < 0, -_DARK_GAIN * level, -level)
    edge = np.zeros_like(level)
    edge[1:-1] = level[2:] - level[:-2]
    if around is None:
        return _path(np.cumsum(gain, axis=0) + _EDGE_WEIGHT * np.maximum(edge, 0), most)
    # Close by, only what parts dark from bright counts, not how dark it is farther in.
    away = np.abs(np.arange(len(level))[:, None] - around[None, :])
    gain[away > near] = 0.0
    score = np.cumsum(gain, axis=0) + 2.0 * _EDGE_WEIGHT * np.maximum(edge, 0)
    score[away > near] = -40.0
    return _path(score, most)


def _sharpened(soft: NDArray[np.float32], border: Floats, mm_per_px: float) -> Floats:
    """The border where the brightness has risen most of the way from cavity to wall.

    On a screen's logarithmic grey the smear of a strong echo reaches far into the cavity: its foot
    is no border.

    Args:
        soft: float32 [rows, w], the first row inside the cavity.
        border: rows [w] near the border.
        mm_per_px: of a row.
    """
    inward, outward = max(2, round(4.0 / mm_per_px)), max(3, round(5.0 / mm_per_px))
    columns = np.arange(soft.shape[1])
    rows = np.round(border).astype(np.int64)[None, :] + np.arange(-inward, outward + 1)[:, None]
    around = soft[np.clip(rows, 0, len(soft) - 1), columns[None, :]].astype(np.float64)
    # Along the border neighbouring columns are alike: their mean has less grain.
    around = np.asarray(cv2.blur(around.astype(np.float32), (_ALIKE, 1)), np.float64)
    dark, bright = around[: max(1, inward // 2)].mean(axis=0), around.max(axis=0)
    level = dark + _RISEN * (bright - dark)
    over = around >= level[None, :]
    first = np.maximum(over.argmax(axis=0), 1)
    here, before = around[first, columns], around[first - 1, columns]
    part = np.clip((level - before) / np.maximum(here - before, 1e-6), 0.0, 1.0)
    found = np.round(border) - inward + first - 1 + part
    calm = median_filter(found, size=5, mode="nearest")
    return np.asarray(cv2.GaussianBlur(calm[None].astype(np.float32), (0, 0), 1.2)[0], np.float64)


def _inside_smear(soft: NDArray[np.float32], border: Floats, mm_per_px: float) -> Floats:
    """A wall's far border as `_sharpened`, in the columns in which it is darker beyond the wall.

    Args:
        soft: float32 [rows, w], from beyond the wall toward it.
        border: rows [w].
        mm_per_px: of a row.
    """
    beside = max(2, round(_BESIDE_MM / mm_per_px))
    columns = np.arange(soft.shape[1])
    rows = np.round(border).astype(np.int64)[None, :] + np.arange(-beside, beside + 1)[:, None]
    around = soft[np.clip(rows, 0, len(soft) - 1), columns[None, :]].astype(np.float64)
    step = around[-beside:].mean(axis=0) - around[:beside].mean(axis=0)
    sharp = _sharpened(soft, border, mm_per_px)
    near = np.abs(sharp - border) <= _SMEAR_MM / mm_per_px
    return np.where((step > _LEAST_STEP) & near, sharp, border)


def _far_side(level: Floats, near: Floats, mm_per_px: float, most: int) -> Floats:
    """Rows [w] at which a wall that begins at `near` ends: where it is followed by dark, or by what
    is much brighter."""
    low, high = (round(mm / mm_per_px) for mm in _WALL_MM)
    columns = np.arange(level.shape[1])
    rows = np.round(near).astype(np.int64)[None, :] + np.arange(high + 3)[:, None]
    inside = rows < len(level)
    wall = level[np.clip(rows, 0, len(level) - 1), columns[None, :]]
    wall[~inside] = -1.0
    total = np.cumsum(np.clip(wall, -1.0, 0.45), axis=0)
    fall = np.zeros_like(wall)
    fall[2:-2] = np.abs(wall[4:] - wall[:-4])
    score = total + 0.8 * fall
    score[:low] = -50.0
    path = _path(score, most)
    return near + path - 0.5


def _path(score: Floats, most: int) -> Floats:
    """Row of each column of the path with the greatest sum that moves at most `most` rows a
    column, float64 [w], with the parts of a pixel that smoothing gives."""
    rows, width = score.shape
    best = score[:, 0].copy()
    back: NDArray[np.int16] = np.zeros((width, rows), np.int16)
    offsets = np.arange(-most, most + 1)
    penalty = _MOVE * np.abs(offsets)
    padded: Floats = np.full(rows + 2 * most, -1e9)
    for x in range(1, width):
        padded[most : most + rows] = best
        choices = np.stack([padded[most + o : most + o + rows] for o in offsets])
        choices -= penalty[:, None]
        pick = choices.argmax(axis=0)
        back[x] = offsets[pick]
        best = choices[pick, np.arange(rows)] + score[:, x]
    path = np.zeros(width)
    row = int(best.argmax())
    for x in range(width - 1, -1, -1):
        path[x] = row
        row += int(back[x, row]) if x else 0
    return np.asarray(cv2.GaussianBlur(path[None].astype(np.float32), (0, 0), 1.5)[0], np.float64)
