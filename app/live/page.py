"""The live half of the page: a source on the left, the panel on the right."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app import state
from app.language import lang, t
from app.live import line
from app.live.desk import Desk
from app.live.engine import live_engine, warm_up
from app.live.panel import show_panel
from app.live.session import LiveFeed
from app.live.sources import (
    browser_source,
    choose_patient,
    choose_source,
    device_source,
    hand_on_virtual_probe,
    virtual_source,
)
from core.domain import InputError
from core.recognition.models import Models

_DESK = "live.desk"


def models_or_none() -> Models | None:
    """The server's models; None, with a word on the page, where they cannot be loaded."""
    try:
        with st.spinner(t("acquire.models.loading"), show_time=False):
            return _warm_models(*state.models_key())
    except InputError as error:
        st.warning(t("acquire.models.missing", why=str(error)), icon=":material/model_training:")
        return None


@st.cache_resource(show_spinner=False, max_entries=2)
def _warm_models(folder: str, sums: tuple[str, ...]) -> Models:
    models = state.models()
    warm_up(models)
    return models


def session_desk() -> Desk:
    """This session's desk; made where there is none yet."""
    desk = st.session_state.get(_DESK)
    if not isinstance(desk, Desk):
        desk = Desk(state.store(), kept=state.look_ahead().ask)
        line.enter(desk)
        st.session_state[_DESK] = desk
    desk.lang = lang()
    return desk


def show_live(desk: Desk, models: Models | None, *, files: Callable[[], None]) -> LiveFeed | None:
    """Draws the chosen source with its panel; the feed, or None for files and no device.

    Args:
        desk: what the picture and its clips belong to.
        models: None: nothing is recognised, pictures can still be recorded.
        files: draws the upload box.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = choose_source()
        if chosen == "virtual":
            choose_patient()
    if chosen == "files":
        desk.attach(None)
        files()
        return None
    picture, beside = st.columns([1.3, 1], gap="small")
    make_engine = partial(live_engine, models)
    sources = {"browser": browser_source, "device": device_source, "virtual": virtual_source}
    with picture:
        feed = sources[chosen](make_engine)
        if chosen == "virtual":
            hand_on_virtual_probe(hints=models is None)
    desk.attach(feed)
    if feed is not None:
        with beside:
            show_panel(desk)
    return feed
