"""Runs of one's own: set up, begun, watched, stopped, gone on with, removed."""

import os
from pathlib import Path

import streamlit as st

from app.components.run_watch import draw_page_when_over, every, show_buttons, show_progress
from app.language import t
from app.opened import try_to
from core.domain import InputError
from core.recognition.model_sets import chosen_set, model_sets
from core.training.runs import Run, RunState, log_of, read_run, stages_of
from core.validation.jobs import begin_validation, validations


def run_title(run: Run) -> str:
    """When it was begun, on which models, how it stands."""
    when = run.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return t(
        "validation.run.title",
        when=when,
        set=run.facts.get("set", ""),
        count=run.facts.get("count", ""),
        state=t(f"train.state.{run.state}"),
    )


def show_runs() -> None:
    """The form on the left, all runs on the right."""
    setup, watched = st.columns([1, 1.7], gap="medium")
    runs = validations()
    with setup:
        _form(busy=any(run.state is RunState.RUNNING for run in runs))
    with watched:
        if not runs:
            st.info(t("validation.run.none"), icon=":material/fact_check:")
        for run in runs:
            with st.container(border=True):
                st.markdown(f"**{run_title(run)}**")
                st.fragment(_watch, run_every=every(run))(str(run.folder))


def _form(*, busy: bool) -> None:
    sets = {each.name: each for each in model_sets()}
    if not sets:
        return
    names, used = list(sets), chosen_set().name
    with st.form("validation.begin", border=True):
        name = st.selectbox(
            t("train.score.models"), names, index=names.index(used) if used in names else 0
        )
        left, middle, right = st.columns(3)
        count = left.number_input(t("validation.run.count"), 1, 10_000, 30)
        seed = middle.number_input(t("train.begin.seed"), 0, 1_000_000, 0)
        workers = right.number_input(
            t("validation.run.workers"), 1, 64, max(1, (os.cpu_count() or 2) // 2)
        )
        standard = st.checkbox(t("validation.run.standard"), help=t("validation.run.standard.help"))
        data = st.text_input(t("train.begin.data"), help=t("validation.run.data.help")).strip()
        asked = st.form_submit_button(
            t("validation.run.go"), type="primary", icon=":material/play_arrow:", disabled=busy
        )
    st.caption(t("validation.run.busy") if busy else t("validation.run.time"))
    if asked:
        options = ["--seed", str(seed), "--workers", str(workers)]
        options += ["--standard"] if standard else []
        options += ["--data", str(Path(data).expanduser().absolute())] if data else []
        folder = sets[name].folder
        try_to(lambda: begin_validation(folder, count=int(count), set_name=name, options=options))
        st.rerun()


def _watch(folder: str) -> None:
    try:
        run = read_run(Path(folder))
    except InputError:  # removed by another session
        return
    draw_page_when_over(run)
    if run.state is RunState.RUNNING:
        _progress(run)
    if run.state is RunState.FAILED:
        st.error(run.why or t("train.run.failed"), icon=":material/error:")
    with st.container(horizontal=True):
        show_buttons(run)
        if run.state is RunState.FAILED:
            with st.popover(t("train.run.log"), key=f"log.{run.id}", icon=":material/terminal:"):
                st.code(log_of(run) or " ", language=None)


def _progress(run: Run) -> None:
    stages = stages_of(run)
    words = [t("validation.run.step", step=s.step, steps=s.steps) for s in stages[-1:]]
    show_progress(run, stages, words, stopping=t("validation.run.stopping"))
