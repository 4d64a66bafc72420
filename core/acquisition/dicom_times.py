"""Frame times and rate of a DICOM file."""

import numpy as np
from numpy.typing import NDArray

from core.acquisition.clip_times import even_times, stamped_times
from core.acquisition.dicom_data import DicomData
from core.acquisition.limits import plausible_fps

# In the order in which they are believed: the first is what was acquired, the rest how to show it.
_RATES = ("CineRate", "RecommendedDisplayFrameRate")


def dicom_times(data: DicomData, count: int) -> tuple[NDArray[np.float64], float | None]:
    """Times in s, float64 [count], and frames a second (PS3.3 C.7.6.5 Cine Module).

    Frame Time or Frame Time Vector (ms) as Frame Increment Pointer says, else Cine Rate, else
    Recommended Display Frame Rate; None for a still or where the file says nothing usable.
    """
    if count < 2:
        return even_times(count, None), None
    vector = _vector(data)
    if vector is not None and len(vector) >= count:
        # Each value is the time since the frame before it; the first is 0.
        stamps = np.cumsum(np.concatenate([[0.0], vector[1:count]])) / 1000
        times, fps = stamped_times(list(stamps), None)
        if fps is not None:
            return times, fps
    frame_time = _real(data, "FrameTime")
    rates = [1000 / frame_time] if frame_time and frame_time > 0 else []
    rates += [rate for keyword in _RATES if (rate := _real(data, keyword))]
    fps = next((rate for rate in map(plausible_fps, rates) if rate is not None), None)
    return even_times(count, fps), fps


def _vector(data: DicomData) -> NDArray[np.float64] | None:
    value = data.get("FrameTimeVector")
    try:
        return None if value is None else np.asarray(value, np.float64).reshape(-1)
    except (TypeError, ValueError):
        return None


def _real(data: DicomData, keyword: str) -> float | None:
    try:
        value = data.get(keyword)
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None
