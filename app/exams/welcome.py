"""What a newcomer meets: the demonstration exam in the making, then its beating heart."""

import streamlit as st

from app import state
from app.demo import is_demo_running, show_demo_progress
from core.workstation.demo import DEMO_ID

_WELCOMED = "welcomed"


def welcome() -> None:
    """Shows how far the demonstration exam is; opens it, once, where it is the only exam."""

    if is_demo_running():
        st.fragment(_watch, run_every=1.0)()
        return
    show_demo_progress()
    if st.session_state.get(_WELCOMED):
        return
    st.session_state[_WELCOMED] = True
    store = state.store()
    if [exam.id for exam in store.list_exams()] == [DEMO_ID] and store.current_version(DEMO_ID):
        state.set_current_exam(DEMO_ID)
        st.switch_page(state.page("measure"))


def _watch() -> None:
    if not show_demo_progress():
        st.rerun()
