"""A long run as it goes: how far, how long still; stop, go on, remove: for pages that have one."""

import time
from collections.abc import Sequence

import streamlit as st

from app.language import t
from app.opened import try_to
from core.training.runs import (
    Run,
    RunState,
    Stage,
    ask_to_stop,
    go_on,
    is_stopping,
    remove_run,
    seconds_left,
)

LOOK_EVERY_S = 2.0
_SEEN, _WATCHED = "run.seen", "run.watched"
_MOST_SEEN = 60


def every(run: Run) -> float | None:
    """How often a fragment that shows the run is drawn anew; None where it has ended."""
    return LOOK_EVERY_S if run.state is RunState.RUNNING else None


def show_progress(
    run: Run, stages: Sequence[Stage], words: Sequence[str], *, stopping: str
) -> None:
    """The bar of the stage at work.

    Args:
        run: that is running.
        stages: of it, the one at work last.
        words: what is said beside the bar.
        stopping: what is said where it has been asked to stop.
    """
    if is_stopping(run):
        st.info(stopping, icon=":material/hourglass_top:")
    if not stages or not stages[-1].steps:
        st.progress(0.0, text=t("train.run.preparing"))
        return
    stage = stages[-1]
    left = seconds_left(_seen(run, stage), stage.steps)
    if left is not None:
        words = [*words, t("train.run.left", time=time_words(left))]
    st.progress(min(1.0, stage.step / stage.steps), text=" · ".join(words))


def show_buttons(run: Run) -> None:
    """Stop while it runs; go on and remove afterwards."""
    if run.state is RunState.RUNNING:
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
        t("train.run.go_on"), key=f"on.{run.id}", icon=":material/play_arrow:", type="primary"
    ):
        try_to(lambda: go_on(run))
        st.rerun()
    with st.popover(t("train.run.remove"), key=f"remove.{run.id}", icon=":material/delete:"):
        if st.button(t("train.label.delete.yes"), key=f"gone.{run.id}"):
            try_to(lambda: remove_run(run))
            st.rerun()


def draw_page_when_over(run: Run) -> None:
    """Draws the whole page anew when a run that was watched has ended: its lists say "running"."""
    if run.state is RunState.RUNNING:
        st.session_state[_WATCHED] = run.id
    elif st.session_state.get(_WATCHED) == run.id:
        st.session_state[_WATCHED] = None
        st.rerun()


def time_words(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 90:
        return t("train.run.seconds", seconds=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 100:
        return t("train.run.minutes", minutes=minutes)
    return t("train.run.hours", hours=minutes // 60, minutes=minutes % 60)


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
