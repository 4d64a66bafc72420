"""Who works on reports in this session: stands beside every change, and under a signature."""

import streamlit as st

from app.language import t

_KEY = "report.person"
UNNAMED = "reader"


def person() -> str:
    """The name given in this session; "" before one is."""
    return " ".join(str(st.session_state.get(_KEY) or "").split())


def author() -> str:
    """Whom a change is noted under."""
    return person() or UNNAMED


def ask_person() -> None:
    """The field for the name; it lasts as long as the session."""
    st.text_input(
        t("app.report.person"),
        key=_KEY,
        persist_state="session",
        placeholder=t("app.report.person.hint"),
        label_visibility="collapsed",
        max_chars=80,
        icon=":material/badge:",
        width=230,
    )
