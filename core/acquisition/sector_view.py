"""A sector's outline as a mask."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Sector


def outline_mask(sector: Sector, height: int, width: int) -> NDArray[np.bool_]:
    """bool [height, width], True inside the sector's outline."""
    mask = np.zeros((height, width), np.uint8)
    points = np.round(np.array(sector.outline, np.float64) * 16).astype(np.int32)
    cv2.fillPoly(mask, [points], 1, shift=4)
    return mask.astype(bool)
