"""A polygon cut to a box."""

import numpy as np
from numpy.typing import NDArray


def clip_to_box(
    polygon: NDArray[np.float64], box: tuple[float, float, float, float]
) -> NDArray[np.float64]:
    """Part of `polygon` [N, 2] inside (x0, y0, x1, y1); [0, 2] where nothing is.

    Sutherland and Hodgman 1974, one side of the box at a time.
    """
    points = polygon
    for axis, limit, sign in (
        (0, box[0], 1.0),
        (0, box[2], -1.0),
        (1, box[1], 1.0),
        (1, box[3], -1.0),
    ):
        if len(points) == 0:
            break
        distance = sign * (points[:, axis] - limit)
        kept: list[NDArray[np.float64]] = []
        for i in range(len(points)):
            here, there = distance[i], distance[(i + 1) % len(points)]
            if here >= 0:
                kept.append(points[i])
            if (here >= 0) != (there >= 0):
                share = here / (here - there)
                kept.append(points[i] + share * (points[(i + 1) % len(points)] - points[i]))
        points = np.array(kept).reshape(-1, 2)
    return points
