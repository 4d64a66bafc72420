"""`echolab queue`: what waits to be sent, and sending it; `echolab station`: the whole line."""

import signal
import threading
import time
from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from core.domain import InputError
from core.language import text
from core.workstation.home import home_folder

if TYPE_CHECKING:
    from core.recognition.models import Models
    from core.transfer.records import Job

JobArgument = Annotated[int, typer.Argument(help="Number of the job, as `list` shows it.")]


def register(cli: typer.Typer) -> None:
    commands = typer.Typer(help="What waits to be sent to archives.", no_args_is_help=True)
    commands.command("list")(show)
    commands.command("run")(run)
    commands.command("retry")(retry)
    commands.command("cancel")(cancel)
    cli.add_typer(commands, name="queue")
    cli.command("station")(station)


def show() -> None:
    """Lists the jobs, the newest first."""
    from core.transfer.queue import default_queue

    with default_queue() as queue:
        jobs = queue.jobs()
    table = Table("job", "asked for", "exam", "to", "state", "arrived", "why")
    for job in jobs:
        table.add_row(
            str(job.id),
            f"{job.created_at.astimezone():%Y-%m-%d %H:%M}",
            job.exam_id,
            job.node.address,
            text(f"transfer.state.{job.state}", "en"),
            f"{job.delivered}/{job.total}",
            _why(job),
        )
    if jobs:
        Console().print(table)
    else:
        typer.echo("nothing is queued")


def run(
    seconds: Annotated[
        float, typer.Option(help="Stop after this time, done or not.", min=1)
    ] = 3600.0,
) -> None:
    """Sends what waits, until nothing does."""
    from core.transfer.queue import default_queue
    from core.workstation.outgoing import make_sender
    from core.workstation.settings import load_settings
    from core.workstation.store import default_store

    end = time.monotonic() + seconds
    with default_store() as store, default_queue() as queue:
        sender = make_sender(queue, store=lambda: store, settings=load_settings)
        try:
            while any(job.open for job in queue.jobs(most=100_000)):
                if time.monotonic() > end:
                    left = [job for job in queue.jobs(most=100_000) if job.open]
                    why = next((_why(job) for job in left if job.trouble is not None), "")
                    raise InputError(f"{len(left)} jobs still wait{': ' + why if why else ''}")
                if not (sender.take_turn() and sender.step()):
                    time.sleep(0.2)
        finally:
            sender.close()
    typer.echo("nothing waits")


def retry(job: JobArgument) -> None:
    """Tries a job once more, at once where EchoLab or `queue run` is running."""
    from core.transfer.queue import default_queue

    with default_queue() as queue:
        queue.job(job)
        queue.retry(job)


def cancel(job: JobArgument) -> None:
    """Cancels what has not left yet of a job."""
    from core.transfer.queue import default_queue

    with default_queue() as queue:
        queue.cancel(job)


def station(
    drafts: Annotated[
        bool, typer.Option(help="Analyse what is received, if the settings say so.")
    ] = True,
) -> None:
    """Receives, makes drafts and sends by the settings, without the app, until it is stopped."""
    from core.transfer.queue import default_queue
    from core.workstation.station import Station
    from core.workstation.store import default_store

    @cache
    def load() -> "Models":
        from core.recognition.models import load_models

        return load_models()

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with default_store() as store, default_queue() as queue:
        line = Station(store, queue, home=home_folder(), models=load if drafts else None).start()
        told = ""
        try:
            while not stop.wait(0.5):
                state = line.state()
                now = state.trouble or "not listening: the settings do not ask for it"
                if state.port is not None:
                    now = f"listening at port {state.port}"
                if not state.working:
                    now = "another EchoLab is the station of this home"
                if now != told:
                    typer.echo(now)
                    told = now
        finally:
            line.close()


def _why(job: "Job") -> str:
    from core.workstation.network.contact import trouble_words

    return "" if job.trouble is None else trouble_words(job.trouble, job.detail, "en")
