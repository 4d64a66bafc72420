"""Small marks on a screen: the dots and ticks that a depth scale is made of."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_MAX_SIZE = 1100
_MAX_FRAMES = 6
_CONTRAST = 26


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Marks, one row each, in pixels of a picture `scale` times smaller than the source.

    Attributes:
        xy: float64 [N, 2], weighted centres.
        size: float64 [N], summed brightness over the surroundings, in units of one white pixel.
        length: float64 [N], the longer side of the mark.
        left, right: float64 [N], its ends in x.
        letters: float64 [M, 2], centres of larger pieces: digits, letters, signs.
        others: float64 [K, 4], boxes (x0, y0, x1, y1) of all pieces that are no mark.
        scale: source pixels per pixel.
    """

    xy: NDArray[np.float64]
    size: NDArray[np.float64]
    length: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    letters: NDArray[np.float64]
    others: NDArray[np.float64]
    scale: float


def find_marks(frames: NDArray[np.uint8], inside: NDArray[np.bool_]) -> Marks:
    """Dots and ticks outside the picture.

    Args:
        frames: uint8 [T, H, W, 3].
        inside: bool [H, W], the ultrasound picture, where nothing is looked for.
    """
    total, height, width = frames.shape[:3]
    picked = np.unique(np.linspace(0, total - 1, min(total, _MAX_FRAMES)).round().astype(int))
    scale = max(1.0, max(height, width) / _MAX_SIZE)
    size = (round(width / scale), round(height / scale))
    grays = []
    for i in picked:
        gray = frames[i].max(axis=2)
        grays.append(gray if scale == 1 else cv2.resize(gray, size, interpolation=cv2.INTER_AREA))
    # A scale stands still: what moves is darker in some frame.
    gray = np.min(grays, axis=0)
    hidden = inside if scale == 1 else cv2.resize(inside.astype(np.uint8), size) > 0
    limit = max(5, round(0.012 * max(size)))
    return _pieces(gray, hidden, limit, scale)


def _pieces(gray: NDArray[np.uint8], hidden: NDArray[np.bool_], limit: int, scale: float) -> Marks:
    kernel = np.ones((2 * limit + 1, 2 * limit + 1), np.uint8)
    hat = cv2.morphologyEx(gray, cv2.MORPH_TOPHAT, kernel)
    drawn = (hat > _CONTRAST).astype(np.uint8)
    drawn[cv2.erode(hidden.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0] = 0
    # The axis line that ticks may stand on.
    axis = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((4 * limit, 1), np.uint8))
    drawn[axis > 0] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    boxes = stats[1:count].astype(np.float64)
    if len(boxes) == 0:
        empty = np.zeros(0)
        return Marks(
            np.zeros((0, 2)), empty, empty, empty, empty, np.zeros((0, 2)), np.zeros((0, 4)), scale
        )
    weight = hat.astype(np.float64) / 255
    index = labels.ravel()
    mass = np.bincount(index, weights=weight.ravel(), minlength=count)[1:]
    rows, columns = np.indices(gray.shape)
    x = np.bincount(index, weights=(weight * columns).ravel(), minlength=count)[1:] / mass
    y = np.bincount(index, weights=(weight * rows).ravel(), minlength=count)[1:] / mass
    w, h = boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]
    tick = (h <= max(5, 0.5 * limit)) & (w <= 2 * limit)
    letter = ~tick & (h <= 3 * limit) & (w <= 4 * limit) & (h >= 5)
    centre = np.stack([boxes[:, 0] + w / 2, boxes[:, 1] + h / 2], axis=1)
    return Marks(
        np.stack([x, y], axis=1)[tick],
        np.asarray(mass[tick], np.float64),
        np.maximum(w, h)[tick],
        boxes[tick, 0],
        (boxes[:, 0] + w)[tick],
        centre[letter],
        np.stack([boxes[:, 0], boxes[:, 1], boxes[:, 0] + w, boxes[:, 1] + h], axis=1)[~tick],
        scale,
    )
