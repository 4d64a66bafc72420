"""What is kept of a live picture, where it is filed, and what its user is told."""

from dataclasses import replace

import pytest

from app.live.keeper import MOST_WAITING, Keeper
from core.acquisition.ring import ClipRing
from core.domain import InputError, Patient, View
from core.recognition.live import LiveState
from core.workstation.protocol import VOLUMES
from core.workstation.records import KeptBy
from core.workstation.store import ExamStore
from tests.live.fake_captures import FakeCaptures
from tests.live.fakes import FAN, frame, view, wait_until

A4C = LiveState(
    index=1, width=160, height=120, view=view(View.A4C), standard=True, held_s=3.0, sector=FAN
)
A2C = replace(A4C, view=view(View.A2C))
STREAM = object()


@pytest.fixture
def store(tmp_path):
    with ExamStore(tmp_path / "home") as store:
        yield store


@pytest.fixture
def captures():
    return FakeCaptures()


@pytest.fixture
def keeper(store, captures):
    keeper = Keeper(store, captures=captures)
    keeper.choose("volumes")
    return keeper


def held(count=10):
    ring = ClipRing()
    for i in range(count):
        ring.add(frame(i))
    return ring.last()


def take(keeper, state, stream=STREAM, at_s=1.0):
    """What a picture's thread does; the view that was kept, or None."""
    capture = keeper.see(stream, state, at_s)
    if capture is not None:
        keeper.keep(held(), view=capture.view, kept_by=KeptBy.AUTO)
        assert keeper.settle(20)
    return None if capture is None else capture.view


def test_a_held_view_is_filed_before_it_is_told_and_only_once(keeper, store):
    assert take(keeper, A4C) is View.A4C
    assert keeper.event.kind == "kept"
    (clip,) = store.clips(keeper.exam_id)
    assert (clip.view, clip.kept_by, clip.id) == (View.A4C, KeptBy.AUTO, keeper.event.clip_id)
    assert store.exam(keeper.exam_id).protocol == "volumes"
    assert take(keeper, A4C) is None
    assert keeper.open_views() == (View.A2C,)


def test_the_last_place_completes_the_exam_and_that_is_told_once(keeper):
    take(keeper, A4C)
    take(keeper, A2C)
    assert keeper.event.kind == "complete"
    keeper.again(View.A4C)
    take(keeper, A4C)
    assert keeper.event.kind == "kept"
    assert keeper.open_views() == ()


def test_again_waits_for_a_view_once_more_and_keeps_the_older_clip(keeper, store):
    take(keeper, A4C)
    keeper.again(View.A4C)
    assert keeper.open_views() == (View.A2C, View.A4C)
    assert take(keeper, A4C) is View.A4C
    assert len(store.clips(keeper.exam_id)) == 2
    assert keeper.again_for == frozenset()
    assert take(keeper, A4C) is None
    keeper.again(View.A4C)
    keeper.again(View.A4C)
    assert take(keeper, A4C) is None


def test_a_deleted_clip_frees_its_place(keeper, store):
    take(keeper, A4C)
    store.delete_clip(keeper.exam_id, "clip-001")
    keeper.refresh()
    assert View.A4C in keeper.open_views()
    assert take(keeper, A4C) is View.A4C


def test_a_clip_kept_by_hand_fills_the_place_and_a_standard_plane_is_still_kept(keeper, store):
    keeper.keep(held(), view=View.A4C, kept_by=KeptBy.HAND)
    assert keeper.settle(20)
    assert keeper.open_views() == (View.A2C,)
    assert take(keeper, A4C) is View.A4C
    assert [c.kept_by for c in store.clips(keeper.exam_id)] == [KeptBy.HAND, KeptBy.AUTO]


def test_nothing_is_kept_while_it_is_switched_off(keeper):
    keeper.auto = False
    assert take(keeper, A4C) is None
    keeper.auto = True
    assert take(keeper, A4C) is View.A4C


def test_another_picture_begins_anew_and_does_not_keep_again_what_is_there(keeper, captures):
    take(keeper, A4C)
    assert take(keeper, A4C, stream=object()) is None
    assert captures.made[-1] == (View.A2C,)
    assert take(keeper, A2C, stream=object()) is View.A2C


def test_a_view_that_the_protocol_does_not_ask_for_is_not_kept(keeper):
    assert take(keeper, replace(A4C, view=view(View.PLAX))) is None
    keeper.choose("full")
    assert take(keeper, replace(A4C, view=view(View.PLAX))) is View.PLAX


def test_the_page_gets_the_exam_that_was_made_and_a_new_one_begins_empty(keeper, store):
    assert keeper.sync(None) is None
    take(keeper, A4C)
    made = keeper.sync(None)
    assert made == store.list_exams()[0].id
    assert keeper.sync(made) == made
    assert keeper.sync(None) is None  # "new exam"
    assert keeper.open_views() == VOLUMES.views
    take(keeper, A4C)
    assert keeper.sync(None) not in (None, made)
    assert len(store.list_exams()) == 2


def test_an_opened_exam_brings_its_protocol_and_its_filled_places(keeper, store):
    exam_id = store.create_exam(Patient(), protocol="focused").id
    store.add_recording(exam_id, held().clip("r"), view=View.PLAX, kept_by=KeptBy.AUTO)
    keeper.sync(exam_id)
    assert keeper.protocol.id == "focused"
    assert View.PLAX not in keeper.open_views()
    keeper.choose("full")
    assert store.exam(exam_id).protocol == "full"


def test_a_clip_that_cannot_be_kept_is_said_and_wanted_again(keeper, store, monkeypatch):
    def full(*_, **__):
        raise InputError("The disk of the exam store is full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "add_recording", full)
        assert take(keeper, A4C) is View.A4C
    assert keeper.event.kind == "error"
    assert "full" in keeper.event.error
    assert take(keeper, A4C) is View.A4C
    assert keeper.event.kind == "kept"


def test_while_a_view_is_being_written_it_is_not_kept_twice(keeper, store, monkeypatch):
    add, seen = store.add_recording, []

    def slow(*args, **kwargs):
        seen.append(keeper.see(object(), A4C, 2.0))
        return add(*args, **kwargs)

    monkeypatch.setattr(store, "add_recording", slow)
    take(keeper, A4C)
    assert seen == [None]
    assert len(store.clips(keeper.exam_id)) == 1


def test_too_many_clips_at_once_are_refused_in_words(keeper, store, monkeypatch):
    add, go = store.add_recording, []

    def blocked(*args, **kwargs):
        assert wait_until(lambda: bool(go))
        return add(*args, **kwargs)

    monkeypatch.setattr(store, "add_recording", blocked)
    for _ in range(MOST_WAITING + 1):
        keeper.keep(held(), view=View.A4C, kept_by=KeptBy.HAND)
    assert keeper.event.kind == "busy"
    go.append(True)
    assert keeper.settle(30)
    assert len(store.clips(keeper.exam_id)) == MOST_WAITING
