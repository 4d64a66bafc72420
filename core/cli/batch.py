"""`echolab batch`: a folder of exams, each analysed as by `echolab analyze`, several at a time."""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from core.cli.batch_pool import on_a_cluster, on_this_machine
from core.cli.batch_work import Task
from core.cli.output import check_folder
from core.domain import InputError
from core.language import LANGUAGES
from core.replacing import replacing

TABLE = "batch.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one exam: "done", "there" (was analysed before) or "failed" with the reason."""

    name: str
    status: str
    reason: str = ""


def register(cli: typer.Typer) -> None:
    cli.command("batch")(batch)


def batch(
    folder: Annotated[Path, typer.Argument(help="Its sub-folders are exams; so is each file.")],
    out: Annotated[Path, typer.Option("--out", help="A folder an exam is written here.")],
    workers: Annotated[int, typer.Option(help="Exams at a time.", min=1, max=64)] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a dask scheduler in a trusted network: its workers, who see the same "
            "folders, do the work."
        ),
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the reports: en or zh.")] = "en",
    models: Annotated[Path | None, typer.Option(help="Folder of models to use.")] = None,
    again: Annotated[
        bool, typer.Option(help="Analyse exams anew that have been analysed before.")
    ] = False,
) -> None:
    """Analyses all exams of a folder; one that cannot be used does not stop the others.

    Can be stopped and called again: it goes on with those that are not there yet.
    """
    if lang not in LANGUAGES:
        raise InputError(f"--lang {lang}: give one of {', '.join(LANGUAGES)}")
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give one that holds exams")
    if models is not None and not models.is_dir():
        raise InputError(f"--models {models}: no such folder")
    exams = exams_of(folder)
    if not exams:
        raise InputError(f"{folder}: no exam in it; a folder or a file an exam is looked for")
    check_folder(out, option="--out")
    console = Console(stderr=True)
    outcomes: list[Outcome] = []
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("exams", total=len(exams))
        for outcome in _all(
            exams,
            out,
            workers=workers,
            scheduler=scheduler,
            lang=lang,
            models=models,
            again=again,
        ):
            outcomes.append(outcome)
            bar.advance(task)
            if outcome.status == "failed":
                console.print(
                    f"{outcome.name}: {outcome.reason}", highlight=False, markup=False,
                    soft_wrap=True,
                )  # fmt: skip
            _write_table(out / TABLE, outcomes)
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    typer.echo(f"{len(outcomes) - failed} of {len(outcomes)} exams analysed: {out / TABLE}")
    if failed == len(outcomes):
        raise InputError(f"{folder}: none of its exams could be used; {out / TABLE} says why")


def exams_of(folder: Path) -> dict[str, Path]:
    """The exams of a folder by name, in order: its sub-folders, and files that lie beside them."""
    found = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    return {each.name: each for each in found if each.is_dir() or each.is_file()}


def _all(
    exams: dict[str, Path],
    out: Path,
    *,
    workers: int,
    scheduler: str | None,
    lang: str,
    models: Path | None,
    again: bool,
) -> Iterator[Outcome]:
    wanted = {}
    for name, path in exams.items():
        if not again and (out / name / "analysis.json").is_file():
            yield Outcome(name=name, status="there")
        else:
            wanted[name] = Task(
                path=str(path.absolute()),
                out=str((out / name).absolute()),
                lang=lang,
                models=str(models.absolute()) if models else "",
            )
    if not wanted:
        return
    if scheduler is not None:
        outcomes = on_a_cluster(wanted, scheduler=scheduler)
    else:
        outcomes = on_this_machine(wanted, workers=workers)
    for name, reason in outcomes:
        yield Outcome(name=name, status="failed" if reason else "done", reason=reason)


def _write_table(path: Path, outcomes: list[Outcome]) -> None:
    try:
        with replacing(path) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as f:
            writer = csv.writer(f)
            writer.writerow(["exam", "status", "reason"])
            writer.writerows([o.name, o.status, o.reason] for o in outcomes)
            f.flush()
            os.fsync(f.fileno())
    except OSError as error:
        raise InputError(f"--out {path.parent}: cannot be written ({error.strerror})") from error
