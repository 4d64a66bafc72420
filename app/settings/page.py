"""The Settings page: what is being sent, the nodes, our own name and port."""

import streamlit as st

from app.language import t
from app.opened import show_trouble
from app.settings.news import show_news
from app.settings.nodes import show_nodes
from app.settings.own import show_own
from app.settings.transfers import show_transfers
from core.workstation.settings import load_settings

PARTS = ("transfers", "nodes", "own")


def show_page() -> None:
    """One of three parts; the first tells what is going on. Raises InputError."""
    part = st.segmented_control(
        t("app.page.settings"),
        PARTS,
        default=PARTS[0] if "station.part" not in st.session_state else None,
        required=True,
        format_func=lambda name: t(f"station.tab.{name}"),
        key="station.part",
        label_visibility="collapsed",
    )
    show_trouble()
    show_news()
    settings = load_settings()
    if part == "nodes":
        show_nodes(settings)
    elif part == "own":
        show_own(settings)
    else:
        show_transfers()
