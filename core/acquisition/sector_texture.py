"""Does a part of the screen look like ultrasound, and does time run in it from left to right?"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector_fan import polygon_mask
from core.acquisition.sector_screen import Gray, Screen

_MIN_SPREAD = 2.0


def is_ultrasound(
    screen: Screen, polygon: NDArray[np.float64], *, max_coloured: float = 0.35
) -> bool:
    """False for photographs, plots, plain areas and pure noise inside the polygon.

    Ultrasound is grey or of one tint, apart from colour Doppler, and its speckle is a few pixels
    wide: neighbours are alike, but nothing is plain.

    Args:
        screen: the small screen.
        polygon: float64 [N, 2], its pixels.
        max_coloured: part of the pixels that may be coloured; larger where the shape itself says
            that this is ultrasound.
    """
    shape = (screen.signal.shape[0], screen.signal.shape[1])
    inside = polygon_mask(polygon, shape) > 0
    if inside.sum() < 100:
        return False
    gray = screen.rgb.max(axis=2).astype(np.float32)
    spread = float(gray[inside].std())
    if spread < _MIN_SPREAD:
        return False
    both = inside[:, :-1] & inside[:, 1:]
    right = np.abs(np.diff(gray, axis=1))[both]
    rough = float(np.mean(right)) / spread
    if not 0.02 < rough < 0.9:  # a shading; white noise, whose neighbours differ as strangers do
        return False
    lit = gray[:, 1:][both] > 40
    if lit.sum() > 50 and (right[lit] < 1).mean() > 0.6:  # a plain bar with some text
        return False
    return _tinted_share(screen.rgb[inside]) < max_coloured


def _tinted_share(pixels: NDArray[np.uint8]) -> float:
    """Part of the pixels whose colour is not the grey or the tint that most have."""
    values = pixels.astype(np.float32)
    bright = values.max(axis=1) > 40
    if bright.sum() < 50:
        return 0.0
    chroma = (values / values.max(axis=1, keepdims=True).clip(1))[bright]
    common = np.median(chroma, axis=0)
    return float((np.abs(chroma - common).max(axis=1) > 0.25).mean())


def runs_in_time(signal: Gray) -> bool:
    """True for spectral Doppler and M-mode: a row stays much the same, rows differ.

    Args:
        signal: float32 [h, w] of a rectangle.
    """
    smooth = cv2.GaussianBlur(signal, (0, 0), 0.8)
    spread = float(smooth.std())
    if spread < _MIN_SPREAD:
        return False
    rows = float(smooth.mean(axis=1).std()) / spread
    columns = float(smooth.mean(axis=0).std()) / spread
    return rows > 0.6 and rows > 1.2 * columns


def is_lines_of_text(filled: NDArray[np.uint8]) -> bool:
    """True where full and empty rows take turns, as in a block of text.

    Args:
        filled: uint8 [h, w], 1 where something is drawn.
    """
    if filled.shape[1] < 4:
        return False
    rows = filled.mean(axis=1).astype(np.float32)
    around = cv2.blur(rows[:, None], (1, 15), borderType=cv2.BORDER_REPLICATE)[:, 0]
    apart = rows - around
    clear = np.sign(apart[np.abs(apart) > 0.25 * max(float(rows.mean()), 0.02)])
    return int((np.diff(clear) != 0).sum()) > max(8, len(rows) // 8)
