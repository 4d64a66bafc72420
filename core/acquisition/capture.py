"""Opens what DeviceSource reads: a capture device by number, a network stream or a file by URL."""

import platform
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

import av
import cv2
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

import core.acquisition.quiet  # noqa: F401  (silences the decoders)
from core.acquisition.content import identify, reason
from core.acquisition.limits import NOMINAL_FPS, check_size
from core.acquisition.video import declared_fps, square_rgb
from core.domain import InputError

_INTERFACES = {
    "Linux": cv2.CAP_V4L2,
    "Windows": cv2.CAP_DSHOW,
    "Darwin": cv2.CAP_AVFOUNDATION,
}
NETWORK_SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "srt", "tcp")


class Capture(Protocol):
    """An open picture source.

    `frames` yields (pixels uint8 [H, W, 3] RGB, time in s) as they come, in real time, and ends
    where the source ends; it raises OSError or av's errors where the line breaks.
    """

    def frames(self) -> Iterator[tuple[NDArray[np.uint8], float]]: ...

    def close(self) -> None: ...


class CardCapture:
    """A capture card or camera by its number, through OpenCV (V4L2, DirectShow, AVFoundation).

    Raises:
        InputError: it cannot be opened, or gives no picture.
    """

    def __init__(self, index: int, name: str) -> None:
        self._capture = open_card(index)
        # The newest frame counts, not all of them: a queue in the driver is delay.
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if not self._capture.isOpened():
            self._capture.release()
            raise InputError(
                f"{name}: the device cannot be opened: plug it in, close other programs that use "
                "it, and check the rights"
            )
        self._name = name

    def frames(self) -> Iterator[tuple[NDArray[np.uint8], float]]:
        """Frames until the device stops giving any."""
        while True:
            read, bgr = self._capture.read()
            if not read or bgr is None:
                raise OSError("the device gives no picture")
            yield np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8), time.monotonic()

    def close(self) -> None:
        """Gives the device back."""
        self._capture.release()


def open_card(index: int) -> cv2.VideoCapture:
    """OpenCV's capture of device `index`, by the system's own interface; perhaps not open."""
    cv2.utils.logging.setLogLevel(
        cv2.utils.logging.LOG_LEVEL_SILENT
    )  # it would print of every number that is no device
    return cv2.VideoCapture(index, _INTERFACES.get(platform.system(), cv2.CAP_ANY))


class StreamCapture:
    """A network stream, or a file played at its own pace, through libav.

    Args:
        url: rtsp://..., http://..., file:///..., or a file's path.
        name: for messages.
        timeout_s: for opening and for each read.

    Raises:
        InputError: it cannot be opened, or holds no video.
    """

    def __init__(self, url: str, name: str, *, timeout_s: float) -> None:
        self._network = is_network(url)
        demuxer, target = None, url
        if not self._network:
            path = file_path(url)
            _, demuxer = identify(path)
            target = str(path)
        options = {"rtsp_transport": "tcp"} if url.lower().startswith("rtsp") else {}
        try:
            self._container = av.open(
                target, "r", format=demuxer, options=options, timeout=(timeout_s, timeout_s)
            )
        except Exception as error:
            raise InputError(
                f"{name}: the stream cannot be opened ({reason(error)}): check the address, the "
                "network and that the sender is running"
            ) from None
        stream = self._container.streams.best("video")
        if not isinstance(stream, VideoStream):
            self._container.close()
            raise InputError(f"{name}: there is no video in this stream: check the address")
        self._stream = stream

    def frames(self) -> Iterator[tuple[NDArray[np.uint8], float]]:
        """Frames until the stream ends; those of a file at the pace at which it was taken."""
        interval = 1 / (declared_fps(self._stream) or NOMINAL_FPS)
        start, first, last = time.monotonic(), None, -interval
        for frame in self._container.decode(self._stream):
            stamp = float(frame.time) if frame.time is not None else None
            if first is None:
                first = stamp
            at = last + interval if stamp is None or first is None else stamp - first
            last = at
            pixels = square_rgb(frame, self._stream)
            if not self._network:
                time.sleep(max(0.0, min(start + at - time.monotonic(), 1.0)))
            yield pixels, start + at if not self._network else time.monotonic()

    def close(self) -> None:
        """Closes the connection or the file."""
        with suppress(Exception):  # closing a broken connection may fail; it is gone either way
            self._container.close()


def open_capture(target: str | int, name: str, *, timeout_s: float) -> Capture:
    """Opens a device by number, a Linux device file, a URL or a file.

    Raises:
        InputError: it cannot be opened.
    """
    if isinstance(target, int):
        return CardCapture(target, name)
    if target.startswith("/dev/video") and target[10:].isdecimal():
        return CardCapture(int(target[10:]), name)
    return StreamCapture(target, name, timeout_s=timeout_s)


def is_network(target: str | int) -> bool:
    """True for an address that another machine serves: only there does trying again make sense."""
    return isinstance(target, str) and urlsplit(target).scheme.lower() in NETWORK_SCHEMES


def file_path(url: str) -> Path:
    """The path of a `file:` URL or of a plain path."""
    parts = urlsplit(url)
    return Path(url2pathname(parts.path)) if parts.scheme.lower() == "file" else Path(url)


def checked(pixels: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    """`pixels`, or InputError where they are too small or too large to use."""
    check_size(name, pixels.shape[1], pixels.shape[0])
    return pixels
