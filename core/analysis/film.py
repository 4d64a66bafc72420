"""Writes a video that every browser plays: H.264, yuv420p, MP4 with its index in front."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray


def write_film(path: Path, pictures: Iterable[NDArray[np.uint8]], *, fps: float) -> int:
    """Encode pictures one after the other; none is kept.

    Args:
        path: of the MP4; anything there is replaced.
        pictures: uint8 [H, W, 3], RGB, all of one even size; at least one.
        fps: frames a second.

    Returns:
        The number of frames.

    Raises:
        ValueError: no pictures.
        OSError: the file cannot be written.
    """
    rate = Fraction(fps).limit_denominator(1001)
    count = 0
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream(
            "libx264", rate=rate, options={"preset": "veryfast", "crf": "20"}
        )
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = 1 / rate
        stream.codec_context.colorspace = Colorspace.ITU709
        stream.codec_context.color_range = ColorRange.MPEG
        for picture in pictures:
            if count == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
            )
            frame.pts = count
            frame.time_base = 1 / rate
            container.mux(stream.encode(frame))
            count += 1
        if count == 0:
            raise ValueError("a film needs at least one picture")
        container.mux(stream.encode())
    return count
