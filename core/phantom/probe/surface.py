"""Triangles of the surface where a sampled distance is nought.

The surface-nets method (Gibson S.F.F., "Constrained elastic surface nets", MICCAI 1998): one corner
in every cell that the surface passes, at the mean of where it crosses the cell's edges, and two
triangles across every edge that it crosses. No installed library makes triangles, and a page that
is sent whole volumes (Plotly's Isosurface) is a hundred times heavier.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """A surface.

    Attributes:
        vertices: float64 [V, 3], mm.
        faces: int64 [F, 3], rows of `vertices`, anticlockwise seen from outside.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]


def surface_of(values: NDArray[np.floating], *, origin: NDArray[np.float64],
               spacing: float) -> Mesh:  # fmt: skip
    """The surface of the part where values are negative.

    Args:
        values: [X, Y, Z], distances at the corners of cubes, mm.
        origin: place of values[0, 0, 0]; the axes of the grid are the axes of the frame.
        spacing: mm between samples.
    """
    # What reads "far" must not pull corners about: a distance tells no more than its own cell.
    v = np.clip(np.asarray(values, np.float64), -spacing, spacing)
    inside = v < 0
    cells = tuple(n - 1 for n in v.shape)
    total, count = np.zeros((*cells, 3)), np.zeros(cells)
    for axis in range(3):
        for first in (0, 1):
            for second in (0, 1):
                _add_crossings(v, inside, axis, (first, second), total, count)
    passed = count > 0
    number = np.full(cells, -1)
    number[passed] = np.arange(int(passed.sum()))
    corners = total[passed] / count[passed][:, None]
    places = np.argwhere(passed) + corners
    faces = [_across_edges(inside, axis, number) for axis in range(3)]
    return Mesh(vertices=origin + spacing * places, faces=np.concatenate(faces).astype(np.int64))


def _add_crossings(v: NDArray[np.float64], inside: NDArray[np.bool_], axis: int,
                   side: tuple[int, int], total: NDArray[np.float64],
                   count: NDArray[np.float64]) -> None:  # fmt: skip
    """Adds, for each cell, where the surface crosses one of its four edges along `axis`."""
    others = [k for k in range(3) if k != axis]
    start, end = [slice(None)] * 3, [slice(None)] * 3
    start[axis], end[axis] = slice(0, -1), slice(1, None)
    for k, at in zip(others, side, strict=True):
        start[k] = end[k] = slice(at, v.shape[k] - 1 + at)
    a, b = v[tuple(start)], v[tuple(end)]
    crossed = inside[tuple(start)] != inside[tuple(end)]
    part = np.where(crossed, a / np.where(crossed, a - b, 1.0), 0.0)
    place = np.zeros((*a.shape, 3))
    place[..., axis] = part
    for k, at in zip(others, side, strict=True):
        place[..., k] = at
    total += np.where(crossed[..., None], place, 0.0)
    count += crossed


def _across_edges(
    inside: NDArray[np.bool_], axis: int, number: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Two triangles for each inner edge along `axis` that the surface crosses: [F, 3]."""
    first, second = (axis + 1) % 3, (axis + 2) % 3
    low = np.moveaxis(inside, (axis, first, second), (0, 1, 2))
    cell = np.moveaxis(number, (axis, first, second), (0, 1, 2))
    a, b = low[:-1, 1:-1, 1:-1], low[1:, 1:-1, 1:-1]
    i, j, k = np.nonzero(a != b)
    around = np.stack(
        [cell[i, j, k], cell[i, j + 1, k], cell[i, j + 1, k + 1], cell[i, j, k + 1]], 1
    )
    outward = a[i, j, k][:, None]  # inside before outside: the normal points along the axis
    around = np.where(outward, around, around[:, ::-1])
    return np.concatenate([around[:, [0, 1, 2]], around[:, [0, 2, 3]]])
