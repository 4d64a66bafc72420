"""What comes in by itself shows on the page by itself: received exams and their drafts."""

import streamlit as st

from app import state
from app.language import t
from app.settings.running import station_state
from core.domain import InputError

LOOK_S = 2.0
_SEEN = "arrivals.seen"


def watch_arrivals() -> None:
    """Draws the page anew when an exam or a draft has come; says what is being analysed."""
    st.session_state[_SEEN] = _signature()
    st.fragment(_watch, run_every=LOOK_S)()


def _watch() -> None:
    drafting = station_state().drafting
    if drafting:
        st.info(t("station.state.drafting", exam=drafting), icon=":material/analytics:")
    now = _signature()
    if now is not None and now != st.session_state.get(_SEEN):
        st.session_state[_SEEN] = now
        st.rerun()


def _signature() -> frozenset[tuple[str, int, str]] | None:
    try:
        exams = state.store().list_exams()
    except InputError:  # the page itself says so
        return None
    return frozenset((exam.id, exam.clips, str(exam.state)) for exam in exams)
