"""The Report page as Streamlit runs it: reviewed, signed, locked, amended; its template."""

import os
from pathlib import Path

import pytest
from app_samples import add_sample_exam
from streamlit.testing.v1 import AppTest

from core.language import text
from core.report.record import ReportStatus
from core.report.template import load_template
from core.workstation.store import ExamStore

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ECHOLAB_DEMO", "0")
    folder = Path(os.environ["ECHOLAB_HOME"])
    add_sample_exam(folder)
    return folder


def report_page() -> AppTest:
    app = AppTest.from_file(str(MAIN), default_timeout=180).run()
    app.switch_page("../pages/report.py").run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> None:
    button = next(b for b in app.button if b.label == text(key, "en"))
    button.click().run()
    assert not app.exception


def test_a_report_is_reviewed_signed_locked_and_amended(home):
    app = report_page()
    app.text_input(key="report.person").set_value("Dr. B").run()
    app.text_input(key="report.en.0.measurement.lvef").set_value("41").run()
    press(app, "app.report.review")
    press(app, "app.report.sign.yes")
    with ExamStore(home) as store:
        record = store.reports.current("sample")
        (ef,) = [c for c in store.reports.changes("sample") if c.field == "measurement.lvef"]
    assert (record.status, record.signed.name) == (ReportStatus.SIGNED, "Dr. B")
    assert (ef.author, ef.after) == ("Dr. B", "41")
    assert all(area.disabled for area in app.text_area if ".conclusion" in str(area.key))
    app.text_input(key="report.amend.reason").set_value("Read again").run()
    press(app, "app.report.amend.yes")
    with ExamStore(home) as store:
        assert [r.status for r in store.reports.versions("sample")] == ["signed", "draft"]
    fields = [area for area in app.text_area if str(area.key).endswith(".conclusion")]
    assert not any(area.disabled for area in fields)


def test_the_template_form_changes_the_report(home):
    app = report_page()
    labels = {i.label: i for i in app.text_input if i.form_id == "report.template"}
    labels[f"{text('app.report.template.hospital', 'en')} · English"].set_value("Example Hospital")
    press(app, "app.report.template.save")
    assert load_template(home).hospital["en"] == "Example Hospital"
    names = [i.value for i in app.text_input if str(i.key).endswith(".header.hospital")]
    assert "Example Hospital" in names
