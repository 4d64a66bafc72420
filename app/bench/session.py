"""This session's bench, the same one on every page."""

import streamlit as st

from app import state
from app.bench.bench import Bench
from app.language import t
from core.phantom.bench import Setup

_BENCH = "bench"


def session_bench() -> Bench:
    """The bench; made where there is none yet."""
    bench = st.session_state.get(_BENCH)
    if not isinstance(bench, Bench):
        with st.spinner(t("bench.building")):
            bench = Bench(Setup(), store=state.store())
        st.session_state[_BENCH] = bench
    return bench
