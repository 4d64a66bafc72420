"""`echolab analyze`: files in; analysis.json, report.pdf and overlays out."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from core.cli.output import Staging, check_folder
from core.domain import Calibration, InputError
from core.domain.measurement import value_unit
from core.language import LANGUAGES

if TYPE_CHECKING:
    from core.acquisition.exam_input import ExamInput
    from core.analysis.analysis import Analysis

Inputs = Annotated[list[Path], typer.Argument(help="DICOM, video or picture files, or a folder.")]
# Part of the progress bar that recognition takes; drawing and the report take the rest.
_RECOGNITION = 0.7


def register(cli: typer.Typer) -> None:
    cli.command("analyze")(analyze)


def analyze(
    inputs: Inputs,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for what is written.")] = None,
    mm_per_px: Annotated[str | None, typer.Option(help="Pixel size in mm: X or X,Y.")] = None,
    sex: Annotated[str | None, typer.Option(help="M or F.")] = None,
    height_cm: Annotated[float | None, typer.Option(help="Body height in cm.")] = None,
    weight_kg: Annotated[float | None, typer.Option(help="Body weight in kg.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the report: en or zh.")] = "en",
    models: Annotated[Path | None, typer.Option(help="Folder of models to use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the analysis on stdout.")] = False,
) -> None:
    """Recognises, judges and measures one exam, draws overlays and writes the report."""
    if out is None and not as_json:
        raise InputError("nowhere to write: give --out DIR, or --json to print the analysis")
    manual = _pixel_size(mm_per_px)
    _check_patient(sex, height_cm, weight_kg, lang)
    if models is not None and not models.is_dir():
        raise InputError(f"--models {models}: no such folder")
    if out is not None:
        check_folder(out, option="--out")
    # The files first, the networks after them: what cannot be used is told within a second or two.
    from core.acquisition.content import identify

    for path in inputs:
        if not path.is_dir():
            identify(path)
    from core.acquisition.files import read_exam

    exam = read_exam(inputs)
    for line in exam.skipped:
        typer.echo(f"skipped: {line}", err=True)

    from core.analysis import codec
    from core.analysis.pipeline import analyse, exam_id_of, with_patient
    from core.recognition.models import load_models

    patient = with_patient(
        exam.patient, sex=sex and sex.upper(), height_cm=height_cm, weight_kg=weight_kg
    )
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        share = 1.0 if out is None else _RECOGNITION

        def tell(part: float, source: str) -> None:
            # Square brackets in a file's name would be taken for colours.
            bar.update(task, completed=part * share, description=source.replace("[", r"\["))

        analysis = analyse(
            exam.clips,
            patient=patient,
            exam_id=exam_id_of([clip.source for clip in exam.clips]),
            models=load_models(models),
            manual=manual,
            progress=tell,
        )
        document = codec.to_json(analysis)
        codec.validate(document)
        if out is not None:
            write_results(
                out,
                exam,
                analysis,
                document,
                lang=lang,
                progress=lambda part: bar.update(task, completed=share + part * (1 - share)),
            )
    if as_json:
        # ASCII, so that no terminal's encoding stands between it and the program that reads it.
        sys.stdout.write(json.dumps(document) + "\n")
    else:
        typer.echo(_summary(document, out))


def write_results(
    out: Path,
    exam: "ExamInput",
    analysis: "Analysis",
    document: dict[str, Any],
    *,
    lang: str,
    progress: Callable[[float], None],
) -> None:
    """All files of the analysis, or none."""
    from core.analysis.overlay import key_pictures, write_overlay
    from core.report.pdf import write_report

    with Staging(out, option="--out") as folder:
        for number, clip in enumerate(exam.clips):

            def tell(part: float, done: int = number) -> None:
                progress((done + part) / len(exam.clips))

            write_overlay(
                clip,
                analysis.clip(clip.id),
                folder,
                lang=lang,
                measurements=analysis.measurements,
                progress=tell,
            )
        pictures = key_pictures(exam.clips, analysis, lang)
        write_report(
            folder / "report.pdf",
            analysis=analysis,
            patient=analysis.patient,
            pictures=pictures,
            lang=lang,
        )
        text = json.dumps(document, ensure_ascii=False, indent=1)
        (folder / "analysis.json").write_text(text + "\n", "utf-8")


def _pixel_size(given: str | None) -> Calibration | None:
    if given is None:
        return None
    from core.acquisition.calibration import manual_mm_per_px

    try:
        sizes = [float(part) for part in given.split(",")]
    except ValueError:
        sizes = []
    if len(sizes) not in (1, 2):
        raise InputError(
            f"--mm-per-px {given}: give one number, or two as X,Y (for example 0.31,0.29)"
        )
    try:
        return manual_mm_per_px(sizes[0], sizes[-1])
    except InputError as error:
        raise InputError(f"--mm-per-px {given}: {error}") from error


def _check_patient(
    sex: str | None, height_cm: float | None, weight_kg: float | None, lang: str
) -> None:
    if sex is not None and sex.upper() not in ("M", "F"):
        raise InputError(f"--sex {sex}: give M or F")
    if height_cm is not None and not 20 <= height_cm <= 260:
        raise InputError(f"--height-cm {height_cm:g}: give a height between 20 and 260 cm")
    if weight_kg is not None and not 0.5 <= weight_kg <= 400:
        raise InputError(f"--weight-kg {weight_kg:g}: give a weight between 0.5 and 400 kg")
    if lang not in LANGUAGES:
        raise InputError(f"--lang {lang}: give one of {', '.join(LANGUAGES)}")


def _summary(document: dict[str, Any], out: Path | None) -> str:
    lines = []
    for clip in document["clips"]:
        view = clip["view"]
        state = "standard plane" if view["standard"] else "not standard"
        why = f" ({'; '.join(view['reasons'])})" if view["reasons"] else ""
        lines.append(f"{clip['source']}: {view['label']} {view['probability']:.2f}, {state}{why}")
    for m in document["measurements"]:
        if m["value"] is not None:
            low_high = " [{:g}, {:g}]".format(*m["interval"]) if m["interval"] else ""
            unit = value_unit(m["unit"])
            lines.append(f"{m['id']}: {m['value']:g} {unit}{low_high}  {m['method']}")
    if out is not None:
        lines.append(f"written: {out / 'analysis.json'}, {out / 'report.pdf'}")
    return "\n".join(lines)
