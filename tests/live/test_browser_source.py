"""The browser's frames as a source."""

import threading

import numpy as np

from core.acquisition.webrtc import DEPTH, BrowserSource

PICTURE = np.zeros((4, 4, 3), np.uint8)


def test_frames_come_in_order_with_rising_times_and_end_with_close():
    source = BrowserSource("browser")
    for _ in range(3):
        source.push(PICTURE)
    frames = source.frames()
    got = [next(frames) for _ in range(3)]
    assert [f.index for f in got] == [0, 1, 2]
    assert got[0].time_s == 0.0
    assert got[0].time_s <= got[1].time_s <= got[2].time_s
    source.close()
    assert list(frames) == []


def test_a_reader_that_is_too_slow_loses_the_oldest_frames():
    source = BrowserSource("browser")
    for _ in range(DEPTH + 5):
        source.push(PICTURE)
    assert source.dropped == 5
    assert next(source.frames()).index == 5


def test_close_wakes_a_waiting_reader():
    source = BrowserSource("browser")
    reader = threading.Thread(target=lambda: list(source.frames()))
    reader.start()
    source.close()
    reader.join(timeout=2)
    assert not reader.is_alive()
