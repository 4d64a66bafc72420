"""The Virtual probe page as Streamlit runs it, without a browser."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import state
from app.bench.bench import Bench
from app.bench.scores import score_figure
from core.domain import InputError, View
from core.language import text
from core.phantom.bench import TOUR, Case
from core.workstation.attempts import Attempt
from core.workstation.store import ExamStore

PAGE = str(Path(__file__).resolve().parents[2] / "pages" / "virtual_probe.py")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    def none():
        raise InputError("models/view: no usable model there; train one")

    monkeypatch.setattr(state, "models", none)
    return AppTest.from_file(PAGE, default_timeout=120)


def bench_in(app: AppTest) -> Bench:
    return app.session_state["bench"]


def score(view: View, seconds: float, *, hints: bool = True) -> Attempt:
    return Attempt(
        view=view, case="", severity="", quality=0.8, seed=7, hints=hints, seconds=seconds,
        path_mm=40.0, path_deg=60.0,
    )  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_opens_in_either_language_with_a_beating_patient(app, lang):
    app.session_state["language"] = lang
    app.run()
    assert not app.exception
    assert app.selectbox(key=f"bench.view.{lang}").label == text("bench.view", lang)
    assert any(each.value == text("bench.scores.none", lang) for each in app.caption)
    assert bench_in(app).lang == lang


def test_view_and_tour_are_asked_for(app):
    app.run()
    app.selectbox(key="bench.view.en").set_value(View.A2C).run()
    assert bench_in(app).stand.view is View.A2C
    app.selectbox(key="bench.view.en").set_value("tour").run()
    assert not app.exception
    assert bench_in(app).stand.reading().place == (1, len(TOUR))


def test_another_case_changes_the_heart_and_keeps_the_plane_asked_for(app):
    app.run()
    before = bench_in(app).stand.rig
    app.selectbox(key="bench.case.en").set_value(Case.DILATED).run()
    assert not app.exception
    after = bench_in(app).stand.rig
    assert after.patient.lv_radius > before.patient.lv_radius
    assert bench_in(app).stand.view is View.PLAX


def test_the_language_changes_every_word_and_no_choice(app):
    app.run()
    app.selectbox(key="bench.case.en").set_value(Case.DILATED).run()
    app.session_state["language"] = "zh"
    app.run()
    box = app.selectbox(key="bench.case.zh")
    assert box.value is Case.DILATED
    assert text("case.dilated", "zh") in box.options
    assert bench_in(app).setup.case is Case.DILATED


def test_hints_are_switched_off_for_the_score_too(app):
    app.run()
    app.toggle(key="bench.hints.en").set_value(False).run()
    assert bench_in(app).state(None)["hints"] is None


def test_scores_of_earlier_days_are_shown(app):
    with ExamStore(Path(os.environ["ECHOLAB_HOME"])) as store:
        store.add_attempt(score(View.PLAX, 31.0))
        store.add_attempt(score(View.PLAX, 12.5))
    app.run()
    assert not app.exception
    shown = "\n".join(str(each.proto) for each in app.get("html"))
    assert "12.5" in shown


def test_the_curve_has_one_line_a_view_and_marks_attempts_without_hints():
    attempts = [score(View.PLAX, 20.0), score(View.PLAX, 9.0, hints=False), score(View.A4C, 5.0)]
    figure = score_figure(attempts, View.PLAX, "seconds", title="s")
    assert [line.name for line in figure.data] == ["PLAX", "A4C"]
    assert list(figure.data[0].y) == [20.0, 9.0]
    first, second = figure.data[0].marker.color
    assert first != second
