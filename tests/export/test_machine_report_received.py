"""A machine's own report that was received joins the draft, and the draft says so."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import export_samples as samples
import pytest
from machine_reports import LV, MITRAL, PULSED, TWO_D, doubled, report, section, value
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundMultiFrameImageStorage

import core.analysis.pipeline
from core.analysis import codec
from core.domain import Clip, Measurement, Mode, Patient, View
from core.export.fhir import fhir_bundle
from core.export.gather import from_store
from core.export.sr import items
from core.export.sr.items import Relation
from core.measurement.edit import ValueEdit, recompute
from core.measurement.reported import with_reported
from core.report.build import build_report
from core.workstation.analysing import analyse_exam, come_since, speaks_of_all
from core.workstation.inbox import Inbox
from core.workstation.intake import TakenStudy, take_study
from core.workstation.records import ExamState
from core.workstation.store import ExamStore

MODELS = SimpleNamespace(infos=())
MACHINE = "GE Vingmed Ultrasound"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ExamStore]:
    with ExamStore(tmp_path / "home") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _nothing_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The networks see a parasternal view without outlines: nothing is measured here."""

    def analyse_clip(clip: Clip, **_: object):
        seen = samples.facts(clip.id, View.PLAX, Mode.BMODE, clip.calibration)
        return replace(seen, source=clip.source)

    monkeypatch.setattr(core.analysis.pipeline, "analyse_clip", analyse_clip)


@pytest.fixture
def picture(tmp_path: Path) -> Dataset:
    return dcmread(samples.machine_file(tmp_path / "machine.dcm"))


def written(*sections: Dataset, instance: str = "77", **elements: str) -> Dataset:
    """A machine's report of the study that the picture is of."""
    ds = report(*sections)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.StudyInstanceUID = samples.STUDY_UID
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.{instance}"
    for keyword, words in elements.items():
        setattr(ds, keyword, words)
    return ds


def mitral(e_cm_s: float) -> Dataset:
    return section(MITRAL, PULSED, *doubled("18037-2", (e_cm_s - 2, e_cm_s), "cm/s"))


def received(store: ExamStore, *objects: Dataset) -> TakenStudy:
    """What a station does with objects that came."""
    inbox = Inbox(store.folder / "incoming")
    for ds in objects:
        inbox.put(ds, sender="CART1")
    (study,) = inbox.studies()
    taken = take_study(store, study, aside=store.folder / "received")
    inbox.clear(study, taken.done)
    return taken


def draft(store: ExamStore, exam_id: str) -> dict[str, Measurement]:
    analyse_exam(store, exam_id, MODELS, lambda part: None)  # type: ignore[arg-type]
    analysis = store.latest_analysis(exam_id)
    assert analysis is not None
    return {m.id: m for m in analysis.measurements if m.value is not None}


def test_its_values_join_the_draft_each_once_with_where_they_come_from(store, picture):
    exam_id = received(store, picture, written(mitral(80.0))).exam_id

    found = draft(store, exam_id)

    assert {id_: m.value for id_, m in found.items()} == {"e_vmax": 80.0}
    assert found["e_vmax"].origin == MACHINE
    for lang, words in (("en", f"From the report of {MACHINE}."), ("zh", f"取自{MACHINE}的报告。")):
        sheet = store.reports.final(exam_id).build(lang)
        (row,) = [row for row in sheet.rows() if row.field.value]
        assert row.note == words
    bundle = fhir_bundle(from_store(store, exam_id))
    (observed,) = [
        r["resource"] for r in bundle["entry"] if r["resource"]["resourceType"] == "Observation"
    ]
    assert {"text": f"from the report of {MACHINE}"} in observed["note"]


def test_a_value_leads_to_the_clip_that_it_was_drawn_on(store, picture):
    number = value("29436-3", 4.9, "cm", chosen=True)
    shown = items.image(
        UltrasoundMultiFrameImageStorage, picture.SOPInstanceUID, (3,), Relation.SELECTED
    )
    number.ContentSequence.append(
        items.outline(((10.0, 20.0), (40.0, 60.0)), shown, Relation.INFERRED)
    )
    exam_id = received(store, picture, written(section(LV, TWO_D, number))).exam_id

    lvedd = draft(store, exam_id)["lvedd"]

    assert (lvedd.clip, lvedd.frames) == ("clip-001", (2,))
    assert lvedd.points == ((10.0, 20.0), (40.0, 60.0))


def test_a_report_that_comes_late_or_anew_is_not_passed_over(store, picture):
    exam_id = received(store, picture).exam_id
    assert draft(store, exam_id) == {}
    assert speaks_of_all(store, exam_id)

    assert received(store, written(mitral(80.0))).exam_id == exam_id
    assert not speaks_of_all(store, exam_id)
    assert draft(store, exam_id)["e_vmax"].value == 80.0
    assert speaks_of_all(store, exam_id)

    received(store, written(mitral(95.0), instance="78"))
    assert draft(store, exam_id)["e_vmax"].value == 95.0


def test_a_report_that_comes_after_edits_is_told_and_joins_without_touching_them(store, picture):
    exam_id = received(store, picture).exam_id
    draft(store, exam_id)
    analysis = store.latest_analysis(exam_id)
    clips, values = recompute(
        analysis.clips, analysis.measurements, ValueEdit(measurement="a_vmax", value=44.0),
        analysis.patient,
    )  # fmt: skip
    edited = replace(analysis, clips=clips, measurements=values)
    store.save_analysis(exam_id, edited, author="reader")

    received(store, written(mitral(80.0)))
    assert "e_vmax" in come_since(store, exam_id, edited).values
    found = draft(store, exam_id)

    assert (found["e_vmax"].value, found["a_vmax"].value) == (80.0, 44.0)
    assert not come_since(store, exam_id, store.latest_analysis(exam_id))


def test_a_report_without_pictures_is_a_draft_of_its_own(store):
    exam_id = received(store, written(mitral(80.0))).exam_id

    assert draft(store, exam_id)["e_vmax"].value == 80.0
    (exam,) = store.list_exams()
    assert (exam.clips, exam.state, exam.patient.patient_id) == (0, ExamState.ANALYSED, "42")


@pytest.mark.parametrize(
    "ds",
    [
        written(mitral(80.0), Manufacturer="EchoLab", ManufacturerModelName="EchoLab"),
        written(section(LV, TWO_D, value("00000-0", 1.0, "cm"))),
    ],
)
def test_our_own_report_and_one_of_unknown_values_change_nothing(store, picture, ds):
    assert received(store, ds).exam_id == ""
    exam_id = received(store, picture, ds).exam_id

    assert draft(store, exam_id) == {}
    assert speaks_of_all(store, exam_id)


def test_what_was_measured_here_stays_and_the_machine_s_is_told_beside_it(store, tmp_path):
    own = samples.analysis()
    lvef, tapse = samples.measured("lvef", 55.0), samples.measured("tapse", 21.0)
    given = tuple(replace(m, origin=MACHINE) for m in (lvef, tapse))

    joined = with_reported(own.measurements, given, own.patient)
    found = {m.id: m for m in joined}

    assert (found["lvef"].value, found["lvef"].origin) == (39.9, "")
    assert found["lvef"].others == ((MACHINE, 55.0),)
    assert (found["tapse"].value, found["tapse"].origin) == (21.0, MACHINE)
    assert [m.id for m in joined] == [m.id for m in own.measurements]
    analysis = replace(own, measurements=joined)
    again = codec.from_json(codec.to_json(analysis))
    assert {m.id: (m.origin, m.others) for m in again.measurements} == {
        m.id: (m.origin, m.others) for m in joined
    }
    for lang, words in (
        ("en", f"The report of {MACHINE} says 55 %."),
        ("zh", f"{MACHINE}的报告中为55 %。"),
    ):
        sheet = build_report(
            analysis, patient=Patient(), pictures=(), lang=lang, created=samples.signed_at()
        )
        (row,) = [row for row in sheet.rows() if row.id == "lvef"]
        assert words in row.note


def test_a_value_that_a_reader_sets_is_the_machine_s_no_more(store, picture):
    exam_id = received(store, picture, written(mitral(80.0))).exam_id
    draft(store, exam_id)
    analysis = store.latest_analysis(exam_id)
    assert analysis is not None

    edit = ValueEdit(measurement="e_vmax", value=70.0)
    _, edited = recompute(analysis.clips, analysis.measurements, edit, analysis.patient)
    automatic = store.reports.final(exam_id).automatic("en")
    store.reports.change(
        exam_id, {"measurement.e_vmax": "71"}, automatic=automatic, author="Dr Test"
    )

    on_page = next(m for m in edited if m.id == "e_vmax")
    in_report = next(
        m for m in store.reports.final(exam_id).analysis.measurements if m.id == "e_vmax"
    )
    assert (on_page.value, on_page.origin) == (70.0, "")
    assert (in_report.value, in_report.origin) == (71.0, "")


def test_received_reports_go_with_their_exam(store, picture):
    exam_id = received(store, picture, written(mitral(80.0))).exam_id
    assert list(store.received(exam_id).iterdir())

    store.delete_exam(exam_id)

    assert not store.received(exam_id).exists()
