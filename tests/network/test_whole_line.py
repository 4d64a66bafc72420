"""One patient's way: worklist, acquisition, analysis, a doctor's edits, signature, the archive."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from archive_parts import scheduled, sending, written
from orthanc import Orthanc
from pydicom import dcmread
from pydicom.dataset import Dataset

from app.live.work import take_files
from core.domain import Mode, RegionLabel, View
from core.export.files import Format, write_files
from core.export.gather import from_store
from core.export.sr.read import values_in
from core.export.sr.take import measurements_of
from core.measurement import ContourEdit, recompute
from core.phantom import draw_patient
from core.phantom.display import Site
from core.phantom.exam import Take, write_exam
from core.recognition.models import load_models
from core.report.final import FinalReport
from core.report.findings import find
from core.report.table import number
from core.transfer.queue import Queue
from core.transfer.records import Job, JobState
from core.workstation.analysing import analyse_exam
from core.workstation.inbox import Inbox
from core.workstation.network.earlier import fetch_study
from core.workstation.network.worklist import ask_worklist, exam_of_entry, worklist_query
from core.workstation.outgoing import objects_for, want
from core.workstation.settings import SENDABLE, Settings
from core.workstation.signing import sign_report
from core.workstation.store import ExamStore

TAKES = (
    Take(view=View.A4C),
    Take(view=View.A2C),
    Take(view=View.A4C, mode=Mode.PW, site=Site.MITRAL),
)
CONCLUSION = "Function reduced, seen again by Dr Test. 建议复查。"
FINDING = "The doctor's own words of the ejection fraction."
NOT_MEASURED = "not assessable"
CLASSES = {
    "sr": "1.2.840.10008.5.1.4.1.1.88.72",
    "sr5200": "1.2.840.10008.5.1.4.1.1.88.33",
    "narrative": "1.2.840.10008.5.1.4.1.1.88.11",
    "pdf": "1.2.840.10008.5.1.4.1.1.104.1",
    "clip": "1.2.840.10008.5.1.4.1.1.3.1",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ExamStore]:
    with ExamStore(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with Queue(tmp_path / "home" / "transfer") as opened:
        yield opened


@pytest.fixture
def machine_files(tmp_path: Path) -> list[tuple[str, bytes]]:
    """A simulated exam as a machine exports it."""
    person = draw_patient(7, ef=60, quality=0.9, heart_rate=75)
    files = write_exam(
        TAKES, person, tmp_path / "machine", frames=12, fps=10.0, size=(400, 300), masks=False
    )
    return [(file.name, file.read_bytes()) for file in files if file.suffix == ".dcm"]


def drag_outline(store: ExamStore, exam_id: str) -> None:
    """The doctor widens the ventricle of the first end-diastole on the Measure page."""
    analysis = store.latest_analysis(exam_id)
    assert analysis is not None
    volume = next(m for m in analysis.measurements if m.id == "lvedv")
    assert volume.clip is not None
    region = next(
        r
        for r in analysis.clip(volume.clip).recognition.regions
        if r.frame == volume.frames[0] and r.label is RegionLabel.LV_CAVITY
    )
    middle = region.polygon.mean(axis=0)
    wider = middle + 1.06 * (np.asarray(region.polygon, np.float64) - middle)
    edit = ContourEdit(
        clip=volume.clip, frame=region.frame, label=RegionLabel.LV_CAVITY, polygon=wider
    )
    clips, measurements = recompute(analysis.clips, analysis.measurements, edit, analysis.patient)
    edited = replace(
        analysis,
        clips=clips,
        measurements=measurements,
        findings=find(measurements, analysis.patient),
    )
    store.save_analysis(exam_id, edited, author="reader", based_on=store.current_version(exam_id))


def write_words(store: ExamStore, exam_id: str) -> None:
    """The doctor corrects a value, takes one out, and writes finding and conclusion."""

    def change(words: dict[str, str]) -> None:
        automatic = store.reports.final(exam_id).automatic("en")
        store.reports.change(exam_id, words, automatic=automatic, author="Dr Test")

    change({"measurement.lvef": "43", "measurement.ra_area": NOT_MEASURED})
    report = store.reports.final(exam_id).build("en")
    about_ef = next(row for row in report.findings if "lvef" in row.because)
    change({about_ef.field.name: FINDING, "conclusion": CONCLUSION})


def numbers_of(final: FinalReport) -> dict[str, float]:
    return {m.id: m.value for m in final.analysis.measurements if m.value is not None}


def numbers_in(ds: Dataset) -> dict[str, float]:
    return {m.id: m.value for m in measurements_of(values_in(ds)) if m.value is not None}


def texts_in(ds: Dataset) -> str:
    return "\n".join(str(e.value) for e in ds.iterall() if e.keyword == "TextValue")


def words_of_pdf(content: bytes, folder: Path) -> str:
    tool = shutil.which("pdftotext") or pytest.skip("pdftotext is not installed")
    (folder / "fetched.pdf").write_bytes(content)
    done = subprocess.run(
        [tool, "-layout", str(folder / "fetched.pdf"), "-"], capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().split())


def test_an_exam_goes_from_the_worklist_to_the_archive_with_what_the_doctor_changed(
    archive: Orthanc,
    store: ExamStore,
    queue: Queue,
    machine_files: list[tuple[str, bytes]],
    tmp_path: Path,
):
    node, settings = archive.node(), Settings()

    # Worklist, acquisition, analysis by the models that are shipped.
    archive.schedule("today", scheduled())
    (entry,) = ask_worklist(node, settings, worklist_query(day=date.today()))
    exam_id = exam_of_entry(store, entry).id
    taken = take_files(store, exam_id, machine_files, lambda part: None)
    assert (len(taken.kept), taken.refused) == (len(TAKES), ())
    analyse_exam(store, exam_id, load_models(), lambda part: None)
    machine = numbers_of(store.reports.final(exam_id))
    assert {"lvedv", "lvesv", "lvef", "ra_area", "e_vmax"} <= set(machine)

    # The doctor.
    drag_outline(store, exam_id)
    write_words(store, exam_id)
    store.reports.review(exam_id, "Dr Test")
    assert sign_report(store, exam_id, name="Dr Test", lang="en").locked
    final = store.reports.final(exam_id)
    numbers = numbers_of(final)
    assert numbers["lvef"] == 43
    assert numbers["lvedv"] > 1.05 * machine["lvedv"]
    assert "ra_area" not in numbers

    # Sent, and fetched back by our own query.
    made: dict[str, Dataset] = {}

    def prepare(job: Job) -> Iterator[Dataset]:
        for ds in objects_for(job, store=lambda: store, resolve=lambda known: known):
            made[str(ds.SOPInstanceUID)] = written(ds)
            yield ds

    with sending(queue, store, settings, prepare=prepare) as sender:
        job = queue.ask(exam_id, node, want=want(SENDABLE, lang="en"))
        while sender.step():
            pass
        assert queue.job(job).state is JobState.SENT
    inbox = Inbox(tmp_path / "back")
    fetched = fetch_study(node, entry.study.study_uid, settings, inbox=inbox, listening=False)
    (study,) = inbox.studies()
    back = {str(ds.SOPInstanceUID): ds for ds in map(dcmread, study.objects())}
    assert fetched == len(made) == len(back)

    # Identical in value, and of this order.
    for uid, ds in made.items():
        assert back[uid].to_json_dict() == ds.to_json_dict()
        assert back[uid].AccessionNumber == "ACC-1"
        assert back[uid].PatientID == "P-77"
    by_class: dict[str, list[Dataset]] = {name: [] for name in CLASSES}
    for name, sop_class in CLASSES.items():
        by_class[name] = [ds for ds in back.values() if ds.SOPClassUID == sop_class]
    assert len(by_class["clip"]) == len(TAKES)

    # The doctor's edits in the structured reports ...
    for kind in ("sr", "sr5200"):
        (ds,) = by_class[kind]
        assert numbers_in(ds) == pytest.approx(numbers, rel=1e-5)
        assert ds.VerifyingObserverSequence[0].VerifyingObserverName == "Dr Test"
    (narrative,) = by_class["narrative"]
    for ds in (narrative, *by_class["sr5200"]):
        assert FINDING in texts_in(ds)
        assert CONCLUSION in texts_in(ds)

    # ... in the PDF ...
    (document,) = by_class["pdf"]
    content = document.EncapsulatedDocument[: document.EncapsulatedDocumentLength]
    assert content == store.reports.signed_pdf(exam_id)
    printed = words_of_pdf(content, tmp_path)
    for words in (FINDING, CONCLUSION, NOT_MEASURED, "Dr Test"):
        assert words in printed
    units = {m.id: m.unit for m in final.analysis.measurements}
    for name in ("lvef", "lvedv", "e_vmax"):
        assert number(numbers[name], units[name]) in printed

    # ... and in FHIR.
    exam = from_store(store, exam_id)
    (name,) = write_files(exam, [Format.FHIR], tmp_path)
    bundle = json.loads((tmp_path / name).read_text("utf-8"))
    resources = [entry["resource"] for entry in bundle["entry"]]
    observed = {
        r["identifier"][0]["value"]: r for r in resources if r["resourceType"] == "Observation"
    }
    quantities = {
        id_: r["valueQuantity"]["value"] for id_, r in observed.items() if "valueQuantity" in r
    }
    assert quantities == pytest.approx(numbers, rel=1e-5)
    assert observed["ra_area"]["valueString"] == NOT_MEASURED
    (report,) = [r for r in resources if r["resourceType"] == "DiagnosticReport"]
    assert report["status"] == "final"
    assert FINDING in report["conclusion"]
    assert CONCLUSION in report["conclusion"]
