"""The demonstration exam: one virtual patient, five views, two beats each."""

from collections.abc import Callable
from pathlib import Path

from core.domain import Exam, Patient, View
from core.phantom.clip import PhantomClip, render_clip
from core.phantom.old_patient import HeartPatient, draw_patient
from core.phantom.writers import write_dicom

DEMO_SEED = 4
DEMO_VIEWS = (View.A4C, View.A2C, View.PLAX, View.PSAX_PM, View.SC4C)
DEMO_FPS = 20.0
DEMO_PERSON = Patient(sex="M", height_cm=176, weight_kg=74)
_BEATS = 2.0


def demo_patient() -> HeartPatient:
    """A healthy heart with an easy window."""
    return draw_patient(DEMO_SEED, ef=61, quality=0.9, heart_rate=72)


def render_demo(*, progress: Callable[[float], None] | None = None) -> tuple[PhantomClip, ...]:
    """Renders the demonstration's clips without masks.

    Args:
        progress: told the part done, 0..1; may raise to cancel.
    """
    person = demo_patient()
    # both beats with the end-diastole that closes the second
    frames = round(_BEATS * 60 / person.heart_rate * DEMO_FPS) + 1
    done = []
    for number, view in enumerate(DEMO_VIEWS):

        def tell(part: float, number: int = number) -> None:
            if progress is not None:
                progress((number + part) / len(DEMO_VIEWS))

        done.append(
            render_clip(
                view,
                seed=DEMO_SEED,
                patient=person,
                frames=frames,
                fps=DEMO_FPS,
                masks=False,
                progress=tell,
            )
        )
    return tuple(done)


def demo() -> Exam:
    """The demonstration as an exam in memory."""
    return Exam(
        id="demo", patient=DEMO_PERSON, clips=tuple(phantom.clip for phantom in render_demo())
    )


def demo_exam(folder: Path, *, progress: Callable[[float], None] | None = None) -> tuple[Path, ...]:
    """Writes the demonstration's clips as DICOM files into `folder` (made if absent).

    Raises:
        OSError: the folder cannot be written.
    """
    return tuple(
        write_dicom(
            phantom,
            folder / f"{number:02d}-{phantom.truth.view.value.lower()}.dcm",
            patient=DEMO_PERSON,
        )
        for number, phantom in enumerate(render_demo(progress=progress), 1)
    )
