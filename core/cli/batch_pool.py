"""Who does the work of `echolab batch`: processes of this machine, or the workers of a cluster."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import SimpleQueue

from core.cli.batch_work import Task, analyse_one
from core.domain import InputError

Outcomes = Iterator[tuple[str, str]]
"""(name, why it could not be analysed, or "") as they come."""

WORKER = "core.cli.batch_work"
"""Module that a worker process runs."""
WORKERS_WAIT_S = 30
_ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """One worker process; started when it is needed, and again after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def do(self, task: Task) -> str:
        """What came of a task: why it could not be done, or "".

        Raises:
            ChildProcessError: the process ended over it; says how.
        """
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(task.to_line())
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            status = process.wait()
            self.close()
            how = f"signal {-status}" if status < 0 else f"status {status}"
            raise ChildProcessError(f"its worker ended ({how}), perhaps for want of memory")
        reason: str = json.loads(line)["reason"]
        return reason

    def close(self) -> None:
        """Ends the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _start(self) -> "subprocess.Popen[str]":
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        return self._process


def on_this_machine(tasks: Mapping[str, Task], *, workers: int) -> Outcomes:
    """Does the tasks in `workers` processes.

    One whose process dies is tried once more when all others are done, alone: it has the whole
    memory then.
    """
    free: SimpleQueue[Worker] = SimpleQueue()
    every = [Worker() for _ in range(min(workers, len(tasks)))]
    for worker in every:
        free.put(worker)

    def do(task: Task) -> str:
        worker = free.get()
        try:
            return worker.do(task)
        finally:
            free.put(worker)

    dead = []
    pool = ThreadPoolExecutor(max(1, len(every)))
    try:
        jobs = {pool.submit(do, task): name for name, task in tasks.items()}
        for job in as_completed(jobs):
            if isinstance(job.exception(), ChildProcessError):
                dead.append(jobs[job])
            else:
                yield jobs[job], job.result()
        for worker in every[1:]:
            worker.close()
        for name in dead:
            try:
                yield name, every[0].do(tasks[name])
            except ChildProcessError as error:
                yield name, str(error)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in every:
            worker.close()


def on_a_cluster(tasks: Mapping[str, Task], *, scheduler: str) -> Outcomes:
    """Does the tasks on the workers of a dask scheduler, which see the same folders.

    Raises:
        InputError: no scheduler answers there, or it has no workers.
    """
    from distributed import Client
    from distributed import as_completed as as_done

    try:
        client = Client(scheduler, timeout=WORKERS_WAIT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"--scheduler {scheduler}: no dask scheduler answers there; give its address, such as "
            f"tcp://192.0.2.7:8786"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS_WAIT_S)
        except TimeoutError as error:
            raise InputError(
                f"--scheduler {scheduler}: it has no workers; start `dask worker {scheduler}` in "
                f"EchoLab's environment on each machine"
            ) from error
        names = {client.submit(analyse_one, task, pure=False): name for name, task in tasks.items()}
        for job in as_done(names, loop=client.loop):
            failed = job.exception()
            # A worker that dies is replaced, and its exam tried again, by the scheduler itself.
            yield names[job], job.result() if failed is None else f"its worker failed: {failed}"
