"""The last seconds of a live picture, kept so that a moment just seen can still be recorded."""

import threading
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Calibration, Clip, Frame, InputError
from core.domain.calibration import NO_CALIBRATION

SECONDS = 8.0
MAX_ENCODED_BYTES = 128 * 2**20
MAX_DECODED_BYTES = 512 * 2**20
QUALITY = 95
"""JPEG quality in the ring, colour not subsampled: 43 dB and more on speckle, above what the
video compression between browser and server leaves."""


@dataclass(frozen=True, slots=True)
class _Kept:
    jpeg: NDArray[np.uint8]
    time_s: float
    source: str


@dataclass(frozen=True, slots=True)
class Held:
    """Frames taken out of a ring at one moment, still encoded: cheap to take, never changing."""

    _kept: tuple[_Kept, ...]
    _shape: tuple[int, ...]
    _calibration: Calibration

    @property
    def frames(self) -> int:
        """How many."""
        return len(self._kept)

    @property
    def seconds(self) -> float:
        """From the first to the last frame."""
        return self._kept[-1].time_s - self._kept[0].time_s if self._kept else 0.0

    def clip(self, clip_id: str) -> Clip:
        """As a clip whose times start at 0; decodes (about 2 ms a frame).

        Raises:
            InputError: nothing is held.
        """
        kept = self._kept
        if not kept:
            raise InputError("Nothing to record: no frame has come yet. Start the picture first.")
        frames = np.empty((len(kept), *self._shape), np.uint8)
        for i, one in enumerate(kept):
            bgr = np.asarray(cv2.imdecode(one.jpeg, cv2.IMREAD_COLOR))
            cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB, frames[i])
        times = np.array([one.time_s - kept[0].time_s for one in kept])
        return Clip(
            id=clip_id,
            source=kept[-1].source,
            frames=frames,
            times_s=times,
            fps=(len(kept) - 1) / float(times[-1]) if len(kept) > 1 else None,
            calibration=self._calibration,
            total_frames=len(kept),
        )


class ClipRing:
    """A bounded store of the newest frames.

    Args:
        seconds: how far back it reaches.
        max_encoded_bytes: memory of what it holds.
        max_decoded_bytes: of the clip it gives; large frames make the clip shorter.
    """

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        max_encoded_bytes: int = MAX_ENCODED_BYTES,
        max_decoded_bytes: int = MAX_DECODED_BYTES,
    ) -> None:
        self._seconds = seconds
        self._max_encoded, self._max_decoded = max_encoded_bytes, max_decoded_bytes
        self._lock = threading.Lock()
        self._kept: deque[_Kept] = deque()
        self._bytes = 0
        self._shape: tuple[int, ...] = ()
        self._calibration = NO_CALIBRATION

    def add(self, frame: Frame) -> None:
        """Keeps a frame (about 1 ms at 640×480) and drops those that no longer fit."""
        bgr = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2BGR)
        options = [
            cv2.IMWRITE_JPEG_QUALITY,
            QUALITY,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
        ]
        done, encoded = cv2.imencode(".jpg", bgr, options)
        if not done:
            return
        kept = _Kept(np.asarray(encoded, np.uint8), frame.time_s, frame.source)
        with self._lock:
            restarted = bool(self._kept) and frame.time_s <= self._kept[-1].time_s
            # A clip has one size and one scale: what another depth gave would measure wrong.
            rescaled = frame.calibration != self._calibration
            if frame.pixels.shape != self._shape or restarted or rescaled:
                self._kept.clear()
                self._bytes, self._shape = 0, frame.pixels.shape
                self._calibration = frame.calibration
            self._kept.append(kept)
            self._bytes += kept.jpeg.nbytes
            most = max(1, self._max_decoded // frame.pixels.nbytes)
            while len(self._kept) > 1 and (
                frame.time_s - self._kept[0].time_s > self._seconds
                or self._bytes > self._max_encoded
                or len(self._kept) > most
            ):
                self._bytes -= self._kept.popleft().jpeg.nbytes

    @property
    def seconds(self) -> float:
        """Seconds held now."""
        with self._lock:
            return self._kept[-1].time_s - self._kept[0].time_s if self._kept else 0.0

    @property
    def nbytes(self) -> int:
        """Bytes held now."""
        return self._bytes

    def last(self, seconds: float | None = None) -> Held:
        """The newest `seconds`; None: all that is held."""
        with self._lock:
            kept = tuple(self._kept)
            if kept and seconds is not None:
                since = kept[-1].time_s - seconds
                kept = tuple(one for one in kept if one.time_s >= since)
            return Held(kept, self._shape, self._calibration)

    def clip(self, clip_id: str) -> Clip:
        """What is held, as a clip whose times start at 0.

        Raises:
            InputError: nothing is held.
        """
        return self.last().clip(clip_id)
