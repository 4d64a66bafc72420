"""The page put together: one section at a time, so that only what is looked at is worked on."""

from collections.abc import Callable

import streamlit as st

from app.language import t
from app.opened import show_trouble
from app.train.begin import show_training
from app.train.data import show_data
from app.train.label import show_labelling
from app.train.news import show_news
from app.train.score import show_scores
from app.train.sets import show_sets

_SECTIONS: dict[str, Callable[[], None]] = {
    "data": show_data,
    "label": show_labelling,
    "train": show_training,
    "score": show_scores,
    "models": show_sets,
}


def show_page() -> None:
    """The section that was chosen, and what came of the last press of a button."""
    chosen = str(
        st.segmented_control(
            t("train.section"),
            list(_SECTIONS),
            default="data" if "train.section" not in st.session_state else None,
            required=True,
            format_func=lambda name: t(f"train.section.{name}"),
            key="train.section",
            label_visibility="collapsed",
            persist_state="session",
        )
    )
    show_trouble()
    show_news()
    _SECTIONS[chosen]()
