"""The Validation page as Streamlit runs it, without a browser."""

import os
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from validation_samples import exams, put_validation

from app.validation import page as page_module
from app.validation import runs as runs_module
from core.language import text
from core.validation.example import can_show, example_picture
from core.validation.jobs import result_of, validations

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty home, and no results that ship."""
    monkeypatch.setenv("ECHOLAB_DEMO", "0")
    monkeypatch.setattr(page_module, "SHIPPED", tmp_path / "none.json")
    return Path(os.environ["ECHOLAB_HOME"])


def open_page(lang: str = "en", section: str | None = None) -> AppTest:
    app = AppTest.from_file(str(MAIN), default_timeout=180)
    app.session_state["language"] = lang
    if section is not None:
        app.session_state["validation.section"] = section
    app.run()
    app.switch_page("../pages/validation.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    found = [*app.markdown, *app.info, *app.caption, *app.subheader]
    tiles = "".join(str(each.proto) for each in app.get("html"))
    return "\n".join(str(each.value) for each in found) + tiles


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_a_result_the_page_says_how_to_get_one(home, lang):
    assert text("validation.none", lang) in said(open_page(lang))
    app = open_page(lang, "runs")
    assert text("validation.run.none", lang) in said(app)
    assert text("validation.run.go", lang) in [button.label for button in app.button]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_runs_result_is_shown_by_parameter_with_its_goals_and_examples(home, lang):
    put_validation(home)
    app = open_page(lang)
    words = said(app)
    assert "24" in words
    assert text("validation.worst", lang) in words
    assert text("validation.coverage", lang) in words
    rows = app.dataframe[0].value
    assert list(rows[text("validation.column.n", lang)]) == [24, 18]
    assert rows[text("validation.column.verdict", lang)][0] == text("validation.met", lang)
    assert rows[text("validation.column.missing", lang)][1] == 6
    openers = [b for b in app.button if b.label == text("validation.worst.open", lang)]
    assert len(openers) == 5
    assert not any(button.disabled for button in openers)


def test_a_damaged_result_is_passed_over(home):
    folder = put_validation(home)
    (folder / "measurements.json").write_text("{}")
    (run,) = validations(home)
    assert result_of(run) is None
    assert text("validation.none", "en") in said(open_page())


def test_a_run_is_begun_with_what_the_form_says(home, monkeypatch):
    begun = []
    monkeypatch.setattr(
        runs_module, "begin_validation", lambda folder, **rest: begun.append((folder.name, rest))
    )
    app = open_page(section="runs")
    app.number_input[0].set_value(7)
    app.checkbox[0].check()
    next(b for b in app.button if b.label == text("validation.run.go", "en")).click().run()
    assert not app.exception
    ((name, rest),) = begun
    assert name == "research"
    assert rest["count"] == 7
    assert "--standard" in rest["options"]


def test_an_example_is_drawn_again_with_what_was_measured_and_what_is_true():
    pair = exams()[0].pairs[0]
    assert can_show(pair)
    picture = example_picture(pair, standard=True, lang="en")
    assert picture.dtype == np.uint8
    assert picture.ndim == 3
    bare = example_picture(
        type(pair)(id="lvedd", way=pair.way, found=1.0, true=1.0, seed=pair.seed, window="fair",
                   case="healthy", take="plax"), standard=True, lang="en",
    )  # fmt: skip
    assert (picture != bare).any()  # the caliper that was measured
