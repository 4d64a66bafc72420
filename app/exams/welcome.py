"""What a newcomer meets: the demonstration exam in the making, then its beating heart."""

import streamlit as st

from app import state
from app.components.moving_picture import moving_picture
from app.demo import is_demo_running, show_demo_progress
from app.language import t
from core.domain import InputError
from core.workstation.demo import DEMO_ID

_AWAITED = "demo.awaited"


def first_page() -> None:
    """Where the app's address leads: the demonstration exam where it is the only one, else the
    exams."""
    try:
        newcomer = _only_demo() and not is_demo_running()
    except InputError:  # the page of exams says so
        newcomer = False
    if newcomer:
        state.set_current_exam(DEMO_ID)
    st.switch_page(state.page("measure" if newcomer else "exams"))


def welcome() -> None:
    """Shows how far the demonstration exam is; who waited for it sees it when it is there."""
    if is_demo_running():
        st.session_state[_AWAITED] = True
        st.fragment(_watch, run_every=1.0)()
        return
    show_demo_progress()
    if st.session_state.pop(_AWAITED, False) and _only_demo():
        state.set_current_exam(DEMO_ID)
        st.switch_page(state.page("measure"))


def _only_demo() -> bool:
    store = state.store()
    only = [exam.id for exam in store.list_exams()] == [DEMO_ID]
    return only and store.current_version(DEMO_ID) is not None


def _watch() -> None:
    if not show_demo_progress():
        st.rerun()
    store = state.store()
    if DEMO_ID in {exam.id for exam in store.list_exams()}:
        first = next(iter(store.clips(DEMO_ID)), None)
        if first is not None:
            st.image(_beating(first.id, first.sha256), caption=t("app.demo.beating"))


@st.cache_data(show_spinner=False, max_entries=2)
def _beating(clip_id: str, sha256: str) -> bytes:
    """The clip as a small film that plays by itself while it is being analysed."""
    return moving_picture(state.store().load_clip(DEMO_ID, clip_id))
