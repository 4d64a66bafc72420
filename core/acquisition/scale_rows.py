"""Marks that stand in a straight row at equal distances."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.acquisition.scale_marks import Marks

Floats = NDArray[np.float64]

_MIN_MARKS = 6
_MAX_MARKS = 60
_MIN_STEP, _MAX_STEP = 4.0, 150.0
_NEIGHBOURS = 6
# Rows flatter than this are no depth scale: they are text or a time axis.
_MIN_STEEPNESS = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Marks at equal steps, from the top.

    Attributes:
        members: int [N], indices of the marks.
        order: int [N], rising; a missing mark leaves a gap.
        step: distance of neighbours, pixels of the marks' picture.
        origin: float64 [2], place of number 0.
        direction: unit vector along the row, downwards.
        error: root mean square distance of the marks from their places, pixels.
    """

    members: NDArray[np.int64]
    order: NDArray[np.int64]
    step: float
    origin: Floats
    direction: Floats
    error: float

    def place(self, number: int) -> Floats:
        """Where mark `number` stands or should stand, float64 [2]."""
        return self.origin + self.direction * (self.step * number)

    @property
    def span(self) -> int:
        """Number of places from the first mark to the last, missing ones included."""
        return int(self.order[-1]) + 1


def find_rows(marks: Marks) -> list[Row]:
    """Rows of at least six marks, the fullest first; each mark counts in one row only."""
    anchors = _anchors(marks)
    rows: list[Row] = []
    for points in anchors:
        rows += _rows_of(points)
    rows.sort(key=lambda row: (-len(row.members), row.error))
    kept: list[Row] = []
    used: set[int] = set()
    for row in rows:
        if len(used & set(row.members.tolist())) <= len(row.members) // 3:
            kept.append(row)
            used |= set(row.members.tolist())
    return kept


def _anchors(marks: Marks) -> list[Floats]:
    """Places that may be in line: ticks of two lengths stand in line with one end."""
    y = marks.xy[:, 1]
    return [
        marks.xy,
        np.stack([marks.left, y], axis=1),
        np.stack([marks.right, y], axis=1),
    ]


def _rows_of(points: Floats) -> list[Row]:
    count = len(points)
    if count < _MIN_MARKS or count > 3000:
        return []
    rows: list[Row] = []
    seen: set[tuple[int, ...]] = set()
    for i in range(count):
        apart = points - points[i]
        distance = np.hypot(apart[:, 0], apart[:, 1])
        down = (apart[:, 1] > _MIN_STEEPNESS * distance) & (distance >= _MIN_STEP)
        near = np.flatnonzero(down & (distance <= _MAX_STEP))
        for j in near[np.argsort(distance[near])][:_NEIGHBOURS]:
            row = _grow(points, i, points[j] - points[i])
            if row is not None and tuple(row.members) not in seen:
                seen.add(tuple(row.members))
                rows.append(row)
    return rows


def _grow(points: Floats, start: int, step: Floats) -> Row | None:
    """Follows a step from a mark downwards, correcting it on the way."""
    members, order = [start], [0]
    origin = points[start]
    vector = step.astype(np.float64)
    place, missed = 1, 0
    while place < _MAX_MARKS and missed < 2:
        expected = origin + vector * place
        apart = np.hypot(*(points - expected).T)
        best = int(apart.argmin())
        tolerance = min(1.6, 0.15 * float(np.hypot(*vector)))
        if apart[best] <= tolerance:
            members.append(best)
            order.append(place)
            missed = 0
            if len(members) >= 3:
                origin, vector = _fit(points[members], np.array(order))
        else:
            missed += 1
            if len(members) < 4:
                return None
        place += 1
    if len(members) < _MIN_MARKS or len(set(members)) < len(members):
        return None
    places = np.array(order, np.int64)
    origin, vector = _fit(points[members], places)
    off = points[members] - (origin + places[:, None] * vector)
    error = float(np.sqrt((off**2).sum(axis=1).mean()))
    length = float(np.hypot(*vector))
    if error > min(0.9, 0.08 * length) or len(members) < 0.8 * (places[-1] + 1):
        return None
    return Row(np.array(members, np.int64), places, length, origin, vector / length, error)


def _fit(points: Floats, order: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Least squares: (place of number 0, step)."""
    centre, middle = order.mean(), points.mean(axis=0)
    shift = order - centre
    vector = (shift[:, None] * (points - middle)).sum(axis=0) / max(1e-9, float((shift**2).sum()))
    return middle - vector * centre, vector
