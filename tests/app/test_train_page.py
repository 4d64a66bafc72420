"""The Train page as Streamlit runs it, without a browser."""

import json
import os
from pathlib import Path

import pytest
from app_samples import add_sample_exam
from streamlit.testing.v1 import AppTest

import core.recognition.models
from app.train import data, desk, propose
from core.domain import InputError, RegionLabel, View, ViewResult
from core.language import text
from core.recognition.model_sets import chosen_set
from core.training.labelling import new_set, own_sets
from core.training.own import OwnSet, read_items
from core.training.virtual import VirtualSet

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"
SECTIONS = ("data", "label", "train", "score", "models")


@pytest.fixture(scope="module")
def few() -> VirtualSet:
    samples = VirtualSet(count=3, seed=0)
    samples.render()
    return samples


@pytest.fixture
def home(few: VirtualSet, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; three virtual hearts serve as however many are asked for."""
    monkeypatch.setenv("ECHOLAB_DEMO", "0")
    monkeypatch.setattr(data, "_virtual", lambda count, seed: few)
    said = ViewResult(label=View.A4C, probability=0.9, probabilities={View.A4C: 0.9})
    monkeypatch.setattr(propose, "guess_of", lambda folder, item: said)
    monkeypatch.setattr(desk, "guess_of", lambda folder, item: said)
    return Path(os.environ["ECHOLAB_HOME"])


def open_section(name: str, lang: str = "en") -> AppTest:
    app = AppTest.from_file(str(MAIN), default_timeout=180)
    app.session_state["train.section"] = name
    app.session_state["language"] = lang
    app.run()
    app.switch_page("../pages/train.py").run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    found = [
        *app.markdown,
        *app.info,
        *app.caption,
        *app.error,
        *app.success,
        *app.warning,
        *app.toast,
    ]
    return "\n".join(str(each.value) for each in [*found, *app.subheader])


def press(app: AppTest, label: str) -> AppTest:
    button = next(b for b in app.button if b.label == label)
    button.click().run()
    assert not app.exception
    return app


def put_run(home: Path, name: str, kind: str, task: str, **files: object) -> Path:
    """A run that has ended, as its folder would be."""
    folder = home / "runs" / name
    folder.mkdir(parents=True)
    facts = {
        "kind": kind,
        "task": task,
        "command": ["-m", "core", "x"],
        "facts": {"set": "research"},
    }
    contents = {
        "run.json": {**facts, "started_at": "2026-01-02T03:04:05+00:00"},
        "end.json": {"status": 0, "stopped": False},
        **{f"{key}.json": value for key, value in files.items()},
    }
    for file, content in contents.items():
        (folder / file).write_text(json.dumps(content), "utf-8")
    return folder


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_opens_on_an_empty_home_in_either_language(home, section, lang):
    app = open_section(section, lang)
    assert not app.error
    foot = "".join(str(each.proto) for each in app.get("html"))
    loaded = text("train.loaded", "en", name="research", licence=chosen_set().licence)
    if lang == "en":
        assert loaded in foot
        assert text("disclaimer", lang) in foot


def test_a_folder_that_holds_no_data_set_is_one_line(home, tmp_path):
    app = open_section("data")
    app.selectbox(key="train.data.source").set_value("folder").run()
    app.text_input(key="train.data.path").set_value(str(tmp_path)).run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        f"{tmp_path}: no data set is known there (camus-full/index.csv, MANIFEST.tsv or "
        "labels.json); give the folder that holds one of them"
    ]


def test_a_set_is_made_filled_from_an_exam_and_labelled_by_one_click_each(home):
    add_sample_exam(home)
    app = open_section("label")
    app.text_input(key="train.label.name").set_value("ward").run()
    press(app, text("train.label.make", "en"))
    (folder,) = own_sets()
    press(app, text("train.label.take", "en"))
    items = read_items(folder)
    assert len(items) == 6  # three of each of two clips
    assert len({item.group for item in items}) == 1
    press(app, "A4C")
    assert [item.view for item in read_items(folder)] == [View.A4C] * 3 + [None] * 3
    # It has gone on by itself to the clip that nobody has labelled.
    press(app, "A2C")
    assert OwnSet(folder, use="view").views() == (View.A4C,) * 3 + (View.A2C,) * 3
    press(app, text("train.label.undo", "en"))
    assert [item.view for item in read_items(folder)][3:] == [None] * 3
    assert text("train.label.guess", "en", view="A4C", percent="90%") in words(app)


def test_an_outline_from_the_viewer_is_kept_and_taken_back(home, monkeypatch):
    add_sample_exam(home)
    folder = new_set("ward")
    app = open_section("label")
    press(app, text("train.label.take", "en"))
    app.session_state["train.desk.what"] = "outlines"
    app.run()
    assert not app.exception
    item = read_items(folder)[0]
    state: dict = {}
    monkeypatch.setattr(desk.st, "session_state", state)
    desk.draw(folder, item.id, "la", [[1, 2], [30, 2], [30, 40]])
    assert set(read_items(folder)[0].outlines) == {RegionLabel.LA}
    desk._undo(folder)
    assert not read_items(folder)[0].outlines
    with pytest.raises(InputError, match="taken out"):
        desk.draw(folder, "gone", "la", [[1, 2], [30, 2], [30, 40]])


def test_a_run_that_has_ended_shows_its_curve_and_what_it_reached(home):
    curve = [{"step": 10, "loss_view": 1.0, "score": 0.4}, {"step": 20, "loss_view": 0.5}]
    progress = {"phase": "view", "step": 20, "steps": 20, "score": 0.96, "until": 0.95}
    put_run(home, "20260102-030405-view-ab12", "train", "view", curve=curve, progress=progress)
    app = open_section("train")
    said = words(app)
    assert text("train.run.reached", "en", score="0.960", until="0.95") in said
    assert len(app.get("plotly_chart")) == 1
    traces = json.loads(app.get("plotly_chart")[0].proto.spec)["data"]
    assert [trace["name"] for trace in traces] == [
        "view", text("train.run.score", "en"), f"{text('train.run.until', 'en')} 0.95",
    ]  # fmt: skip


def test_a_training_is_begun_with_what_the_form_says(home, monkeypatch):
    begun: list[tuple] = []

    def begin(task, *, base, options, facts):
        begun.append((task, base.name, options))
        raise InputError("enough")

    monkeypatch.setattr("app.train.begin.begin_training", begin)
    app = open_section("train")
    press(app, text("train.begin.go", "en"))
    ((task, base, options),) = begun
    assert (task, base) == ("view", "research")
    assert options[options.index("--until") + 1] == "0.95"
    assert [error.value for error in app.error] == ["enough"]


def test_an_evaluation_shows_tiles_the_confusion_and_dice(home):
    folder = put_run(home, "20260102-030405-score-view-ab12", "evaluate", "view")
    figures = {
        "virtual heart": {
            "accuracy": 0.75,
            "calibration_error": 0.021,
            "confusion": {"A4C": {"A4C": 3, "A2C": 1}},
        },
        "regions": {"la": {"dice_mean": 0.8, "dice_sd": 0.1}, "ivs": {"dice_mean": 0.6}},
    }
    (folder / "out.txt").write_text(json.dumps(figures), "utf-8")
    app = open_section("score")
    assert {(m.label, m.value) for m in app.metric} >= {
        (text("train.figure.accuracy", "en"), "0.750"),
        (text("train.figure.calibration_error", "en"), "0.021"),
        (text("train.figure.dice_mean", "en"), "0.700"),
    }
    confusion, bars = (json.loads(c.proto.spec)["data"][0] for c in app.get("plotly_chart"))
    assert confusion["text"] == [["3", "1"], ["", ""]] or confusion["text"][0] == ["3", "1"]
    assert bars["y"] == [text("region.la", "en"), text("region.ivs", "en")]


def test_a_failed_evaluation_says_why(home):
    folder = put_run(home, "20260102-030405-score-view-ab12", "evaluate", "view", end={"status": 2})
    (folder / "log.txt").write_text("echolab: --data x: no such folder\n", "utf-8")
    app = open_section("score")
    assert [error.value for error in app.error] == ["--data x: no such folder"]


def test_another_set_is_taken_into_use_and_the_foot_says_so(home, monkeypatch):
    monkeypatch.setattr(core.recognition.models, "load_models", lambda folder=None: object())
    other = home / "models" / "mine" / "view"
    other.mkdir(parents=True)
    facts = {"name": "view", "version": "1", "file": "view.pt", "sha256": "0", "licence": "<b>own"}
    (other / "model.json").write_text(json.dumps({**facts, "trained_on": "own"}), "utf-8")
    app = open_section("models")
    app.button(key="use.mine").click().run()
    assert not app.exception
    assert chosen_set().name == "mine"
    assert text("train.models.used", "en", name="mine") in words(app)
    app.run()
    foot = "".join(str(each.proto) for each in app.get("html"))
    assert "mine (&lt;b&gt;own)" in foot
