"""Rays marched through the heart's distance field: where a line meets a structure's surface."""

import numpy as np
from numpy.typing import NDArray

from core.phantom.heart.frame import Vector, unit
from core.phantom.scene import Scene, Structure, distances

STEP_MM = 0.25


def along(
    scene: Scene, structure: Structure, start: Vector, direction: Vector, *, reach: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places t (mm from `start`, from -reach to reach) and the signed distances there."""
    t = np.arange(-reach, reach + STEP_MM, STEP_MM)
    points = start + t[:, None] * unit(direction)
    return t, distances(scene, points)[:, structure].astype(np.float64)


def span(
    scene: Scene, structure: Structure, point: Vector, direction: Vector, *, reach: float = 80.0
) -> tuple[Vector, Vector] | None:
    """Inner edge to inner edge of the structure on the line through a point inside it.

    Returns:
        The end against `direction` and the end along it; None if the point is not inside or the
        line does not leave the structure within `reach` mm.
    """
    t, d = along(scene, structure, point, direction, reach=reach)
    middle = int(np.abs(t).argmin())
    if d[middle] > 0:
        return None
    edges = _edges(t, d, middle)
    return None if edges is None else _on(point, direction, edges)


def longest_span(
    scene: Scene, structure: Structure, point: Vector, direction: Vector, *, reach: float = 80.0
) -> tuple[Vector, Vector] | None:
    """The longest piece of the line inside the structure; None if there is none."""
    t, d = along(scene, structure, point, direction, reach=reach)
    inside = d <= 0
    starts = np.flatnonzero(np.diff(inside.astype(np.int8), prepend=0) == 1)
    pieces = [edges for s in starts if (edges := _edges(t, d, int(s))) is not None]
    if not pieces:
        return None
    return _on(point, direction, max(pieces, key=lambda piece: piece[1] - piece[0]))


def surface(
    scene: Scene, structure: Structure, point: Vector, direction: Vector, *, reach: float = 90.0
) -> Vector | None:
    """Where the ray from `point` first leaves the structure; `point` may lie just outside it."""
    t, d = along(scene, structure, point, direction, reach=reach)
    inside = np.flatnonzero((t >= 0) & (d <= 0))
    if not len(inside):
        return None
    beyond = np.flatnonzero((t > t[inside[0]]) & (d > 0))
    if not len(beyond):
        return None
    first = int(beyond[0])
    return point + _crossing(t, d, first, first - 1) * unit(direction)


def length(ends: tuple[Vector, Vector]) -> float:
    """Distance of the ends, mm."""
    return float(np.linalg.norm(ends[1] - ends[0]))


def _on(point: Vector, direction: Vector, edges: tuple[float, float]) -> tuple[Vector, Vector]:
    way = unit(direction)
    return point + edges[0] * way, point + edges[1] * way


def _edges(
    t: NDArray[np.float64], d: NDArray[np.float64], inside: int
) -> tuple[float, float] | None:
    """The crossings on both sides of a sample inside, between samples by the distances there."""
    outside = np.flatnonzero(d > 0)
    before, after = outside[outside < inside], outside[outside > inside]
    if not len(before) or not len(after):
        return None
    low, high = int(before[-1]), int(after[0])
    return _crossing(t, d, low, low + 1), _crossing(t, d, high, high - 1)


def _crossing(t: NDArray[np.float64], d: NDArray[np.float64], out: int, into: int) -> float:
    # A distance beyond the culled range says only "far": the crossing is then at the inner sample.
    share = min(d[out], STEP_MM) / (min(d[out], STEP_MM) - d[into])
    return float(t[out] + share * (t[into] - t[out]))
