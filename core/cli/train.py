"""`echolab train TASK`: trains a model and puts it, with its card, into its folder."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import check_folder
from core.domain import CancelledError, InputError

TASKS = (
    "view", "picture", "plane", "guidance", "regions", "mode", "landmarks", "ventricle", "cusps",
)  # fmt: skip
#: glibc gives large blocks back to the system as soon as they are free; training then spends a
#: third of its time on getting them again. It reads these before the program starts.
_HEAP = {
    "MALLOC_MMAP_THRESHOLD_": "67108864",
    "MALLOC_TRIM_THRESHOLD_": "2000000000",
    "MALLOC_TOP_PAD_": "268435456",
}


def register(cli: typer.Typer) -> None:
    cli.command("train")(train)


def train(
    task: Annotated[
        str,
        typer.Argument(help="view, plane, guidance, regions, mode, landmarks, ventricle or cusps."),
    ],
    data: Annotated[
        Path | None, typer.Option(help="Folder of real data (CAMUS, a manifest).")
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(help="Folder of real data that the card's figures are of, not trained on."),
    ] = None,
    run: Annotated[
        Path | None, typer.Option(help="Folder of the run; one that is there goes on.")
    ] = None,
    models: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the set that gets the model; not given: the project's own, `research` "
            "with --data and `open` without."
        ),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Optimiser steps in all.")] = None,
    batch: Annotated[int | None, typer.Option(help="Pictures a step.")] = None,
    rate: Annotated[float | None, typer.Option(help="Highest learning rate.")] = None,
    virtual: Annotated[
        int | None, typer.Option(help="Pictures of the virtual heart to render.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    threads: Annotated[int | None, typer.Option(help="CPU threads.")] = None,
    start: Annotated[
        Path | None, typer.Option(help="Weights of an earlier run to go on from, not ImageNet.")
    ] = None,
    keep: Annotated[
        float, typer.Option(help="Part of the --start weights kept in the finished ones, 0 to 1.")
    ] = 0.0,
    until: Annotated[
        float | None, typer.Option(help="Score, 0 to 1, at which training may end early.")
    ] = None,
    own: Annotated[
        Path | None, typer.Option(help="Folder of own pictures, labelled on the Train page.")
    ] = None,
) -> None:
    """Trains one model. A run that was stopped goes on where it stood when called again."""
    if task not in TASKS:
        raise InputError(f"train {task}: no such task; give one of {', '.join(TASKS)}")
    for name, value in (("steps", steps), ("batch", batch), ("threads", threads)):
        if value is not None and value < 1:
            raise InputError(f"--{name} {value}: give a number from 1 up")
    if rate is not None and not 0 < rate < 1:
        raise InputError(f"--rate {rate:g}: give a learning rate between 0 and 1")
    if until is not None and not 0 < until <= 1:
        raise InputError(f"--until {until:g}: give a score over 0 and up to 1")
    if virtual is not None and virtual < 0:
        raise InputError(f"--virtual {virtual}: give 0 or more")
    if data is None and own is None and virtual == 0:
        raise InputError("nothing to train on: give --data FOLDER, or --virtual over 0")
    if own is not None and not own.is_dir():
        raise InputError(f"--own {own}: no such folder")
    if start is not None and not start.is_file():
        raise InputError(f"--start {start}: no such file; give the weights an earlier run left")
    if not 0 <= keep < 1:
        raise InputError(f"--keep {keep:g}: give a part from 0 up to, not with, 1")
    if keep and (start is None or task != "regions"):
        raise InputError("--keep: goes with --start, for `train regions`")
    for name, folder in (("data", data), ("check", check)):
        if folder is not None and not folder.is_dir():
            raise InputError(f"--{name} {folder}: no such folder")
    for name, folder in (("run", run), ("models", models)):
        if folder is not None:
            check_folder(folder, option=f"--{name}")
    _keep_heap()
    # torch and all that trains: only once the arguments are known to be usable.
    import torch

    from core.recognition.model_sets import PROJECT_FOLDER
    from core.training.request import TrainRequest
    from core.training.tasks import train_task

    if threads is not None:
        torch.set_num_threads(threads)
    request = TrainRequest(
        task=task,
        data=data,
        check=check,
        run=run or Path("runs") / task,
        models=models or PROJECT_FOLDER / ("open" if data is None else "research"),
        steps=steps,
        batch=batch,
        rate=rate,
        virtual=virtual,
        seed=seed,
        start=start,
        keep=keep,
        until=until,
        own=own,
        stop=_stop_on_signal(),
    )
    try:
        trained = train_task(request)
    except CancelledError as stopped:
        typer.echo(str(stopped), err=True)
        raise typer.Exit(130) from None
    typer.echo(f"trained: {trained}")
    typer.echo((trained / "CARD.md").read_text("utf-8"))


def _keep_heap() -> None:
    """Starts the command anew with a heap that keeps what it has got, where that can be had."""
    called = Path(sys.argv[0])
    alone = called.stem == "echolab" or called.parts[-2:] == ("core", "__main__.py")
    if not alone or not sys.platform.startswith("linux") or set(_HEAP) <= set(os.environ):
        return
    os.execve(
        sys.executable,
        [sys.executable, "-m", "core", *sys.argv[1:]],
        {**os.environ, **_HEAP},
    )


def _stop_on_signal() -> Callable[[], bool]:
    """Asked before each step: true once the user or the system wants the run to end."""
    wanted = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: wanted.set())
    return wanted.is_set
