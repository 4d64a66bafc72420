"""`echolab analyze`: files in; analysis.json, report.pdf and overlays out."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from core.domain import Calibration, InputError
from core.language import LANGUAGES

Inputs = Annotated[list[Path], typer.Argument(help="DICOM, video or picture files, or a folder.")]


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
    if out is not None:
        _writable(out)
    # The heavy rooms are loaded only once the arguments are known to be usable.
    from core.acquisition.files import read_exam
    from core.analysis import codec
    from core.analysis.overlay import key_pictures, write_overlay
    from core.analysis.pipeline import analyse, exam_id_of, with_patient
    from core.recognition.models import load_models
    from core.report.pdf import write_report

    exam = read_exam(inputs)
    loaded = load_models(models)
    patient = with_patient(
        exam.patient, sex=sex and sex.upper(), height_cm=height_cm, weight_kg=weight_kg
    )
    console = Console(stderr=True, quiet=as_json)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("analysing", total=1.0)
        analysis = analyse(
            exam.clips,
            patient=patient,
            exam_id=exam_id_of([clip.source for clip in exam.clips]),
            models=loaded,
            manual=manual,
            progress=lambda part, source: progress.update(task, completed=part, description=source),
        )
    document = codec.to_json(analysis)
    codec.validate(document)
    if out is not None:
        for clip in exam.clips:
            facts = analysis.clip(clip.id)
            write_overlay(clip, facts, out, lang=lang, measurements=analysis.measurements)
        pictures = key_pictures(exam.clips, analysis, lang)
        write_report(
            out / "report.pdf", analysis=analysis, patient=patient, pictures=pictures, lang=lang
        )
        # Last: a folder with an analysis in it is a whole one.
        _write_text(out / "analysis.json", json.dumps(document, ensure_ascii=False, indent=1))
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    else:
        for line in exam.skipped:
            console.print(f"skipped: {line}", highlight=False, markup=False)
        console.print(_summary(document, out), highlight=False, markup=False)


def _pixel_size(given: str | None) -> Calibration | None:
    from core.acquisition.calibration import manual_mm_per_px

    if given is None:
        return None
    try:
        sizes = [float(part) for part in given.split(",")]
    except ValueError:
        sizes = []
    if len(sizes) not in (1, 2):
        raise InputError(
            f"--mm-per-px {given}: give one number, or two as X,Y (for example 0.31,0.29)"
        )
    return manual_mm_per_px(sizes[0], sizes[-1])


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


def _writable(folder: Path) -> None:
    """The folder made and proved writable, before minutes are spent."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(f"--out {folder}: cannot be written ({error.strerror})") from error


def _write_text(path: Path, content: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(content, encoding="utf-8")
    os.replace(part, path)


def _summary(document: dict, out: Path | None) -> str:  # type: ignore[type-arg]
    lines = []
    for clip in document["clips"]:
        view = clip["view"]
        state = "standard plane" if view["standard"] else "not standard"
        why = f" ({'; '.join(view['reasons'])})" if view["reasons"] else ""
        lines.append(f"{clip['source']}: {view['label']} {view['probability']:.2f}, {state}{why}")
    for m in document["measurements"]:
        if m["value"] is not None:
            low_high = " [{:g}, {:g}]".format(*m["interval"]) if m["interval"] else ""
            lines.append(f"{m['id']}: {m['value']:g} {m['unit']}{low_high}  {m['method']}")
    if out is not None:
        lines.append(f"written: {out / 'analysis.json'}, {out / 'report.pdf'}")
    return "\n".join(lines)
