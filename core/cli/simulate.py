"""`echolab simulate`: a clip, or a whole exam, of the virtual heart with its truth."""

import math
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from core.domain import InputError, Mode, View

SUFFIXES = (".mp4", ".dcm")
MAX_FRAMES = 300  # the masks of more would not fit the memory of a laptop
OFFSETS = ("rotate_deg", "tilt_deg", "rock_deg", "slide_x_mm", "slide_y_mm")
STANDARD_VIEWS = tuple(view for view in View if view is not View.OTHER)


def register(cli: typer.Typer) -> None:
    cli.command("simulate")(simulate)


def simulate(
    view: Annotated[str | None, typer.Option(help="Standard view, such as A4C.")] = None,
    out: Annotated[Path | None, typer.Option(help="FILE.mp4 or FILE.dcm.")] = None,
    exam: Annotated[
        Path | None, typer.Option(help="Folder: all eleven views of one patient as DICOM.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides the patient and the window.")] = 0,
    mode: Annotated[str, typer.Option(help="Only bmode for now.")] = "bmode",
    frames: Annotated[int, typer.Option(help=f"Number of frames, 1 to {MAX_FRAMES}.")] = 40,
    fps: Annotated[float, typer.Option(help="Frames a second, 1 to 200.")] = 30.0,
    ef: Annotated[float | None, typer.Option(help="Ejection fraction in %, 15 to 75.")] = None,
    offset: Annotated[
        str | None, typer.Option(help="rotate,tilt,rock,slide_x,slide_y: degrees and mm.")
    ] = None,
    furniture: Annotated[bool, typer.Option(help="Scale, text and ECG beside the fan.")] = True,
) -> None:
    """Renders the virtual heart; the truth is written beside each file."""
    jobs = _jobs(view, out, exam)
    _check_numbers(mode, seed, frames, fps, ef)
    turns = _offset(offset)
    _writable(jobs[0][1].parent)
    # The heavy rooms are loaded only once the arguments are known to be usable.
    from core.phantom import Offset, draw_patient, render_clip
    from core.phantom.writers import write_dicom, write_mp4, write_truth

    patient = draw_patient(seed, ef=ef)
    console = Console(stderr=True)
    with Progress(console=console, transient=True) as bar:
        for wanted, path in jobs:
            task = bar.add_task(wanted.value, total=1.0)
            phantom = render_clip(
                wanted,
                seed=seed,
                patient=patient,
                frames=frames,
                fps=fps,
                offset=Offset(**turns),
                furniture=furniture,
                progress=lambda part, task=task: bar.update(task, completed=part),  # type: ignore[misc]
            )
            try:
                if path.suffix.lower() == ".mp4":
                    write_mp4(phantom, path)
                else:
                    write_dicom(phantom, path)
                write_truth(phantom, path, patient=patient)
            except OSError as error:
                raise InputError(f"{path}: cannot be written ({error.strerror})") from error
            bar.remove_task(task)
            console.print(f"wrote {path}", highlight=False, markup=False, soft_wrap=True)


def _jobs(view: str | None, out: Path | None, exam: Path | None) -> list[tuple[View, Path]]:
    """What to render where, in the order of an exam."""
    if exam is not None:
        if view is not None or out is not None:
            raise InputError("--exam renders every view into its folder: leave --view and --out")
        if exam.exists() and not exam.is_dir():
            raise InputError(f"--exam {exam}: is a file; name a folder")
        return [
            (wanted, exam / f"{number:02d}-{wanted.value.lower()}.dcm")
            for number, wanted in enumerate(STANDARD_VIEWS, 1)
        ]
    if view is None or out is None:
        raise InputError("say what and where: --view VIEW --out FILE, or --exam DIR")
    if view.upper() not in {v.value for v in STANDARD_VIEWS}:
        names = ", ".join(v.value for v in STANDARD_VIEWS)
        raise InputError(f"--view {view}: no such view; one of {names}")
    if out.suffix.lower() not in SUFFIXES:
        raise InputError(f"--out {out}: the name must end in .mp4 or .dcm")
    if out.is_dir():
        raise InputError(f"--out {out}: is a folder; name a file")
    return [(View(view.upper()), out)]


def _check_numbers(mode: str, seed: int, frames: int, fps: float, ef: float | None) -> None:
    if mode not in {m.value for m in Mode} - {Mode.UNKNOWN.value}:
        raise InputError(f"--mode {mode}: no such mode; only bmode for now")
    if mode != Mode.BMODE.value:
        raise InputError(f"--mode {mode}: only bmode for now")
    if not 0 <= seed < 2**63:
        raise InputError(f"--seed {seed}: must be 0 or more, and less than 2^63")
    if not 1 <= frames <= MAX_FRAMES:
        raise InputError(f"--frames {frames}: must be from 1 to {MAX_FRAMES}")
    if not 1 <= fps <= 200:  # also refuses NaN
        raise InputError(f"--fps {fps}: must be from 1 to 200")
    if ef is not None and not 15 <= ef <= 75:
        raise InputError(f"--ef {ef}: must be from 15 to 75 %")


def _offset(given: str | None) -> dict[str, float]:
    """The probe's turns and slides by name, degrees and mm."""
    if given is None:
        return {}
    try:
        found = tuple(float(part) for part in given.split(","))
    except ValueError:
        found = ()
    if len(found) != 5 or not all(math.isfinite(part) for part in found):
        raise InputError(f"--offset {given}: needs five numbers: rotate,tilt,rock,slide_x,slide_y")
    if max(map(abs, found[:3])) > 90 or max(map(abs, found[3:])) > 100:
        raise InputError(f"--offset {given}: turns go to 90 degrees, slides to 100 mm")
    return dict(zip(OFFSETS, found, strict=True))


def _writable(folder: Path) -> None:
    """The folder made and proved writable, before a minute is spent."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror})") from error
