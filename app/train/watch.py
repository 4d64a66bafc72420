"""One training as it goes: how far, its curves, stop, go on; and what becomes of what it learnt."""

import time
from pathlib import Path

import streamlit as st

from app.language import known, t
from app.opened import try_to
from app.train.charts import curve_figure
from app.train.news import tell
from core.domain import InputError
from core.recognition.model_sets import add_set
from core.training.runs import (
    Run,
    RunState,
    Stage,
    ask_to_stop,
    go_on,
    is_stopping,
    log_of,
    read_run,
    remove_run,
    seconds_left,
    stages_of,
)

LOOK_EVERY_S = 2.0
_SEEN = "train.watch.seen"
_MOST_SEEN = 60


def show_run(run: Run) -> None:
    """Looked at anew every two seconds while it runs, once where it has ended."""
    running = run.state is RunState.RUNNING
    st.fragment(_watch, run_every=LOOK_EVERY_S if running else None)(run.id, str(run.folder))


def _watch(name: str, folder: str) -> None:
    try:
        run = read_run(Path(folder))
    except InputError as error:  # removed by another session
        st.info(str(error))
        return
    stages = stages_of(run)
    if run.state is RunState.RUNNING:
        _progress(run, stages)
    else:
        _end(run, stages)
    if stages:
        stage = _choose(run, stages)
        if stage.curve:
            st.plotly_chart(
                curve_figure(stage), key=f"curve.{name}", config={"displayModeBar": False}
            )
    _buttons(run)
    with st.expander(t("train.run.log"), icon=":material/terminal:"):
        st.code(" ".join(["echolab", *run.command[2:]]), language=None, wrap_lines=True)
        st.code(log_of(run) or " ", language=None, height=220)
    if run.state is not RunState.RUNNING and st.session_state.get("train.watched") == name:
        st.session_state["train.watched"] = None
        st.rerun()  # the whole page: its list says "running"
    if run.state is RunState.RUNNING:
        st.session_state["train.watched"] = name


def _choose(run: Run, stages: tuple[Stage, ...]) -> Stage:
    """The stage at work, or the one that the user wants to see."""
    by_phase = {stage.phase: stage for stage in stages}
    if len(by_phase) < 2:
        return stages[-1]
    newest = stages[-1].phase
    chosen = st.segmented_control(
        t("train.run"),
        list(by_phase),
        default=newest,
        required=True,
        format_func=phase_name,
        key=f"stage.{run.id}.{newest}",
        label_visibility="collapsed",
    )
    return by_phase[chosen]


def _progress(run: Run, stages: tuple[Stage, ...]) -> None:
    if is_stopping(run):
        st.info(t("train.run.stopping"), icon=":material/hourglass_top:")
    if not stages or not stages[-1].steps:
        st.progress(0.0, text=t("train.run.preparing"))
        return
    stage = stages[-1]
    words = [phase_name(stage.phase), t("train.run.step", step=stage.step, steps=stage.steps)]
    if stage.score is not None:
        words.append(f"{t('train.run.score')} {stage.score:.3f}")
    left = seconds_left(_seen(run, stage), stage.steps)
    if left is not None:
        words.append(t("train.run.left", time=time_words(left)))
    st.progress(min(1.0, stage.step / stage.steps), text=" · ".join(words))


def _seen(run: Run, stage: Stage) -> list[tuple[float, int]]:
    """When this session saw which step of this stage."""
    key = (run.id, stage.name)
    held_key, seen = st.session_state.get(_SEEN, (None, []))
    if held_key != key:
        seen = []
    if not seen or seen[-1][1] != stage.step:
        seen = [*seen, (time.monotonic(), stage.step)][-_MOST_SEEN:]
    st.session_state[_SEEN] = (key, seen)
    return seen


def phase_name(phase: str) -> str:
    """A stage as a user reads it; the command tells it in English."""
    return known("train.phase." + phase.replace(": ", "_").replace(" ", "_"), phase)


def time_words(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 90:
        return t("train.run.seconds", seconds=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 100:
        return t("train.run.minutes", minutes=minutes)
    return t("train.run.hours", hours=minutes // 60, minutes=minutes % 60)


def _end(run: Run, stages: tuple[Stage, ...]) -> None:
    if run.state is RunState.FAILED:
        st.error(run.why or t("train.run.failed"), icon=":material/error:")
    elif run.state is RunState.CUT:
        st.warning(t("train.run.cut"), icon=":material/power_off:")
    scored = [stage for stage in stages if stage.score is not None and stage.until is not None]
    if run.state is RunState.DONE and scored:
        best = scored[-1]
        score, until = best.score or 0.0, best.until or 0.0
        numbers = {"score": f"{score:.3f}", "until": f"{until:g}"}
        if score >= until:
            st.success(t("train.run.reached", **numbers), icon=":material/flag:")
        else:
            st.warning(t("train.run.missed", **numbers), icon=":material/flag:")
    if run.state is RunState.DONE:
        _keep(run)


def _keep(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            t("train.run.keep.name"), value=f"{run.task}-{run.id[:8]}", max_chars=40, width=260
        )
        st.button(
            t("train.run.keep"),
            type="primary",
            icon=":material/save:",
            on_click=try_to,
            args=(lambda: _kept(run, name),),
        )


def _kept(run: Run, name: str) -> None:
    tell(t("train.run.kept", name=add_set(name, run.models).name))


def _buttons(run: Run) -> None:
    with st.container(horizontal=True):
        if run.state is RunState.RUNNING:
            st.button(
                t("train.run.stop"),
                icon=":material/stop:",
                disabled=is_stopping(run),
                on_click=try_to,
                args=(lambda: ask_to_stop(run),),
            )
            return
        if run.state is not RunState.DONE and st.button(
            t("train.run.go_on"), icon=":material/play_arrow:", type="primary"
        ):
            try_to(lambda: _begin_again(run))
            st.rerun()
        with st.popover(t("train.run.remove"), icon=":material/delete:"):
            if st.button(t("train.label.delete.yes"), key=f"gone.{run.id}"):
                try_to(lambda: remove_run(run))
                st.rerun()


def _begin_again(run: Run) -> None:
    go_on(run)
