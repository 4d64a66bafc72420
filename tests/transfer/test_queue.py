"""The queue: accepted means delivered, once, in order, whatever the receiver does."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_carriers import STORED, Clock, FakeArchive, Rig, dataset, node
from pydicom.dataset import Dataset

from core.domain import InputError
from core.transfer.queue import MOST_CUTS, Queue
from core.transfer.records import (
    Delivery,
    Job,
    JobState,
    Outcome,
    Parcel,
    ParcelState,
    Trouble,
    backoff_s,
)
from core.transfer.sender import Sender
from core.transfer.spool import load

WANT = {"kinds": "pdf", "lang": "en"}
FULL = Delivery(outcome=Outcome.BUSY, trouble=Trouble.FULL, detail="0xA700")
NO = Delivery(outcome=Outcome.REFUSED, trouble=Trouble.OBJECT, detail="0xA900")


class Line:
    """A queue with its sender and one archive."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.clock = Clock()
        self.queue = Queue(folder, clock=self.clock)
        self.archive = FakeArchive()
        self.rig = Rig(archives={"PACS": self.archive}, **options)
        self.sender = Sender(self.queue, self.rig.ways())
        assert self.sender.take_turn()

    def ask(self, exam: str, **other: object) -> int:
        return self.queue.ask(exam, node(**other), want=WANT)

    def drain(self, *, steps: int = 1000) -> None:
        """Until nothing is left to do at this moment."""
        for _ in range(steps):
            if not self.sender.step():
                return
        raise AssertionError("the sender does not come to rest")

    def close(self) -> None:
        self.sender.close()
        self.queue.close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path / "transfer")
    yield made
    made.close()


def instances(exam: str, count: int = 2) -> list[str]:
    return [str(dataset(exam, number).SOPInstanceUID) for number in range(count)]


def test_an_exam_is_sent_and_its_files_go(line: Line):
    job = line.ask("a")
    assert line.queue.job(job).state is JobState.PREPARING
    line.drain()
    done = line.queue.job(job)
    assert (done.state, done.total, done.delivered) == (JobState.SENT, 2, 2)
    assert line.archive.stored == instances("a")
    assert list(line.queue.files.iterdir()) == []


def test_two_hundred_exams_that_waited_for_the_archive_drain_in_order(line: Line):
    line.rig.objects = 1
    line.archive.off = True
    for number in range(200):
        line.ask(f"exam-{number}")
    for _ in range(200):
        line.sender.step()
    assert line.archive.stored == []
    line.archive.off = False
    line.clock.now += 700
    line.drain()
    assert line.archive.stored == [i for n in range(200) for i in instances(f"exam-{n}", 1)]
    assert {job.state for job in line.queue.jobs()} == {JobState.SENT}


def test_the_same_exam_asked_for_again_is_not_sent_twice(line: Line):
    first = line.ask("a")
    assert line.ask("a") == first
    line.drain()
    second = line.ask("a")
    assert second != first
    line.drain()
    assert max(line.archive.counts.values()) == 1
    assert line.queue.job(second).counts == {ParcelState.ALREADY: 2}
    assert line.queue.job(second).state is JobState.SENT


def test_a_changed_report_sends_only_what_is_new(tmp_path: Path):
    line = Line(tmp_path)
    line.ask("a")
    line.drain()
    line.rig.objects = 3
    line.ask("a")
    line.drain()
    assert line.archive.stored == instances("a", 3)
    line.close()


def test_an_archive_that_is_off_is_tried_ever_more_rarely_and_gets_all_in_the_end(line: Line):
    line.archive.off = True
    job = line.ask("a")
    waits = []
    for _ in range(12):
        line.drain()
        state = line.queue.job(job)
        assert (state.state, state.trouble) == (JobState.WAITING, Trouble.UNREACHABLE)
        assert state.next_try is not None
        waits.append(state.next_try.timestamp() - line.clock.now)
        line.clock.now += waits[-1]
    assert waits == [backoff_s(n) for n in range(1, 13)]
    assert waits[0] < 5 < waits[5] < waits[-1] == 600
    line.archive.off = False
    line.drain()
    assert line.archive.stored == instances("a")


def test_a_full_archive_gets_the_object_later(line: Line):
    line.archive.answers = lambda parcel: FULL
    job = line.ask("a")
    line.drain()
    assert line.queue.job(job).trouble is Trouble.FULL
    assert line.queue.job(job).detail == "0xA700"
    line.archive.answers = lambda parcel: STORED
    line.drain()
    assert line.archive.stored == []  # not before its time
    line.clock.now += 2.0
    line.drain()
    assert line.archive.stored == instances("a")


def test_a_refused_object_does_not_stop_the_others_and_can_be_tried_again(line: Line):
    bad = instances("a")[0]
    line.archive.answers = lambda parcel: NO if parcel.sop_instance == bad else STORED
    job = line.ask("a")
    line.ask("b")
    line.drain()
    assert line.archive.stored == [instances("a")[1], *instances("b")]
    assert line.queue.job(job).state is JobState.REFUSED
    assert line.queue.job(job).trouble is Trouble.OBJECT
    line.archive.answers = lambda parcel: STORED
    line.queue.retry(job)
    line.drain()
    assert line.queue.job(job).state is JobState.SENT
    assert line.archive.counts == dict.fromkeys([*instances("a"), *instances("b")], 1)


def test_an_answer_that_was_lost_is_asked_for_before_sending_again(line: Line):
    line.archive.lose_answer = True
    job = line.ask("a")
    line.drain()
    assert line.queue.job(job).counts[ParcelState.UNSURE] == 1
    line.archive.lose_answer = False
    line.clock.now += 10
    line.drain()
    assert line.archive.stored == instances("a")
    assert line.queue.job(job).state is JobState.SENT


def test_an_archive_that_answers_no_questions_gets_the_same_object_again(line: Line):
    line.archive.questions = False
    line.archive.lose_answer = True
    line.ask("a")
    line.drain()
    line.archive.lose_answer = False
    line.clock.now += 10
    line.drain()
    assert sorted(line.archive.counts) == sorted(instances("a"))


def test_an_object_at_which_the_connection_always_breaks_lets_the_others_pass(line: Line):
    bad = instances("a")[0]
    cut = Delivery(outcome=Outcome.CUT, trouble=Trouble.CUT)
    line.archive.answers = lambda parcel: cut if parcel.sop_instance == bad else STORED
    job = line.ask("a")
    for _ in range(MOST_CUTS):
        line.drain()
        line.clock.now += 700
    line.drain()
    assert line.archive.stored == [instances("a")[1]]
    assert line.queue.job(job).state is JobState.REFUSED


def test_one_archive_that_is_off_does_not_hold_up_another(line: Line):
    line.archive.off = True
    line.rig.archives["OTHER"] = FakeArchive()
    line.ask("a")
    line.queue.ask("b", node("OTHER"), want=WANT)
    line.drain()
    assert line.rig.archives["OTHER"].stored == instances("b")


def test_a_cancelled_job_does_not_leave_and_can_be_taken_up_again(line: Line):
    line.archive.off = True
    job = line.ask("a")
    early = line.ask("b")
    line.drain()
    line.queue.cancel(job)
    line.queue.cancel(early)
    assert line.queue.job(job).state is JobState.CANCELLED
    assert list(line.queue.files.iterdir()) == []
    line.archive.off = False
    line.clock.now += 700
    line.drain()
    assert line.archive.stored == []
    line.queue.retry(job)
    line.drain()
    assert line.archive.stored == instances("a")


def test_a_job_cancelled_before_it_was_made_is_never_made(line: Line):
    made: list[str] = []

    def prepare(job: Job) -> Iterator[Dataset]:
        made.append(job.exam_id)
        yield dataset(job.exam_id)

    line.sender = Sender(line.queue, replace(line.rig.ways(), prepare=prepare))
    job = line.ask("a")
    line.queue.cancel(job)
    line.sender.step()
    assert (made, line.queue.job(job).state) == ([], JobState.CANCELLED)


def test_what_cannot_be_made_says_why_and_can_be_tried_again(tmp_path: Path):
    line = Line(tmp_path)

    def no(job: Job) -> Iterator[Dataset]:
        raise InputError("Exam a has no analysis yet")
        yield

    line.rig.prepare = no
    line.sender.close()
    line.sender = Sender(line.queue, line.rig.ways())
    assert line.sender.take_turn()
    job = line.ask("a")
    line.drain()
    state = line.queue.job(job)
    assert (state.state, state.trouble) == (JobState.FAILED, Trouble.PREPARE)
    assert state.detail == "Exam a has no analysis yet"
    line.sender.close()
    line.rig.prepare = None
    line.sender = Sender(line.queue, line.rig.ways())
    assert line.sender.take_turn()
    line.queue.retry(job)
    line.drain()
    assert line.queue.job(job).state is JobState.SENT
    line.close()


def test_a_damaged_file_is_not_taken_for_the_object(line: Line):
    line.archive.off = True
    job = line.ask("a")
    line.drain()
    damaged, whole = line.queue.parcels(job)
    damaged.path.write_bytes(damaged.path.read_bytes()[:-1] + b"x")
    assert load(damaged.path, damaged.sha256) is None
    ds = load(whole.path, whole.sha256)
    assert ds is not None
    assert ds.PixelData == dataset("a", 1).PixelData
    whole.path.unlink()
    assert load(whole.path, whole.sha256) is None


def test_only_one_sender_works_at_a_time(line: Line):
    other = Sender(line.queue, line.rig.ways())
    assert not other.take_turn()
    line.sender.close()
    assert other.take_turn()
    line.sender = other


def test_what_a_dead_sender_was_sending_is_unsure(line: Line):
    line.archive.off = True
    job = line.ask("a")
    line.drain()
    parcel = line.queue.parcels(job)[0]
    assert line.queue.begin(parcel)
    stray = line.queue.files / "half-made.part"
    stray.write_bytes(b"x")
    line.queue.recover()
    assert line.queue.parcels(job)[0].state is ParcelState.UNSURE
    assert not stray.exists()
    assert all(each.path.is_file() for each in line.queue.parcels(job))


def test_jobs_that_are_done_are_cleared_away_but_not_refused_ones(line: Line):
    line.archive.answers = lambda parcel: NO if parcel.sop_instance in instances("b") else STORED
    line.ask("a")
    refused = line.ask("b")
    line.drain()
    line.archive.off = True
    waiting = line.ask("c")
    line.drain()
    assert line.queue.forget_done(before_s=2**40) == 1
    assert [job.id for job in line.queue.jobs()] == [waiting, refused]


# Storage commitment


def committing(line: Line) -> tuple[int, str, tuple[str, ...]]:
    job = line.ask("a", commitment=True)
    line.drain()
    ((uid, asked),) = line.archive.committed
    return job, uid, asked


def test_a_promise_to_keep_ends_the_job(line: Line):
    job, uid, asked = committing(line)
    assert list(asked) == instances("a")
    assert line.queue.job(job).state is JobState.SENT
    assert len(list(line.queue.files.iterdir())) == 2  # until the promise is there
    assert line.queue.committed(uid, kept=asked, lost={})
    assert line.queue.job(job).state is JobState.KEPT
    assert list(line.queue.files.iterdir()) == []


def test_what_the_archive_lost_is_sent_again_and_asked_for_again(line: Line):
    job, uid, asked = committing(line)
    line.archive.stored.clear()
    line.archive.questions = True
    assert line.queue.committed(uid, kept=asked[:1], lost={asked[1]: "0x0112"})
    line.drain()
    assert line.archive.stored == [asked[1]]
    assert line.archive.committed[1][1] == (asked[1],)
    line.queue.committed(line.archive.committed[1][0], kept=[asked[1]], lost={})
    assert line.queue.job(job).state is JobState.KEPT


def test_an_archive_that_does_not_answer_is_asked_again_later(line: Line):
    committing(line)
    line.drain()
    assert len(line.archive.committed) == 1
    line.clock.now += 601
    line.drain()
    assert len(line.archive.committed) == 2


def test_a_promise_that_nobody_asked_for_changes_nothing(line: Line):
    job, _, asked = committing(line)
    assert not line.queue.committed("1.2.3", kept=asked, lost={})
    assert line.queue.job(job).state is JobState.SENT


def test_parcels_tell_what_was_made_of_them(line: Line):
    line.archive.off = True
    job = line.ask("a")
    line.drain()
    parcels: tuple[Parcel, ...] = line.queue.parcels(job)
    assert [p.sop_instance for p in parcels] == instances("a")
    assert all("Test" not in p.path.name for p in parcels)
    with pytest.raises(InputError, match="no job 99"):
        line.queue.parcels(99)
