"""A live session: frames in, picture out, errors said, devices set free."""

import threading
import time

import numpy as np
import pytest

from app.live import session as session_module
from app.live.session import LiveFeed, LiveSession
from core.acquisition.webrtc import BrowserSource
from core.domain import InputError
from core.recognition.live import LiveEngine
from tests.live.fakes import FakeModels, frame, wait_until


def engine(models=None):
    models = models or FakeModels()
    return LiveEngine(
        recognise_frame=models.recognise_frame,
        find_sector=models.find_sector,
        find_regions=models.find_regions,
        max_fps=50.0,
    )


class ListSource:
    """Gives `count` frames at 100 a second, then an error if there is one, then waits."""

    name = "list"

    def __init__(self, count, error=None):
        self.count, self.error = count, error
        self.ended = threading.Event()

    def frames(self):
        for i in range(self.count):
            if self.ended.is_set():
                return
            yield frame(i)
            time.sleep(0.01)
        if self.error:
            raise self.error
        self.ended.wait(10)

    def close(self):
        self.ended.set()


def is_colour(pixels, rgb):
    return (np.abs(pixels.astype(int) - rgb).max(axis=-1) < 40).any()


def test_the_picture_bears_the_sector_and_the_structures_and_leaves_the_frame_alone():
    live = LiveSession(ListSource(400), engine())
    try:
        assert wait_until(lambda: bool(live.engine.snapshot().regions))
        assert wait_until(lambda: live.engine.snapshot().standard)
        plain = live.newest.pixels
        before = plain.copy()
        drawn = live.picture(plain)
        assert (plain == before).all()
        assert drawn.shape == plain.shape
        assert is_colour(drawn, (64, 201, 138))
        assert is_colour(drawn[40:80, 58:62], (86, 180, 233))
    finally:
        live.close()


def test_nothing_is_drawn_where_the_state_speaks_of_another_size():
    live = LiveSession(ListSource(400), engine())
    try:
        assert wait_until(lambda: live.engine.snapshot().standard)
        drawn = live.picture(np.zeros((200, 300, 3), np.uint8))
        assert not is_colour(drawn, (64, 201, 138))
    finally:
        live.close()


def test_the_last_seconds_can_be_kept_after_the_stream_has_ended():
    live = LiveSession(ListSource(20), engine())
    assert wait_until(lambda: live.newest is not None and live.newest.index == 19)
    live.close()
    assert wait_until(lambda: live.closed)
    assert len(live.ring.clip("rec")) == 20


def test_a_source_that_fails_says_why_and_is_not_tried_again_until_it_is_ended():
    opened = []

    def open_source():
        opened.append(1)
        return ListSource(2, InputError("device 7: it was unplugged; plug it in"))

    feed = LiveFeed(open_source, engine)
    feed.running()
    assert wait_until(lambda: feed.error is not None)
    assert feed.error == "device 7: it was unplugged; plug it in"
    assert feed.running() is None
    assert len(opened) == 1
    feed.end()
    assert feed.error is None
    assert feed.running() is not None
    feed.end()


def test_a_source_that_cannot_be_opened_says_why():
    def open_source():
        raise InputError("device 7: there is none")

    feed = LiveFeed(open_source, engine)
    assert feed.running() is None
    assert feed.error == "device 7: there is none"


def test_a_picture_that_nobody_watches_sets_its_device_free(monkeypatch):
    monkeypatch.setattr(session_module, "UNWATCHED_S", 0.1)
    source = ListSource(500)
    live = LiveSession(source, engine())
    assert wait_until(lambda: live.closed)
    assert wait_until(source.ended.is_set)  # closed first, then freed


def test_closing_leaves_no_thread_of_the_session():
    before = set(threading.enumerate())
    live = LiveSession(BrowserSource("browser"), engine())
    live.close()
    assert wait_until(lambda: not [t for t in set(threading.enumerate()) - before if t.is_alive()])


@pytest.mark.parametrize(("lang", "word"), [("en", "Apical"), ("zh", "心尖")])
def test_the_picture_names_the_view_in_the_users_language(lang, word, monkeypatch):
    said = []

    def listen(pixels, *, sector, regions, title, lang):
        said.append(title)
        return pixels

    monkeypatch.setattr("app.live.picture.draw_overlay", listen)
    live = LiveSession(ListSource(400), engine(), lang=lang)
    try:
        assert wait_until(lambda: live.engine.snapshot().view is not None)
        live.picture(frame(0).pixels.copy())
        assert word in said[-1]
    finally:
        live.close()
