"""`echolab evaluate measurements` and `intervals`: virtual exams measured against their truth."""

import json
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress

from core.domain import InputError, Mode

MEASUREMENTS, INTERVALS = "measurements", "intervals"
STRIPS = (Mode.PW, Mode.CW, Mode.TDI, Mode.MMODE)


def takes_of(strips: str | None, takes: str | None) -> tuple[str, ...]:
    """The recordings asked for, by name; none: all."""
    from core.phantom.exam import STANDARD_EXAM

    if not strips:
        return tuple(name.strip() for name in (takes or "").split(",") if name.strip())
    modes = []
    for name in strips.split(","):
        if name not in STRIPS:
            raise InputError(f"--strips {name}: no such strip; give some of pw,cw,tdi,mmode")
        modes.append(Mode(name))
    return tuple(take.name for take in STANDARD_EXAM if take.mode in modes)


def validate(
    task: str,
    *,
    models: Path | None,
    data: Path | None,
    count: int,
    seed: int,
    takes: tuple[str, ...],
    standard: bool,
    workers: int,
    out: Path | None,
    publish: bool,
) -> None:
    """Runs the exams and prints or writes what they say.

    Args:
        task: `measurements`: figures; `intervals`: errors of each method, on tuning seeds.
        models: folder of the set; None: the one in use.
        data: folder of real data to measure too; None: none.
        count: patients; seed: added to the task's first.
        takes: names of the recordings; none: all.
        standard: view and plane are told.
        workers: processes.
        out: folder that keeps each patient, so that a run goes on where it stopped.
        publish: write the project's own files: results and document, or the errors.
    """
    from core.recognition.models import load_models
    from core.training.request import CARD_SEED, TUNING_SEED
    from core.validation.exam import Plan
    from core.validation.results import RESULT, SHIPPED, document, write_result
    from core.validation.run import Order, run_exams

    if count < 1:
        raise InputError(f"--count {count}: give 1 or more")
    first = (TUNING_SEED if task == INTERVALS else CARD_SEED) + seed
    order = Order(
        first=first, count=count, plan=Plan(takes=takes, standard=standard), models=models
    )
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        line = bar.add_task("patients", total=count)
        exams = run_exams(
            order, workers=workers, out=out,
            progress=lambda done, total: bar.update(line, completed=done, total=total),
        )  # fmt: skip
    if task == INTERVALS:
        _intervals(exams, order, publish=publish)
        return
    loaded = load_models(models)
    real: dict[str, Any] | None = None
    if data is not None:
        from core.validation.real import real_figures

        real = real_figures(loaded, data)
    content = document(exams, order, loaded, real=real)
    if out is not None:
        write_result(out / RESULT, content, exams)
    if publish:
        from core.validation.docs import DOCUMENT, write_document

        write_result(SHIPPED, content, exams)
        write_document(content, DOCUMENT)
    typer.echo(json.dumps(content, indent=1))


def _intervals(exams: Any, order: Any, *, publish: bool) -> None:
    from dataclasses import asdict

    from core.validation.calibrate import FILE, measured_errors, write_errors

    errors = measured_errors(pair for exam in exams for pair in exam.pairs)
    if publish:
        takes = f" --takes {','.join(order.plan.takes)}" if order.plan.takes else ""
        told_so = " --standard" if order.plan.standard else ""
        command = f"echolab evaluate intervals --count {order.count}{takes}{told_so} --publish"
        write_errors(errors, FILE, patients=order.count, first=order.first, command=command)
    told = {name: {m: asdict(e) for m, e in methods.items()} for name, methods in errors.items()}
    typer.echo(json.dumps(told, indent=1))
