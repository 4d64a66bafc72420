"""A new exam from files: taken in and analysed beside the page, with progress and a way to stop."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from app import state
from app.language import t
from app.live.jobs import Job
from app.live.work import analyse_exam, take_files
from core.domain import Patient

_JOB, _NEWS, _ROUND = "exams.job", "exams.news", "exams.round"


def show_intake() -> None:
    """The upload box, the work on it, and what came of it."""
    job: Job | None = st.session_state.get(_JOB)
    if job is not None:
        st.fragment(_working, run_every=0.5)(job)
        return
    for kind, words in st.session_state.pop(_NEWS, []):
        getattr(st, kind)(words)
    files = st.file_uploader(
        t("app.exams.files"),
        accept_multiple_files=True,
        key=f"exams.files.{st.session_state.get(_ROUND, 0)}",
    )
    st.button(
        t("app.exams.analyse"),
        type="primary",
        icon=":material/analytics:",
        disabled=not files,
        on_click=_start,
        args=(files,),
    )


def _start(files: list[Any]) -> None:
    store = state.store()
    given = [(file.name, file.getvalue()) for file in files]

    def work(progress: Callable[..., None]) -> tuple[str | None, tuple[str, ...]]:
        exam_id = store.create_exam(Patient()).id
        try:
            taken = take_files(store, exam_id, given, lambda part: progress(0.2 * part))
            if taken.kept:
                models = state.models()
                analyse_exam(store, exam_id, models, lambda part: progress(0.2 + 0.8 * part))
        finally:
            if not store.clips(exam_id):
                store.delete_exam(exam_id)
        return (exam_id if taken.kept else None), taken.refused

    st.session_state[_JOB] = Job("intake", work)
    # Another key empties the box.
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _working(job: Job) -> None:
    if not job.running:
        st.session_state[_JOB] = None
        _collect(job)
        st.rerun()
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.fraction, text=t("app.exams.working", percent=round(100 * job.fraction)))
    stop.button(t("app.exams.cancel"), on_click=job.cancel, disabled=job.cancelling)


def _collect(job: Job) -> None:
    news: list[tuple[str, str]] = []
    if job.error is not None:
        news.append(("error", job.error))
    elif job.failed:
        news.append(("error", t("app.exams.failed")))
    elif job.cancelled:
        news.append(("warning", t("app.exams.cancelled")))
    else:
        exam_id, refused = job.result
        news += [("error", line) for line in refused]
        if exam_id is not None:
            state.set_current_exam(exam_id)
            news.append(("success", t("app.exams.done")))
    st.session_state[_NEWS] = news
