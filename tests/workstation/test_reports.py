"""The store keeps a report's life: every change noted, signed versions locked, amendments."""

import os
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from app_samples import PATIENT, add_sample_exam

from core.domain import InputError
from core.report.read_back import read_back
from core.report.record import ReportStatus
from core.report.template import save_template, template_from
from core.workstation import signing
from core.workstation.report_shelf import COMPARE_WITH, NONE
from core.workstation.signing import report_pictures, sign_report
from core.workstation.store import ExamStore
from core.workstation.vault import DATABASE

EXAM = "sample"


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an analysed exam, made once."""
    folder = tmp_path_factory.mktemp("analysed") / "home"
    add_sample_exam(folder)
    return folder


@pytest.fixture
def home(analysed: Path) -> Path:
    folder = Path(os.environ["ECHOLAB_HOME"])
    shutil.copytree(analysed, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture
def store(home: Path):
    with ExamStore(home) as store:
        yield store


@pytest.fixture(autouse=True)
def plain_sheets(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets that are quickly made, but where a test asks for real ones."""
    if "real_sheets" not in request.fixturenames:
        monkeypatch.setattr(
            signing,
            "flat_pdf_bytes",
            lambda report: f"%PDF {report.version} {report.conclusion.value}".encode(),
        )
        monkeypatch.setattr(signing, "report_pictures", lambda *_: ([], []))


@pytest.fixture
def real_sheets() -> None:
    """Asks for sheets as they are printed."""


def write(store: ExamStore, author="Dr. A", origin="page", **values: str):
    automatic = store.reports.final(EXAM).automatic("en")
    named = {name.replace("__", "."): words for name, words in values.items()}
    return store.reports.change(EXAM, named, automatic=automatic, author=author, origin=origin)


def signed(store: ExamStore, name="Dr. B"):
    store.reports.review(EXAM, name)
    return sign_report(store, EXAM, name=name, lang="en")


def test_a_new_exam_has_a_draft_without_a_word(store):
    record = store.reports.current(EXAM)
    assert (record.version, record.status, record.locked) == (1, ReportStatus.DRAFT, False)
    assert store.reports.versions(EXAM) == (record,)
    assert store.reports.changes(EXAM) == ()
    assert store.reports.signed_pdf(EXAM) is None


def test_every_change_keeps_who_when_before_and_after(store):
    ef = store.reports.final(EXAM).automatic("en")["measurement.lvef"]
    write(store, measurement__lvef="41", conclusion="Seen.")
    write(store, author="Dr. B", origin="pdf", measurement__lvef="44", conclusion="Seen.")
    noted = [(c.author, c.field, c.before, c.after, c.origin) for c in store.reports.changes(EXAM)]
    assert ("Dr. A", "measurement.lvef", ef, "41", "page") in noted
    assert noted[-1] == ("Dr. B", "measurement.lvef", "41", "44", "pdf")
    assert len(noted) == 3  # a word that stays the same is no change
    assert store.report_edits(EXAM) == {"measurement.lvef": "44", "conclusion": "Seen."}


def test_discarding_is_noted_and_brings_the_measured_report_back(store):
    before = store.reports.final(EXAM).automatic("en")
    write(store, measurement__lvef="41")
    store.reports.discard(EXAM, automatic=before, author="Dr. A")
    final = store.reports.final(EXAM)
    assert final.record.edits.to_json() == {}
    assert final.analysis.measurements == final.original.measurements
    last = store.reports.changes(EXAM)[-1]
    assert (last.before, last.after) == ("41", before["measurement.lvef"])


def test_draft_reviewed_signed(store):
    with pytest.raises(InputError, match="not reviewed"):
        sign_report(store, EXAM, name="Dr. B", lang="en")
    with pytest.raises(InputError, match="name"):
        store.reports.review(EXAM, "  ")
    assert store.reports.review(EXAM, "Dr. B").status is ReportStatus.REVIEWED
    write(store, conclusion="A later thought.")
    assert store.reports.current(EXAM).status is ReportStatus.DRAFT
    record = signed(store)
    assert (record.status, record.signed.name, record.lang) == (ReportStatus.SIGNED, "Dr. B", "en")
    assert store.reports.signed_pdf(EXAM).startswith(b"%PDF")


def test_a_signed_report_is_locked_for_everyone(store, home):
    signed(store)
    for act in (
        lambda: write(store, conclusion="x"),
        lambda: store.save_report_edits(EXAM, {"conclusion": "x"}),
        lambda: store.reports.discard(EXAM, automatic={}, author="x"),
        lambda: store.reports.review(EXAM, "x"),
        lambda: sign_report(store, EXAM, name="x", lang="en"),
    ):
        with pytest.raises(InputError, match="signed"):
            act()
    with sqlite3.connect(home / DATABASE) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE report SET signed_by = 'someone'")
    assert store.reports.current(EXAM).signed.name == "Dr. B"


def test_what_was_signed_stays_whatever_happens_to_the_exam(store):
    write(store, conclusion="As signed.", header__height="170")
    signed(store)
    sheets = store.reports.signed_pdf(EXAM)
    before = store.reports.final(EXAM)
    analysis = store.latest_analysis(EXAM)
    store.save_analysis(EXAM, replace(analysis, measurements=(), findings=()), author="reader")
    store.update_patient(EXAM, replace(PATIENT, name="Other^Name"))
    after = store.reports.final(EXAM)
    assert after.analysis.measurements == before.analysis.measurements
    assert after.patient == before.patient
    assert (after.patient.name, after.patient.height_cm) == ("Sample^Person", 170.0)
    assert store.reports.signed_pdf(EXAM) == sheets


def test_an_amendment_is_a_version_of_its_own_with_a_reason(store):
    write(store, conclusion="First.")
    with pytest.raises(InputError, match="not signed"):
        store.reports.amend(EXAM, "why")
    signed(store)
    with pytest.raises(InputError, match="reason"):
        store.reports.amend(EXAM, "   ")
    second = store.reports.amend(EXAM, "EF read again")
    assert (second.version, second.status, second.amends) == (2, ReportStatus.DRAFT, 1)
    write(store, conclusion="Second.")
    signed(store, "Dr. C")
    first, last = store.reports.versions(EXAM)
    assert (first.edits.values["conclusion"], last.edits.values["conclusion"]) == (
        "First.",
        "Second.",
    )
    assert store.reports.signed_pdf(EXAM, 1) != store.reports.signed_pdf(EXAM, 2)
    assert store.reports.final(EXAM, 1).record == first
    assert [c.version for c in store.reports.changes(EXAM)] == [1, 2]
    with pytest.raises(InputError, match="no version 9"):
        store.reports.final(EXAM, 9)


def test_nobody_signs_what_they_did_not_see(store):
    store.reports.review(EXAM, "Dr. B")
    seen = store.reports.final(EXAM)
    write(store, conclusion="Changed elsewhere.")
    store.reports.review(EXAM, "Dr. B")
    with pytest.raises(InputError, match="meanwhile"):
        sign_report(store, EXAM, name="Dr. B", lang="en", seen=seen)
    seen = store.reports.final(EXAM)
    store.save_analysis(EXAM, store.latest_analysis(EXAM), author="reader")
    with pytest.raises(InputError, match="meanwhile"):
        sign_report(store, EXAM, name="Dr. B", lang="en", seen=seen)


def test_the_final_report_carries_the_doctors_values(store):
    write(store, measurement__lvef="41", header__sex="M")
    final = store.reports.final(EXAM)
    values = {m.id: m.value for m in final.analysis.measurements}
    assert values["lvef"] == 41.0
    assert "lvef_mild" in {f.id for f in final.analysis.findings}
    assert final.patient.sex == "M"
    assert final.build("zh").fields()["measurement.lvef"].value == "41"
    assert next(m.value for m in final.original.measurements if m.id == "lvef") > 50


def test_the_last_exam_of_the_same_patient_is_compared(store):
    # By its number: an exam of the same name without it is another's.
    store.create_exam(PATIENT, exam_id="later")
    store.save_analysis("later", store.latest_analysis(EXAM))
    assert [e.exam_id for e in store.reports.earlier_exams("later")] == [EXAM]
    final = store.reports.final("later")
    assert final.earlier.exam_id == EXAM
    assert final.build("en").comparison.rows
    store.reports.change("later", {COMPARE_WITH: NONE}, automatic={}, author="Dr. A")
    assert store.reports.final("later").earlier is None
    store.update_patient("later", replace(PATIENT, patient_id=""))
    assert store.reports.earlier_exams("later") == ()
    assert store.reports.earlier_exams(EXAM) == ()


def test_the_template_of_the_folder_is_used_and_frozen_at_signing(store, home):
    save_template(home, template_from({"hospital": "First Hospital"}))
    assert store.reports.final(EXAM).build("en").hospital.value == "First Hospital"
    signed(store)
    save_template(home, template_from({"hospital": "Second Hospital"}))
    assert store.reports.final(EXAM).build("en").hospital.value == "First Hospital"


@pytest.mark.usefixtures("real_sheets")
def test_pictures_come_one_a_clip(store):
    final = store.reports.final(EXAM)
    images, strips = report_pictures(store, final, "en")
    assert len(images) == 2
    assert strips == []


@pytest.mark.usefixtures("real_sheets")
def test_a_signed_sheet_is_no_form(store, tmp_path):
    signed(store)
    path = tmp_path / "signed.pdf"
    path.write_bytes(store.reports.signed_pdf(EXAM))
    with pytest.raises(InputError, match="flattened"):
        read_back(path)


def test_reports_go_with_their_exam(store):
    signed(store)
    store.delete_exam(EXAM)
    with pytest.raises(InputError, match="not in the store"):
        store.reports.current(EXAM)
