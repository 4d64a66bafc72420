"""Runs of one's own: set up, begun, watched, stopped, gone on with, removed."""

import os
import time
from pathlib import Path

import streamlit as st

from app.language import t
from app.opened import try_to
from app.train.watch import time_words
from core.domain import InputError
from core.recognition.model_sets import chosen_set, model_sets
from core.training.runs import (
    Run,
    RunState,
    ask_to_stop,
    go_on,
    is_stopping,
    log_of,
    read_run,
    remove_run,
    seconds_left,
    stages_of,
)
from core.validation.jobs import begin_validation, validations

LOOK_EVERY_S = 2.0
_SEEN = "validation.seen"
_WATCHED = "validation.watched"


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
                running = run.state is RunState.RUNNING
                st.fragment(_watch, run_every=LOOK_EVERY_S if running else None)(str(run.folder))


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
        try_to(lambda: _begin(sets[name].folder, name, int(count), options))
        st.rerun()


def _begin(folder: Path, name: str, count: int, options: list[str]) -> None:
    begin_validation(folder, count=count, set_name=name, options=options)


def _watch(folder: str) -> None:
    try:
        run = read_run(Path(folder))
    except InputError:  # removed by another session
        return
    running = run.state is RunState.RUNNING
    if running:
        st.session_state[_WATCHED] = run.id
        _progress(run)
    elif st.session_state.get(_WATCHED) == run.id:
        st.session_state[_WATCHED] = None
        st.rerun()  # the whole page: its lists say "running"
    if run.state is RunState.FAILED:
        st.error(run.why or t("train.run.failed"), icon=":material/error:")
    with st.container(horizontal=True):
        if running:
            st.button(
                t("train.run.stop"),
                key=f"stop.{run.id}",
                icon=":material/stop:",
                disabled=is_stopping(run),
                on_click=try_to,
                args=(lambda: ask_to_stop(run),),
            )
            return
        if run.state is not RunState.DONE and st.button(
            t("train.run.go_on"), key=f"on.{run.id}", icon=":material/play_arrow:"
        ):
            try_to(lambda: _again(run))
            st.rerun()
        with st.popover(t("train.run.remove"), key=f"remove.{run.id}", icon=":material/delete:"):
            if st.button(t("train.label.delete.yes"), key=f"gone.{run.id}"):
                try_to(lambda: remove_run(run))
                st.rerun()
        if run.state is RunState.FAILED:
            with st.popover(t("train.run.log"), key=f"log.{run.id}", icon=":material/terminal:"):
                st.code(log_of(run) or " ", language=None)


def _again(run: Run) -> None:
    go_on(run)


def _progress(run: Run) -> None:
    stages = stages_of(run)
    if is_stopping(run):
        st.info(t("validation.run.stopping"), icon=":material/hourglass_top:")
    if not stages or not stages[-1].steps:
        st.progress(0.0, text=t("train.run.preparing"))
        return
    stage = stages[-1]
    words = [t("validation.run.step", step=stage.step, steps=stage.steps)]
    left = seconds_left(_seen(run, stage.step), stage.steps)
    if left is not None:
        words.append(t("train.run.left", time=time_words(left)))
    st.progress(min(1.0, stage.step / stage.steps), text=" · ".join(words))


def _seen(run: Run, step: int) -> list[tuple[float, int]]:
    """When this session saw how many patients done."""
    held, seen = st.session_state.get(_SEEN, (None, []))
    if held != run.id:
        seen = []
    if not seen or seen[-1][1] != step:
        seen = [*seen, (time.monotonic(), step)]
    st.session_state[_SEEN] = (run.id, seen)
    return seen
