"""A clip's frames as one blob of JPEGs, small enough for a browser, with honest frame numbers."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Clip

MOST_FRAMES = 200
LONGEST_PX = 960
QUALITY = 88


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """Frames for the viewer.

    Attributes:
        data: JPEG files one after another.
        offsets: where each begins, and the end of the last.
        indices: frame number in the clip of each.
        times_s: seconds since the clip's start of each; empty for a still.
        shown: (width, height) of the JPEGs, px.
        size: (width, height) of the source frame, px.
        total: frames in the clip.
        fps: at which these frames are played.
    """

    data: bytes
    offsets: tuple[int, ...]
    indices: tuple[int, ...]
    times_s: tuple[float, ...]
    shown: tuple[int, int]
    size: tuple[int, int]
    total: int
    fps: float

    def jpeg(self, frame: int) -> bytes:
        """The frame nearest to `frame` of the clip."""
        near = int(np.argmin(np.abs(np.array(self.indices) - frame)))
        return self.data[self.offsets[near] : self.offsets[near + 1]]


def film(clip: Clip, *, keep: Iterable[int] = ()) -> Film:
    """Every n-th frame so that about `MOST_FRAMES` remain, and those in `keep` whatever n is."""
    stride = max(1, math.ceil(len(clip) / MOST_FRAMES))
    indices = sorted({*range(0, len(clip), stride), *(i for i in keep if 0 <= i < len(clip))})
    factor = min(1.0, LONGEST_PX / max(clip.width, clip.height))
    shown = (max(1, round(clip.width * factor)), max(1, round(clip.height * factor)))
    files = [_jpeg(clip.frames[i], shown) for i in indices]
    times = clip.times_s
    span = float(times[-1] - times[0]) if len(clip) > 1 else 0.0
    return Film(
        data=b"".join(files),
        offsets=(0, *(int(end) for end in np.cumsum([len(file) for file in files]))),
        indices=tuple(indices),
        times_s=tuple(round(float(times[i]), 4) for i in indices) if span > 0 else (),
        shown=shown,
        size=(clip.width, clip.height),
        total=len(clip),
        fps=float(np.clip((len(indices) - 1) / span, 1, 60)) if span > 0 else 25.0,
    )


def _jpeg(pixels: NDArray[np.uint8], size: tuple[int, int]) -> bytes:
    fits = size == (pixels.shape[1], pixels.shape[0])
    small = pixels if fits else cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    done, file = cv2.imencode(
        ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    if not done:
        raise ValueError("OpenCV could not write a JPEG")
    return file.tobytes()
