"""`echolab evaluate TASK`: scores a model on data that it was not trained on."""

import json
from pathlib import Path
from typing import Annotated

import typer

from core.cli.train import TASKS
from core.cli.validate import INTERVALS, MEASUREMENTS, takes_of, validate
from core.domain import InputError

MEASURED = (MEASUREMENTS, INTERVALS)


def register(cli: typer.Typer) -> None:
    cli.command("evaluate")(evaluate)


def evaluate(
    task: Annotated[
        str,
        typer.Argument(
            help="view, plane, guidance, regions, mode, landmarks, ventricle, cusps, "
            "measurements or intervals."
        ),
    ],
    data: Annotated[Path | None, typer.Option(help="Folder of real data.")] = None,
    models: Annotated[Path | None, typer.Option(help="Folder of models to score.")] = None,
    seed: Annotated[int, typer.Option(help="Of the virtual patients.")] = 0,
    own: Annotated[
        Path | None, typer.Option(help="Folder of own pictures, labelled on the Train page.")
    ] = None,
    count: Annotated[int, typer.Option(help="measurements: number of virtual patients.")] = 100,
    strips: Annotated[
        str | None, typer.Option(help="measurements: these strips alone, such as pw,cw,tdi,mmode.")
    ] = None,
    takes: Annotated[
        str | None, typer.Option(help="measurements: these recordings alone, such as plax,a4c.")
    ] = None,
    standard: Annotated[
        bool,
        typer.Option(
            "--standard", help="measurements: view and plane are told; what is left is measuring."
        ),
    ] = False,
    workers: Annotated[
        int, typer.Option(help="measurements: patients at a time.", min=1, max=64)
    ] = 1,
    out: Annotated[
        Path | None,
        typer.Option(help="measurements: folder that keeps each patient; a run goes on there."),
    ] = None,
    publish: Annotated[
        bool,
        typer.Option(
            "--publish", help="measurements, intervals: write the files that the project ships."
        ),
    ] = False,
) -> None:
    """Prints the figures as JSON: those of the model's card, or of your own data.

    `measurements` measures whole virtual exams against their truth; `intervals` takes the errors of
    each method from other patients, so that the 90 % intervals hold what they say.
    """
    if task not in (*TASKS, *MEASURED):
        names = ", ".join((*TASKS, *MEASURED))
        raise InputError(f"evaluate {task}: no such task; give one of {names}")
    if data is not None and not data.is_dir():
        raise InputError(f"--data {data}: no such folder")
    if own is not None and not own.is_dir():
        raise InputError(f"--own {own}: no such folder")
    if models is not None and not models.is_dir():
        raise InputError(f"--models {models}: no such folder")
    if task in MEASURED:
        validate(
            task, models=models, data=data, count=count, seed=seed, takes=takes_of(strips, takes),
            standard=standard, workers=workers, out=out, publish=publish,
        )  # fmt: skip
        return
    from core.recognition.models import load_models
    from core.training.tasks import evaluate_task

    figures = evaluate_task(task, load_models(models), data=data, seed=seed, own=own)
    typer.echo(json.dumps(figures, indent=1))
