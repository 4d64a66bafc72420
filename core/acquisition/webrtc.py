"""Frames that a browser sends, as a source like any other.

The web framework's callback pushes; whoever reads `frames` pulls, in a thread of its own.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Frame

DEPTH = 4
"""Frames that may wait for the reader (130 ms at 30 frames/s); then the oldest is dropped."""
IDLE_S = 20.0
"""A browser that sends nothing for so long has gone without saying so."""


class BrowserSource:
    """A camera or capture card that a browser has opened.

    Args:
        name: for people.
        idle_s: `frames` ends when none came for so many seconds.
    """

    def __init__(self, name: str, *, idle_s: float = IDLE_S) -> None:
        self.name = name
        self._idle_s = idle_s
        self.dropped = 0
        self._ready = threading.Condition()
        self._waiting: deque[Frame] = deque(maxlen=DEPTH)
        self._closed = False
        self._count = 0
        self._size = 0, 0
        self._start: float | None = None

    def push(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Takes a frame (uint8 [H, W, 3] RGB, not written to afterwards) and returns at once.

        A browser sends smaller pictures while machine or line are short, and larger ones again
        later. They are brought to the largest size so far: a sector and a clip need one size.

        Returns:
            The frame as it is passed on, uint8 [H', W', 3].
        """
        pixels = self._one_size(pixels)
        now = time.monotonic()
        with self._ready:
            if self._closed:
                return pixels
            self._start = now if self._start is None else self._start
            self.dropped += len(self._waiting) == DEPTH
            self._waiting.append(
                Frame(pixels=pixels, index=self._count, time_s=now - self._start, source=self.name)
            )
            self._count += 1
            self._ready.notify()
        return pixels

    def _one_size(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = pixels.shape[:2]
        largest_height, largest_width = self._size
        same_shape = abs(width * largest_height - height * largest_width) <= max(height, width)
        if not same_shape or height >= largest_height:
            self._size = height, width
            return pixels
        larger = cv2.resize(pixels, (largest_width, largest_height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(larger, np.uint8)

    def frames(self) -> Iterator[Frame]:
        """Frames as they come, oldest first, until `close` or silence; waits for each."""
        while True:
            with self._ready:
                came = self._ready.wait_for(
                    lambda: self._closed or bool(self._waiting), timeout=self._idle_s
                )
                if self._closed or not came:
                    self._closed = True
                    return
                frame = self._waiting.popleft()
            yield frame

    def close(self) -> None:
        """Ends `frames`; may be called twice, from any thread."""
        with self._ready:
            self._closed = True
            self._waiting.clear()
            self._ready.notify_all()
