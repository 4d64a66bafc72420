"""Each page as Streamlit runs it, without a browser."""

import os
from pathlib import Path

import pytest
from app_samples import MM, add_sample_exam, sample_clip
from streamlit.testing.v1 import AppTest

from app.measure.cine import handle
from app.opened import Opened
from core.domain import Calibration, InputError, MeasurementStatus
from core.language import text
from core.measurement import caliper_value
from core.workstation.store import ExamStore

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ECHOLAB_DEMO", "0")
    return Path(os.environ["ECHOLAB_HOME"])


def open_page(name: str) -> AppTest:
    app = AppTest.from_file(str(MAIN), default_timeout=120).run()
    app.switch_page(f"../pages/{name}.py").run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """All that the page says in plain elements."""
    found = [*app.markdown, *app.info, *app.caption, *app.title, *app.error, *app.get("html")]
    return "\n".join(str(getattr(each, "value", None) or each.proto) for each in found)


def values_of(home: Path, exam_id: str = "sample") -> dict[str, tuple[float | None, str]]:
    with ExamStore(home) as store:
        analysis = store.latest_analysis(exam_id)
    assert analysis is not None
    return {m.id: (m.value, str(m.status)) for m in analysis.measurements}


@pytest.mark.parametrize("page", ["exams", "measure", "report"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_empty_store_says_what_to_do_in_either_language(home, page, lang):
    app = open_page(page)
    app.session_state["language"] = lang
    app.run()
    assert not app.exception
    assert text("app.no_exams", lang) in words(app)
    assert text("disclaimer", lang) in words(app)


@pytest.mark.parametrize("page", ["measure", "report"])
def test_an_exam_without_analysis_sends_to_acquire(home, page):
    add_sample_exam(home, analysed=False)
    assert text("app.not_analysed", "en") in words(open_page(page))


def test_measure_shows_the_values_and_why_others_are_missing(home):
    add_sample_exam(home)
    app = open_page("measure")
    assert any(tab.label == text("app.tab.wall_motion", "en") for tab in app.tabs)
    said = words(app)
    ef, _ = values_of(home)["lvef"]
    assert ef is not None
    assert f"{ef:.0f}<small>%" in said
    assert text("view.A4C", "en") in said
    assert any(text("reason.no_view", "en") in str(table.value) for table in app.table)


@pytest.mark.parametrize("page", ["measure", "report"])
def test_a_clip_that_came_after_the_analysis_is_told(home, page):
    add_sample_exam(home)
    told = text("app.since", "en", what=text("app.since.clips", "en", count=1))
    assert told not in words(open_page(page))
    with ExamStore(home) as store:
        store.add_recording("sample", sample_clip("late"))
    assert told in words(open_page(page))


def test_without_calibration_there_is_a_fraction_and_no_volume(home):
    add_sample_exam(home, calibration=Calibration())
    said = words(open_page("measure"))
    assert text("reason.no_calibration", "en") in said
    assert text("app.calibration.none", "en") in said
    assert "<small>%" in said
    assert "<small>mL" not in said


def test_a_depth_set_by_hand_gives_volumes(home):
    add_sample_exam(home, calibration=Calibration())
    app = open_page("measure")
    app.checkbox(key="calibrate.all").check().run()
    app.number_input(key="calibrate.depth").set_value(15.0).run()
    button = next(b for b in app.button if b.label == text("app.calibration.set_depth", "en"))
    button.click().run()
    assert not app.exception
    assert "<small>mL" in words(app)
    assert values_of(home)["lvedv"][0] is not None


def test_the_switch_turns_all_words_at_once(home):
    add_sample_exam(home)
    app = open_page("measure")
    app.segmented_control(key="language").set_value("zh").run()
    assert not app.exception
    said = words(app)
    assert text("app.large.lvef", "zh") in said
    assert text("app.large.lvef", "en") not in said
    app.switch_page("../pages/report.py").run()
    assert any(tab.label == text("app.report.tab.values", "zh") for tab in app.tabs)


def test_a_word_in_the_report_is_kept_at_once_and_after_a_page_switch(home):
    add_sample_exam(home)
    app = open_page("report")
    app.text_area(key="report.en.0.conclusion").set_value("Nothing of note. 无特殊。").run()
    assert not app.exception
    with ExamStore(home) as store:
        assert store.report_edits("sample") == {"conclusion": "Nothing of note. 无特殊。"}
    app.switch_page("../pages/measure.py").run()
    app.switch_page("../pages/report.py").run()
    assert app.text_area(key="report.en.0.conclusion").value == "Nothing of note. 无特殊。"


def test_discarding_brings_the_measured_report_back(home):
    add_sample_exam(home)
    app = open_page("report")
    before = app.text_input(key="report.en.0.measurement.lvef").value
    app.text_input(key="report.en.0.measurement.lvef").set_value("41").run()
    button = next(b for b in app.button if b.label == text("app.report.discard.yes", "en"))
    button.click().run()
    assert app.text_input(key="report.en.2.measurement.lvef").value == before


def test_exams_lists_what_was_found_and_deletes_only_when_told_twice(home):
    add_sample_exam(home)
    app = open_page("exams")
    ef, _ = values_of(home)["lvef"]
    said = words(app)
    assert text("app.exams.ef", "en", value=f"{ef:.0f}") in said
    assert ">A4C<" in said
    app.button(key="delete-sample").click().run()
    with ExamStore(home) as store:
        assert [exam.id for exam in store.list_exams()] == ["sample"]
    button = next(b for b in app.button if b.label == text("app.exams.delete.yes", "en"))
    button.click().run()
    assert not app.exception
    with ExamStore(home) as store:
        assert store.list_exams() == ()


def test_a_damaged_store_gives_a_message(home):
    home.mkdir(parents=True, exist_ok=True)
    (home / "echolab.sqlite3").write_bytes(b"not a database, " * 300)
    app = AppTest.from_file(str(MAIN), default_timeout=120).run()
    assert not app.exception
    assert app.error


@pytest.fixture
def exam(home, monkeypatch) -> Opened:
    add_sample_exam(home)
    store = ExamStore(home)
    monkeypatch.setattr("app.state.store", lambda: store)
    analysis = store.latest_analysis("sample")
    assert analysis is not None
    return Opened(exam_id="sample", version=1, analysis=analysis)


def caliper(name: str, **more: object) -> dict[str, object]:
    clip = {"type": "caliper", "clip": "clip-001", "id": name, "frame": 0}
    return {**clip, "p": [100.0, 100.0], "q": [130.0, 140.0], **more}


def test_an_outline_from_the_viewer_is_a_new_version_and_undo_goes_back(home, exam):
    before = values_of(home)
    region = exam.analysis.clip("clip-001").recognition.regions[0]
    middle = region.polygon.mean(axis=0)
    larger = (middle + 1.1 * (region.polygon - middle)).tolist()
    handle(
        exam,
        {"type": "contour", "clip": "clip-001", "frame": 0, "label": "lv_cavity", "points": larger},
    )
    after = values_of(home)
    assert after["lvedv"][1] == MeasurementStatus.EDITED
    assert after["lvedv"][0] > before["lvedv"][0]
    handle(exam, {"type": "undo", "clip": "clip-001"})
    assert values_of(home) == before
    handle(exam, {"type": "redo", "clip": "clip-001"})
    assert values_of(home) == after


def test_calipers_and_edits_are_undone_in_the_order_in_which_they_were_made(home, exam):
    handle(exam, caliper("a"))
    handle(exam, {"type": "phases", "clip": "clip-001", "ed": [1, 21], "es": [10, 30]})
    handle(exam, caliper("a", q=[160.0, 180.0]))
    for expected in ([(130.0, 140.0)], [(130.0, 140.0)], []):
        handle(exam, {"type": "undo", "clip": "clip-001"})
        assert [c.end for c in exam.calipers] == expected
    assert exam.analysis.clip("clip-001").recognition.phases.ed == (0, 20)
    assert exam.can_redo


def test_a_caliper_used_as_a_value_comes_back_in_one_step(home, exam):
    handle(exam, caliper("a"))
    own = exam.calipers[0]
    exam.edit(caliper_value("rv_basal", own, exam.analysis.clip("clip-001")), using=own)
    assert exam.calipers == ()
    assert values_of(home)["rv_basal"][0] is not None
    handle(exam, {"type": "undo", "clip": "clip-001"})
    assert exam.calipers == (own,)
    assert values_of(home)["rv_basal"][0] is None


def test_a_caliper_of_a_measurement_sets_its_value_and_deleting_it_rejects_it(home, exam):
    handle(exam, caliper("m:rv_basal"))
    value, status = values_of(home)["rv_basal"]
    assert (value, status) == (pytest.approx(50 * MM.mm_per_px_x), MeasurementStatus.EDITED)
    handle(exam, {"type": "caliper_delete", "clip": "clip-001", "id": "m:rv_basal"})
    assert values_of(home)["rv_basal"] == (None, MeasurementStatus.MISSING)


def test_an_edit_on_a_stale_version_is_refused(home, exam):
    with ExamStore(home) as other:
        other.save_analysis("sample", exam.analysis, author="someone else")
    with pytest.raises(InputError, match="changed elsewhere"):
        handle(exam, {"type": "phases", "clip": "clip-001", "ed": [1], "es": [10]})
