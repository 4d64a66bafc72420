"""`echolab send` and `echolab queue`: bad input is one line, what cannot be delivered is kept."""

import os
import sys
from pathlib import Path

import pytest
from app_samples import add_sample_exam
from cli_runs import Run

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "network"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "transfer"))

from fake_carriers import dataset
from orthanc import free_port
from scp import Scp

from core.transfer.queue import Queue, queue_folder
from core.transfer.records import JobState
from core.workstation.settings import Settings, save_settings


@pytest.fixture
def home() -> Path:
    return Path(os.environ["ECHOLAB_HOME"])


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain pictures stand for the objects of an exam."""
    monkeypatch.setattr(
        "core.workstation.outgoing.objects_for",
        lambda job, **_: iter([dataset(job.exam_id, number) for number in range(3)]),
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody", "--to", "P@127.0.0.1:104"), "Exam nobody is not in the store"),
        (("x", "--to", "PACS"), "--to 'PACS' is no address"),
        (("x", "--to", "P@127.0.0.1:104", "--what", "fax"), "fax cannot be sent"),
        (("x", "--to", "P@127.0.0.1:104", "--lang", "xx"), "--lang xx"),
        (("no/where", "--to", "P@127.0.0.1:104"), "no folder there"),
        (("x",), "--to"),
    ],
)
def test_what_cannot_be_sent_is_one_line_and_nothing_is_queued(
    echolab: Run, home: Path, arguments: tuple[str, ...], words: str
):
    done = echolab("send", *arguments)
    assert (done.status, done.out) == (2, "")
    assert words in done.err
    assert done.err.count("\n") == 1
    with Queue(queue_folder(home)) as queue:
        assert queue.jobs() == ()


def test_a_folder_without_analysis_says_what_to_do(echolab: Run, tmp_path: Path):
    done = echolab("send", tmp_path, "--to", "P@127.0.0.1:104")
    assert done.status == 2
    assert "echolab analyze" in done.err


def test_an_exam_is_sent_and_said(echolab: Run, home: Path, objects: None):
    add_sample_exam(home, analysed=False)
    archive = Scp()
    with archive.up():
        done = echolab("send", "sample", "--to", archive.node().address)
        assert (done.status, done.err) == (0, "")
        assert "3 objects sent" in done.out
        again = echolab("send", "sample", "--to", archive.node().address)
        assert again.status == 0
        assert "3 were there already" in again.out
    assert len(archive.stored) == 3


def test_what_cannot_be_delivered_now_is_kept_and_goes_out_later(
    echolab: Run, home: Path, objects: None
):
    add_sample_exam(home, analysed=False)
    archive = Scp(port=free_port())
    done = echolab("send", "sample", "--to", archive.node().address, "--wait", "1")
    assert done.status == 2
    assert "nobody answers there" in done.err
    assert "kept in the queue as job 1" in done.err
    assert "Waiting" in echolab("queue", "list").out
    with archive.up():
        assert echolab("queue", "retry", 1).status == 0
        assert echolab("queue", "run").status == 0
    assert len(archive.stored) == 3
    with Queue(queue_folder(home)) as queue:
        assert queue.job(1).state is JobState.SENT


def test_a_node_of_the_settings_is_known_by_its_name(echolab: Run, home: Path, objects: None):
    add_sample_exam(home, analysed=False)
    archive = Scp()
    with archive.up():
        save_settings(Settings(nodes=(archive.node(),)), home)
        assert echolab("send", "sample", "--to", "ARCHIVE").status == 0
        # By its address it is the same node: nothing goes there twice.
        assert "already" in echolab("send", "sample", "--to", archive.node().address).out
    assert len(archive.stored) == 3


def test_a_queued_job_can_be_cancelled(echolab: Run, home: Path, objects: None):
    add_sample_exam(home, analysed=False)
    done = echolab("send", "sample", "--to", "P@127.0.0.1:1", "--wait", "0")
    assert (done.status, done.out) == (0, "queued as job 1\n")
    assert echolab("queue", "cancel", 1).status == 0
    assert "Cancelled" in echolab("queue", "list").out
    missing = echolab("queue", "cancel", 9)
    assert missing.status == 2
    assert "no job 9" in missing.err
