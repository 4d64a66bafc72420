"""The course of a septum between two chambers, and how bright it is along it, over a clip.

A septum is where two chambers' outlines face each other. A network may draw them closed over a
hole, or let one run into the other, so what lies between them is read from the pixels: a wall
reaches the brightness of tissue somewhere on the way across, blood does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Clip, Recognition, Region, RegionLabel, Sector
from core.measurement.colour.jets import coloured
from core.measurement.geometry import Points

Grey = NDArray[np.float32]
Mask = NDArray[np.bool_]

#: Places along a course from its one end to the other.
PLACES = 96
# Two chambers face each other where both are nearer than this, mm; the septum is read a little
# beyond their outlines.
_BEYOND_MM = 1.5
_STEP_MM = 0.4
_SMOOTH_MM = 0.7
# A course that faces for less says nothing of a hole.
_LEAST_MM = 10.0
# Blood is read so far inside a chamber, tissue so far outside of both, within this of the course.
_INSIDE_MM, _OUTSIDE_MM, _AROUND_MM = 2.5, 5.0, 25.0
_LEAST_PX = 40
MOST_FRAMES = 40
# A hole need not run straight across.
_TURNS_DEG = (-30.0, -15.0, 0.0, 15.0, 30.0)
# Nothing is said of what lies so near to the fan's edge, mm.
_EDGE_MM = 2.5
_TISSUE_PERCENTILE, _BLOOD_PERCENTILE = 60.0, 75.0
# Profiles of several frames: brighter is all alike; what is wall; how far one may be moved.
_BRIGHT, _WALL, _SHIFT_MM, _ROUNDS = 1.2, 0.5, 6.0, 4
_SOME_COLOUR = 0.015  # of the chambers' part near the septum
_CROSSED = 0.5  # of the way across in colour


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """A septum in one frame.

    Attributes:
        frame: its number.
        middle: float64 [PLACES, 2], source px, along the septum at even steps.
        length_mm: of it.
        wall: float32 [PLACES], the brightest on the way across: 0 as blood, 1 as tissue.
        flow: float32 [PLACES], the share of the way across that shows colour, 0..1.
        contrast: tissue's brightness over blood's, grey levels.
        coloured: True where some colour is seen in either chamber near the septum.
    """

    frame: int
    middle: Points
    length_mm: float
    wall: Grey
    flow: Grey
    contrast: float
    coloured: bool


def courses(
    clip: Clip, recognition: Recognition, *, sides: tuple[RegionLabel, RegionLabel],
    without: Sequence[RegionLabel], apart_mm: float, mm_per_px: tuple[float, float],
) -> list[Course]:  # fmt: skip
    """The septum's course in each frame that shows both of its sides, in the order of time.

    Args:
        clip: the pixels.
        recognition: with the chambers' regions.
        sides: the two chambers.
        without: structures that the septum does not run through.
        apart_mm: chambers farther apart than twice this do not face each other.
        mm_per_px: (x, y).
    """
    known = best_regions(recognition, (*sides, *without))
    fan = _fan(recognition.sector, clip)
    found = []
    both = [n for n in range(len(clip)) if all((n, side) in known for side in sides)]
    for number in both[:: -(-len(both) // MOST_FRAMES) or 1]:
        one, other = (known[number, side] for side in sides)
        barred = [r for label in without if (r := known.get((number, label))) is not None]
        course = _course(clip.frames[number], number, one, other, barred, fan, apart_mm,
                         mm_per_px)  # fmt: skip
        if course is not None:
            found.append(course)
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gap:
    """The darkest place of a septum over the frames of a clip.

    Attributes:
        level: how bright it is there, 0 as blood, 1 as tissue.
        frame: number of the frame that looks most like all of them.
        ends: float64 [2, 2], source px, where the wall begins again on either side.
    """

    level: float
    frame: int
    ends: Points


def steady_gap(found: Sequence[Course]) -> Gap | None:
    """What stays dark in most frames between two stretches of wall; None where no wall is seen.

    A beating septum is longer in one frame than in the next, and the chambers' outlines end
    elsewhere: the frames' profiles are laid over each other before their median is taken.
    """
    if not found:
        return None
    longest = max(course.length_mm for course in found)
    count = int((longest + 2 * _SHIFT_MM) / _STEP_MM) + 1
    grid = (np.arange(count) - count // 2) * _STEP_MM
    rows = np.array([
        np.interp(grid, _places_mm(course), np.minimum(course.wall, _BRIGHT)) for course in found
    ])  # fmt: skip
    shifts = _laid_over(rows)
    laid = np.array([np.interp(grid + s, grid, row) for s, row in zip(shifts, rows, strict=True)])
    wall = np.median(laid, axis=0)
    before, after = np.maximum.accumulate(wall), np.maximum.accumulate(wall[::-1])[::-1]
    inner = np.flatnonzero(np.minimum(before, after) >= _WALL)
    if not len(inner):
        return None
    darkest = int(inner[wall[inner].argmin()])
    level = float(wall[darkest])
    half = 0.5 * (level + min(1.0, before[darkest], after[darkest]))
    low, high = darkest, darkest
    while low > inner[0] and wall[low - 1] < half:
        low -= 1
    while high < inner[-1] and wall[high + 1] < half:
        high += 1
    typical = int(((laid - wall) ** 2).mean(axis=1).argmin())
    course, places = found[typical], _places_mm(found[typical])
    at = grid[[low, high]] + shifts[typical]
    ends = np.stack([np.interp(at, places, course.middle[:, k]) for k in (0, 1)], axis=1)
    return Gap(level=level, frame=course.frame, ends=ends)


def crossing(course: Course) -> tuple[float, Points, bool]:
    """The longest stretch over which colour crosses the septum: mm, its two ends (px), and whether
    it is bounded on both sides; beyond a septum's own end flow passes beside it."""
    best, start = (0, 0), None
    for place, crossed in enumerate([*(course.flow > _CROSSED), False]):
        if crossed and start is None:
            start = place
        elif not crossed and start is not None:
            best, start = max(best, (place - start, start)), None
    length, first = best
    ends = course.middle[[first, max(first + length - 1, first)]]
    bounded = first > 0 and first + length < PLACES
    return length * course.length_mm / (PLACES - 1), ends, bounded


def _places_mm(course: Course) -> NDArray[np.float64]:
    return np.linspace(-0.5, 0.5, PLACES) * course.length_mm


def _laid_over(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """mm by which each profile is to be moved so that they agree."""
    most = int(_SHIFT_MM / _STEP_MM)
    steps = range(-most, most + 1)
    # Each profile at each shift; beyond its ends it goes on as it ends.
    padded = np.pad(rows, ((0, 0), (most, most)), mode="edge")
    moved = np.stack([padded[:, most + k : most + k + rows.shape[1]] for k in steps], axis=1)
    middle = np.median(rows, axis=0)
    best = np.zeros(len(rows), int)
    for _ in range(_ROUNDS):
        best = ((moved - middle) ** 2).sum(axis=2).argmin(axis=1)
        middle = np.median(moved[np.arange(len(rows)), best], axis=0)
    return (best - most) * _STEP_MM


def best_regions(
    recognition: Recognition, labels: Sequence[RegionLabel]
) -> dict[tuple[int, RegionLabel], Region]:
    """Of each frame and label the region with the highest score."""
    best: dict[tuple[int, RegionLabel], Region] = {}
    for region in recognition.regions:
        key = region.frame, region.label
        if region.label in labels and (key not in best or best[key].score < region.score):
            best[key] = region
    return best


def _course(
    pixels: NDArray[np.uint8], number: int, one: Region, other: Region, barred: Sequence[Region],
    fan: NDArray[np.uint8], apart_mm: float, mm_per_px: tuple[float, float],
) -> Course | None:  # fmt: skip
    """None where the two do not face each other far enough."""
    # All is done in a cut round both, scaled to even steps in both directions.
    scale = np.array(mm_per_px) / _STEP_MM
    corners = np.concatenate([one.polygon, other.polygon])
    low = np.floor(corners.min(axis=0) - _AROUND_MM / 2 / np.array(mm_per_px))
    high = np.ceil(corners.max(axis=0) + _AROUND_MM / 2 / np.array(mm_per_px))
    low = np.maximum(low, 0).astype(int)
    high = np.minimum(high, [pixels.shape[1], pixels.shape[0]]).astype(int)
    size = np.maximum(np.round((high - low) * scale), 8).astype(int)
    cut = np.ascontiguousarray(pixels[low[1] : high[1], low[0] : high[0]])
    grey = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY)
    scale = size / (high - low)
    how = cv2.INTER_AREA if scale.max() < 1 else cv2.INTER_LINEAR
    grey = cv2.resize(grey, (int(size[0]), int(size[1])), interpolation=how)
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _SMOOTH_MM / _STEP_MM)

    def mask(region: Region) -> Mask:
        drawn: NDArray[np.uint8] = np.zeros(grey.shape, np.uint8)
        place = np.round((region.polygon - low) * scale).astype(np.int32)
        cv2.fillPoly(drawn, [place], 1)
        return drawn > 0

    a, b = mask(one), mask(other)
    seen = cv2.resize(fan[low[1]:high[1], low[0]:high[0]], (int(size[0]), int(size[1])),
                      interpolation=cv2.INTER_NEAREST) > 0  # fmt: skip
    bar = _depth(seen) <= _EDGE_MM
    for region in barred:
        bar |= mask(region)
    to_a, to_b = _distance(a), _distance(b)
    near = (np.maximum(to_a, to_b) <= apart_mm) & ~bar
    ridge = near & (np.abs(to_a - to_b) <= 1.01 * _STEP_MM)
    y, x = np.nonzero(ridge)
    if len(x) < _LEAST_PX:
        return None
    middle = _line(np.stack([x, y], axis=1).astype(np.float64), _way(a, b))
    steps = np.linalg.norm(np.diff(middle, axis=0), axis=1) * _STEP_MM
    length = float(steps.sum())
    if length < _LEAST_MM:
        return None
    close = _distance(_dots(middle, grey.shape)) < _AROUND_MM
    blood = smooth[(_depth(a | b) > _INSIDE_MM) & close]
    rim = close & ~(a | b | bar) & (np.minimum(to_a, to_b) < _OUTSIDE_MM) & seen
    tissue = smooth[rim]
    if len(blood) < _LEAST_PX or len(tissue) < _LEAST_PX:
        return None
    dark = float(np.percentile(blood, _BLOOD_PERCENTILE))
    contrast = float(np.percentile(tissue, _TISSUE_PERCENTILE)) - dark
    shown = np.asarray(
        cv2.resize(coloured(cut).astype(np.float32), (int(size[0]), int(size[1])),
                   interpolation=how), np.float32,
    )  # fmt: skip
    peak, flow = _across(np.asarray(smooth, np.float32), shown, middle, to_a, to_b)
    return Course(
        frame=number, middle=middle / scale + low, length_mm=length,
        wall=np.asarray((peak - dark) / max(contrast, 1.0), np.float32), flow=flow,
        contrast=contrast, coloured=bool((shown[(a | b) & close] > 0.5).mean() > _SOME_COLOUR),
    )  # fmt: skip


def _fan(sector: Sector, clip: Clip) -> NDArray[np.uint8]:
    """uint8 [H, W], 1 in the ultrasound picture."""
    if len(sector.outline) < 3:
        return np.ones((clip.height, clip.width), np.uint8)
    drawn: NDArray[np.uint8] = np.zeros((clip.height, clip.width), np.uint8)
    cv2.fillPoly(drawn, [np.round(np.array(sector.outline)).astype(np.int32)], 1)
    return drawn


def _distance(shape: Mask) -> Grey:
    """Of each place to a shape, mm."""
    far = cv2.distanceTransform((~shape).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(far * _STEP_MM, np.float32)


def _depth(shape: Mask) -> Grey:
    """Of each place inside a shape, mm from its edge."""
    return _distance(~shape)


def _dots(places: Points, shape: tuple[int, ...]) -> Mask:
    found = np.zeros(shape, bool)
    x, y = np.round(places).astype(int).T
    found[np.clip(y, 0, shape[0] - 1), np.clip(x, 0, shape[1] - 1)] = True
    return found


def _way(a: Mask, b: Mask) -> Points:
    """Unit vector from one chamber to the other, the way across the septum."""
    centres = [np.array(np.nonzero(m)[::-1], np.float64).mean(axis=1) for m in (a, b)]
    way = centres[1] - centres[0]
    return way / max(float(np.linalg.norm(way)), 1e-6)


def _line(places: Points, across: Points) -> Points:
    """One line through the places where the chambers face, at even steps.

    The places' own main direction runs along the septum unless they are few and thick.
    """
    centre = places.mean(axis=0)
    _, _, axes = np.linalg.svd(places - centre, full_matrices=False)
    along = axes[0]
    # Always in the same sense, so that frames agree.
    if along @ np.array([-across[1], across[0]]) < 0:
        along = -along
    s = (places - centre) @ along
    off = (places - centre) @ np.array([-along[1], along[0]])
    low, high = s.min(), s.max()
    bins = max(6, round((high - low) * _STEP_MM / 1.5))
    edges = np.linspace(low, high + 1e-6, bins + 1)
    which = np.digitize(s, edges) - 1
    at = [(s[which == k].mean(), np.median(off[which == k])) for k in range(bins)
          if (which == k).any()]  # fmt: skip
    knots = np.array(at)
    t = np.linspace(low, high, PLACES)
    offs = np.interp(t, knots[:, 0], knots[:, 1])
    side = np.array([-along[1], along[0]])
    line = centre + t[:, None] * along + offs[:, None] * side
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    even = np.linspace(0.0, steps[-1], PLACES)
    return np.stack([np.interp(even, steps, line[:, k]) for k in (0, 1)], axis=1)


def _across(smooth: Grey, shown: Grey, middle: Points, to_a: Grey, to_b: Grey) -> tuple[Grey, Grey]:
    """At each place of the line, of some straight ways across: the brightest of the darkest way,
    and the share of colour on the most coloured one."""
    along = np.gradient(cv2.GaussianBlur(middle, (0, 0), 3.0, borderType=cv2.BORDER_REPLICATE),
                        axis=0)  # fmt: skip
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    side = np.stack([-along[:, 1], along[:, 0]], axis=1)
    x, y = np.round(middle).astype(int).T
    x, y = np.clip(x, 0, smooth.shape[1] - 1), np.clip(y, 0, smooth.shape[0] - 1)
    thick = np.maximum(np.maximum(to_a[y, x], to_b[y, x]), 1.0)
    half = thick + _BEYOND_MM
    reach = np.arange(0, half.max() + 1e-6, _STEP_MM)
    steps = np.concatenate([-reach[:0:-1], reach])
    dark = np.full(len(middle), np.inf, np.float32)
    flow = np.zeros(len(middle), np.float32)
    off = np.abs(steps)[None]
    between = off <= thick[:, None]
    for turn in np.deg2rad(_TURNS_DEG):
        way = np.cos(turn) * side + np.sin(turn) * along
        at = middle[:, None] + (steps[None, :, None] / _STEP_MM) * way[:, None]
        x, y = at[..., 0].astype(np.float32), at[..., 1].astype(np.float32)
        read = cv2.remap(smooth, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        read[off > half[:, None]] = -np.inf
        dark = np.minimum(dark, read.max(axis=1))
        seen = cv2.remap(shown, x, y, cv2.INTER_LINEAR)
        flow = np.maximum(flow, (seen * between).sum(axis=1) / between.sum(axis=1))
    return dark, flow
