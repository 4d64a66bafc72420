"""Video files through libav: MP4, MOV, AVI, MKV, WebM and their kin."""

import io
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

import core.acquisition.quiet  # noqa: F401  (silences the decoders)
from core.acquisition.clip_times import stamped_times
from core.acquisition.content import reason
from core.acquisition.frame_stack import FrameStack
from core.acquisition.limits import MAX_CLIP_BYTES, check_size, plausible_fps
from core.domain import Clip, InputError

_MAX_DAMAGED = 500  # packets; a file with more is given up where it stands
_COUNT_SECONDS = 3.0  # spent at most on counting the frames that were not kept


def read_video(
    path: Path, clip_id: str, demuxer: str | None, *, budget: int = MAX_CLIP_BYTES
) -> Clip:
    """The video at `path` as a clip.

    Frames are decoded one by one up to `budget` bytes; non-square pixels are made square and a
    rotation mark is applied, so that a length is the same number of pixels in every direction.

    Args:
        path: a video file.
        clip_id: of the clip.
        demuxer: libav's name of the container, from `content.identify`.
        budget: bytes of decoded frames to keep.

    Raises:
        InputError: nothing can be decoded, or the frames are too small or too large.
    """
    with path.open("rb") as file:
        return decode_video(file, path.name, clip_id, demuxer, budget=budget)


def decode_video(
    file: BinaryIO | io.BytesIO,
    name: str,
    clip_id: str,
    demuxer: str | None,
    *,
    budget: int = MAX_CLIP_BYTES,
) -> Clip:
    """As `read_video`, from an open file."""
    damaged_text = "the video is damaged or cut off: copy it again from its source"
    try:
        container = av.open(file, "r", format=demuxer, metadata_errors="replace")
    except Exception as error:
        raise InputError(f"{name}: {damaged_text} ({reason(error)})") from None
    with container:
        stream = _picture_stream(container, name)
        stream.thread_type = "AUTO"
        reader = _Reader(container, stream)
        stack = FrameStack(name, expected=stream.frames or None, budget=budget)
        stamps: list[float | None] = []
        try:
            for frame in reader.frames():
                if not stack.add(square_rgb(frame, stream)):
                    break
                stamps.append(float(frame.time) if frame.time is not None else None)
        except InputError:
            raise
        except Exception as error:
            if not len(stack):
                raise InputError(f"{name}: {damaged_text} ({reason(error)})") from None
        if not len(stack):
            raise InputError(f"{name}: no frame of the video can be decoded: {damaged_text}")
        return _clip(stream, reader, stack, stamps, name, clip_id)


def square_rgb(frame: VideoFrame, stream: VideoStream) -> NDArray[np.uint8]:
    """A decoded frame of `stream` as uint8 [H, W, 3], RGB, with square pixels, upright.

    Raises:
        InputError: the frame is too large.
    """
    width, height = frame.width, frame.height
    aspect = stream.sample_aspect_ratio or Fraction(1)
    if 0.2 < aspect < 5 and abs(aspect - 1) > 0.01:  # less is a container's rounding
        width = max(1, round(width * aspect))
    check_size("video", width, height)
    pixels = np.asarray(frame.to_ndarray(width=width, height=height, format="rgb24"), np.uint8)
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def declared_fps(stream: VideoStream) -> float | None:
    """The stream's average frame rate where it is plausible."""
    for rate in (stream.average_rate, stream.guessed_rate):
        fps = plausible_fps(float(rate)) if rate else None
        if fps:
            return fps
    return None


class _Reader:
    """Decodes packet by packet, passing over damaged ones, and counts what it meets."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._packets = container.demux(stream)
        self._stream = stream
        self.damaged = 0
        self.cut = False

    def frames(self) -> Iterator[VideoFrame]:
        while self.damaged < _MAX_DAMAGED:
            try:
                packet = next(self._packets)
            except StopIteration:
                return
            except av.error.FFmpegError:
                self.cut = True
                return
            try:
                decoded = packet.decode()
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                self.damaged += 1
                continue
            yield from decoded
        self.cut = True

    def count_rest(self) -> int:
        """Frames not decoded yet, by their packets, as far as a few seconds reach."""
        deadline, count = time.monotonic() + _COUNT_SECONDS, 0
        try:
            for packet in self._packets:
                count += packet.size > 0
                if time.monotonic() > deadline:
                    break
        except av.error.FFmpegError:
            self.cut = True
        return count


def _picture_stream(container: InputContainer, name: str) -> VideoStream:
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream):
        raise InputError(f"{name}: there is no video in this file: give a clip with pictures")
    if stream.codec_context is None:
        raise InputError(f"{name}: the video's coding is unknown or damaged: export it as H.264")
    if stream.width and stream.height:
        check_size(name, stream.width, stream.height)
    return stream


def _clip(
    stream: VideoStream,
    reader: _Reader,
    stack: FrameStack,
    stamps: list[float | None],
    name: str,
    clip_id: str,
) -> Clip:
    notes: list[str] = []
    kept, declared = len(stack), stream.frames
    total = kept
    if stack.full:
        total = max(declared, kept + reader.count_rest())
        if total > kept:
            notes.append(f"cut to fit memory: first {kept} of {total} frames")
    elif stack.size_changed:
        notes.append(f"the picture's size changes after frame {kept}: the frames before it")
    elif reader.cut or declared > kept + reader.damaged:
        total = max(declared, kept)
        said = f" of {declared}" if declared > kept else ""
        notes.append(f"the file is cut off or damaged: {kept}{said} frames could be read")
    if reader.damaged:
        notes.append(f"{reader.damaged} damaged frames were left out")
    times, fps = stamped_times(stamps, declared_fps(stream))
    return Clip(
        id=clip_id,
        source=name,
        frames=stack.take(),
        times_s=times,
        fps=fps,
        total_frames=total,
        notes=tuple(notes),
    )
