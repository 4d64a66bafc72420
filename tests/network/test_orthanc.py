"""Against a real archive: Debian's Orthanc, started here on loopback."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from app_samples import add_sample_exam
from archive_parts import STUDY, arrived, scheduled, sending, until, written
from machine import picture
from orthanc import Orthanc
from pydicom.dataset import Dataset

from core.domain import InputError
from core.transfer.queue import Queue
from core.transfer.records import Job, JobState, UnreachableError
from core.workstation.inbox import Inbox
from core.workstation.intake import take_study
from core.workstation.network.contact import echo
from core.workstation.network.earlier import fetch_study, find_studies, study_query
from core.workstation.network.receiver import Receiver
from core.workstation.network.worklist import ask_worklist, exam_of_entry, worklist_query
from core.workstation.outgoing import enter_promise, objects_for, want
from core.workstation.settings import Settings
from core.workstation.store import ExamStore

WANT = want(("pdf", "sr", "clips"), lang="en")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ExamStore]:
    with ExamStore(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with Queue(tmp_path / "home" / "transfer") as opened:
        yield opened


def said(objects: Iterable[Dataset], keyword: str) -> set[str]:
    """All values of an element, at any depth."""
    return {
        str(element.value)
        for ds in objects
        for element in ds.iterall()
        if element.keyword == keyword
    }


def test_the_worklist_of_the_day_becomes_an_exam_with_its_order(archive: Orthanc, store: ExamStore):
    archive.schedule("today", scheduled())
    archive.schedule("other-day", scheduled("Other^Day", day=date(2020, 1, 1)))
    node, ours = archive.node(), Settings()
    echo(node, ours)
    (entry,) = ask_worklist(node, ours, worklist_query(day=date.today()))
    assert entry.start == f"{date.today():%Y-%m-%d} 09:30"
    assert entry.procedure == "Transthoracic echo"
    exam = exam_of_entry(store, entry)
    assert (exam.patient.name, exam.patient.patient_id) == ("张 三", "P-77")
    assert (exam.patient.sex, exam.patient.height_cm, exam.patient.weight_kg) == ("M", 172.0, 70.0)
    study = store.study(exam.id)
    assert study is not None
    assert (study.study_uid, study.accession_number) == (str(STUDY), "ACC-1")
    assert study.patient_name == "Zhang^San=张^三"
    assert exam_of_entry(store, entry).id == exam.id  # asked again: the same exam
    assert ask_worklist(node, ours, worklist_query(day=date(2021, 5, 5))) == ()
    assert len(ask_worklist(node, ours, worklist_query(day=None))) == 2


def test_report_structured_report_and_clips_arrive_in_the_order_s_study_with_the_edits(
    archive: Orthanc, store: ExamStore, queue: Queue
):
    add_sample_exam(store.folder)
    archive.schedule("today", scheduled())
    (entry,) = ask_worklist(archive.node(), Settings(), worklist_query(day=date.today()))
    store.set_study("sample", entry.study)
    automatic = {
        name: f.value for name, f in store.reports.final("sample").build("en").fields().items()
    }
    store.reports.change(
        "sample",
        {"conclusion": "Sent by the test.", "measurement.lvef": "43"},
        automatic=automatic,
        author="Dr Test",
    )
    node = archive.node()
    job = queue.ask("sample", node, want=WANT)
    made: dict[str, Dataset] = {}

    def prepare(job: Job) -> Iterator[Dataset]:
        for ds in objects_for(job, store=lambda: store, resolve=lambda node: node):
            made[str(ds.SOPInstanceUID)] = written(ds)
            yield ds

    with sending(queue, store, Settings(), prepare=prepare) as sender:
        while sender.step():
            pass
        assert queue.job(job).state is JobState.SENT
        there = arrived(archive)
        assert set(there) == set(made)
        for instance, ds in made.items():
            assert there[instance].to_json_dict() == ds.to_json_dict()
            assert there[instance].StudyInstanceUID == STUDY
            assert there[instance].AccessionNumber == "ACC-1"
        kinds = {ds.SOPClassUID.name for ds in there.values()}
        assert "Encapsulated PDF Storage" in kinds
        assert "Simplified Adult Echo SR Storage" in kinds
        assert "Ultrasound Multi-frame Image Storage" in kinds
        assert "Sent by the test." in said(there.values(), "TextValue")
        assert 43.0 in {float(value) for value in said(there.values(), "NumericValue")}
        again = queue.ask("sample", node, want=WANT)
        while sender.step():
            pass
        assert queue.job(again).delivered == len(made)
        assert set(archive.instances()) == set(made)  # nothing came twice


def some(job: Job, *, count: int = 3) -> Iterator[Dataset]:
    for number in range(count):
        yield picture(job.exam_id, number)


def instances(exams: list[str], count: int = 3) -> set[str]:
    return {str(picture(exam, n).SOPInstanceUID) for exam in exams for n in range(count)}


def test_the_archive_promises_to_keep_and_its_promise_is_entered(
    archive: Orthanc, store: ExamStore, queue: Queue, tmp_path: Path
):
    settings = Settings(nodes=(archive.node(commitment=True),), port=archive.ours)
    receiver = Receiver(
        settings, Inbox(tmp_path / "incoming"), promised=partial(enter_promise, queue)
    )
    try:
        with sending(queue, store, settings, prepare=some) as sender:
            job = queue.ask("a", settings.nodes[0], want=WANT)
            while sender.step():
                pass
            until(lambda: queue.job(job).state is JobState.KEPT)
    finally:
        receiver.close()
    assert list(queue.files.iterdir()) == []


def test_an_archive_killed_in_the_middle_gets_everything_in_the_end(
    archive: Orthanc, store: ExamStore, queue: Queue
):
    settings = Settings(nodes=(archive.node(),))
    exams = [f"exam-{number}" for number in range(10)]
    with sending(queue, store, settings, prepare=some) as sender:
        for exam in exams:
            queue.ask(exam, settings.nodes[0], want=WANT)
        for _ in range(5):
            sender.step()
        assert archive.instances()
        archive.kill()
        for _ in range(5):
            sender.step()
        assert any(job.open for job in queue.jobs())
        archive.start()
        for job in queue.jobs():
            queue.retry(job.id)
        while sender.step():
            pass
    assert {job.state for job in queue.jobs()} == {JobState.SENT}
    assert set(archive.instances()) == instances(exams)


@pytest.mark.parametrize("way", ["move", "get", "web"])
def test_an_earlier_exam_is_found_and_fetched_into_the_store(
    archive: Orthanc, store: ExamStore, queue: Queue, tmp_path: Path, way: str
):
    node = archive.node(web=archive.web if way == "web" else "")
    settings = Settings(nodes=(node,), port=archive.ours)
    with sending(queue, store, settings, prepare=some) as sender:
        queue.ask("old", node, want=WANT)
        while sender.step():
            pass
    inbox = Inbox(tmp_path / "incoming")
    receiver = Receiver(settings, inbox, promised=lambda promise: None)
    try:
        (study,) = find_studies(node, settings, study_query(patient_id="P-old"))
        assert study.patient_name == "Test Person"
        count = fetch_study(node, study.study_uid, settings, inbox=inbox, listening=way == "move")
        assert count == 3
        (found,) = inbox.studies()
        assert found.fetched
        assert len(found.objects()) == 3
        taken = take_study(store, found, aside=tmp_path / "received")
        assert taken.new == 3
        assert store.exam(taken.exam_id).patient.patient_id == "P-old"
        assert store.exam_of_study(study.study_uid) == taken.exam_id
        assert take_study(store, found, aside=tmp_path / "received").new == 0  # cut short: again
        inbox.clear(found, taken.done)
        assert inbox.studies() == ()
        assert find_studies(node, settings, study_query(patient_id="NOBODY")) == ()
        with pytest.raises(InputError, match="whose"):
            study_query()
    finally:
        receiver.close()


def test_a_study_that_is_not_there_is_not_fetched(archive: Orthanc, tmp_path: Path):
    settings = Settings(nodes=(archive.node(),))
    inbox = Inbox(tmp_path / "incoming")
    try:
        count = fetch_study(archive.node(), "1.2.3.4", settings, inbox=inbox, listening=False)
    except UnreachableError:
        count = 0
    assert count == 0
    assert inbox.studies() == ()
