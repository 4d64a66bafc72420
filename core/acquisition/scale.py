"""Reads the depth scale drawn beside the picture."""

import math

import numpy as np
from numpy.typing import NDArray

from core.acquisition.scale_majors import every_nth
from core.acquisition.scale_marks import Marks, find_marks
from core.acquisition.scale_rows import Row, find_rows
from core.acquisition.sector_view import outline_mask
from core.domain import Calibration, CalibrationSource, Sector, SectorKind

# Depth of a transthoracic picture of a heart, mm; outside it a reading is not believed.
_DEPTH_MM = (70.0, 260.0)
# Every 5th mark larger or numbered: marks 1 cm apart. Every 2nd or 10th may be 0.5 or 1 cm.
_NTH, _STEP_MM = 5, 10.0
_MIN_MARKS = 8
_AGREEMENT = 0.02


def read_depth_scale(frames: NDArray[np.uint8], sector: Sector) -> Calibration:
    """Calibration from the dots or ticks of the drawn depth scale.

    The marks must stand at equal distances in a column or along the fan's side, and every 5th
    must be larger or numbered (1 cm and 5 cm): without that a step may be 0.5, 1 or 2 cm, and a
    wrong millimetre is worse than none. Pixels are taken to be
    square, as on a machine's screen; the figures hold in the sector's box.

    Args:
        frames: uint8 [T, H, W, 3], RGB.
        sector: the picture beside which the scale is looked for.

    Returns:
        A calibration of source SCALE, or one of source NONE with its reason.
    """
    if sector.kind is not SectorKind.FAN or frames.ndim != 4 or frames.size == 0:
        return _none("no fan was found to read a depth scale beside")
    height, width = int(frames.shape[1]), int(frames.shape[2])
    marks = find_marks(frames, outline_mask(sector, height, width))
    rows = [row for row in find_rows(marks) if _belongs(row, marks, sector)]
    if not rows:
        return _none("no depth scale of equal ticks or dots was found beside the picture")
    readings: list[float] = []
    for row in rows:
        if len(row.members) < _MIN_MARKS or every_nth(row, marks) != _NTH:
            continue
        mm_per_px = _STEP_MM / (row.step * marks.scale)
        low, high = _DEPTH_MM
        if low <= sector.height * mm_per_px <= high:
            readings.append(mm_per_px)
    if not readings:
        return _none("a depth scale was found, but not how many mm lie between its marks")
    if max(readings) > min(readings) * (1 + _AGREEMENT):
        return _none("two depth scales on the screen disagree")
    value = readings[0]
    x0, y0, x1, y1 = sector.box
    return Calibration(
        source=CalibrationSource.SCALE,
        mm_per_px_x=value,
        mm_per_px_y=value,
        box=(float(x0), float(y0), float(x1), float(y1)),
    )


def _none(reason: str) -> Calibration:
    return Calibration(source=CalibrationSource.NONE, reasons=(reason,))


def _belongs(row: Row, marks: Marks, sector: Sector) -> bool:
    """True for a row beside the fan that is as long as the fan is deep, upright or along a side."""
    x0, y0, x1, y1 = (v / marks.scale for v in sector.box)
    deep, wide = y1 - y0, x1 - x0
    points = marks.xy[row.members]
    top, bottom = float(points[0, 1]), float(points[-1, 1])
    length = float(np.hypot(*(points[-1] - points[0])))
    upright = abs(row.direction[0]) < 0.02
    if not upright and not _along_a_side(row, sector):
        return False
    if length < 0.45 * deep or length > 1.35 * deep:
        return False
    margin = 0.12 * deep
    if top < y0 - margin or bottom > y1 + margin:
        return False
    beside = points[:, 0].min() > x0 - 0.6 * wide and points[:, 0].max() < x1 + 0.6 * wide
    return bool(beside)


def _along_a_side(row: Row, sector: Sector) -> bool:
    """True where the row is parallel to a long straight edge of the outline."""
    outline = np.array(sector.outline, np.float64)
    edges = np.roll(outline, -1, axis=0) - outline
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    for edge, length in zip(edges, lengths, strict=True):
        if length < 0.3 * sector.height:
            continue
        turn = abs(edge[0] * row.direction[1] - edge[1] * row.direction[0]) / length
        if turn < math.sin(math.radians(3)):
            return True
    return False
