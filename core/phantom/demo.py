"""The demonstration exam: one virtual patient, grey pictures, colour, spectra and M-mode."""

from collections.abc import Callable

from core.domain import Exam, Mode, View
from core.phantom.clip import PhantomClip, render_clip
from core.phantom.display import Site
from core.phantom.exam import Take, part_of, stated
from core.phantom.patient import HeartPatient, draw_patient

DEMO_SEED = 4
DEMO_VIEWS = (View.A4C, View.A2C, View.PLAX, View.PSAX_PM, View.SC4C)
#: What is shown beside the grey pictures of `DEMO_VIEWS`.
DEMO_FLOWS = (
    Take(view=View.A4C, mode=Mode.COLOR, site=Site.MITRAL),
    Take(view=View.A4C, mode=Mode.PW, site=Site.MITRAL),
    Take(view=View.A4C, mode=Mode.TDI, site=Site.LATERAL_ANNULUS),
    Take(view=View.PLAX, mode=Mode.MMODE, site=Site.LV),
)
DEMO_FPS = 20.0
_BEATS = 2.0


def demo_patient() -> HeartPatient:
    """A healthy heart with an easy window."""
    return draw_patient(
        DEMO_SEED, sex="M", height_cm=176, weight_kg=74, age=52, ef=61, quality=0.9, heart_rate=72
    )


def demo_takes() -> tuple[Take, ...]:
    """The recordings in their order."""
    return (*(Take(view=view) for view in DEMO_VIEWS), *DEMO_FLOWS)


def render_demo(*, progress: Callable[[float], None] | None = None) -> tuple[PhantomClip, ...]:
    """Renders the demonstration's clips without masks.

    Args:
        progress: told the part done, 0..1; may raise to cancel.
    """
    person = demo_patient()
    # both beats with the end-diastole that closes the second
    beats = round(_BEATS * 60 / person.heart_rate * DEMO_FPS) + 1
    takes = demo_takes()
    done = []
    for number, take in enumerate(takes):
        moving = take.mode in (Mode.BMODE, Mode.COLOR)
        done.append(
            render_clip(
                take.view,
                seed=DEMO_SEED,
                patient=person,
                mode=take.mode,
                site=take.site,
                frames=beats if moving else 1,
                fps=DEMO_FPS,
                masks=False,
                progress=part_of(progress, number, len(takes)),
            )
        )
    return tuple(done)


def demo(*, progress: Callable[[float], None] | None = None) -> Exam:
    """The demonstration as an exam in memory, the same one each time.

    Args:
        progress: told the part done, 0..1; may raise to cancel.
    """
    clips = tuple(phantom.clip for phantom in render_demo(progress=progress))
    return Exam(id="demo", patient=stated(demo_patient()), clips=clips)
