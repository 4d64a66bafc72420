"""Who does the work of `echolab batch`: processes of this machine, or the workers of a cluster."""

import json
from collections.abc import Iterator, Mapping

from core.cli.batch_work import Task, analyse_one
from core.domain import InputError
from core.processes import in_processes

Outcomes = Iterator[tuple[str, str]]
"""(name, why it could not be analysed, or "") as they come."""

WORKER = "core.cli.batch_work"
"""Module that a worker process runs."""
WORKERS_WAIT_S = 30


def on_this_machine(tasks: Mapping[str, Task], *, workers: int) -> Outcomes:
    """Does the tasks in `workers` processes; one that its process died over is tried once more."""
    lines = {name: task.to_line() for name, task in tasks.items()}
    for name, answer in in_processes(WORKER, lines, workers=workers):
        if isinstance(answer, ChildProcessError):
            yield name, str(answer)
        else:
            yield name, json.loads(answer)["reason"]


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
