"""The language of this session: one switch, every page at once."""

from typing import Any

import streamlit as st

from core.language import LANGUAGES, text

_KEY = "language"


def lang() -> str:
    """Language code of this session, "en" until the switch says otherwise."""
    chosen = st.session_state.get(_KEY)
    return chosen if chosen in LANGUAGES else "en"


def t(key: str, /, **places: Any) -> str:
    """The catalogue's text in this session's language."""
    return text(key, lang(), **places)


def known(key: str, fallback: str) -> str:
    """The catalogue's text, or `fallback` where the catalogue holds none for this id."""
    try:
        return t(key)
    except KeyError:
        return fallback


def language_switch() -> None:
    """The switch itself; the choice lives as long as the session."""
    st.segmented_control(
        t("app.language"),
        list(LANGUAGES),
        default="en" if _KEY not in st.session_state else None,
        required=True,
        format_func=LANGUAGES.__getitem__,
        key=_KEY,
        label_visibility="collapsed",
        persist_state="session",
        width="stretch",
    )
