"""One training as it goes: how far, its curves, stop, go on; and what becomes of what it learnt."""

from pathlib import Path

import streamlit as st

from app.components.run_watch import draw_page_when_over, every, show_buttons, show_progress
from app.language import known, t
from app.opened import try_to
from app.train.charts import curve_figure
from app.train.news import tell
from core.domain import InputError
from core.recognition.model_sets import add_set
from core.training.runs import Run, RunState, Stage, log_of, read_run, stages_of


def show_run(run: Run) -> None:
    """Looked at anew every two seconds while it runs, once where it has ended."""
    st.fragment(_watch, run_every=every(run))(run.id, str(run.folder))


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
    with st.container(horizontal=True):
        show_buttons(run)
    with st.expander(t("train.run.log"), icon=":material/terminal:"):
        st.code(" ".join(["echolab", *run.command[2:]]), language=None, wrap_lines=True)
        st.code(log_of(run) or " ", language=None, height=220)
    draw_page_when_over(run)


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
    words = []
    for stage in stages[-1:]:
        words = [phase_name(stage.phase), t("train.run.step", step=stage.step, steps=stage.steps)]
        if stage.score is not None:
            words.append(f"{t('train.run.score')} {stage.score:.3f}")
    show_progress(run, stages, words, stopping=t("train.run.stopping"))


def phase_name(phase: str) -> str:
    """A stage as a user reads it; the command tells it in English."""
    return known("train.phase." + phase.replace(": ", "_").replace(" ", "_"), phase)


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
