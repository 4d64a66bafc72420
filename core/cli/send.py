"""`echolab send`: an exam's report, structured report and clips to a workstation or archive."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from core.domain import InputError
from core.language import LANGUAGES, text

if TYPE_CHECKING:
    from core.transfer.queue import Queue
    from core.transfer.records import Job
    from core.transfer.sender import Sender
    from core.workstation.nodes import Node
    from core.workstation.settings import Settings

POLL_S = 0.2
ExamArgument = Annotated[
    str, typer.Argument(help="Id of an exam of the store, or a folder that analyze wrote.")
]


def register(cli: typer.Typer) -> None:
    cli.command("send")(send)


def send(
    exam: ExamArgument,
    to: Annotated[
        str, typer.Option("--to", help="AET@HOST:PORT, or the name of a node of the settings.")
    ],
    what: Annotated[
        str | None,
        typer.Option(help="What to send, by commas: pdf, sr, sr5200, clips, key_images."),
    ] = None,
    inputs: Annotated[
        list[Path] | None,
        typer.Option(help="For a folder of analyze: the files that were analysed (repeat it)."),
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the report: en or zh.")] = "en",
    tls: Annotated[bool, typer.Option(help="Encrypt, by the settings' certificates.")] = False,
    deidentify: Annotated[
        bool, typer.Option(help="Take out who the patient is (PS3.15 basic profile).")
    ] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait while nothing moves; 0: only queue it.", min=0)
    ] = 20.0,
) -> None:
    """Sends an exam. It goes through the queue: what cannot be delivered now is kept there."""
    if lang not in LANGUAGES:
        raise InputError(f"--lang {lang}: give one of {', '.join(LANGUAGES)}")
    from core.transfer.queue import default_queue
    from core.workstation.outgoing import make_sender, want
    from core.workstation.settings import load_settings
    from core.workstation.store import default_store

    settings = load_settings()
    node = _node(to, settings, tls=tls, deidentify=deidentify)
    kinds = settings.send
    if what is not None:
        kinds = tuple(kind.strip() for kind in what.split(",") if kind.strip())
    folder, exam_id = _exam(exam)
    found = tuple(inputs or ()) or (_clips_nearby(folder) if folder is not None else ())
    wish = want(kinds, lang=lang, folder=folder, inputs=found)
    with default_store() as store, default_queue() as queue:
        if folder is None:
            store.exam(exam_id)
        job_id = queue.ask(exam_id, node, want=wish)
        queue.retry(job_id)  # what waits for this node is tried now
        if wait == 0:
            typer.echo(f"queued as job {job_id}")
            return
        sender = make_sender(queue, store=lambda: store, settings=load_settings)
        try:
            job = drain(queue, sender, job_id, wait_s=wait)
        finally:
            sender.close()
        _tell(queue, job, clips="clips" in kinds and folder is not None and not found)


def drain(queue: "Queue", sender: "Sender", job_id: int, *, wait_s: float) -> "Job":
    """Work on the queue, or watch who does, until the job has come to an end, or nothing of it has
    moved for `wait_s` seconds; how it stands then."""
    from core.transfer.records import JobState

    moved, seen = time.monotonic(), -1
    while True:
        job = queue.job(job_id)
        if job.delivered != seen or (job.state is JobState.PREPARING and job.trouble is None):
            moved, seen = time.monotonic(), job.delivered
        if not job.open or time.monotonic() - moved >= wait_s:
            return job
        if not (sender.take_turn() and sender.step()):
            time.sleep(POLL_S)


def _tell(queue: "Queue", job: "Job", *, clips: bool) -> None:
    from core.transfer.records import JobState, ParcelState
    from core.workstation.network.contact import trouble_words

    where = job.node.address
    why = trouble_words(job.trouble, job.detail, "en") if job.trouble is not None else ""
    if job.state in (JobState.SENT, JobState.KEPT):
        already = job.counts.get(ParcelState.ALREADY, 0)
        words = f"{job.delivered - already} objects sent to {where}"
        words += f", {already} were there already" if already else ""
        words += f" ({text('transfer.state.kept', 'en').lower()})" if job.state == "kept" else ""
        Console().print(words, highlight=False, markup=False, soft_wrap=True)
        if clips:
            typer.echo("clips were not sent: name the analysed files with --inputs", err=True)
        return
    if job.state is JobState.FAILED:
        raise InputError(job.detail or why)
    if job.state is JobState.CANCELLED:
        raise InputError(f"job {job.id} was cancelled meanwhile")
    done = f"{job.delivered} of {job.total} objects arrived" if job.total else "nothing was sent"
    if job.state is JobState.REFUSED:
        raise InputError(f"{where}: {done}; the rest was refused: {why}")
    reason = f": {why}" if why else " yet"
    raise InputError(
        f"{where}: {done}{reason}; the rest is kept in the queue as job {job.id} and goes out "
        f"while EchoLab or `echolab queue run` is running"
    )


def _node(to: str, settings: "Settings", *, tls: bool, deidentify: bool) -> "Node":
    from dataclasses import replace

    from core.workstation.nodes import parse_node

    known = settings.node(to)
    if known is None:
        try:
            given = parse_node(to, tls=tls)
        except InputError as error:
            raise InputError(f"--to {error}") from error
        same = (n for n in settings.nodes if n.address == given.address)
        known = next(same, given)
    if (tls and not known.tls) or (deidentify and not known.deidentify):
        # Another way to the same place: the settings' node must not go before it.
        known = replace(
            known,
            name=f"{known.name[:30]} {'tls' if tls else ''}{'outside' if deidentify else ''}",
            tls=known.tls or tls,
            deidentify=known.deidentify or deidentify,
        )
    return known


def _exam(given: str) -> tuple[Path | None, str]:
    """The folder of an analysis, or None; and the exam's id."""
    folder = Path(given)
    if not folder.is_dir():
        if folder.exists() or "/" in given:
            raise InputError(
                f"{given}: no folder there; give a folder that `echolab analyze` wrote, or the id "
                f"of an exam of the store"
            )
        return None, given
    path = folder / "analysis.json"
    try:
        exam_id = str(json.loads(path.read_text("utf-8"))["exam"]["id"])
    except OSError:
        raise InputError(
            f"{folder}: no analysis.json in it; run `echolab analyze {folder} --out DIR` first and "
            f"send DIR"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: is not an analysis that EchoLab wrote") from error
    return folder, exam_id


def _clips_nearby(folder: Path) -> tuple[Path, ...]:
    """The analysed files, where all of them lie in the analysis' folder or in the one around."""
    try:
        analysis = json.loads((folder / "analysis.json").read_text("utf-8"))
        names = [str(clip["source"]) for clip in analysis["clips"]]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    for place in (folder, folder.absolute().parent):
        files = tuple(place / name for name in names)
        if files and all(file.is_file() for file in files):
            return files
    return ()
