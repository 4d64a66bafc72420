"""Where colour lies in a picture, and which of it is a jet.

A jet is faster than the colour scale reaches: its colours alias into a mosaic of both directions,
or (where the map shows variance) turn green; its calm part runs away from the valve. Slow filling
of the chamber is of one colour, toward the probe in an apical view.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Region

Mask = NDArray[np.bool_]

_LEAST_COLOUR, _LEAST_BRIGHT = 45, 55
# Of a pixel's neighbourhood: how far it is from being of one direction, 0 (one) to 1 (both alike).
_MIXED = 0.25
_NEIGHBOURHOOD = 0.012  # of the picture's width
_LEAST_PART = 0.012  # of the chamber: smaller patches are noise


def inside(region: Region, shape: tuple[int, int]) -> Mask:
    """The pixels of a region, bool [H, W]."""
    drawn: NDArray[np.uint8] = np.zeros(shape, np.uint8)
    cv2.fillPoly(drawn, [np.round(region.polygon).astype(np.int32)], 1)
    return drawn > 0


def coloured(frame: NDArray[np.uint8]) -> Mask:
    """Pixels that show a flow, bool [H, W], of RGB uint8 [H, W, 3]; single ones are left out."""
    high, low = frame.max(axis=2).astype(np.int16), frame.min(axis=2).astype(np.int16)
    found = (high - low > _LEAST_COLOUR) & (high > _LEAST_BRIGHT)
    return cv2.medianBlur(found.astype(np.uint8), 3) > 0


def jet_mask(frame: NDArray[np.uint8], chamber: Mask, *, away: bool = True) -> Mask:
    """The largest patch of jet in a chamber, bool [H, W].

    Args:
        frame: RGB uint8 [H, W, 3].
        chamber: bool [H, W], where the jet is looked for.
        away: True where the jet runs away from the probe (blue), False where toward it.
    """
    shown = coloured(frame) & chamber
    if not shown.any():
        return shown
    red, green, blue = (frame[..., c].astype(np.float32) for c in range(3))
    direction = np.where(shown, np.sign(red - blue), 0.0).astype(np.float32)
    size = max(3, 2 * round(0.5 * _NEIGHBOURHOOD * frame.shape[1]) + 1)
    count = cv2.blur(shown.astype(np.float32), (size, size))
    mean = cv2.blur(direction, (size, size)) / np.maximum(count, 1e-6)
    mixed = 1 - np.abs(mean) > _MIXED
    turbulent = (green > 1.15 * red) & (green > 1.15 * blue)
    along = (direction < 0) if away else (direction > 0)
    jet = shown & (mixed | turbulent | along)
    closed = cv2.morphologyEx(jet.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    amount, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    if amount < 2:
        return np.zeros_like(chamber)
    largest = 1 + int(stats[1:amount, cv2.CC_STAT_AREA].argmax())
    if stats[largest, cv2.CC_STAT_AREA] < _LEAST_PART * chamber.sum():
        return np.zeros_like(chamber)
    return (labels == largest) & chamber


def fast(frame: NDArray[np.uint8]) -> Mask:
    """Pixels in which the colour aliases or is turbulent, bool [H, W]."""
    shown = coloured(frame)
    red, green, blue = (frame[..., c].astype(np.float32) for c in range(3))
    size = max(3, 2 * round(0.5 * _NEIGHBOURHOOD * frame.shape[1]) + 1)
    direction = np.where(shown, np.sign(red - blue), 0.0).astype(np.float32)
    count = cv2.blur(shown.astype(np.float32), (size, size))
    mean = cv2.blur(direction, (size, size)) / np.maximum(count, 1e-6)
    turbulent = (green > 1.15 * red) & (green > 1.15 * blue)
    return shown & ((1 - np.abs(mean) > _MIXED) | turbulent)
