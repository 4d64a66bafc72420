"""A heart chamber's outline in one picture, ready to be measured."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.domain import Region
from core.measurement.geometry import LongAxis, Points, long_axis
from core.measurement.reasons import NotMeasuredError, Reason
from core.measurement.volume import disk_diameters


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chamber:
    """An outline in mm (or in px where there is no calibration) and what follows from it alone.

    Attributes:
        outline: float64 [N, 2].
        axis: from the valve's middle to the farthest wall.
        diameters: float64 [DISKS], across the axis, from the valve on.
    """

    outline: Points
    axis: LongAxis
    diameters: Points


@lru_cache(maxsize=2048)
def chamber_of(
    region: Region,
    neighbour: Region | None,
    scale: tuple[float, float],
    towards: tuple[float, float] | None = None,
) -> Chamber:
    """The chamber in the unit of `scale`.

    Cached, since at each step of a drag all outlines but one are as they were.

    Args:
        region: its outline in source pixels.
        neighbour: the chamber on the other side of its valve, where it is in the picture.
        scale: (x, y) units per pixel.
        towards: direction to its valve where there is no neighbour.

    Raises:
        NotMeasuredError: the outline has no extent.
    """
    outline = region.polygon.astype(np.float64) * scale
    other = None if neighbour is None else neighbour.polygon.astype(np.float64) * scale
    hint = None if towards is None else np.array(towards)
    try:
        axis = long_axis(outline, neighbour=other, towards=hint)
    except ValueError as error:
        raise NotMeasuredError(Reason.NO_REGIONS) from error
    return Chamber(outline=outline, axis=axis, diameters=disk_diameters(outline, axis))
