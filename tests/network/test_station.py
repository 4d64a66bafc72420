"""The station: any machine sends to it, and a draft comes of it by itself."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_carriers import uid
from machine import CART, picture, send
from orthanc import free_port
from scp import Scp

from core.analysis.analysis import Analysis
from core.domain import Patient
from core.transfer.queue import Queue
from core.transfer.records import JobState
from core.workstation import station as line
from core.workstation.inbox import Inbox
from core.workstation.intake import take_study
from core.workstation.network.receiver import Receiver
from core.workstation.settings import Settings, save_settings
from core.workstation.station import Station
from core.workstation.store import ExamStore
from core.workstation.studies import Study


def until(true: Callable[[], bool], *, seconds: float = 240.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> Iterator[ExamStore]:
    with ExamStore(home) as opened:
        yield opened


@pytest.fixture
def queue(home: Path) -> Iterator[Queue]:
    with Queue(home / "transfer") as opened:
        yield opened


@pytest.fixture
def drafts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Exams that were analysed; the networks are left out."""
    done: list[str] = []

    def analyse(store: ExamStore, exam_id: str, models: object, progress: object) -> int:
        done.append(exam_id)
        analysis = Analysis(
            exam_id=exam_id,
            patient=store.exam(exam_id).patient,
            software_version="test",
            models=(),
            clips=(),
            measurements=(),
            findings=(),
        )
        return store.save_analysis(exam_id, analysis)

    monkeypatch.setattr(line, "analyse_exam", analyse)
    monkeypatch.setattr(line, "look_at", lambda store, clip, models, progress: None)
    return done


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch, drafts: list[str]) -> list[str]:
    """Clips that were looked at before their draft."""
    seen: list[str] = []
    monkeypatch.setattr(line, "look_at", lambda store, clip, models, progress: seen.append(clip.id))
    return seen


@pytest.fixture
def settings() -> Settings:
    return Settings(listen=True, port=free_port(), quiet_s=1.0, nodes=(CART,))


@pytest.fixture
def start(home: Path, store: ExamStore, queue: Queue) -> Iterator[Callable[[Settings], Station]]:
    begun: list[Station] = []

    def begin(settings: Settings) -> Station:
        save_settings(settings, home)
        begun.append(Station(store, queue, home=home, models=lambda: None).start())  # type: ignore[arg-type, return-value]
        until(lambda: begun[-1].state().port is not None)
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


def test_a_study_that_was_sent_becomes_an_exam_with_a_draft(
    start: Callable[[Settings], Station], settings: Settings, store: ExamStore, drafts: list[str]
):
    station = start(settings)
    assert send([picture("x", n) for n in range(3)], settings.port) == [0, 0, 0]
    until(lambda: station.state().drafts == 1)
    (exam,) = store.list_exams()
    assert (exam.clips, exam.patient.patient_id) == (3, "P-x")
    assert drafts == [exam.id]
    study = store.study(exam.id)
    assert study is not None
    assert (study.study_uid, study.came_from) == (uid("x", "study"), "CART1")
    until(lambda: not station.inbox.studies())
    assert "Test" not in " ".join(clip.source + clip.path.name for clip in store.clips(exam.id))


def test_clips_are_looked_at_while_others_still_come(
    start: Callable[[Settings], Station],
    settings: Settings,
    store: ExamStore,
    drafts: list[str],
    looked: list[str],
):
    station = start(replace(settings, quiet_s=600.0))
    send([picture("x", 0), picture("x", 1)], settings.port)
    until(lambda: looked == ["clip-001", "clip-002"])
    send([picture("x", 2)], settings.port)
    until(lambda: looked == ["clip-001", "clip-002", "clip-003"])
    assert drafts == []  # it is not known yet whether that is all
    assert station.inbox.studies()
    (exam,) = store.list_exams()
    assert exam.clips == 3


def test_a_late_clip_joins_its_exam_and_the_draft_is_made_anew(
    start: Callable[[Settings], Station], settings: Settings, store: ExamStore, drafts: list[str]
):
    station = start(settings)
    send([picture("x", 0)], settings.port)
    until(lambda: station.state().drafts == 1)
    send([picture("x", 1), picture("x", 0)], settings.port)  # the first once more
    until(lambda: station.state().drafts == 2)
    (exam,) = store.list_exams()
    assert exam.clips == 2


def test_a_draft_that_somebody_has_edited_is_left_alone(
    start: Callable[[Settings], Station], settings: Settings, store: ExamStore, drafts: list[str]
):
    station = start(settings)
    send([picture("x", 0)], settings.port)
    until(lambda: station.state().drafts == 1)
    (exam,) = store.list_exams()
    analysis = store.latest_analysis(exam.id)
    assert analysis is not None
    store.save_analysis(exam.id, analysis, author="reader")
    send([picture("x", 1)], settings.port)
    until(lambda: len(store.clips(exam.id)) == 2 and not station.inbox.studies())
    assert len(drafts) == 1


def test_a_draft_goes_back_by_itself(
    start: Callable[[Settings], Station],
    settings: Settings,
    store: ExamStore,
    queue: Queue,
    drafts: list[str],
):
    archive = Scp()
    with archive.up():
        node = archive.node()
        start(replace(settings, nodes=(CART, node), send_back=node.name, send=("clips",)))
        send([picture("x", n) for n in range(2)], settings.port)
        until(lambda: len(archive.stored) == 2)
        until(lambda: queue.jobs()[0].state is JobState.SENT)
    (job,) = queue.jobs()
    assert job.exam_id == store.list_exams()[0].id
    assert set(archive.stored) == {str(picture("x", n).SOPInstanceUID) for n in range(2)}


def test_a_study_of_the_worklist_goes_to_the_exam_that_was_begun_for_it(
    start: Callable[[Settings], Station], settings: Settings, store: ExamStore, drafts: list[str]
):
    exam = store.create_exam(Patient(name="From Worklist", patient_id="P-x"))
    store.set_study(exam.id, Study(study_uid=uid("x", "study"), accession_number="A1"))
    station = start(settings)
    send([picture("x")], settings.port)
    until(lambda: station.state().drafts == 1)
    assert [e.id for e in store.list_exams()] == [exam.id]
    study = store.study(exam.id)
    assert study is not None
    assert (study.accession_number, study.came_from) == ("A1", "CART1")


def test_settings_take_hold_while_it_runs(
    start: Callable[[Settings], Station], settings: Settings, home: Path, drafts: list[str]
):
    station = start(settings)
    assert send([picture("x")], settings.port, title="STRANGER") == []
    assert send([picture("x")], settings.port, to="OTHER") == []
    save_settings(replace(settings, known_only=False, port=(port := free_port())), home)
    station.wake()
    until(lambda: station.state().port == port)
    assert send([picture("x")], port, title="STRANGER") == [0]
    save_settings(replace(settings, listen=False), home)
    station.wake()
    until(lambda: station.state().port is None)
    assert send([picture("x")], port) == []


def test_a_port_that_is_taken_is_said(
    start: Callable[[Settings], Station],
    settings: Settings,
    home: Path,
    tmp_path: Path,
):
    station = start(settings)
    other = Receiver(
        replace(settings, port=free_port()), Inbox(tmp_path / "other"), promised=lambda _: None
    )
    try:
        save_settings(replace(settings, port=other.port), home)
        station.wake()
        until(lambda: bool(station.state().trouble))
        assert str(other.port) in station.state().trouble
        assert station.state().port is None
    finally:
        other.close()


def test_one_station_works_for_a_home(
    start: Callable[[Settings], Station],
    settings: Settings,
    store: ExamStore,
    queue: Queue,
    home: Path,
):
    start(settings)
    second = Station(store, queue, home=home, models=None).start()
    time.sleep(0.5)
    assert not second.state().working
    second.close()


def test_what_was_received_before_a_kill_is_taken_up_again(
    home: Path, store: ExamStore, tmp_path: Path
):
    inbox = Inbox(home / "incoming")
    for number in range(2):
        inbox.put(picture("x", number), sender="CART1")
    (study,) = inbox.studies()
    taken = take_study(store, study, aside=tmp_path / "aside")
    # Killed here: the inbox was not cleared.
    (study,) = Inbox(home / "incoming").studies()
    again = take_study(store, study, aside=tmp_path / "aside")
    assert (taken.new, again.new, again.exam_id) == (2, 0, taken.exam_id)
    inbox.clear(study, again.done)
    assert inbox.studies() == ()
    assert not study.folder.exists()


def test_an_object_that_is_no_clip_is_kept_aside(store: ExamStore, home: Path, tmp_path: Path):
    inbox = Inbox(home / "incoming")
    inbox.put(picture("x"), sender="CART1")
    report = picture("x", 1)
    del report.Rows, report.Columns, report.PixelData
    report.SOPClassUID = report.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.88.33"
    inbox.put(report, sender="CART1")
    (study,) = inbox.studies()
    taken = take_study(store, study, aside=tmp_path / "aside")
    assert taken.new == 1
    assert len(taken.done) == 2
    assert len(list((tmp_path / "aside" / taken.exam_id).iterdir())) == 1


def test_an_exam_taken_here_does_not_come_back_from_the_archive_as_more_clips(
    store: ExamStore, home: Path, tmp_path: Path
):
    exam = store.create_exam(Patient(name="Ours"))
    store.set_study(exam.id, Study(study_uid=uid("x", "study")))
    inbox = Inbox(home / "incoming")
    inbox.expect(uid("x", "study"))
    inbox.put(picture("x"), sender="PACS")
    (study,) = inbox.studies()
    taken = take_study(store, study, aside=tmp_path / "aside")
    assert (taken.exam_id, taken.new) == ("", 0)
    assert store.clips(exam.id) == ()


def test_a_disk_that_is_full_is_said_to_the_sender_and_nothing_is_lost(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    inbox = Inbox(tmp_path / "incoming")
    receiver = Receiver(settings, inbox, promised=lambda _: None)
    try:
        with monkeypatch.context() as patch:

            def full(*_: object, **__: object) -> None:
                raise OSError(28, "No space left on device")

            patch.setattr(Inbox, "_keep", full)
            assert send([picture("x")], receiver.port) == [0xA700]
        assert send([picture("x")], receiver.port) == [0x0000]
    finally:
        receiver.close()
    assert len(inbox.studies()) == 1
