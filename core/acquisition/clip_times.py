"""Times of frames and the frame rate, from what a source says of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.acquisition.limits import NOMINAL_FPS, plausible_fps


def even_times(count: int, fps: float | None) -> NDArray[np.float64]:
    """`count` times in s from 0, `1 / fps` apart (a nominal rate where `fps` is None)."""
    return np.arange(count, dtype=np.float64) / (fps or NOMINAL_FPS)


def stamped_times(
    stamps: Sequence[float | None], fps: float | None
) -> tuple[NDArray[np.float64], float | None]:
    """Times and frame rate of frames with time stamps.

    Args:
        stamps: s, one per frame; None where a frame has none.
        fps: the rate that the source declares, or None.

    Returns:
        float64 [T] from 0, strictly rising, and the rate (None for a still, or where neither the
        stamps nor the source tell). Stamps that are missing or do not rise are replaced by an even
        row at the declared rate.
    """
    fps = plausible_fps(fps)
    count = len(stamps)
    if count < 2:
        return even_times(count, fps), None
    known = [s for s in stamps if s is not None]
    times = np.asarray(known, np.float64)
    if len(known) < count or not np.isfinite(times).all() or not (np.diff(times) > 0).all():
        return even_times(count, fps), fps
    times = times - times[0]
    measured = plausible_fps(round((count - 1) / float(times[-1]), 6))
    if measured is None:
        return even_times(count, fps), fps
    # A container rounds its stamps (1 ms in Matroska): its declared rate is then the better one.
    agree = fps is not None and abs(measured - fps) <= 0.02 * fps
    return times, fps if agree else measured
