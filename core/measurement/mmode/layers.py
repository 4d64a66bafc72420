"""Walls along an M-mode strip: a border toward the cavity and a far one, followed together.

A strip is laid on a grid of its own (`GRID_MM` by `GRID_MS`), so that what is said of walls holds
for every screen. A wall is found outwards from inside the cavity: the cavity is dark, at the near
border it becomes brighter, between the borders it is nowhere dark, and on the far one lies a thin
bright line (the pericardium, the septum's other endocardium) or a fall into the dark. Both borders
are one path through all columns, for a leaflet has no such line behind it and what lies still
behind the heart is too far away.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from core.measurement.mmode.grid import (
    FASTEST_ROWS,
    GRID_MM,
    GRID_MS,
    MOVE,
    Floats,
    along,
    beside,
    best_path,
    border_at,
    calm,
    from_grid,
    mean_beside,
    on_grid,
    values_at,
    without_grain,
)

# A cavity is dark over this depth and more (mm), and lies between these depths.
_LEAST_CAVITY_MM, _MOST_CAVITY_MM = 12.0, 95.0
_DEPTHS_MM = (22.0, 150.0)
_DARK_SHARE = 0.55
# A border stands out by so many grey levels; a cavity grows and shrinks by this part.
LEAST_STEP, _LEAST_CHANGE = 5.0, 0.06
# The left ventricle's usual width and its posterior wall's usual way.
_WIDE_MM, _SWING_MM = 45.0, 8.0
_BRIDGE_MM = 3.5
# The walk begins where it is darkest at this distance from the cavity's edge: above the leaflets.
_INTO_MM = (4.0, 12.0)
# Leaflets and chords are passed over: a dark row counts this much for a path, a bright one this
# much against it.
_DARK_GAIN, _BRIGHT_COST = 0.16, 1.0
# How thick walls are, mm; the usual one, and what a millimetre squared beside it costs.
WALL_MM = (4.0, 22.0)
_USUAL_MM, _UNUSUAL = 9.0, 0.012
# The cavity's own grain: brighter than so many of its deviations is no blood, with a least step in
# grey levels, and so much of the way to the brightest near by (mm).
# The second is tried where walls are weak beside what is bright near by.
_GRAINS, _STEP_PARTS, _AROUND_MM = 2.5, (0.35, 0.22), 70.0
_EDGE, _FAR = 3.0, 2.5  # what the two borders' signs weigh
_DARK_WALL = 1.2
_FAR_GREY = 25.0  # how far a far border stands out, grey levels
_REFINE_MM, _AWAY = 6.0, 0.05  # near the first path, and what a row away from it costs
_STILL = 0.7  # part of what lies still that is taken away
# What a row's change of thickness costs a path, and how many from column to column there are.
_THICKEN, _THICKENING_ROWS = 0.45, 1
# What stays at its depth for half of this time is a wall.
_LASTING_MS, _THIN_ROWS = 600.0, 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walls:
    """Rows (px from the strip's top, parts of a pixel) of the walls, float64 [w] each.

    Attributes:
        septum_right: the septum's side toward the right ventricle.
        septum_left: its endocardium on the left.
        posterior_endocardium: where the cavity ends.
        posterior_epicardium: where the posterior wall ends.
        clear: by name of a border, how clearly it is seen: grey levels by which it stands out.
        contrast: how far walls stand out from the cavity, 0..1.
    """

    septum_right: Floats
    septum_left: Floats
    posterior_endocardium: Floats
    posterior_epicardium: Floats
    clear: dict[str, float]
    contrast: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Wall:
    """Of one wall, on the grid from the walk's first row on: borders float64 [w], and how far they
    stand out in grey levels."""

    near: Floats
    far: Floats
    near_step: float
    far_step: float


def follow_walls(grey: NDArray[np.float32], mm_per_px: float, ms_per_px: float) -> Walls | None:
    """The walls around the left ventricle's cavity; None where no cavity is seen.

    Args:
        grey: float32 [h, w], 0..255, depth downwards, time to the right.
        mm_per_px: of a row.
        ms_per_px: of a column.
    """
    grid = on_grid(grey, mm_per_px, ms_per_px)
    found = [
        (start, walls)
        for start in _cavities(grid)
        for part in _STEP_PARTS
        if (walls := _around(grid, start, part))
    ]
    if not found:
        return None
    start, (upper, lower) = _left_one(found)
    width = grey.shape[1]
    scale = GRID_MM / mm_per_px

    def rows(on: Floats) -> Floats:
        return from_grid(on, width, ms_per_px) * scale + 0.5 * (scale - 1.0)

    return Walls(
        septum_right=rows(start - upper.far),
        septum_left=rows(start - upper.near),
        posterior_endocardium=rows(start + lower.near),
        posterior_epicardium=rows(start + lower.far),
        clear={
            "septum_right": upper.far_step, "septum_left": upper.near_step,
            "posterior_endocardium": lower.near_step, "posterior_epicardium": lower.far_step,
        },
        contrast=float(np.clip(min(upper.near_step, lower.near_step) / 60.0, 0, 1)),
    )  # fmt: skip


def _cavities(grid: NDArray[np.float32]) -> list[int]:
    """Rows inside wide dark bands from which walls may be walked to, the widest first; a band
    thinner than leaflets does not part."""
    first, last = (round(mm / GRID_MM) for mm in _DEPTHS_MM)
    last = min(last, len(grid))
    if last - first < round(30.0 / GRID_MM):
        return []
    part = np.clip(grid[first:last], 0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(part, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark, bright = part[part <= threshold], part[part > threshold]
    if not dark.size or not bright.size:
        return []
    low, high = float(np.median(dark)), float(np.median(bright))
    # Weak walls are a third as bright as strong ones: the border lies nearer to the dark.
    share = (grid < low + 0.38 * (high - low)).mean(axis=1)
    rows = (share > _DARK_SHARE).astype(np.uint8)
    rows[:first] = rows[last:] = 0
    bridge = np.ones((round(_BRIDGE_MM / GRID_MM), 1), np.uint8)
    joined = cv2.morphologyEx(rows[:, None], cv2.MORPH_CLOSE, bridge)[:, 0]
    edges = np.diff(np.concatenate([[0], joined.astype(np.int8), [0]]))
    bands = [
        (int(a), int(b))
        for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
        if (b - a) * GRID_MM >= _LEAST_CAVITY_MM
    ]
    bands.sort(key=lambda band: band[0] - band[1])
    dark_share = cv2.blur(share[:, None], (1, 5))[:, 0]
    low, high = (round(mm / GRID_MM) for mm in _INTO_MM)
    return [a + low + int(dark_share[a + low : min(a + high, b - low)].argmax())
            for a, b in bands[:3]]  # fmt: skip


def _around(grid: NDArray[np.float32], start: int, part: float) -> tuple[_Wall, _Wall] | None:
    """The walls above and below a cavity; None where one is not seen or nothing moves."""
    reach = round((_MOST_CAVITY_MM + WALL_MM[1]) / GRID_MM)
    upper = _wall(grid[max(0, start - reach) : start + 1][::-1], _STEP_PARTS[0], septum=True)
    lower = _wall(grid[start : start + reach], part, septum=False)
    if upper is None or lower is None or min(upper.near_step, lower.near_step) < LEAST_STEP:
        return None
    wide = upper.near + lower.near
    moves = np.ptp(wide) >= _LEAST_CHANGE * wide.mean()
    return (upper, lower) if moves else None


def _left_one(found: list[tuple[int, tuple[_Wall, _Wall]]]) -> tuple[int, tuple[_Wall, _Wall]]:
    """Of cavities (row of the walk's start, walls) the left ventricle: wide, its far wall moves
    and has a line behind it, and both walls come in together."""

    def likeness(walls: tuple[_Wall, _Wall]) -> float:
        upper, lower = walls
        wide = float(np.median(upper.near + lower.near)) * GRID_MM
        swing = float(np.ptp(np.percentile(lower.near, (5, 95)))) * GRID_MM
        together = float(np.corrcoef(upper.near, lower.near)[0, 1])
        line = min(lower.far_step / _FAR_GREY, 1.0)
        return min(wide / _WIDE_MM, 1.0) + min(swing / _SWING_MM, 1.0) + together + line

    return max(found, key=lambda each: likeness(each[1]))


def _wall(side: NDArray[np.float32], part: float, *, septum: bool) -> _Wall | None:
    """The wall that a side [rows, w] shows, its first row inside the cavity; None where the side is
    too short.

    First both borders by what lasts, in every second column; then the near one close to that path
    by all that is seen, and from where it lies in parts of a row the far one.
    """
    least, most = (round(mm / GRID_MM) for mm in WALL_MM)
    if len(side) < least + round(6.0 / GRID_MM):
        return None
    far = _fall(side) if septum else _line(side)
    lasting = _lasting(side)
    levels = _levels(lasting, part)
    rows = _pair(_Signs.of(lasting, far, levels).every(2), least, most)
    columns = np.arange(side.shape[1])
    first = np.round(calm(np.interp(columns, columns[::2], rows))).astype(np.int64)
    short = without_grain(side)
    signs = _Signs.of(short, far, _levels(short, part))
    close = round(_REFINE_MM / GRID_MM)
    away = np.abs(np.arange(-close, close + 1))[:, None]
    offers = beside(signs.near, first, -close, close) - _AWAY * away
    near = first - close + best_path(offers, MOVE)
    inner = border_at(side, near, levels[0])
    start = np.round(inner).astype(np.int64)
    gap = beside(signs.gap, start, least, most) - beside(signs.gap, start, 2, 2)
    span = np.arange(least, most + 1)[:, None]
    prior = -_UNUSUAL * (span * GRID_MM - _USUAL_MM) ** 2
    thick = least + best_path(beside(signs.far, start, least, most) - gap + prior, _THICKEN)
    outer = _crest(side, start + thick, septum=septum)
    return _Wall(
        near=inner,
        far=np.maximum(outer, inner + 2.0),
        near_step=_step_at(side, inner),
        far_step=float(np.mean(values_at(far, np.asarray(start + thick, np.float64)))),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Signs:
    """What speaks for a border at a row, float64 [rows, w] each.

    Attributes:
        near: for the border toward the cavity; far: for the other one.
        gap: cumulated from the first row on: what a wall over these rows costs.
    """

    near: Floats
    far: Floats
    gap: Floats

    @classmethod
    def of(cls, side: NDArray[np.float32], far: Floats, levels: tuple[float, float]) -> "_Signs":
        dark, step = levels
        level = np.clip((side - dark - step) / step, -1.0, 1.0).astype(np.float64)
        gain = np.where(level < 0, -_DARK_GAIN * level, -np.minimum(level, _BRIGHT_COST))
        near = np.cumsum(gain, axis=0)
        return cls(
            near=near + _EDGE * np.clip(_rise(level), 0.0, 1.0),
            far=_FAR * far / _FAR_GREY,
            gap=np.cumsum(np.where(level < 0, -_DARK_WALL * level, 0.0), axis=0),
        )

    def every(self, step: int) -> "_Signs":
        """The same in every so many columns."""
        return _Signs(near=self.near[:, ::step], far=self.far[:, ::step], gap=self.gap[:, ::step])


def _lasting(side: NDArray[np.float32]) -> NDArray[np.float32]:
    """A side without what is at a depth for less than half of some 0.6 s, or thinner than a wall:
    leaflets and chords."""
    wide = 2 * round(0.5 * _LASTING_MS / (2 * GRID_MS)) + 1
    steady = median_filter(side[:, ::2], size=(1, wide), mode="nearest")
    steady = cv2.morphologyEx(steady, cv2.MORPH_OPEN, np.ones((_THIN_ROWS, 1), np.uint8))
    return np.asarray(cv2.resize(steady, (side.shape[1], side.shape[0])), np.float32)


def _levels(side: NDArray[np.float32], part: float) -> tuple[float, float]:
    """(the cavity's brightness, the step above it from which on it is no blood)."""
    core = side[: round(6.0 / GRID_MM)]
    dark = float(np.median(core))
    grain = 1.48 * float(np.median(np.abs(core - dark)))
    bright = float(np.percentile(side[: round(_AROUND_MM / GRID_MM)], 85))
    return dark, max(_GRAINS * grain, LEAST_STEP, part * (bright - dark))


def _rise(level: Floats) -> Floats:
    """How much brighter it is outwards of a pixel than inwards, [rows, w]."""
    return 0.5 * (mean_beside(level, 0.0, 2.0) - mean_beside(level, -2.5, -0.5))


def _line(side: NDArray[np.float32]) -> Floats:
    """Grey levels by which a pixel stands out as a thin bright line: the pericardium behind the
    posterior wall. What lies still is taken away."""
    here = mean_beside(side, -0.5, 0.5)
    inward, outward = mean_beside(side, -3.5, -2.0), mean_beside(side, 2.0, 3.5)
    line = np.clip(here - outward, -_FAR_GREY, _FAR_GREY)
    line += 0.5 * np.clip(here - inward, -_FAR_GREY, 0.6 * _FAR_GREY)
    still = np.maximum(np.median(line, axis=1), 0.0)
    return line - _STILL * still[:, None]


def _fall(side: NDArray[np.float32]) -> Floats:
    """Grey levels by which it is darker beyond a pixel than before it: the right ventricle beyond
    the septum."""
    fall = mean_beside(side, -2.5, -0.5) - mean_beside(side, 0.5, 2.5)
    return np.clip(fall, -_FAR_GREY, 1.5 * _FAR_GREY)


def _pair(signs: _Signs, least: int, most: int) -> NDArray[np.int64]:
    """Row of the near border in each column, int [w]: of the pair of borders with the greatest sum
    over all columns, `least` to `most` rows apart."""
    rows, width = signs.near.shape
    count, span = rows - least, np.arange(least, most + 1)
    behind = np.arange(count)[:, None] + span[None, :]
    cut = behind >= rows
    behind = np.minimum(behind, rows - 1)
    prior = -_UNUSUAL * (span * GRID_MM - _USUAL_MM) ** 2
    moves = [
        (i, j) for i in range(-FASTEST_ROWS, FASTEST_ROWS + 1)
        for j in range(-_THICKENING_ROWS, _THICKENING_ROWS + 1)
    ]  # fmt: skip
    high, wide = FASTEST_ROWS, _THICKENING_ROWS
    padded = np.full((count + 2 * high, len(span) + 2 * wide), -1e9)
    back: NDArray[np.int8] = np.zeros((width, count, len(span)), np.int8)
    best = np.zeros((count, len(span)))
    for x in range(width):
        score = signs.near[:count, x][:, None] + signs.far[behind, x] + prior[None, :]
        score -= np.maximum(signs.gap[behind, x] - signs.gap[1 : count + 1, x][:, None], 0.0)
        score[cut] = -1e6
        if x:
            padded[high : high + count, wide : wide + len(span)] = best
            choice = np.full((count, len(span)), -1e18)
            for number, (i, j) in enumerate(moves):
                before = padded[high + i : high + i + count, wide + j : wide + j + len(span)]
                value = before - (MOVE * abs(i) + _THICKEN * abs(j))
                better = value > choice
                choice[better] = value[better]
                back[x][better] = number
            score = score + choice
        best = score
    place, thick = np.unravel_index(int(best.argmax()), best.shape)
    found = np.zeros(width, np.int64)
    for x in range(width - 1, -1, -1):
        found[x] = place
        i, j = moves[int(back[x, place, thick])]
        place, thick = place + (i if x else 0), thick + (j if x else 0)
    return found


def _crest(side: NDArray[np.float32], rows: NDArray[np.int64], *, septum: bool) -> Floats:
    """Rows [w], in parts of one, of a far border near a path: of the bright line, or where the
    septum's echo has fallen by 6 dB."""
    if septum:
        back = len(side) - 1
        return back - border_at(side[::-1], back - rows, 0.0)
    part, low = along(side, rows, -1.5, 1.5)
    weight = np.maximum(part - np.percentile(part, 40, axis=0, keepdims=True), 0.0) + 1e-6
    number = np.arange(len(part))[:, None]
    return calm(rows + low + (weight * number).sum(axis=0) / weight.sum(axis=0))


def _step_at(side: NDArray[np.float32], rows: Floats) -> float:
    """Grey levels by which it is brighter just outwards of a border than inwards, mean."""
    step = mean_beside(side, 0.5, 2.5) - mean_beside(side, -3.0, -1.0)
    return float(np.mean(values_at(step, rows)))
