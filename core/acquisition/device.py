"""Live pictures: a capture card, a camera, a network stream."""

import platform
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from core.acquisition.capture import Capture, checked, is_network, open_capture, open_card
from core.acquisition.content import printable, reason
from core.domain import Calibration, Frame, InputError
from core.domain.calibration import NO_CALIBRATION

_JOIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Device:
    """A capture device: its number for `DeviceSource`, and its name for people."""

    index: int
    name: str


class DeviceSource:
    """A live source that is read in a thread of its own.

    Only the newest frame waits: a slow reader misses frames (`Frame.index` tells how many) and
    never falls behind. A broken network line is tried again `reconnects` times.

    Args:
        url_or_index: number of a capture device, `/dev/videoN`, an RTSP or other URL, or a video
            file, which is then played at its own pace.
        name: for people; made of the address, without user and password, where it is None.
        calibration: given to each frame, for a machine whose screen was calibrated by hand.
        timeout_s: for opening and for each frame.
        reconnects: attempts after a network line broke, in a row without a picture.
        retry_s: pause before each of them.
    """

    def __init__(
        self,
        url_or_index: str | int,
        *,
        name: str | None = None,
        calibration: Calibration = NO_CALIBRATION,
        timeout_s: float = 8.0,
        reconnects: int = 5,
        retry_s: float = 1.0,
    ) -> None:
        self._target = url_or_index
        self.name = name or _name(url_or_index)
        self._calibration = calibration
        self._timeout_s = timeout_s
        self._reconnects = reconnects if is_network(url_or_index) else 0
        self._retry_s = retry_s
        self._ready = threading.Condition()
        self._stop = threading.Event()
        self._slot: Frame | None = None
        self._error: InputError | None = None
        self._ended = False
        self._count = 0
        self._start: float | None = None
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """True while the capturing thread lives."""
        return self._thread is not None and self._thread.is_alive()

    def open(self) -> None:
        """Starts the capture and waits for its first frame; done by `frames` where it was not.

        Raises:
            InputError: the source cannot be opened, or gives no picture in time.
        """
        with self._ready:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(
                    target=self._run, name=f"capture {self.name}", daemon=True
                )
                self._thread.start()
            patience = 2 * self._timeout_s + self._reconnects * (self._retry_s + self._timeout_s)
            came = self._ready.wait_for(lambda: self._slot or self._over(), timeout=patience)
            error = self._error
        if not came:
            self.close()
            raise InputError(f"{self.name}: no picture came: check the cable and the sender")
        if error is not None and self._count == 0:
            raise error

    def frames(self) -> Iterator[Frame]:
        """The newest frame each time, until the source ends or is closed.

        Raises:
            InputError: the source cannot be opened, or breaks off for good.
        """
        self.open()
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._slot is not None or self._over())
                frame, self._slot = self._slot, None
                if frame is None and self._error is not None and not self._stop.is_set():
                    raise self._error
            if frame is None or self._stop.is_set():
                return
            yield frame

    def close(self) -> None:
        """Ends the capture and its thread; may be called twice, from any thread."""
        self._stop.set()
        with self._ready:
            self._ready.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            # The thread closes what it opened: a decoder must not be freed while it decodes.
            thread.join(_JOIN_S + self._timeout_s)

    def _over(self) -> bool:
        return self._ended or self._stop.is_set()

    def _run(self) -> None:
        try:
            self._capture()
        except InputError as error:
            self._error = error
        except Exception as error:  # drivers and decoders raise anything at all
            self._error = InputError(
                f"{self.name}: the picture broke off ({reason(error)}): check the cable"
            )
        finally:
            with self._ready:
                self._ended = True
                self._ready.notify_all()

    def _capture(self) -> None:
        failures = 0
        while not self._stop.is_set():
            before = self._count
            try:
                capture = open_capture(self._target, self.name, timeout_s=self._timeout_s)
                try:
                    self._take_all(capture)
                finally:
                    capture.close()
                if not self._reconnects:
                    return
            except Exception:  # any break of a line is worth another try, until they are used up
                if failures >= self._reconnects:
                    raise
            failures = 1 if self._count > before else failures + 1
            if failures > self._reconnects:
                return
            self._stop.wait(self._retry_s)

    def _take_all(self, capture: Capture) -> None:
        for pixels, at in capture.frames():
            if self._stop.is_set():
                return
            self._put(checked(pixels, self.name), at)

    def _put(self, pixels: NDArray[np.uint8], at: float) -> None:
        with self._ready:
            self._start = at if self._start is None else self._start
            self._slot = Frame(
                pixels=pixels,
                index=self._count,
                time_s=at - self._start,
                source=self.name,
                calibration=self._calibration,
            )
            self._count += 1
            self._ready.notify_all()


def list_devices() -> tuple[Device, ...]:
    """Capture devices of this machine: `/dev/video*` on Linux, else numbers 0 to 3 that open."""
    if platform.system() == "Linux":
        return _linux_devices(Path("/sys/class/video4linux"), Path("/dev"))
    found = []
    for index in range(4):
        capture = open_card(index)
        if capture.isOpened():
            found.append(Device(index, f"Camera {index}"))
        capture.release()
    return tuple(found)


def _linux_devices(listing: Path, devices: Path) -> tuple[Device, ...]:
    """Video nodes under `devices` with their names under `listing`.

    A card has a second node for its meta data (index 1 and up), which gives no picture.
    """
    found = []
    for node in devices.glob("video*"):
        number = node.name.removeprefix("video")
        if not number.isdecimal():
            continue
        facts = listing / node.name
        if _line(facts / "index") not in ("", "0"):
            continue
        found.append(Device(int(number), _line(facts / "name") or f"Camera {number}"))
    return tuple(sorted(found, key=lambda d: d.index))


def _line(path: Path) -> str:
    try:
        return printable(path.read_text("utf-8", "replace").strip())
    except OSError:
        return ""


def _name(target: str | int) -> str:
    if isinstance(target, int):
        return f"Camera {target}"
    parts = urlsplit(target)
    if not is_network(target):
        return Path(parts.path or target).name
    # Never user and password: the name is shown and logged.
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
