"""The Acquire page without a browser: it draws in both languages, and says what is missing."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import state
from core.acquisition.ring import ClipRing
from core.domain import Clip, InputError, Patient, View
from core.language import text
from core.workstation.records import KeptBy
from tests.live.fakes import frame

PAGE = str(Path(__file__).resolve().parents[2] / "pages" / "acquire.py")


@pytest.fixture
def app(monkeypatch):
    def none():
        raise InputError("models/view: no usable model there; train one")

    monkeypatch.setattr(state, "models", none)
    # It needs a browser's session, which AppTest has not: tests/browser drives the real one.
    monkeypatch.setattr("app.live.streamer.webrtc_streamer", lambda **_: None)
    return AppTest.from_file(PAGE, default_timeout=60)


def recorded() -> str:
    """An exam with one clip of 4 frames in the test's own store."""
    exam = state.store().create_exam(Patient())
    frames = np.random.default_rng(1).integers(0, 255, (4, 48, 64, 3), np.uint8)
    state.store().add_recording(
        exam.id,
        Clip(
            id="r", source="browser", frames=frames, times_s=np.arange(4) / 25, fps=25,
            total_frames=4,
        ),
    )  # fmt: skip
    return exam.id


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("source", ["browser", "device", "files"])
def test_each_source_draws_without_models_and_says_that_recognition_is_off(app, lang, source):
    app.session_state["language"] = lang
    app.session_state["acquire.source"] = source
    app.run()
    assert not app.exception
    assert app.title[0].value == text("app.page.acquire", lang)
    assert app.warning[0].value == text(
        "acquire.models.missing", lang, why="models/view: no usable model there; train one"
    )


def test_the_exams_clips_are_listed_and_one_is_deleted_only_after_a_second_word(app):
    exam_id = recorded()
    app.session_state["current_exam"] = exam_id
    app.session_state["acquire.source"] = "files"
    app.run()
    assert any("clip-001" in m.value for m in app.markdown)
    app.button(key=f"acquire.delete.{exam_id}.clip-001").click().run()
    assert not app.exception
    assert state.store().clips(exam_id) == ()


def test_without_an_exam_nothing_can_be_analysed(app):
    app.session_state["acquire.source"] = "files"
    app.run()
    analyse = next(b for b in app.button if b.label == text("acquire.analyse", "en"))
    assert analyse.disabled


def test_recording_before_there_is_a_picture_is_answered_in_words(app):
    app.session_state["acquire.source"] = "browser"
    app.run()
    record = next(b for b in app.button if b.label.startswith("Record the last"))
    record.click().run()
    assert not app.exception
    assert app.session_state["live.desk"].told()["event"]["kind"] == "nothing"
    assert state.store().list_exams() == ()


def test_a_clip_is_filed_anew_by_hand(app):
    exam_id = recorded()
    app.session_state["current_exam"] = exam_id
    app.session_state["acquire.source"] = "files"
    app.run()
    app.selectbox(key=f"acquire.file.{exam_id}.clip-001").set_value(View.SSN).run()
    assert not app.exception
    assert state.store().clips(exam_id)[0].view is View.SSN
    assert any("clip-001 · SSN" in m.value for m in app.markdown)


def test_an_exam_begun_by_the_picture_itself_is_the_pages_at_its_next_run(app):
    app.session_state["acquire.source"] = "files"
    app.run()
    keeper = app.session_state["live.desk"].keeper
    ring = ClipRing()
    for i in range(5):
        ring.add(frame(i))
    keeper.keep(ring.last(), view=View.A4C, kept_by=KeptBy.AUTO)
    assert keeper.settle(20)
    app.run()
    assert app.session_state["current_exam"] == keeper.exam_id
    assert any("clip-001 · A4C" in m.value for m in app.markdown)
    new = next(b for b in app.button if b.label == text("acquire.exam.new", "en"))
    new.click().run()
    assert app.session_state["current_exam"] is None
    assert keeper.exam_id is None
