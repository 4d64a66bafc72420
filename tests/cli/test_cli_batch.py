"""`echolab batch`: every exam of a folder, one that cannot be used beside the others."""

import csv
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runs import Run
from distributed import LocalCluster

from core.cli import batch_pool
from core.cli.batch_pool import on_this_machine
from core.cli.batch_work import Task


@pytest.fixture
def exams(exam_files: dict[str, Path], tmp_path: Path) -> Path:
    """A folder with an exam and a file that is no picture."""
    folder = tmp_path / "year"
    (folder / "first").mkdir(parents=True)
    shutil.copy(exam_files["a4c"], folder / "first" / "a4c.dcm")
    (folder / "broken.dcm").write_bytes(b"no picture")
    return folder


def rows(out: Path) -> dict[str, str]:
    with (out / "batch.csv").open(newline="", encoding="utf-8") as file:
        return {row["exam"]: row["status"] for row in csv.DictReader(file)}


def test_all_exams_are_analysed_and_the_next_call_goes_on_with_what_is_missing(
    echolab: Run, exams: Path, tmp_path: Path
):
    out = tmp_path / "out"
    done = echolab("batch", exams, "--out", out)
    assert done.status == 0
    assert "1 of 2 exams analysed" in done.out
    assert "broken.dcm" in done.err
    assert rows(out) == {"first": "done", "broken.dcm": "failed"}
    document = json.loads((out / "first" / "analysis.json").read_text("utf-8"))
    assert document["schema"] == "echolab.analysis/1"
    assert (out / "first" / "report.pdf").is_file()
    assert not (out / "broken.dcm").exists()
    (exams / "broken.dcm").unlink()
    assert echolab("batch", exams, "--out", out).status == 0
    assert rows(out) == {"first": "there"}


@pytest.mark.parametrize("given", ["nowhere", "empty"])
def test_a_folder_without_exams_is_one_line(echolab: Run, tmp_path: Path, given: str):
    (tmp_path / "empty").mkdir()
    done = echolab("batch", tmp_path / given, "--out", tmp_path / "out")
    assert (done.status, done.out) == (2, "")
    assert given in done.err
    assert done.err.count("\n") == 1


# Answers as a worker does, without networks; dies over an exam whose name tells it to.
WORKER = """
import json, os, sys
from pathlib import Path
for line in sys.stdin:
    name = Path(json.loads(line)["path"]).name
    if name == "deadly":
        os._exit(9)
    print(json.dumps({"reason": "cannot be read" if name == "bad" else ""}), flush=True)
"""


def test_a_worker_that_dies_takes_only_its_exam_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "small_worker.py").write_text(WORKER)
    monkeypatch.setattr(batch_pool, "WORKER", "small_worker")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    given = {
        name: Task(path=str(tmp_path / name), out=str(tmp_path / "out" / name), lang="en")
        for name in ("a", "deadly", "b", "bad")
    }

    outcomes = dict(on_this_machine(given, workers=2))

    assert outcomes.pop("deadly") == "its worker ended (status 9), perhaps for want of memory"
    assert outcomes == {"a": "", "b": "", "bad": "cannot be read"}


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a dask scheduler with one worker, in this process."""
    monkeypatch.setattr(batch_pool, "WORKERS_WAIT_S", 5)
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=":0",
    ) as cluster:
        yield cluster.scheduler_address


def _noted(task: Task) -> str:
    out = Path(task.out)
    if Path(task.path).is_file():
        return "is no exam"
    out.mkdir(parents=True)
    (out / "analysis.json").write_text(f"{task.lang} {os.path.isabs(task.path)}")
    return ""


def test_a_cluster_s_workers_do_what_is_missing(
    echolab: Run, exams: Path, tmp_path: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batch_pool, "analyse_one", _noted)
    out = tmp_path / "out"
    done = echolab("batch", exams, "--out", out, "--scheduler", scheduler, "--lang", "zh")
    assert done.status == 0
    assert rows(out) == {"first": "done", "broken.dcm": "failed"}
    assert (out / "first" / "analysis.json").read_text() == "zh True"
    assert echolab("batch", exams, "--out", out, "--scheduler", scheduler).status == 0
    assert rows(out)["first"] == "there"


def test_a_scheduler_that_is_not_there_is_one_line(
    echolab: Run, exams: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batch_pool, "WORKERS_WAIT_S", 1)
    address = "tcp://127.0.0.1:9"
    done = echolab("batch", exams, "--out", tmp_path / "out", "--scheduler", address)
    assert done.status == 2
    assert "no dask scheduler" in done.err
    assert not (tmp_path / "out" / "first").exists()
