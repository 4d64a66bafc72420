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


def test_silence_ends_the_frames():
    source = BrowserSource("browser", idle_s=0.05)
    source.push(PICTURE)
    assert len(list(source.frames())) == 1


def test_a_browser_that_sends_smaller_pictures_for_a_while_keeps_its_size():
    source = BrowserSource("browser")
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:, 320:] = 200
    sizes = [source.push(p).shape for p in (picture, picture[::2, ::2], picture)]
    assert sizes == [(480, 640, 3)] * 3
    small = source.push(np.ascontiguousarray(picture[::2, ::2]))
    assert np.abs(small.astype(int) - picture).mean() < 2
    assert source.push(np.zeros((720, 1280, 3), np.uint8)).shape == (720, 1280, 3)
    assert source.push(np.zeros((300, 300, 3), np.uint8)).shape == (300, 300, 3)
