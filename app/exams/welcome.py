"""What a newcomer meets: the demonstration exam in the making, then its beating heart."""

import streamlit as st

from app import state
from app.demo import is_demo_running, show_demo_progress
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
