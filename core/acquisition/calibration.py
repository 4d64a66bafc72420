"""Calibration given by hand, and the choice among those at hand."""

import math
from dataclasses import replace

import numpy as np

from core.acquisition.scale import read_depth_scale
from core.domain import Calibration, CalibrationSource, Clip, InputError, Sector, SectorKind

_MM_PER_PX_RANGE = (0.005, 10.0)
_MIN_POINT_DISTANCE_PX = 5.0
_DEPTH_MM_RANGE = (5.0, 500.0)
# Part of the sector's box that a region must cover to be the sector's own calibration.
_MIN_COVER = 0.5
# Below it the sector is a guess, and the machine's own figures are believed.
_MIN_SECTOR_SCORE = 0.5
_SCALE_FRAMES = 8


def manual_mm_per_px(x: float, y: float | None = None) -> Calibration:
    """A pixel's size as the user states it, mm; square pixels where `y` is None.

    Raises:
        InputError: not between 0.005 and 10 mm.
    """
    y = x if y is None else y
    low, high = _MM_PER_PX_RANGE
    for value in (x, y):
        if not (math.isfinite(value) and low <= value <= high):
            raise InputError(
                f"pixel size {value:g} mm: it must lie between {low:g} and {high:g} mm per pixel"
            )
    return Calibration(source=CalibrationSource.MANUAL, mm_per_px_x=float(x), mm_per_px_y=float(y))


def manual_two_points(
    p: tuple[float, float], q: tuple[float, float], length_mm: float
) -> Calibration:
    """Square pixels, from two points (source pixels) that lie `length_mm` apart.

    Raises:
        InputError: the points are too close together to be exact, or the length is none.
    """
    distance = math.hypot(q[0] - p[0], q[1] - p[1])
    if not math.isfinite(distance) or distance < _MIN_POINT_DISTANCE_PX:
        raise InputError(
            f"the two points lie {distance:.1f} pixels apart: set them at least "
            f"{_MIN_POINT_DISTANCE_PX:g} pixels apart, on two marks of the scale"
        )
    if not (math.isfinite(length_mm) and length_mm > 0):
        raise InputError(f"a length of {length_mm:g} mm: give one above 0")
    return manual_mm_per_px(length_mm / distance)


def manual_depth(sector: Sector, depth_mm: float) -> Calibration:
    """Square pixels, from the depth that the machine shows: the sector's height is that long.

    The depth is counted from the probe's face, the top of the sector, to its lowest point; a
    sector cut off at the bottom of the screen gives too large a pixel.

    Raises:
        InputError: there is no sector with a depth, or the depth is none of a heart's.
    """
    low, high = _DEPTH_MM_RANGE
    if not (math.isfinite(depth_mm) and low <= depth_mm <= high):
        raise InputError(f"a depth of {depth_mm:g} mm: it must lie between {low:g} and {high:g} mm")
    if sector.kind not in (SectorKind.FAN, SectorKind.RECTANGLE) or sector.height < 2:
        raise InputError("no ultrasound sector was found to set a depth on: use two points instead")
    calibration = manual_mm_per_px(depth_mm / sector.height)
    x0, y0, x1, y1 = sector.box
    return replace(calibration, box=(float(x0), float(y0), float(x1), float(y1)))


def choose_calibration(
    clip: Clip, sector: Sector, manual: Calibration | None = None
) -> Calibration:
    """The calibration to measure `clip` with: manual, else DICOM, else the scale drawn, else none.

    Of several DICOM regions the one that lies on the sector counts; one that does not lie on it is
    refused, for its figures then belong to another picture. A clip whose calibration changes from
    frame to frame has none as a whole (each frame has, `Clip.calibration_at`). A DICOM
    file whose regions were refused
    falls back to the scale drawn on the screen, which was scaled with the picture.

    Args:
        clip: with what its source declares.
        sector: the picture that will be measured.
        manual: what the user gave, or None.

    Returns:
        A calibration; source NONE, with every reason met on the way, where nothing holds.
    """
    if manual is not None and manual.source is not CalibrationSource.NONE:
        return manual
    declared, reasons = _declared(clip, sector)
    if declared is not None:
        return declared
    if not clip.calibrations and sector.kind in (SectorKind.FAN, SectorKind.RECTANGLE):
        step = max(1, len(clip) // _SCALE_FRAMES)
        scale = read_depth_scale(clip.frames[::step][:_SCALE_FRAMES], sector)
        if scale.source is not CalibrationSource.NONE:
            return replace(scale, reasons=(*reasons, *scale.reasons))
        reasons = (*reasons, *scale.reasons)
    return Calibration(source=CalibrationSource.NONE, reasons=tuple(dict.fromkeys(reasons)))


def _declared(clip: Clip, sector: Sector) -> tuple[Calibration | None, tuple[str, ...]]:
    """The clip's own calibration that fits the sector, or None and why."""
    dicom = CalibrationSource.DICOM
    own = [c for c in (clip.calibration, *clip.regions) if c.source is dicom]
    if not own:
        return None, clip.calibration.reasons
    if clip.calibrations:
        return None, (
            "the pixel size changes within the clip (depth or zoom changed): measure one frame",
        )
    if sector.kind is SectorKind.NONE or sector.score < _MIN_SECTOR_SCORE:
        return own[0], ()
    wants_mm = sector.kind is not SectorKind.STRIP
    fitting = [c for c in own if not wants_mm or c.has_mm]
    best = max(fitting, key=lambda c: _cover(c, sector), default=None)
    if best is not None and _cover(best, sector) >= _MIN_COVER:
        return best, ()
    return None, (
        "DICOM calibration refused: its regions do not lie on the ultrasound picture that is seen",
    )


def _cover(calibration: Calibration, sector: Sector) -> float:
    """Part of the sector's box that the calibration's box covers, 0..1."""
    if calibration.box is None:
        return 1.0
    a, b = np.asarray(calibration.box, float), np.asarray(sector.box, float)
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    area = float(np.prod(b[2:] - b[:2]))
    return float(np.prod(np.clip(sides, 0, None))) / area if area > 0 else 0.0
