"""Which marks of a depth scale stand out: larger ones, or those with a number beside them."""

import numpy as np
from numpy.typing import NDArray

from core.acquisition.scale_marks import Marks
from core.acquisition.scale_rows import Row

_LARGER = 1.25
_PERIODS = (2, 4, 5, 10)


def every_nth(row: Row, marks: Marks) -> int | None:
    """n where every nth mark stands out and no other does; None where none does so.

    At least two marks must stand out, at n apart, and what size says and what numbers say must
    not contradict each other.
    """
    everywhere = np.arange(row.span)
    changed = _changed(row, marks)
    said: set[int] = set()
    for members in (
        _larger(marks.length[row.members]),
        _larger(marks.size[row.members]),
        _numbered(row, marks),
    ):
        for outstanding, places in (
            (row.order[members], row.order),
            (np.union1d(row.order[members], changed), everywhere),
        ):
            nth = _period(outstanding, places)
            if nth is not None:
                said.add(nth)
    return said.pop() if len(said) == 1 else None


def _changed(row: Row, marks: Marks) -> NDArray[np.int64]:
    """Places without a mark where something else is drawn: a longer tick, a number."""
    found = []
    for number in np.setdiff1d(np.arange(row.span), row.order):
        x, y = row.place(int(number))
        box = marks.others
        across = (box[:, 0] - 3 <= x) & (x <= box[:, 2] + 3)
        if (across & (box[:, 1] - 2 <= y) & (y <= box[:, 3] + 2)).any():
            found.append(int(number))
    return np.array(found, np.int64)


def _larger(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Values of the upper of two clearly separate groups; all False where there are not two."""
    ordered = np.sort(values)
    upper_half = len(values) - max(2, len(values) // 3)
    ratios = ordered[1:] / np.maximum(ordered[:-1], 1e-6)
    candidates = np.arange(max(1, upper_half - 1), len(values) - 1)
    if len(candidates) == 0:
        return np.zeros(len(values), bool)
    cut = int(candidates[ratios[candidates].argmax()])
    if ratios[cut] < _LARGER:
        return np.zeros(len(values), bool)
    outstanding: NDArray[np.bool_] = values > ordered[cut] * 1.0001
    return outstanding


def _numbered(row: Row, marks: Marks) -> NDArray[np.bool_]:
    """Marks with a digit or a letter close beside them, at their height."""
    points = marks.xy[row.members]
    if len(marks.letters) == 0:
        return np.zeros(len(points), bool)
    reach = max(10.0, min(40.0, 1.6 * row.step))
    dx = np.abs(points[:, None, 0] - marks.letters[None, :, 0])
    dy = np.abs(points[:, None, 1] - marks.letters[None, :, 1])
    close = (dx < reach) & (dy < min(6.0, 0.4 * row.step))
    return np.asarray(close.any(axis=1))


def _period(outstanding: NDArray[np.int64], order: NDArray[np.int64]) -> int | None:
    """n where the outstanding places are all those of one class modulo n."""
    if len(outstanding) < 2:
        return None
    for nth in _PERIODS:
        if (outstanding % nth == outstanding[0] % nth).all():
            expected = order[order % nth == outstanding[0] % nth]
            gaps = np.diff(outstanding)
            if gaps.min() == nth and len(outstanding) >= len(expected) - 1 and len(expected) >= 2:
                return nth
    return None
