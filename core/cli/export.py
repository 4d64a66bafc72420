"""`echolab export`: a finished exam as files for other systems."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.output import Staging, check_folder
from core.domain import InputError
from core.language import LANGUAGES

if TYPE_CHECKING:
    from core.export.exam import ExportExam

FORMATS = ("pdf", "sr", "sr5200", "fhir", "csv", "dicom")


def register(cli: typer.Typer) -> None:
    cli.command("export")(export)


def export(
    exam: Annotated[
        str,
        typer.Argument(help="Id of an exam, a folder of `analyze`, or a machine's report (SR)."),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for what is written.")],
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help=f"One or more of {', '.join(FORMATS)}; all if not given."),
    ] = None,
    clips: Annotated[
        list[Path] | None,
        typer.Option("--clips", help="With a folder: the files that were analysed."),
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the report: en or zh.")] = "en",
    deidentify: Annotated[
        str | None, typer.Option(help="remove or pseudonymise what tells who the patient is.")
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(help="With --deidentify: what stays, such as dates,device,body,words."),
    ] = None,
) -> None:
    """Writes report, structured report, FHIR, table and pictures of one exam, all or none."""
    wanted = _formats(formats)
    if lang not in LANGUAGES:
        raise InputError(f"--lang {lang}: give one of {', '.join(LANGUAGES)}")
    if keep is not None and deidentify is None:
        raise InputError("--keep: only with --deidentify")
    check_folder(out, option="--out")
    # The heavy rooms are loaded only once the arguments are known to be usable.
    from core.export.deidentify import choices_of
    from core.export.files import Format, write_files

    choices = None
    if deidentify is not None:
        choices = choices_of(deidentify, [part for part in (keep or "").split(",") if part])
    with ExitStack() as opened:
        whole = _exam(exam, clips or [], lang, opened)
        with Staging(out, option="--out") as folder:
            written = write_files(whole, [Format(name) for name in wanted], folder, choices=choices)
    for name in written:
        typer.echo(f"written: {out / name}")


def _formats(given: list[str] | None) -> tuple[str, ...]:
    wanted = [part.strip() for words in given or FORMATS for part in words.split(",")]
    for format_ in wanted:
        if format_ not in FORMATS:
            raise InputError(f"--format {format_}: give one or more of {', '.join(FORMATS)}")
    return tuple(dict.fromkeys(wanted))


def _exam(exam: str, clips: list[Path], lang: str, opened: ExitStack) -> "ExportExam":
    """The exam; its store, where it is in one, stays open as long as `opened`."""
    from core.export.gather import from_folder, from_report_file, from_store
    from core.workstation.store import default_store

    path = Path(exam)
    for clip in clips:
        if not clip.exists():
            raise InputError(f"--clips {clip}: no such file or folder")
    if path.is_dir():
        return from_folder(path, inputs=clips, lang=lang)
    if clips:
        raise InputError("--clips: only with a folder that 'echolab analyze' wrote")
    if path.is_file():
        return from_report_file(path, lang=lang)
    return from_store(opened.enter_context(default_store()), exam, lang=lang)
