"""Reads the scales that are drawn around a strip: speeds or depths at its side, time below it."""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.acquisition.digits import Number, read_numbers
from core.acquisition.strip_time import read_ms_per_px
from core.domain import Calibration, CalibrationSource, Mode

Box = tuple[int, int, int, int]
Floats = NDArray[np.float64]

# Numbers are looked for from a little inside the strip to this part of the screen's width beside.
_INSIDE, _BESIDE = 0.015, 0.12
# A number fits a scale where it lies no farther off than this; the unit's low letters may more.
_FIT_PX, _UNIT_PX = 1.6, 4.0
_LEAST_NUMBERS = 3
# How far apart machines write numbers, but for tens: a scale in steps of 53 has been misread.
_STEPS = (1.0, 1.2, 1.5, 1.6, 2.0, 2.4, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0, 10.0)
_LEAST_WIDTH = 0.4
# Likenesses of the numbers that fit, less those of the ones that do not.
_LEAST_SCORE = 1.5
_APART_PX, _ALONG = 11.0, 0.2
# What the whole height of a strip can show: cm/s of blood and of tissue, mm of depth.
_SPAN = {
    Mode.PW: (40.0, 1000.0),
    Mode.CW: (80.0, 1800.0),
    Mode.TDI: (8.0, 90.0),
    Mode.MMODE: (40.0, 300.0),
}
# Numbers this small on a strip of blood are metres a second, larger ones centimetres.
_METRES_BELOW = 12.0
# A drawn baseline this near (px) to the place that the numbers give is the zero itself, and speaks
# for the numbers: so much, in likenesses.
_BASELINE_PX = 4
_BASELINE_WORTH = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class StripScale:
    """The scales of a strip.

    Attributes:
        calibration: `cm_s_per_px` or `mm_per_px_y` and `ms_per_px` with the strip's box; source
            NONE with its reason where the numbers at the side cannot be read.
        zero: row of speed or depth 0, source px; None where it is not known.
    """

    calibration: Calibration
    zero: float | None


def read_strip_scale(frame: NDArray[np.uint8], box: Box, mode: Mode) -> StripScale:
    """The scales as they are drawn.

    The numbers at one side of the strip must stand in step: at least three that fit one straight
    scale, signs left out of account (many machines leave them out). Time comes from ticks below or
    above the strip, of which every fifth or tenth (a second) is longer.

    Args:
        frame: RGB uint8 [H, W, 3].
        box: (x0, y0, x1, y1) of the strip, half open.
        mode: PW, CW, TDI or MMODE: which unit the numbers can have.
    """
    grey = frame.max(axis=2).astype(np.float32)
    best = max(
        (_side(grey, box, mode, right=right) for right in (True, False)),
        key=lambda found: -1.0 if found is None else found.score,
    )
    if best is None:
        reason = "no scale with numbers that stand in step was found beside the strip"
        return StripScale(
            calibration=Calibration(source=CalibrationSource.NONE, reasons=(reason,)), zero=None
        )
    zero = best.zero
    box = (box[0], min(box[1], round(best.top)), box[2], max(box[3], round(best.bottom) + 1))
    if mode is not Mode.MMODE:
        drawn = _baseline(grey, box, zero)
        zero = drawn if drawn is not None else zero
    ms = read_ms_per_px(grey, box)
    reasons = () if ms is not None else ("no time scale was found below the strip",)
    depth = mode is Mode.MMODE
    return StripScale(
        calibration=Calibration(
            source=CalibrationSource.SCALE,
            mm_per_px_y=best.per_px if depth else None,
            cm_s_per_px=None if depth else best.per_px,
            ms_per_px=ms,
            box=(float(box[0]), float(box[1]), float(box[2]), float(box[3])),
            reasons=reasons,
        ),
        zero=zero,
    )


def find_strip(frame: NDArray[np.uint8], mode: Mode, *, above: int = 0) -> Box | None:
    """The box of a strip that is too faint to be seen by its pixels, found by its scale.

    The numbers at one side of the screen give the rows, the baseline drawn through the strip the
    columns.

    Args:
        frame: RGB uint8 [H, W, 3].
        mode: PW, CW or TDI.
        above: rows that belong to the small picture above the strip.
    """
    grey = frame.max(axis=2).astype(np.float32)
    height, width = grey.shape
    best: tuple[float, Box] | None = None
    for left, end in ((round(0.8 * width), width), (0, round(0.2 * width))):
        fit = _fit(_numbers_in(grey, (left, above, end, height)), height - above, mode, np.zeros(0))
        if fit is None or (best is not None and fit.score <= best[0]):
            continue
        run = _longest_line(grey, fit.zero)
        if run is None or run[1] - run[0] < _LEAST_WIDTH * width:
            continue
        half = 0.5 * fit.step_px
        rows = (max(above, round(fit.top - half)), min(height, round(fit.bottom + half)))
        best = fit.score, (run[0], rows[0], run[1], rows[1])
    return None if best is None else best[1]


def _longest_line(grey: NDArray[np.float32], near: float) -> tuple[int, int] | None:
    """Columns [start, end) of the longest line drawn close to a row."""
    longest: tuple[int, int] | None = None
    for y in range(max(0, round(near) - _BASELINE_PX), min(len(grey), round(near) + 5)):
        drawn = np.concatenate([[0], (grey[y] > 60).astype(np.int8), [0]])
        edges = np.diff(drawn)
        starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        if not len(starts):
            continue
        best = int((ends - starts).argmax())
        if longest is None or ends[best] - starts[best] > longest[1] - longest[0]:
            longest = int(starts[best]), int(ends[best])
    return longest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """A scale that numbers stand on.

    Attributes:
        zero: row of 0.
        per_px: cm/s or mm a row.
        score: sum of the numbers' likenesses, less what speaks against it.
        top, bottom: rows of the first and the last number.
        step_px: rows between neighbouring numbers.
    """

    zero: float
    per_px: float
    score: float
    top: float
    bottom: float
    step_px: float


def _side(grey: NDArray[np.float32], box: Box, mode: Mode, *, right: bool) -> _Fit | None:
    """The scale at one side."""
    height, width = grey.shape
    x0, y0, x1, y1 = box
    # A strip's box may miss rows in which there is no flow, but not where its scale goes on.
    margin = round(0.3 * (y1 - y0)) + 8
    top, bottom = max(0, y0 - margin), min(height, y1 + margin)
    inside, beside = round(_INSIDE * (x1 - x0)), round(_BESIDE * width)
    if right:
        left, end = max(0, x1 - inside), min(width, x1 + beside)
    else:
        left, end = max(0, x0 - beside), min(width, x0 + inside)
    numbers = _numbers_in(grey, (left, top, end, bottom))
    lines: Floats = np.zeros(0) if mode is Mode.MMODE else _lines(grey, box)
    return _fit(numbers, y1 - y0, mode, lines)


def _lines(grey: NDArray[np.float32], box: Box) -> Floats:
    """Rows, float64 [n], of straight lines that are drawn through the whole strip."""
    x0, y0, x1, y1 = box
    inner = grey[y0:y1, x0 + (x1 - x0) // 20 : x1 - (x1 - x0) // 20]
    if inner.shape[1] < 20:
        return np.zeros(0)
    return y0 + np.flatnonzero(_is_line(inner)).astype(np.float64)


def _is_line(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of rows [n, w] a drawn line fills: it is equally bright along the strip, even its
    darker columns are bright."""
    return (np.percentile(rows, 10, axis=1) >= 60) & (rows.std(axis=1) <= 45)


def _numbers_in(grey: NDArray[np.float32], box: Box) -> list[Number]:
    """The numbers in a part of the screen, in the screen's px."""
    left, top, end, bottom = box
    if end - left < 12 or bottom - top < 12:
        return []
    numbers = [
        replace(n, x0=n.x0 + left, x1=n.x1 + left, y=n.y + top)
        for n in read_numbers(np.ascontiguousarray(grey[top:bottom, left:end]))
    ]  # fmt: skip
    return _whole(numbers)


def _whole(numbers: list[Number]) -> list[Number]:
    """Without the readings that are only a part of a longer number."""
    return [
        n for n in numbers
        if not any(
            o.x1 - o.x0 > 1.3 * (n.x1 - n.x0) and abs(o.y - n.y) < 3 and o.likeness > 0.7
            and o.x0 - 2 <= n.x0 and n.x1 <= o.x1 + 2
            for o in numbers
        )
    ]  # fmt: skip


def _fit(numbers: list[Number], height: int, mode: Mode, lines: Floats) -> _Fit | None:
    """The straight scale that most numbers stand on; None where fewer than three do.

    A line drawn through the strip at its zero speaks for a scale: it is the baseline. Where lines
    are drawn, but none at its zero, it is no scale.
    """
    best: _Fit | None = None
    least = max(12.0, 0.05 * height)
    for a, b in combinations(numbers, 2):
        if a.is_unit or b.is_unit or abs(a.y - b.y) < least or not _in_line(a, b):
            continue
        upper, lower = (a, b) if a.y < b.y else (b, a)
        for sign_up, sign_down in _signs(mode):
            rise = sign_up * upper.value - sign_down * lower.value
            per_px = rise / (lower.y - upper.y)
            if mode is Mode.MMODE:
                per_px = -per_px
            if per_px <= 0:
                continue
            fit = _score(numbers, upper, sign_up, per_px, mode, height)
            if fit is not None and len(lines):
                # Where lines are drawn, one of them is the baseline.
                if np.abs(lines - fit.zero).min() > _BASELINE_PX:
                    continue
                fit = replace(fit, score=fit.score + _BASELINE_WORTH)
            if fit is not None and (best is None or fit.score > best.score + 1e-6):
                best = fit
    return best


def _signs(mode: Mode) -> tuple[tuple[int, int], ...]:
    return ((1, 1),) if mode is Mode.MMODE else ((1, 1), (1, -1), (-1, -1))


def _in_line(a: Number, b: Number) -> bool:
    """Numbers of one scale stand flush on one side (or about one middle); a sign that is not read
    shifts them by a part of a number's width."""
    off = min(abs(a.x0 - b.x0), abs(a.x1 - b.x1), 0.5 * abs(a.x0 + a.x1 - b.x0 - b.x1))
    return off <= 5.0 + 0.25 * max(a.x1 - a.x0, b.x1 - b.x0)


def _score(
    numbers: list[Number], anchor: Number, sign: int, per_px: float, mode: Mode, height: int
) -> _Fit | None:
    """How well all numbers stand on the scale through an anchor."""
    down = 1.0 if mode is Mode.MMODE else -1.0
    zero = anchor.y - down * sign * anchor.value / per_px
    rows: list[tuple[Number, float]] = []
    # Of readings that crowd together the likeliest counts: numbers of a scale stand well apart.
    for n in sorted(numbers, key=lambda n: -n.likeness):
        if not _in_line(anchor, n) or any(abs(n.y - o.y) < _APART_PX for o, _ in rows):
            continue
        expected = down * (n.y - zero) * per_px
        signed = n.value if expected >= 0 else -n.value
        if mode is Mode.MMODE and expected < -0.5 * per_px:
            continue
        off = abs(expected - signed) / per_px
        if off <= (_UNIT_PX if n.is_unit else max(_FIT_PX, 0.004 * height)):
            rows.append((n, signed))
    chosen = sorted(rows, key=lambda pair: pair[0].y)
    values = {round(v, 4) for _, v in chosen}
    if len(values) < _LEAST_NUMBERS or not _in_step(sorted(values)):
        return None
    y = np.array([n.y for n, _ in chosen])
    if y.max() - y.min() < _ALONG * height:
        return None
    v = np.array([value for _, value in chosen])
    exact = np.array([not n.is_unit for n, _ in chosen])
    slope, offset = np.polyfit(y[exact], v[exact], 1)
    if slope * down <= 0:
        return None
    unit = _unit(mode, chosen)
    if unit is None:
        return None
    factor = unit * abs(float(slope))
    low, high = _SPAN[mode]
    if not low <= factor * height <= high:
        return None
    score = (
        sum(n.likeness for n, _ in chosen)
        - _against(numbers, anchor, rows)
        - 0.02 * float(np.abs(slope * y + offset - v).sum())
    )
    if score < _LEAST_SCORE:
        return None
    return _Fit(
        zero=float(-offset / slope), per_px=factor, score=score, top=float(y.min()),
        bottom=float(y.max()), step_px=float(np.diff(np.sort(v)).min() / abs(slope)),
    )  # fmt: skip


def _against(numbers: list[Number], anchor: Number, rows: list[tuple[Number, float]]) -> float:
    """What the well read numbers in the same line that are not on the scale say against it."""
    used = [n.y for n, _ in rows]
    others = {
        round(n.y / 4): n.likeness for n in numbers
        if n.likeness > 0.8 and n.value > 0 and _in_line(anchor, n)
        and all(abs(n.y - y) > 4 for y in used)
    }  # fmt: skip
    return sum(others.values())


def _in_step(values: list[float]) -> bool:
    """True where all distances are multiples of half the smallest."""
    gaps = np.diff(values)
    if len(gaps) == 0 or gaps.min() <= 0:
        return False
    step = float(gaps.min())
    mantissa = step / 10 ** np.floor(np.log10(step) + 1e-9)
    if min(abs(mantissa - nice) for nice in _STEPS) > 0.01 * mantissa:
        return False
    parts = gaps / step
    # 20, 80 and -20 stand in step though 60 and 40 cannot be read: halves are allowed.
    return bool(np.abs(2 * parts - np.round(2 * parts)).max() < 0.03 and parts.max() <= 10)


def _unit(mode: Mode, chosen: list[tuple[Number, float]]) -> float | None:
    """cm/s (or mm) that one of the written units is; None where it may be either."""
    if mode is Mode.MMODE:
        return 10.0
    most = max(abs(v) for _, v in chosen)
    if mode is Mode.TDI:
        # Tissue moves at some 5 to 20 cm/s: its metres are written with decimals below one.
        return 100.0 if most < 1.0 else 1.0
    return 100.0 if most <= _METRES_BELOW else 1.0


def _baseline(grey: NDArray[np.float32], box: Box, near: float) -> float | None:
    """Row of the straight line drawn through the whole strip close to where zero must be."""
    x0, y0, x1, y1 = box
    inner = grey[:, x0 + (x1 - x0) // 20 : x1 - (x1 - x0) // 20]
    first = max(y0, round(near) - _BASELINE_PX)
    rows = np.arange(first, min(y1, round(near) + _BASELINE_PX + 1))
    if len(rows) < 3 or inner.shape[1] < 20:
        return None
    if not _is_line(inner[rows]).any():
        return None
    steady = np.percentile(inner[rows], 10, axis=1)
    best = int(steady.argmax())
    weight = np.where(steady > 0.6 * steady[best], steady, 0.0)
    weight[np.abs(np.arange(len(rows)) - best) > 1] = 0.0
    return float((weight * rows).sum() / weight.sum())
