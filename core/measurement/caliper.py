"""A free caliper: two points in one frame and the distance between them."""

from dataclasses import dataclass
from math import hypot

import numpy as np

from core.domain import Calibration
from core.measurement.pictures import scale_at

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caliper:
    """Two points that a user set.

    Attributes:
        clip: clip id; frame: index in the clip.
        start, end: (x, y) in source pixels.
        label: what the user calls it, or the id of the measurement it stands for; None: unnamed.
    """

    clip: str
    frame: int
    start: Point
    end: Point
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A length with its unit: "mm", or "px" where the pixel's size is unknown."""

    value: float
    unit: str


def length_of(caliper: Caliper, calibration: Calibration) -> Length:
    """The caliper's length.

    In mm only where both axes are lengths and both ends lie where the calibration holds (a caliper
    that leaves the calibrated region has no length in mm); else in source pixels.
    """
    scale = scale_at(calibration, np.array([caliper.start, caliper.end]))
    across, down = caliper.end[0] - caliper.start[0], caliper.end[1] - caliper.start[1]
    if scale is None:
        return Length(value=hypot(across, down), unit="px")
    return Length(value=hypot(across * scale[0], down * scale[1]), unit="mm")


def strip_value(unit: str, caliper: Caliper, calibration: Calibration) -> float | None:
    """What a caliper on a Doppler or M-mode strip says in a unit; None where it says nothing in it.

    Args:
        unit: "cm/s", "m/s", "ms" or "mm".
        caliper: its height counts as speed or depth, its width as time.
        calibration: of the strip.
    """
    if calibration.ms_per_px is None and calibration.cm_s_per_px is None:
        return None
    across = abs(caliper.end[0] - caliper.start[0])
    down = abs(caliper.end[1] - caliper.start[1])
    by_unit = {
        "cm/s": (down, calibration.cm_s_per_px, 1.0),
        "m/s": (down, calibration.cm_s_per_px, 0.01),
        "ms": (across, calibration.ms_per_px, 1.0),
        "mm": (down, calibration.mm_per_px_y, 1.0),
    }
    pixels, per_px, factor = by_unit.get(unit, (0.0, None, 1.0))
    return None if per_px is None else pixels * per_px * factor
