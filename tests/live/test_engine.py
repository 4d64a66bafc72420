"""The live engine: newest frame only, steady answers, a failure that does not stop it."""

import threading
import time

import pytest

from core.domain import JudgedItem, Mode, Sector, SectorKind, View
from core.recognition.guidance import Movement
from core.recognition.live import LiveEngine
from tests.live.fakes import FakeModels, frame, off_plane, wait_until


@pytest.fixture
def models():
    return FakeModels()


@pytest.fixture
def engine(models):
    engine = LiveEngine(
        recognise_frame=models.recognise_frame,
        find_sector=models.find_sector,
        find_regions=models.find_regions,
        max_fps=100.0,
    )
    yield engine
    engine.close()


def feed(engine, count, *, start=0, level=60, pause=0.01):
    for i in range(start, start + count):
        engine.submit(frame(i, level=level))
        time.sleep(pause)


def test_says_view_regions_and_rates_of_what_it_is_fed(engine):
    assert engine.snapshot().view is None
    feed(engine, 80)
    assert wait_until(lambda: bool(engine.snapshot().regions))
    state = engine.snapshot()
    assert state.view.label is View.A4C
    assert sum(state.view.probabilities.values()) == pytest.approx(1.0)
    assert state.quality == pytest.approx(0.8)
    assert state.standard
    assert (state.width, state.height) == (160, 120)
    assert state.fps_in > 5
    assert state.fps_out > 5
    assert state.mode is Mode.UNKNOWN


def test_a_slow_recogniser_drops_frames_and_never_lets_two_wait():
    models = FakeModels(delay_s=0.08)
    engine = LiveEngine(recognise_frame=models.recognise_frame, find_sector=models.find_sector)
    try:
        most_waiting = 0
        for i in range(120):
            engine.submit(frame(i, level=i))
            most_waiting = max(most_waiting, engine.waiting)
            engine.snapshot()
            time.sleep(0.008)
        assert most_waiting == 1
        assert engine.dropped > 60
        assert wait_until(lambda: engine.snapshot().index == 119)
        assert models.seen == sorted(models.seen)
    finally:
        engine.close()


def test_submit_returns_at_once_while_the_recogniser_is_busy():
    models, entered, let_go = FakeModels(), threading.Event(), threading.Event()

    def slow(*args, **rest):
        entered.set()
        assert let_go.wait(60)
        return models.recognise_frame(*args, **rest)

    engine = LiveEngine(recognise_frame=slow, find_sector=models.find_sector)
    try:
        engine.submit(frame(0))
        assert entered.wait(60)
        for i in range(100):
            engine.submit(frame(i))
            engine.snapshot()
        assert not models.seen  # the first one is still being looked at
        let_go.set()
        assert wait_until(lambda: engine.snapshot().index == 99)
    finally:
        let_go.set()
        engine.close()


def test_a_frame_that_breaks_the_recogniser_is_said_and_the_next_one_works(engine, models):
    models.fail = True
    feed(engine, 3)
    assert wait_until(lambda: engine.snapshot().failed)
    models.fail = False
    feed(engine, 10, start=3)
    assert wait_until(lambda: engine.snapshot().view is not None)
    assert not engine.snapshot().failed


def test_a_screen_without_ultrasound_has_no_view_and_says_why(engine, models):
    models.sector = Sector(kind=SectorKind.NONE, box=(0, 0, 160, 120), outline=(), score=0.0)
    feed(engine, 5)
    assert wait_until(lambda: engine.snapshot().index >= 0)
    state = engine.snapshot()
    assert state.view is None
    assert state.reasons == ("live.no_picture",)
    assert not models.seen


def test_the_sector_is_found_again_when_the_screen_changes(engine, models):
    feed(engine, 10)
    looks = models.looks
    models.sector = Sector(
        kind=SectorKind.RECTANGLE, box=(0, 0, 80, 60), outline=((0.0, 0.0),), score=0.9
    )
    feed(engine, 5, start=10, level=200)
    assert wait_until(
        lambda: getattr(engine.snapshot().sector, "kind", None) is SectorKind.RECTANGLE
    )
    assert models.looks > looks


def test_another_frame_size_is_taken_without_a_stop(engine):
    feed(engine, 5)
    for i in range(5, 15):
        engine.submit(frame(i, height=240, width=320))
        time.sleep(0.01)
    assert wait_until(lambda: engine.snapshot().width == 320)
    assert not engine.snapshot().failed


def test_a_plane_that_is_off_gets_an_instruction_and_no_tone(engine, models):
    models.standard = False
    models.plane = off_plane(View.A4C, rotate_deg=20.0)
    models.items = (JudgedItem(name="judge.item.rotation", score=1.0, limit=0.5),)
    feed(engine, 90)
    assert wait_until(lambda: engine.snapshot().instruction is not None)
    state = engine.snapshot()
    assert (state.instruction.movement, state.instruction.forward) == (Movement.ROTATE, True)
    assert state.plane.rotate_deg == pytest.approx(20.0)
    assert not state.standard
    assert state.held_s == 0
    # Of the averaged plane, not of the single frame.
    assert state.items[0].score < 0.2
    assert state.items[0].reason == "judge.rotated"


def test_a_standard_plane_is_held_and_asks_for_nothing(engine, models):
    models.plane = off_plane(View.A4C, standard=0.95, rotate_deg=4.0)
    feed(engine, 100)
    assert wait_until(lambda: engine.snapshot().held_s > 0.1)
    state = engine.snapshot()
    assert state.standard
    assert state.instruction is None
    assert state.reasons == ()


def test_where_nobody_knows_which_way_it_says_so(engine, models):
    models.standard = False
    models.plane = off_plane(View.A4C, rotate_deg=20.0, spread=40.0)
    feed(engine, 60)
    assert wait_until(lambda: "judge.plane_unclear" in engine.snapshot().reasons)
    assert engine.snapshot().instruction is None


def test_another_view_is_another_plane(engine, models):
    models.plane = off_plane(View.A4C, standard=0.95)
    feed(engine, 80)
    assert wait_until(lambda: engine.snapshot().standard)
    models.label, models.plane = View.PLAX, off_plane(View.PLAX, tilt_deg=-15.0)
    models.standard = False
    feed(engine, 80, start=80)
    assert wait_until(lambda: engine.snapshot().view.label is View.PLAX)
    assert not engine.snapshot().standard
    assert engine.snapshot().plane.view is View.PLAX


@pytest.mark.parametrize(("takes", "at_most"), [(0.005, 32), (0.035, 16)])
def test_thirty_frames_a_second_and_half_as_many_where_one_takes_long(takes, at_most):
    models = FakeModels(delay_s=takes)
    engine = LiveEngine(recognise_frame=models.recognise_frame, find_sector=models.find_sector)
    try:
        for i in range(160):
            engine.submit(frame(i))
            time.sleep(0.0125)
            if i == 79:  # it knows by now how long one takes
                start, seen = time.monotonic(), len(models.seen)
        assert (len(models.seen) - seen) / (time.monotonic() - start) < at_most
    finally:
        engine.close()


def test_closing_ends_the_threads_and_takes_no_more(engine):
    feed(engine, 5)
    engine.close()
    assert not {"live-view", "live-regions"} & {thread.name for thread in threading.enumerate()}
    engine.submit(frame(99))
    assert engine.waiting == 0
    engine.close()


def test_rates_fall_to_nothing_when_the_stream_stops(engine, monkeypatch):
    feed(engine, 10)
    now = time.monotonic()
    monkeypatch.setattr("core.recognition.live.time.monotonic", lambda: now + 10)
    assert engine.snapshot().fps_in == 0.0
    assert engine.snapshot().regions == ()
