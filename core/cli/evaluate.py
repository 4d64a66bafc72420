"""`echolab evaluate TASK`: scores a model on data that it was not trained on."""

import json
from pathlib import Path
from typing import Annotated

import typer

from core.cli.train import TASKS
from core.domain import InputError


def register(cli: typer.Typer) -> None:
    cli.command("evaluate")(evaluate)


def evaluate(
    task: Annotated[str, typer.Argument(help="view or regions.")],
    data: Annotated[Path | None, typer.Option(help="Folder of real data.")] = None,
    models: Annotated[Path | None, typer.Option(help="Folder of models to score.")] = None,
    seed: Annotated[int, typer.Option(help="Of the virtual patients.")] = 0,
) -> None:
    """Prints the figures as JSON: those of the model's card, or of your own data."""
    if task not in TASKS:
        raise InputError(f"evaluate {task}: no such task; give one of {', '.join(TASKS)}")
    if data is not None and not data.is_dir():
        raise InputError(f"--data {data}: no such folder")
    if models is not None and not models.is_dir():
        raise InputError(f"--models {models}: no such folder")
    from core.recognition.models import load_models
    from core.training import tasks

    loaded = load_models(models)
    if task == "regions":
        figures = tasks.evaluate_regions(loaded.regions, data=data, seed=seed)
    else:
        figures = tasks.evaluate_view(loaded.view, data=data, seed=seed)
    typer.echo(json.dumps(figures, indent=1))
