"""How good a set of models is: confusion, calibration, Dice by structure, the worst examples."""

from pathlib import Path
from typing import Any

import streamlit as st

from app.language import known, t
from app.opened import try_to
from app.train.begin import run_title, task_name
from app.train.charts import confusion_map, dice_bars
from app.train.worst import show_worst
from core.cli.train import TASKS
from core.recognition.model_sets import chosen_set, model_sets
from core.training.labelling import own_sets
from core.training.runs import (
    Run,
    RunState,
    ask_to_stop,
    begin_evaluation,
    figures_of,
    list_runs,
    log_of,
    read_run,
    remove_run,
)

LOOK_EVERY_S = 2.0
_RUN = "train.score.run"


def show_scores() -> None:
    """What to score above; the chosen evaluation below."""
    runs = list_runs("evaluate")
    _form(busy=any(run.state is RunState.RUNNING for run in runs))
    if not runs:
        st.info(t("train.score.none"), icon=":material/analytics:")
        return
    names = {run.id: run for run in runs}
    if st.session_state.get(_RUN) not in names:
        st.session_state[_RUN] = runs[0].id
    chosen = names[
        st.selectbox(
            t("train.run"), list(names), format_func=lambda name: _title(names[name]), key=_RUN
        )
    ]
    if chosen.state is RunState.RUNNING:
        st.fragment(_wait, run_every=LOOK_EVERY_S)(str(chosen.folder))
        return
    _result(chosen)


def _title(run: Run) -> str:
    return f"{run_title(run)} · {run.facts.get('set', '')}"


def _form(*, busy: bool) -> None:
    sets = {each.name: each for each in model_sets()}
    own = {folder.name: folder for folder in own_sets()}
    if not sets:
        return
    with (
        st.form("train.score", border=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        task = st.selectbox(t("train.begin.task"), list(TASKS), format_func=task_name, width=190)
        names = list(sets)
        used = chosen_set().name
        name = st.selectbox(
            t("train.score.models"),
            names,
            index=names.index(used) if used in names else 0,
            width=190,
        )
        mine = st.selectbox(
            t("train.begin.own"),
            [None, *own],
            format_func=lambda each: each or t("train.begin.none"),
            width=160,
        )
        data = st.text_input(t("train.begin.data"), width=300).strip()
        asked = st.form_submit_button(
            t("train.score.go"), type="primary", icon=":material/analytics:", disabled=busy
        )
    if asked:
        options = ["--own", str(own[mine].absolute())] if mine else []
        if data:
            options += ["--data", str(Path(data).expanduser().absolute())]
        try_to(lambda: _begin(task, name, options))
        st.rerun()


def _begin(task: str, name: str, options: list[str]) -> None:
    folder = next(each.folder for each in model_sets() if each.name == name)
    run = begin_evaluation(task, models=folder, options=options, facts={"set": name})
    st.session_state[_RUN] = run.id


def _wait(folder: str) -> None:
    run = read_run(Path(folder))
    if run.state is not RunState.RUNNING:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/hourglass_top: {t('train.score.busy')}")
        st.button(t("train.run.stop"), on_click=try_to, args=(lambda: ask_to_stop(run),))


def _result(run: Run) -> None:
    figures = figures_of(run)
    if figures is None:
        stopped = run.state in (RunState.STOPPED, RunState.CUT)
        words = t(f"train.state.{run.state}") if stopped else run.why or t("train.run.failed")
        st.error(words, icon=":material/error:")
        with st.expander(t("train.run.log"), icon=":material/terminal:"):
            st.code(log_of(run) or " ", language=None)
    else:
        for name, found in figures.items():
            if isinstance(found, dict):
                show_figures(name, found, key=f"{run.id}.{name}")
        show_worst(run.task, str(run.facts.get("set", "")))
        with st.expander(t("train.score.figures"), icon=":material/data_object:"):
            st.json(figures, expanded=1)
    with st.popover(t("train.run.remove"), icon=":material/delete:"):
        if st.button(t("train.label.delete.yes"), key=f"gone.{run.id}"):
            try_to(lambda: remove_run(run))
            st.rerun()


def show_figures(name: str, figures: dict[str, Any], *, key: str) -> None:
    """One data set's figures: tiles, a confusion map, bars by structure, whatever is there."""
    st.subheader(name, divider="gray")
    rows = {label: row for label, row in figures.items() if _is_dice(row)}
    tiles = {key: figures[key] for key in figures if _is_number(figures[key])}
    if rows:
        mean = sum(row["dice_mean"] for row in rows.values()) / len(rows)
        tiles = {"dice_mean": mean, **tiles}
    if tiles:
        with st.container(horizontal=True):
            for tile, value in tiles.items():
                words = f"{value:.3f}" if isinstance(value, float) else str(value)
                st.metric(known(f"train.figure.{tile}", tile.replace("_", " ")), words, width=170)
    confusion = figures.get("confusion")
    if isinstance(confusion, dict) and confusion:
        st.caption(t("train.score.confusion"))
        st.plotly_chart(confusion_map(confusion), key=f"confusion.{key}", config=_QUIET)
    if rows:
        st.caption(t("train.score.dice"))
        st.plotly_chart(dice_bars(rows), key=f"dice.{key}", config=_QUIET)


_QUIET = {"displayModeBar": False, "scrollZoom": False}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_dice(row: Any) -> bool:
    return isinstance(row, dict) and "dice_mean" in row
