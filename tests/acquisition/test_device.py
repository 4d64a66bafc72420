"""Live sources: frames in time, a thread that always ends, clear words when nothing opens."""

import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from made_files import movie, picture, video
from numpy.typing import NDArray

from core.acquisition import device
from core.acquisition.device import DeviceSource, list_devices
from core.acquisition.source import Source
from core.domain import Calibration, CalibrationSource, InputError


@pytest.fixture(scope="module")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return video(tmp_path_factory.mktemp("live") / "live.mp4", movie(20))


def capturing() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("capture ")]


def test_a_file_url_plays_at_its_own_pace_and_ends(clip_path: Path) -> None:
    source = DeviceSource(clip_path.as_uri())
    assert isinstance(source, Source)
    began = time.monotonic()
    frames = list(source.frames())
    took = time.monotonic() - began
    assert source.name == "live.mp4"
    assert 10 <= len(frames) <= 20
    assert frames[-1].index == 19
    assert took > 0.6  # not as fast as it can be read
    assert [f.time_s for f in frames] == sorted({f.time_s for f in frames})
    assert frames[-1].time_s == pytest.approx(19 / 25, abs=0.01)
    assert np.abs(frames[0].pixels.astype(int) - picture()).mean() < 16
    source.close()
    assert capturing() == []


def test_a_slow_reader_gets_the_newest_frame(clip_path: Path) -> None:
    source = DeviceSource(str(clip_path))
    frames = source.frames()
    next(frames)
    time.sleep(0.4)
    assert next(frames).index >= 8
    source.close()
    assert list(frames) == []
    assert not source.running


def test_closing_ends_a_reader_that_waits(clip_path: Path) -> None:
    source = DeviceSource(str(clip_path))
    got: list[int] = []
    reader = threading.Thread(target=lambda: got.extend(f.index for f in source.frames()))
    reader.start()
    time.sleep(0.2)
    source.close()
    source.close()
    reader.join(5)
    assert not reader.is_alive()
    assert capturing() == []
    assert list(source.frames()) == []


@pytest.mark.parametrize(
    ("target", "word"),
    [
        (97, "cannot be opened"),
        ("/dev/video97", "cannot be opened"),
        ("no-such-file.mp4", "no such file"),
        ("rtsp://user:secret@127.0.0.1:9/live", "rtsp://127.0.0.1/live: the stream cannot be"),
    ],
)
def test_what_cannot_be_opened_says_so_in_one_line(
    target: str | int, word: str, capfd: pytest.CaptureFixture[str]
) -> None:
    source = DeviceSource(target, timeout_s=1, reconnects=0)
    with pytest.raises(InputError) as caught:
        list(source.frames())
    assert word in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    source.close()
    assert capturing() == []
    assert capfd.readouterr().err == ""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the parent's name)
        pass


def test_a_network_stream_is_read_and_read_again_after_its_end(tmp_path: Path) -> None:
    video(tmp_path / "live.ts", movie(6))
    handler = partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        source = DeviceSource(
            f"http://127.0.0.1:{server.server_port}/live.ts", reconnects=3, retry_s=0.01
        )
        frames = source.frames()
        seen = [next(frames) for _ in range(3)]
        while seen[-1].index < 10:  # more than one pass holds
            seen.append(next(frames))
        source.close()
        server.shutdown()
    assert seen[0].pixels.shape == (96, 128, 3)
    assert capturing() == []


class Line:
    """A capture that gives two frames and breaks."""

    opened = 0

    def __init__(self) -> None:
        type(self).opened += 1

    def frames(self) -> Iterator[tuple[NDArray[np.uint8], float]]:
        for _ in range(2):
            yield picture(), time.monotonic()
            time.sleep(0.02)
        raise OSError("the line broke")

    def close(self) -> None:
        pass


def test_a_broken_network_line_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    Line.opened = 0

    def open_line(target: str, name: str, *, timeout_s: float) -> Line:
        if Line.opened == 3:
            raise InputError(f"{name}: gone")
        return Line()

    monkeypatch.setattr(device, "open_capture", open_line)
    source = DeviceSource("rtsp://host/a", reconnects=2, retry_s=0.01, timeout_s=1)
    indices: list[int] = []
    with pytest.raises(InputError, match="gone"):
        indices.extend(frame.index for frame in source.frames())
    assert Line.opened == 3
    assert indices[-1] >= 4
    assert indices == sorted(set(indices))
    source.close()
    assert capturing() == []


def test_frames_carry_the_calibration_given_by_hand(clip_path: Path) -> None:
    manual = Calibration(source=CalibrationSource.MANUAL, mm_per_px_x=0.5, mm_per_px_y=0.5)
    source = DeviceSource(str(clip_path), name="cart", calibration=manual)
    frame = next(source.frames())
    assert (frame.calibration, frame.source) == (manual, "cart")
    source.close()


def test_devices_are_listed_by_their_names_without_meta_data_nodes(tmp_path: Path) -> None:
    for number, (index, name) in enumerate([("0", "USB Capture HDMI"), ("1", "USB Capture HDMI")]):
        facts = tmp_path / "sys" / f"video{number}"
        facts.mkdir(parents=True)
        (facts / "index").write_text(index + "\n")
        (facts / "name").write_text(name + "\n")
        (tmp_path / f"video{number}").touch()
    (tmp_path / "video-dec").touch()
    found = device._linux_devices(tmp_path / "sys", tmp_path)
    assert found == (device.Device(0, "USB Capture HDMI"),)


def test_listing_this_machines_devices_opens_none_wrongly() -> None:
    assert all(d.name for d in list_devices())
