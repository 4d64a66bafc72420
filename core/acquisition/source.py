"""The one protocol of everything that gives frames."""

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from core.domain import Clip, Frame


@runtime_checkable
class Source(Protocol):
    """A file, a capture device, a network stream, a browser's camera.

    `frames` yields frames in time order, each with its time since the source's first frame, its
    source's name, and its calibration where that is known. `close` ends it from any thread, may be
    called twice, and leaves no thread behind. Both raise InputError where the source cannot be
    used.
    """

    @property
    def name(self) -> str:
        """For people; no patient's name."""
        ...

    def frames(self) -> Iterator[Frame]:
        """Frames until the source ends or is closed."""
        ...

    def close(self) -> None:
        """Ends the source."""
        ...


class ClipSource:
    """A clip already read, as a source: its frames once, as fast as they are asked for."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self._closed = False

    @property
    def name(self) -> str:
        """The clip's source name."""
        return self._clip.source

    def frames(self) -> Iterator[Frame]:
        """The clip's frames in order, until the last or `close`."""
        for index in range(len(self._clip)):
            if self._closed:
                return
            yield self._clip.frame(index)

    def close(self) -> None:
        """No further frame comes."""
        self._closed = True
