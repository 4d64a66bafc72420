"""A training is set up and begun; below it, the runs."""

from pathlib import Path

import streamlit as st

from app.language import t
from app.opened import try_to
from app.train.watch import show_run
from core.cli.train import TASKS
from core.domain import InputError
from core.recognition.model_sets import chosen_set, model_sets
from core.training.labelling import own_sets
from core.training.runs import Run, RunState, begin_training, list_runs

RUN = "train.run"


def show_training() -> None:
    """What to train on the left, the chosen run with its live curves on the right."""
    setup, watched = st.columns([1, 1.9], gap="medium")
    runs = list_runs("train")
    with setup:
        _form(busy=any(run.state is RunState.RUNNING for run in runs))
    with watched:
        if not runs:
            st.info(t("train.run.none"), icon=":material/model_training:")
            return
        names = {run.id: run for run in runs}
        if st.session_state.get(RUN) not in names:
            st.session_state[RUN] = runs[0].id
        chosen = st.selectbox(
            t("train.run"), list(names), format_func=lambda name: run_title(names[name]), key=RUN
        )
        show_run(names[chosen])


def run_title(run: Run) -> str:
    return t(
        "train.run.title",
        task=task_name(run.task),
        when=run.started_at.astimezone().strftime("%Y-%m-%d %H:%M"),
        state=t(f"train.state.{run.state}"),
    )


def task_name(task: str) -> str:
    return t(f"train.task.{task}")


def _form(*, busy: bool) -> None:
    sets = [each.name for each in model_sets()]
    own = {folder.name: folder for folder in own_sets()}
    with st.form("train.begin", border=True):
        task = st.selectbox(t("train.begin.task"), list(TASKS), format_func=task_name)
        base = st.selectbox(t("train.begin.base"), sets, index=_in_use(sets))
        left, right = st.columns(2)
        virtual = left.number_input(t("train.begin.virtual"), 0, 100_000, 2400, step=240)
        mine = right.selectbox(
            t("train.begin.own"),
            [None, *own],
            format_func=lambda name: name or t("train.begin.none"),
        )
        data = st.text_input(t("train.begin.data"), help=t("train.data.path.help"))
        left, middle, right = st.columns(3)
        steps = left.number_input(t("train.begin.steps"), 1, 1_000_000, 700, step=100)
        until = middle.number_input(
            t("train.begin.until"), 0.0, 1.0, 0.95, step=0.01, help=t("train.begin.until.help")
        )
        seed = right.number_input(t("train.begin.seed"), 0, 10**6, 0)
        asked = st.form_submit_button(
            t("train.begin.go"), type="primary", icon=":material/play_arrow:", disabled=busy
        )
    st.caption(t("train.begin.busy") if busy else t("train.begin.order"))
    if asked and base is not None:
        options = options_of(
            virtual=int(virtual),
            own=own.get(mine) if mine else None,
            data=data.strip(),
            steps=int(steps),
            until=float(until),
            seed=int(seed),
        )
        try_to(lambda: _begin(task, base, options))
        st.rerun()


def options_of(
    *, virtual: int, own: Path | None, data: str, steps: int, until: float, seed: int
) -> list[str]:
    """The command's options; the command itself says what cannot be."""
    options = ["--virtual", str(virtual), "--steps", str(steps), "--seed", str(seed)]
    options += ["--until", f"{until:g}"] if until else []
    options += ["--own", str(own.absolute())] if own is not None else []
    return options + (["--data", str(Path(data).expanduser().absolute())] if data else [])


def _begin(task: str, base: str, options: list[str]) -> None:
    folder = next(each.folder for each in model_sets() if each.name == base)
    run = begin_training(task, base=folder, options=options, facts={"base": base})
    st.session_state[RUN] = run.id


def _in_use(sets: list[str]) -> int:
    try:
        return sets.index(chosen_set().name)
    except (InputError, ValueError):
        return 0
