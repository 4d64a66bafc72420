"""The demonstration exam: rendered and analysed beside the pages, once in a store's life."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from app import state
from app.language import t
from app.live.jobs import Job
from core.analysis.analysis import Analysis
from core.domain import Clip, Exam, Patient, View
from core.workstation.demo import DEMO_ID, ensure_demo

_PATIENT = Patient(sex="F", height_cm=168, weight_kg=64)
_SEED, _EF, _QUALITY, _RATE = 11, 60.0, 0.95, 75.0
_FRAMES = {View.A4C: 48, View.A2C: 48, View.PLAX: 24}


def demo_job() -> Job | None:
    """The work on this server's demonstration exam, begun by the first page that asks; None where
    `ECHOLAB_DEMO` is 0."""
    if os.environ.get("ECHOLAB_DEMO") == "0":
        return None
    return _start(os.environ.get("ECHOLAB_HOME", ""))


def is_demo_running() -> bool:
    job = demo_job()
    return job is not None and job.running


@st.cache_resource(show_spinner=False)
def _start(home: str) -> Job:
    store = state.store()

    def work(progress: Callable[..., None]) -> bool:
        def analyse(clips: Sequence[Clip], patient: Patient) -> Analysis:
            from core.analysis import pipeline  # brings torch: not before it is needed

            return pipeline.analyse(
                clips,
                patient=patient,
                exam_id=DEMO_ID,
                models=state.models(),
                progress=lambda part, _: progress(0.5 + 0.5 * part),
            )

        return ensure_demo(
            store, analyse, make=lambda: _render(progress), progress=lambda share, _: None
        )

    return Job("demo", work)


def _render(progress: Callable[..., None]) -> Exam:
    """A virtual patient's three clips, the same ones each time."""
    from core.phantom import draw_patient, render_clip

    heart = draw_patient(_SEED, ef=_EF, quality=_QUALITY, heart_rate=_RATE)
    whole, done, clips = sum(_FRAMES.values()), 0, []
    for view, frames in _FRAMES.items():

        def tell(part: float, done: int = done, frames: int = frames) -> None:
            progress(0.5 * (done + part * frames) / whole)

        made = render_clip(
            view, seed=_SEED, frames=frames, patient=heart, masks=False, progress=tell
        )
        clips.append(replace(made.clip, source=f"virtual heart {view}"))
        done += frames
    return Exam(id=DEMO_ID, patient=_PATIENT, clips=tuple(clips))


def show_demo_progress() -> bool:
    """A bar while the demonstration exam is being made; True while it is."""
    job = demo_job()
    if job is None:
        return False
    if job.running:
        key = "demo.rendering" if job.fraction < 0.5 else "demo.analysing"
        st.progress(job.fraction, text=t(key))
        return True
    if job.error is not None or job.failed:
        st.warning(job.error or t("app.demo.failed"), icon=":material/warning:")
    return False
