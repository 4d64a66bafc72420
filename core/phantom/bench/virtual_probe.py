"""The virtual probe as a source like any other: what follows cannot tell it from a camera."""

import threading
import time
from collections.abc import Iterator

from core.domain import Frame
from core.phantom.bench.stand import Picture, Stand
from core.phantom.probe import PoseTruth

FPS = 30.0
NAME = "virtual probe"


class VirtualProbe:
    """The beating heart under the probe of a stand, in real time.

    Frames are made in the thread that reads them, each when it is due, of the pose at that moment;
    a machine that is late leaves frames out and never falls behind.

    Args:
        stand: the bench; may be changed from any thread meanwhile.
        fps: frames a second at most.
        name: for people.
    """

    def __init__(self, stand: Stand, *, fps: float = FPS, name: str = NAME) -> None:
        self.name = name
        self._stand = stand
        self._interval = 1.0 / fps
        self._closed = threading.Event()
        self._latest: Frame | None = None

    def frames(self) -> Iterator[Frame]:
        """Frames until `close`."""
        began = time.monotonic()
        due, index = began, 0
        picture: Picture | None = None
        while not self._closed.wait(max(0.0, due - time.monotonic())):
            at = time.monotonic() - began
            rig, plane, view = self._stand.held()
            picture = rig.render(plane, at, view=view, before=picture)
            frame = Frame(
                pixels=picture.pixels,
                index=index,
                time_s=at,
                source=self.name,
                calibration=picture.calibration,
            )
            self._latest = frame
            index += 1
            yield frame
            # The next multiple of the interval that is still to come.
            due += self._interval * max(1, 1 + int((time.monotonic() - due) / self._interval))

    def snapshot(self) -> tuple[Frame | None, PoseTruth]:
        """The newest frame, None before the first, and the truth about the pose now."""
        rig, plane, _ = self._stand.held()
        return self._latest, rig.truth(plane)

    def close(self) -> None:
        """Ends `frames` at once; may be called twice, from any thread."""
        self._closed.set()
