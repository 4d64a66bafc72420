"""Small pictures for lists."""

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH = 320
"""Pixels; the height follows the picture, at most `WIDTH` too."""


def thumbnail_png(pixels: NDArray[np.uint8]) -> bytes:
    """PNG of a frame, at most `WIDTH` px on its longer side.

    Args:
        pixels: uint8 [H, W, 3], RGB.
    """
    scale = WIDTH / max(pixels.shape[:2])
    size = tuple(max(1, round(side * scale)) for side in (pixels.shape[1], pixels.shape[0]))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=how)
    done, png = cv2.imencode(".png", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError("OpenCV could not write a PNG")
    return png.tobytes()
