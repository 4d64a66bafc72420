"""Sending over DICOM's network to an archive that is off, full, slow, refusing or cut off."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_carriers import Clock, dataset
from pydicom.dataset import Dataset
from scp import Scp

from core.transfer.queue import Queue
from core.transfer.records import Job, JobState, Trouble, UnreachableError
from core.transfer.sender import Sender
from core.workstation.network.contact import echo
from core.workstation.network.store_scu import judged
from core.workstation.nodes import Node
from core.workstation.outgoing import make_sender
from core.workstation.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
WANT = {"kinds": "clips", "lang": "en"}


def three(job: Job) -> Iterator[Dataset]:
    for number in range(3):
        yield dataset(job.exam_id, number)


def instances(exam: str) -> list[str]:
    return [str(dataset(exam, number).SOPInstanceUID) for number in range(3)]


class Line:
    def __init__(self, folder: Path, scp: Scp) -> None:
        self.clock = Clock()
        self.queue = Queue(folder, clock=self.clock)
        sender = make_sender(self.queue, store=lambda: None, settings=Settings)  # type: ignore[arg-type, return-value]
        self.sender = Sender(self.queue, replace(sender._ways, prepare=three))
        self.scp = scp
        assert self.sender.take_turn()

    def ask(self, exam: str = "a", node: Node | None = None) -> int:
        return self.queue.ask(exam, node or self.scp.node(), want=WANT)

    def drain(self) -> None:
        while self.sender.step():
            pass

    def close(self) -> None:
        self.sender.close()
        self.queue.close()


@pytest.fixture
def scp() -> Scp:
    made = Scp()
    with made.up():  # takes a free port, and lets it go
        pass
    return made


@pytest.fixture
def line(tmp_path: Path, scp: Scp) -> Iterator[Line]:
    made = Line(tmp_path / "transfer", scp)
    yield made
    made.close()


def test_objects_arrive_as_they_were(line: Line, scp: Scp):
    with scp.up():
        job = line.ask()
        line.drain()
    assert line.queue.job(job).state is JobState.SENT
    assert scp.stored == instances("a")
    for number, instance in enumerate(instances("a")):
        sent, arrived = dataset("a", number), scp.datasets[instance]
        assert arrived.PixelData == sent.PixelData
        assert arrived.PatientName == sent.PatientName


def test_an_archive_that_is_off_gets_all_when_it_is_back(line: Line, scp: Scp):
    job = line.ask()
    line.drain()
    assert line.queue.job(job).trouble is Trouble.UNREACHABLE
    with scp.up():
        line.drain()
        assert scp.stored == []  # its time has not come
        line.queue.retry(job)
        line.drain()
    assert scp.stored == instances("a")


# pynetdicom's thread of the archive stumbles over the connection that it has just cut.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_archive_cut_off_in_the_middle_gets_each_object_once(line: Line, scp: Scp):
    scp.cut_after = {0, 2}
    with scp.up():
        job = line.ask()
        for _ in range(4):
            line.drain()
            line.clock.now += 60
    assert line.queue.job(job).state is JobState.SENT
    assert scp.stored == instances("a")


def test_a_full_archive_gets_the_rest_later(line: Line, scp: Scp):
    scp.status = lambda number: 0xA700 if 1 <= number <= 2 else 0x0000
    with scp.up():
        job = line.ask()
        line.drain()
        state = line.queue.job(job)
        assert (state.delivered, state.trouble, state.detail) == (1, Trouble.FULL, "0xA700")
        for _ in range(3):
            line.clock.now += 60
            line.drain()
    assert line.queue.job(job).state is JobState.SENT
    assert scp.stored == instances("a")


def test_a_refused_object_is_said_and_the_others_arrive(line: Line, scp: Scp):
    scp.status = lambda number: 0xC123 if number == 1 else 0x0000
    with scp.up():
        job = line.ask()
        line.drain()
    state = line.queue.job(job)
    assert (state.state, state.trouble, state.detail) == (
        JobState.REFUSED,
        Trouble.OBJECT,
        "0xC123",
    )
    assert scp.stored == [instances("a")[0], instances("a")[2]]


def test_a_slow_archive_gets_each_object_once(line: Line, scp: Scp):
    scp.slow_s = 0.7
    with scp.up():
        job = line.ask()
        line.drain()
    assert line.queue.job(job).state is JobState.SENT
    assert scp.stored == instances("a")


def test_an_archive_that_does_not_know_us_is_tried_again(line: Line, scp: Scp):
    job = line.ask()
    with scp.up(titles=("SOMEBODY",)):
        line.drain()
        assert line.queue.job(job).trouble is Trouble.TITLE
    with scp.up(titles=("ECHOLAB",)):
        line.clock.now += 60
        line.drain()
    assert scp.stored == instances("a")


def test_objects_of_a_kind_that_the_archive_does_not_take_are_said(line: Line, scp: Scp):
    def other(job: Job) -> Iterator[Dataset]:
        ds = dataset(job.exam_id)
        ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"
        yield ds
        yield dataset(job.exam_id, 1)

    line.sender.close()
    line.sender = Sender(line.queue, replace(line.sender._ways, prepare=other))
    assert line.sender.take_turn()
    with scp.up():
        job = line.ask()
        line.drain()
    assert line.queue.job(job).trouble is Trouble.KIND
    assert "Encapsulated PDF" in line.queue.job(job).detail
    assert scp.stored == [instances("a")[1]]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (0x0000, "stored"),
        (0xB007, "stored"),
        (0x0111, "stored"),
        (0xA700, "busy"),
        (0xA900, "refused"),
        (0xC000, "refused"),
        (0x0122, "refused"),
    ],
)
def test_each_status_means_what_the_standard_says(status: int, outcome: str):
    assert judged(status).outcome == outcome


def test_echo_tells_what_is_wrong(scp: Scp):
    ours = Settings()
    with scp.up():
        echo(scp.node(), ours)
        with pytest.raises(UnreachableError) as wrong:
            echo(replace(scp.node(), ae_title="WRONG"), ours)
        assert wrong.value.trouble is Trouble.TITLE
        with pytest.raises(UnreachableError) as plain:
            echo(scp.node(tls=True), ours)
        assert plain.value.trouble is Trouble.TLS
    with pytest.raises(UnreachableError) as off:
        echo(scp.node(), ours)
    assert off.value.trouble is Trouble.UNREACHABLE


# Says how many objects it has sent off; killed at any moment.
SENDER = """
import sys, time
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from fake_carriers import dataset
from core.transfer.queue import Queue
from core.transfer.sender import Sender, Ways
from core.workstation.network.store_scu import store_link
from core.workstation.settings import Settings

def objects(job):
    for number in range(3):
        yield dataset(job.exam_id, number)

queue = Queue(Path(sys.argv[1]))
ways = Ways(prepare=objects, connect=lambda node, parcels: store_link(node, parcels, Settings()),
            commit=lambda *_: None, resolve=lambda node: node)
sender = Sender(queue, ways)
assert sender.take_turn()
print("begun", flush=True)
while any(job.open for job in queue.jobs(most=1000)):
    if not sender.step():
        time.sleep(0.05)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
def test_a_sender_killed_at_any_moment_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path, scp: Scp
):
    exams = [f"exam-{number}" for number in range(12)]
    scp.slow_s = 0.02
    command = [sys.executable, "-c", SENDER, str(tmp_path / "transfer")]
    command += [str(Path(__file__).resolve().parent.parent / "transfer"), str(ROOT)]
    with scp.up(), Queue(tmp_path / "transfer") as queue:
        for exam in exams:
            queue.ask(exam, scp.node(), want=WANT)
        kills = 0
        for wait in (0.05, 0.4, 0.7):
            process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}
            )
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            time.sleep(wait)
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
            process.wait()
            process.stdout.close()
        subprocess.run(command, cwd=ROOT, check=True, timeout=300, capture_output=True)
        assert kills >= 1
        assert {job.state for job in queue.jobs()} == {JobState.SENT}
        assert list(queue.files.iterdir()) == []
    everything = [instance for exam in exams for instance in instances(exam)]
    assert scp.counts == dict.fromkeys(everything, 1)
    assert list(dict.fromkeys(scp.stored)) == everything
