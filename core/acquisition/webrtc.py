"""Frames that a browser sends, as a source like any other.

The web framework's callback pushes; whoever reads `frames` pulls, in a thread of its own.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.domain import Frame

DEPTH = 4
"""Frames that may wait for the reader (130 ms at 30 frames/s); then the oldest is dropped."""


class BrowserSource:
    """A camera or capture card that a browser has opened.

    Args:
        name: for people.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.dropped = 0
        self._ready = threading.Condition()
        self._waiting: deque[Frame] = deque(maxlen=DEPTH)
        self._closed = False
        self._count = 0
        self._start: float | None = None

    def push(self, pixels: NDArray[np.uint8]) -> None:
        """Takes a frame (uint8 [H, W, 3] RGB, not written to afterwards) and returns at once."""
        now = time.monotonic()
        with self._ready:
            if self._closed:
                return
            self._start = now if self._start is None else self._start
            self.dropped += len(self._waiting) == DEPTH
            self._waiting.append(
                Frame(pixels=pixels, index=self._count, time_s=now - self._start, source=self.name)
            )
            self._count += 1
            self._ready.notify()

    def frames(self) -> Iterator[Frame]:
        """Frames as they come, oldest first, until `close`; waits for each."""
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._closed or bool(self._waiting))
                if self._closed:
                    return
                frame = self._waiting.popleft()
            yield frame

    def close(self) -> None:
        """Ends `frames`; may be called twice, from any thread."""
        with self._ready:
            self._closed = True
            self._waiting.clear()
            self._ready.notify_all()
