"""Work shared among processes: each task is answered, whatever becomes of its worker."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.processes import in_processes

# Answers with its own process and the task; dies over one that tells it to.
WORKER = """
import os
import time
from pathlib import Path
from core.processes import serve

def answer(task):
    name, _, mark = task.partition(" ")
    if name == "dies" or (name == "once" and not Path(mark).exists()):
        Path(mark).touch()
        os._exit(9)
    if name == "killed":
        os.kill(os.getpid(), 9)
    if name == "raises":
        raise ValueError("no")
    if name == "waits":
        Path(mark).write_text(str(os.getpid()))
        time.sleep(600)
    print("a library has to say something")
    return f"{os.getpid()} {name}"

if __name__ == "__main__":
    serve(answer)
"""


@pytest.fixture(autouse=True)
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small_worker.py").write_text(WORKER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def answered(tasks: dict[str, str], workers: int) -> dict[str, str]:
    answers = in_processes("small_worker", tasks, workers=workers)
    return {key: str(answer) for key, answer in answers}


@pytest.mark.parametrize("workers", [1, 3])
def test_a_worker_that_dies_takes_only_its_task_with_it(tmp_path: Path, workers: int):
    mark = tmp_path / "mark"
    tasks = {"a": "a", "dies": f"dies {tmp_path / 'dead'}", "b": "b", "once": f"once {mark}"}

    found = answered(tasks, workers)

    assert found.pop("dies") == "its worker ended (status 9), perhaps for want of memory"
    assert {key: value.split()[1] for key, value in found.items()} == {k: k for k in found}
    assert set(found) == {"a", "b", "once"}


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
def test_a_worker_that_is_killed_says_by_what():
    assert "signal 9" in answered({"x": "killed"}, 1)["x"]


def test_a_worker_that_fails_says_where_on_its_error_output(capfd: pytest.CaptureFixture[str]):
    assert "status 1" in answered({"x": "raises"}, 1)["x"]
    assert "ValueError: no" in capfd.readouterr().err


def test_one_worker_does_one_task_after_the_other():
    found = answered({str(n): "a" for n in range(5)}, 1)
    assert len(set(found.values())) == 1


def test_closing_ends_a_worker_at_once(tmp_path: Path):
    mark = tmp_path / "waits"
    answers = in_processes("small_worker", {"a": "a", "w": f"waits {mark}"}, workers=2)
    next(answers)
    while not mark.is_file() or not mark.read_text():
        time.sleep(0.01)
    process = mark.read_text()
    answers.close()
    listed = subprocess.run(["ps", "-o", "stat=", "-p", process], capture_output=True, text=True)
    assert listed.stdout.strip() in ("", "Z")
