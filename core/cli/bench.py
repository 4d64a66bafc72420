"""`echolab bench`: speeds on this machine, as a table and as JSON."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from core.cli.output import check_folder
from core.domain import InputError
from core.replacing import replacing


def register(cli: typer.Typer) -> None:
    cli.command("bench")(bench)


def bench(
    models: Annotated[Path | None, typer.Option(help="Folder of models to use.")] = None,
    seconds: Annotated[float, typer.Option(help="How long each speed is measured.")] = 4.0,
    exam: Annotated[
        bool, typer.Option(help="Also measure a whole virtual exam until its draft: minutes.")
    ] = True,
    json_file: Annotated[
        Path | None, typer.Option("--out", help="Where to write the JSON.")
    ] = None,
) -> None:
    """Measures the stages, a clip's analysis and an exam until its draft, beside the goals."""
    if not 0 < seconds <= 600:
        raise InputError(f"--seconds {seconds:g}: give more than 0 and at most 600")
    if models is not None and not models.is_dir():
        raise InputError(f"--models {models}: no such folder")
    if json_file is not None:
        if json_file.is_dir():
            raise InputError(f"--out {json_file}: this is a folder; give a file's name")
        check_folder(json_file.absolute().parent, option="--out")
    from core.analysis.bench import run

    rows = run(models=models, seconds=seconds)
    if exam:
        from core.workstation.bench import run_exam

        rows += run_exam(models=models)
    table = Table("what", "median ms", "95 % ms", "per second", "goal")
    for row in rows:
        table.add_row(
            row.what,
            f"{row.median_ms:.1f}",
            f"{row.p95_ms:.1f}",
            f"{1000 / row.median_ms:.1f}",
            row.goal,
        )
    Console(stderr=True, width=None if Console(stderr=True).is_terminal else 120).print(table)
    document = json.dumps([row.to_dict() for row in rows], indent=1)
    if json_file is not None:
        with replacing(json_file) as unfinished:
            unfinished.write_text(document + "\n", "utf-8")
    typer.echo(document)
