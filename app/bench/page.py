"""The Virtual probe page: what is chosen, the bench, and the scores."""

from functools import partial

import streamlit as st

from app import state
from app.bench.component import show_bench
from app.bench.scores import show_scores
from app.bench.session import session_bench
from app.bench.setup import choose
from app.live.engine import live_engine
from app.live.page import models_or_none

_CALM = {"max_fps": 6.0, "regions_duty": 0.25}
"""Recognition stands beside the truth here: the picture has the first call on the processor."""
_TIGHT = """<style>
.block-container {padding-top: 1.1rem !important;}
/* What lies under Streamlit's empty toolbar stays within reach; its buttons do too. */
header[data-testid="stHeader"], header[data-testid="stHeader"] * {pointer-events: none;}
header[data-testid="stHeader"] button, header[data-testid="stHeader"] button * {
  pointer-events: auto;}
</style>"""


def show_page() -> None:
    """All of the page; recognition joins when the models are loaded."""
    st.html(_TIGHT)  # picture, body and movements are seen at once on a laptop
    bench = session_bench()
    bench.use(partial(live_engine, None), seeing=False)
    choose(bench)
    show_bench(bench)
    show_scores(state.store(), bench.stand.view)
    models = models_or_none()
    if models is not None:
        bench.use(partial(live_engine, models, **_CALM), seeing=True)
