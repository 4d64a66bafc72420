"""Keeps a clip without loss: Matroska with FFV1, times included."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

import core.acquisition.quiet  # noqa: F401  (silences the decoders)
from core.acquisition.limits import NOMINAL_FPS
from core.domain import Clip
from core.replacing import replacing

_TIME_BASE = Fraction(1, 1000)  # what Matroska keeps
_MIN_STEP = 1


def write_clip(clip: Clip, path: Path) -> Path:
    """Writes `clip` to `path` (`.mkv`): every pixel the same when read again, times to 1 ms.

    Written beside its place first and moved there when whole and on the disk, so that `path` never
    holds half a clip, whatever happens to the machine.

    Args:
        clip: to keep; its calibration and patient are not in the file.
        path: of the file; an older one is replaced.

    Returns:
        `path`.

    Raises:
        OSError: the disk is full or may not be written.
    """
    with (
        replacing(path, synced=True, mode=0o600) as unfinished,
        av.open(str(unfinished), "w", format="matroska") as container,
    ):
        rate = Fraction(clip.fps or NOMINAL_FPS).limit_denominator(1001)
        stream = container.add_stream("ffv1", rate=rate)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, "bgr0"
        stream.time_base = stream.codec_context.time_base = _TIME_BASE
        stream.options = {"level": "3", "slicecrc": "1"}
        for stamp, pixels in zip(_stamps(clip.times_s), clip.frames, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame = frame.reformat(format="bgr0")
            frame.pts, frame.time_base = stamp, _TIME_BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def _stamps(times_s: NDArray[np.float64]) -> list[int]:
    """Whole milliseconds that rise, as near the times as that allows."""
    stamps: list[int] = []
    for time_s in times_s:
        stamp = round(float(time_s) * 1000)
        stamps.append(max(stamp, stamps[-1] + _MIN_STEP) if stamps else stamp)
    return stamps
