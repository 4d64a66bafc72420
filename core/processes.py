"""Work shared among processes: programs of their own that read tasks and write answers, as lines.

A worker is `python -m MODULE`, whose main calls `serve`. It knows nothing of whoever started it
and dies alone: what it had in hand is tried once more, all else goes on.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

Key = TypeVar("Key")
_ROOT = Path(__file__).resolve().parents[1]


def serve(answer: Callable[[str], str]) -> None:
    """The main of a worker: answers each line of standard input until that ends.

    Args:
        answer: the task's text -> the answer's, neither with a line break.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        answers.write(answer(line.rstrip("\n")) + "\n")
        answers.flush()


def in_processes(
    module: str, tasks: Mapping[Key, str], *, workers: int
) -> Iterator[tuple[Key, str | ChildProcessError]]:
    """Each task's answer as it comes; closing the iterator ends all workers at once.

    One whose worker dies is tried once more when all others are done, alone: it has the whole
    memory then. If it dies again, what was its end comes for an answer.

    Args:
        module: whose main calls `serve`.
        tasks: a text without line breaks by key.
        workers: how many processes, at most.
    """
    free: SimpleQueue[_Worker] = SimpleQueue()
    every = [_Worker(module) for _ in range(min(workers, len(tasks)))]
    for worker in every:
        free.put(worker)

    def do(task: str) -> str:
        worker = free.get()
        try:
            return worker.do(task)
        finally:
            free.put(worker)

    dead = []
    pool = ThreadPoolExecutor(max(1, len(every)))
    try:
        jobs = {pool.submit(do, task): key for key, task in tasks.items()}
        for job in as_completed(jobs):
            if isinstance(job.exception(), ChildProcessError):
                dead.append(jobs[job])
            else:
                yield jobs[job], job.result()
        for worker in every[1:]:
            worker.close()
        for key in dead:
            try:
                yield key, every[0].do(tasks[key])
            except ChildProcessError as error:
                yield key, error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in every:
            worker.close()


class _Worker:
    """One worker process; started when it is needed, and again after it died."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[str] | None = None

    def do(self, task: str) -> str:
        """The answer; ChildProcessError, which says how, where the process ended over it."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(f"{task}\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        if not line.endswith("\n"):
            status = process.wait()
            self.close()
            how = f"signal {-status}" if status < 0 else f"status {status}"
            raise ChildProcessError(f"its worker ended ({how}), perhaps for want of memory")
        return line.rstrip("\n")

    def close(self) -> None:
        """Ends the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _start(self) -> "subprocess.Popen[str]":
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        return self._process
