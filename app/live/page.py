"""The live half of the page: a source on the left, its readings on the right."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app import state
from app.language import t
from app.live.engine import live_engine, warm_up
from app.live.panel import show_readings
from app.live.session import LiveFeed
from app.live.sources import (
    browser_source,
    choose_source,
    device_source,
    hand_on_virtual_probe,
    virtual_source,
)
from core.domain import InputError
from core.recognition.models import Models

READ_EVERY_S = 0.3


def models_or_none() -> Models | None:
    """The server's models; None, with a word on the page, where they cannot be loaded."""
    try:
        with st.spinner(t("acquire.models.loading"), show_time=False):
            return _warm_models()
    except InputError as error:
        st.warning(t("acquire.models.missing", why=str(error)), icon=":material/model_training:")
        return None


@st.cache_resource(show_spinner=False)
def _warm_models() -> Models:
    models = state.models()
    warm_up(models)
    return models


def show_live(
    models: Models | None, *, files: Callable[[], None], on_record: Callable[[LiveFeed], None]
) -> LiveFeed | None:
    """Draws the chosen source and its readings; the feed, or None for files and no device.

    Args:
        models: None: nothing is recognised, pictures can still be recorded.
        files: draws the upload box.
        on_record: called when the user presses R.
    """
    chosen = choose_source()
    if chosen == "files":
        files()
        return None
    picture, readings = st.columns([1.9, 1], gap="medium")
    make_engine = partial(live_engine, models)
    sources = {"browser": browser_source, "device": device_source, "virtual": virtual_source}
    with picture:
        feed = sources[chosen](make_engine)
    if feed is not None:
        with readings:
            if chosen == "virtual":
                hand_on_virtual_probe()
            st.fragment(show_readings, run_every=READ_EVERY_S)(feed, on_record)
    return feed
