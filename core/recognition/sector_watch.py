"""Where the picture lies on a live screen, found again when it may have moved."""

import threading
from collections import deque
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Sector

AGAIN_S = 5.0
"""A sector is looked for again this long after the last time, whatever the picture does."""
SETTLE_S = 0.5
"""The first frame alone may mislead (a heart in one phase): look again this soon after it."""
KEPT = 6
"""Frames that the finder sees, spread over the last second or so."""
KEPT_EVERY_S = 0.15
LAYOUT_CHANGE = 10.0
"""Mean difference in grey levels of two 24×24 thumbnails that means another screen layout; a
beating heart stays below 4."""


class SectorWatch:
    """Keeps the sector of a stream up to date at little cost.

    Args:
        find_sector: uint8 [T, H, W, 3] RGB -> sector.
    """

    def __init__(self, find_sector: Callable[[NDArray[np.uint8]], Sector]) -> None:
        self._find = find_sector
        self._lock = threading.Lock()
        self._sector: Sector | None = None
        self._frames: deque[NDArray[np.uint8]] = deque(maxlen=KEPT)
        self._kept_at = -np.inf
        self._found_at = -np.inf
        self._looks = 0
        self._layout: NDArray[np.float32] | None = None

    @property
    def sector(self) -> Sector | None:
        """The sector that holds now; None before the first frame."""
        with self._lock:
            return self._sector

    def recent(self) -> NDArray[np.uint8]:
        """uint8 [T, H, W, 3]: up to KEPT frames of the last moments, oldest first, T >= 1."""
        return np.stack(self._frames)

    def see(self, pixels: NDArray[np.uint8], at_s: float) -> bool:
        """Takes a frame (uint8 [H, W, 3] RGB) at `at_s`; True if the sector is another now."""
        layout = _thumbnail(pixels)
        moved = (
            self._layout is None
            or self._frames[-1].shape != pixels.shape
            or float(np.abs(layout - self._layout).mean()) > LAYOUT_CHANGE
        )
        if moved:
            self._frames.clear()
            self._kept_at, self._looks = -np.inf, 0
        if at_s - self._kept_at >= KEPT_EVERY_S:
            self._frames.append(pixels)
            self._kept_at = at_s
        if not moved and at_s - self._found_at < (SETTLE_S if self._looks < 2 else AGAIN_S):
            return False
        found = self._find(self.recent())
        self._found_at, self._layout = at_s, layout
        self._looks += 1
        if self._sector is not None and not moved and _same_place(self._sector, found):
            return False
        with self._lock:
            self._sector = found
        return True


def _thumbnail(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    small = cv2.resize(pixels, (24, 24), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)


def _same_place(a: Sector, b: Sector) -> bool:
    """Same kind, and boxes that overlap by 95 % of their union: less is the finder's own noise."""
    if a.kind is not b.kind:
        return False
    width = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    height = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
    common = max(width, 0) * max(height, 0)
    union = a.width * a.height + b.width * b.height - common
    return common >= 0.95 * max(union, 1)
