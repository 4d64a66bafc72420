"""The demonstration exam: rendered and analysed beside the pages, once in a store's life."""

import os
from collections.abc import Callable, Sequence

import streamlit as st

from app import state
from app.language import t
from app.live.jobs import Job
from core.analysis.analysis import Analysis
from core.domain import Clip, Exam, Patient
from core.workstation.demo import DEMO_ID, ensure_demo


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

        def make() -> Exam:
            # Brings the heart: only where the demonstration is not kept yet.
            from core.phantom.demo import demo

            return demo(progress=lambda part: progress(0.5 * part))

        return ensure_demo(store, analyse, make=make, progress=lambda share, _: None)

    return Job("demo", work)


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
