"""`echolab train TASK`: trains a model and puts it, with its card, into its folder."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import check_folder
from core.domain import InputError

TASKS = ("view", "regions")


def register(cli: typer.Typer) -> None:
    cli.command("train")(train)


def train(
    task: Annotated[str, typer.Argument(help="view or regions.")],
    data: Annotated[
        Path | None, typer.Option(help="Folder of real data (CAMUS, a manifest).")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(help="Folder of the run; one that is there goes on.")
    ] = None,
    models: Annotated[
        Path | None,
        typer.Option(help="Folder that gets the model; the project's own if not given."),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Optimiser steps in all.")] = None,
    batch: Annotated[int | None, typer.Option(help="Pictures a step.")] = None,
    rate: Annotated[float | None, typer.Option(help="Highest learning rate.")] = None,
    virtual: Annotated[int, typer.Option(help="Pictures of the virtual heart to render.")] = 2400,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    threads: Annotated[int | None, typer.Option(help="CPU threads.")] = None,
    start: Annotated[
        Path | None, typer.Option(help="Weights of an earlier run to go on from, not ImageNet.")
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
    if virtual < 0:
        raise InputError(f"--virtual {virtual}: give 0 or more")
    if data is None and virtual == 0:
        raise InputError("nothing to train on: give --data FOLDER, or --virtual over 0")
    if start is not None and not start.is_file():
        raise InputError(f"--start {start}: no such file; give the weights an earlier run left")
    if data is not None and not data.is_dir():
        raise InputError(f"--data {data}: no such folder")
    for name, folder in (("run", run), ("models", models)):
        if folder is not None:
            check_folder(folder, option=f"--{name}")
    # torch and all that trains: only once the arguments are known to be usable.
    import torch

    from core.recognition.models import DEFAULT_FOLDER
    from core.training.tasks import TrainRequest, train_task

    if threads is not None:
        torch.set_num_threads(threads)
    request = TrainRequest(
        task=task,
        data=data,
        run=run or Path("runs") / task,
        models=models or DEFAULT_FOLDER,
        steps=steps,
        batch=batch,
        rate=rate,
        virtual=virtual,
        seed=seed,
        start=start,
    )
    trained = train_task(request)
    typer.echo(f"trained: {trained}")
    typer.echo((trained / "CARD.md").read_text("utf-8"))
