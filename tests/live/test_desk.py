"""The desk: a picture that keeps its own clips, by itself and by hand, for several users."""

import threading
import time
from functools import partial
from types import SimpleNamespace

import pytest

from app.live import line
from app.live.desk import Desk
from app.live.engine import live_engine
from app.live.session import LiveFeed
from core.domain import View
from core.recognition.live import LiveEngine
from core.workstation.records import KeptBy
from core.workstation.store import ExamStore
from tests.live.fake_captures import FakeCaptures
from tests.live.fakes import FakeModels, frame, wait_until


class EndlessSource:
    """A hundred frames a second until it is closed."""

    name = "endless"

    def __init__(self):
        self.ended = threading.Event()

    def frames(self):
        i = 0
        while not self.ended.wait(0.01):
            yield frame(i)
            i += 1

    def close(self):
        self.ended.set()


@pytest.fixture
def store(tmp_path):
    with ExamStore(tmp_path / "home") as store:
        yield store


@pytest.fixture
def models():
    return FakeModels()


def engine_of(models):
    return LiveEngine(
        recognise_frame=models.recognise_frame,
        find_sector=models.find_sector,
        find_regions=models.find_regions,
        max_fps=50.0,
    )


@pytest.fixture
def feed(models):
    feed = LiveFeed(EndlessSource, partial(engine_of, models))
    yield feed
    feed.end()


def test_a_standard_plane_is_kept_in_the_pictures_own_thread_without_any_page(store, feed):
    desk = Desk(store, captures=FakeCaptures())
    desk.attach(feed)
    feed.running()
    assert wait_until(lambda: desk.keeper.event is not None, seconds=20)
    (clip,) = store.clips(desk.keeper.exam_id)
    assert (clip.view, clip.kept_by) == (View.A4C, KeptBy.AUTO)
    kept = store.load_clip(desk.keeper.exam_id, clip.id)
    assert 0.1 <= kept.times_s[-1] <= 0.25, "more or less was kept than the automaton asked for"
    assert desk.told()["event"]["good"]
    places = {each["view"]: each for each in desk.checklist()["entries"]}
    assert places["A4C"]["clip"] == clip.id
    assert places["PLAX"]["next"]
    assert desk.thumbnail(clip.id).startswith(b"\x89PNG")


def test_a_clip_kept_by_hand_is_filed_under_the_view_seen_though_it_is_not_standard(
    store, feed, models
):
    models.label, models.standard = View.A2C, False
    desk = Desk(store, captures=FakeCaptures())
    desk.attach(feed)
    feed.running()
    assert wait_until(lambda: desk.told()["code"] == "A2C")
    desk.command({"do": "record"})
    assert desk.keeper.settle(20)
    (clip,) = store.clips(desk.keeper.exam_id)
    assert (clip.view, clip.kept_by) == (View.A2C, KeptBy.HAND)


def test_recording_without_a_picture_is_answered_in_words(store, feed):
    desk = Desk(store, lang="zh")
    desk.record()
    assert desk.told()["event"]["kind"] == "nothing"
    desk.attach(feed)
    desk.record()
    assert not desk.told()["event"]["good"]
    assert store.list_exams() == ()


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"do": 7},
        {"do": "protocol", "value": ["full"]},
        {"do": "protocol", "value": "none"},
        {"do": "again", "value": "A9C"},
        {"do": "again", "value": {}},
        {"do": "auto", "value": "yes"},
    ],
)
def test_what_no_button_asks_for_is_ignored(store, message):
    desk = Desk(store)
    before = desk.checklist()
    desk.command(message)
    assert desk.checklist() == before


def test_a_picture_goes_on_when_keeping_fails(store, feed, monkeypatch):
    desk = Desk(store, captures=FakeCaptures())
    desk.attach(feed)

    def broken(*_):
        raise RuntimeError("broke")

    monkeypatch.setattr(desk.keeper, "see", broken)
    session = feed.running()
    assert wait_until(lambda: session.newest is not None and session.newest.index > 20)
    assert feed.error is None


def test_two_users_look_at_once_through_one_set_of_models(store, models):
    """Each has an engine, a ring and an exam of its own; the networks serve both in turn."""
    desks, feeds = [], []
    for _ in range(2):
        desk = Desk(store, captures=FakeCaptures())
        feeds.append(LiveFeed(EndlessSource, partial(engine_of, models)))
        desk.attach(feeds[-1])
        desks.append(desk)
    try:
        sessions = [feed.running() for feed in feeds]
        assert wait_until(lambda: all(desk.keeper.event is not None for desk in desks), seconds=30)
        assert wait_until(lambda: all(bool(s.engine.snapshot().regions) for s in sessions))
        assert all(session.engine.snapshot().fps_out > 3 for session in sessions)
        first, second = (desk.keeper.exam_id for desk in desks)
        assert first != second
        assert len(store.clips(first)) == len(store.clips(second)) == 1
    finally:
        for feed in feeds:
            feed.end()


def test_outlines_of_two_pictures_take_turns(monkeypatch):
    """The region network runs for one at a time, and neither waits while the other goes twice."""
    busy, most, calls = [], [], []

    def outline_look(look, models):
        busy.append(1)
        most.append(len(busy))
        time.sleep(0.02)
        calls.append(threading.current_thread())
        busy.pop()
        return []

    fake = FakeModels()
    monkeypatch.setattr("app.live.engine.outline_look", outline_look)
    monkeypatch.setattr(
        "app.live.engine.recognise_frame",
        lambda pixels, sector, models, outlines, glanced: fake.recognise_frame(
            pixels, sector, outlines
        ),
    )
    monkeypatch.setattr("app.live.engine.find_sector", fake.find_sector)
    bare = SimpleNamespace(mode=None, for_stream=lambda: None)
    feeds = [LiveFeed(EndlessSource, partial(live_engine, bare)) for _ in range(2)]
    try:
        for feed in feeds:
            feed.running()
        assert wait_until(lambda: len(calls) >= 20, seconds=20)
    finally:
        for feed in feeds:
            feed.end()
    assert max(most) == 1
    shares = [calls.count(thread) / len(calls) for thread in set(calls)]
    assert len(shares) == 2
    assert min(shares) > 0.3


def test_the_line_knows_a_desk_only_while_its_session_lives(store):
    desk = Desk(store)
    line.enter(desk)
    token = desk.token
    assert line.desk_of(token) is desk
    del desk
    assert line.desk_of(token) is None
