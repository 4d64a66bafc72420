"""`echolab bench`: speeds on this machine, as a table and as JSON."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table


def register(cli: typer.Typer) -> None:
    cli.command("bench")(bench)


def bench(
    models: Annotated[Path | None, typer.Option(help="Folder of models to use.")] = None,
    seconds: Annotated[float, typer.Option(help="How long each speed is measured.")] = 4.0,
    json_file: Annotated[
        Path | None, typer.Option("--out", help="Where to write the JSON.")
    ] = None,
) -> None:
    """Measures sector finding, view, regions and a whole analysis beside the floors asked for."""
    from core.analysis.bench import run

    rows = run(models=models, seconds=seconds)
    table = Table("what", "median ms", "per second", "goal")
    for row in rows:
        table.add_row(row.what, f"{row.median_ms:.1f}", f"{1000 / row.median_ms:.1f}", row.goal)
    Console(stderr=True).print(table)
    document = json.dumps([row.to_dict() for row in rows], indent=1)
    if json_file is not None:
        json_file.write_text(document + "\n", "utf-8")
    typer.echo(document)
