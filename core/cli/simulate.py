"""`echolab simulate`: a clip, or a whole exam, of the virtual heart with its truth."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from core.cli.output import Staging, check_folder
from core.domain import InputError, Mode, View

if TYPE_CHECKING:
    from core.phantom import HeartPatient

SUFFIXES = (".mp4", ".dcm")
MAX_FRAMES = 300  # the masks of more would not fit the memory of a laptop
OFFSETS = ("rotate_deg", "tilt_deg", "rock_deg", "slide_x_mm", "slide_y_mm", "press_mm")
#: Limits of the numbers by option: of the body and of the heart what the virtual heart can be.
LIMITS = {
    "fps": (1.0, 200.0, ""),
    "ef": (15.0, 75.0, " %"),
    "quality": (0.0, 1.0, ""),
    "heart-rate": (35.0, 180.0, " a minute"),
    "age": (18.0, 100.0, " years"),
    "height-cm": (130.0, 215.0, " cm"),
    "weight-kg": (35.0, 180.0, " kg"),
}


def register(cli: typer.Typer) -> None:
    cli.command("simulate")(simulate)


def simulate(
    view: Annotated[str | None, typer.Option(help="Standard view such as A4C, or OTHER.")] = None,
    out: Annotated[Path | None, typer.Option(help="FILE.mp4 or FILE.dcm.")] = None,
    exam: Annotated[
        Path | None, typer.Option(help="Folder: a whole standard exam of one patient as DICOM.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides the patient, the window, the machine.")] = 0,
    mode: Annotated[str, typer.Option(help="bmode, color, pw, cw, tdi or mmode.")] = "bmode",
    case: Annotated[
        str | None, typer.Option(help="Disease, such as aortic_stenosis; healthy if not given.")
    ] = None,
    severity: Annotated[
        str | None, typer.Option(help="Of the disease: mild, moderate or severe.")
    ] = None,
    frames: Annotated[int, typer.Option(help=f"Number of frames, 1 to {MAX_FRAMES}.")] = 40,
    fps: Annotated[float, typer.Option(help="Frames a second, 1 to 200.")] = 30.0,
    ef: Annotated[float | None, typer.Option(help="Ejection fraction in %, 15 to 75.")] = None,
    quality: Annotated[float | None, typer.Option(help="Of the window, 0 poor to 1.")] = None,
    heart_rate: Annotated[float | None, typer.Option(help="Beats a minute, 35 to 180.")] = None,
    sex: Annotated[str | None, typer.Option(help="F or M.")] = None,
    age: Annotated[float | None, typer.Option(help="Years, 18 to 100.")] = None,
    height_cm: Annotated[float | None, typer.Option(help="130 to 215.")] = None,
    weight_kg: Annotated[float | None, typer.Option(help="35 to 180.")] = None,
    offset: Annotated[
        str | None,
        typer.Option(help="rotate,tilt,rock,slide_x,slide_y[,press]: degrees and mm."),
    ] = None,
    furniture: Annotated[bool, typer.Option(help="Scale, text and ECG beside the fan.")] = True,
    masks: Annotated[bool, typer.Option(help="Write the label masks too.")] = True,
) -> None:
    """Renders the virtual heart; the truth is written beside each file."""
    wanted, folder, option = _wanted(view, out, exam, mode)
    _check_whole(seed, frames)
    numbers = {"fps": fps, "ef": ef, "quality": quality, "heart-rate": heart_rate, "age": age,
               "height-cm": height_cm, "weight-kg": weight_kg}  # fmt: skip
    _check_numbers(numbers)
    if sex is not None and sex.upper() not in ("F", "M"):
        raise InputError(f"--sex {sex}: give F or M")
    if severity is not None and case is None:
        raise InputError("--severity: name the --case that it is of")
    turns = _offset(offset)
    check_folder(folder, option=option)
    # The heavy rooms are loaded only once the arguments are known to be usable.
    from core.phantom import Offset
    from core.phantom import exam as plan

    patient = _patient(
        seed,
        case=case,
        severity=severity,
        sex=None if sex is None else sex.upper(),
        age=age,
        height_cm=height_cm,
        weight_kg=weight_kg,
        ef=ef,
        quality=quality,
        heart_rate=heart_rate,
    )
    options: dict[str, Any] = {
        "frames": frames, "fps": fps, "furniture": furniture, "masks": masks,
        "offset": Offset(**turns),
    }  # fmt: skip
    console = Console(stderr=True)
    with Staging(folder, option=option) as stage, _bar(console) as (bar, task):

        def tell(part: float) -> None:
            bar.update(task, completed=part)

        if wanted is None:
            files = plan.write_exam(plan.STANDARD_EXAM, patient, stage, progress=tell, **options)
        else:
            assert out is not None
            take = plan.Take(view=wanted, mode=Mode(mode))
            plan.write_take(take, patient, stage / out.name, progress=tell, **options)
            files = (stage / out.name,)
    for file in files:
        console.print(f"wrote {folder / file.name}", highlight=False, markup=False, soft_wrap=True)


@contextmanager
def _bar(console: Console) -> Iterator[tuple[Progress, TaskID]]:
    with Progress(console=console, transient=True) as bar:
        yield bar, bar.add_task("virtual heart", total=1.0)


def _wanted(
    view: str | None, out: Path | None, exam: Path | None, mode: str
) -> tuple[View | None, Path, str]:
    """The view (None: a whole exam), the folder to write to, and the option that named it."""
    modes = [each.value for each in Mode if each is not Mode.UNKNOWN]
    if mode not in modes:
        raise InputError(f"--mode {mode}: no such mode; one of {', '.join(modes)}")
    if exam is not None:
        if view is not None or out is not None:
            raise InputError("--exam renders every view into its folder: leave --view and --out")
        if mode != Mode.BMODE.value:
            raise InputError("--exam has all modes in it: leave --mode")
        if exam.exists() and not exam.is_dir():
            raise InputError(f"--exam {exam}: is a file; name a folder")
        return None, exam, "--exam"
    if view is None or out is None:
        raise InputError("say what and where: --view VIEW --out FILE, or --exam DIR")
    if view.upper() not in {v.value for v in View}:
        names = ", ".join(v.value for v in View)
        raise InputError(f"--view {view}: no such view; one of {names}")
    if out.suffix.lower() not in SUFFIXES:
        raise InputError(f"--out {out}: the name must end in .mp4 or .dcm")
    if out.is_dir():
        raise InputError(f"--out {out}: is a folder; name a file")
    return View(view.upper()), out.parent, "--out"


def _patient(seed: int, *, case: str | None, severity: str | None, **asked: Any) -> "HeartPatient":
    from core.phantom import Case, Severity, draw_patient

    if case is not None and case not in set(Case):
        raise InputError(f"--case {case}: no such case; one of {', '.join(Case)}")
    if severity is not None and severity not in set(Severity):
        raise InputError(f"--severity {severity}: give one of {', '.join(Severity)}")
    return draw_patient(
        seed,
        case=None if case is None else Case(case),
        severity=None if severity is None else Severity(severity),
        **asked,
    )


def _check_whole(seed: int, frames: int) -> None:
    if not 0 <= seed < 2**63:
        raise InputError(f"--seed {seed}: must be 0 or more, and less than 2^63")
    if not 1 <= frames <= MAX_FRAMES:
        raise InputError(f"--frames {frames}: must be from 1 to {MAX_FRAMES}")


def _check_numbers(given: Mapping[str, float | None]) -> None:
    for name, value in given.items():
        low, high, unit = LIMITS[name]
        if value is not None and not low <= value <= high:  # also refuses NaN
            raise InputError(f"--{name} {value:g}: must be from {low:g} to {high:g}{unit}")


def _offset(given: str | None) -> dict[str, float]:
    """The probe's turns and slides by name, degrees and mm."""
    if given is None:
        return {}
    try:
        found = tuple(float(part) for part in given.split(","))
    except ValueError:
        found = ()
    if len(found) not in (5, 6) or not all(math.isfinite(part) for part in found):
        raise InputError(
            f"--offset {given}: needs five or six numbers: rotate,tilt,rock,slide_x,slide_y[,press]"
        )
    if max(map(abs, found[:3])) > 90 or max(map(abs, found[3:])) > 100:
        raise InputError(f"--offset {given}: turns go to 90 degrees, slides to 100 mm")
    return dict(zip(OFFSETS, found, strict=False))
