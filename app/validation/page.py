"""The page put together: whose results, what they say, and a run of one's own."""

from pathlib import Path

import streamlit as st

from app.language import t
from app.opened import show_trouble
from app.validation.figures import show_result
from app.validation.runs import run_title, show_runs
from core.validation.jobs import result_of, validations
from core.validation.results import SHIPPED, Result, read_result

_RESULTS, _RUNS = "results", "runs"
_SHIPPED = "shipped"


def show_page() -> None:
    """The section that was chosen."""
    chosen = st.segmented_control(
        t("train.section"),
        [_RESULTS, _RUNS],
        default=_RESULTS if "validation.section" not in st.session_state else None,
        required=True,
        format_func=lambda name: t(f"validation.section.{name}"),
        key="validation.section",
        label_visibility="collapsed",
        persist_state="session",
    )
    show_trouble()
    if chosen == _RUNS:
        show_runs()
        return
    with st.expander(t("validation.help"), icon=":material/help:"):
        st.markdown(t("validation.help.text"))
    found = _choose()
    if found is None:
        st.info(t("validation.none"), icon=":material/fact_check:")
        return
    show_result(*found)


def _choose() -> tuple[str, Result] | None:
    """The result to show and its name: what ships, or one of the user's own runs."""
    runs = {run.id: run for run in validations() if result_of(run) is not None}
    names = [*([_SHIPPED] if Path(SHIPPED).is_file() else []), *runs]
    if not names:
        return None
    name = st.selectbox(
        t("validation.result"),
        names,
        format_func=lambda each: (
            t("validation.shipped") if each == _SHIPPED else run_title(runs[each])
        ),
        width=520,
    )
    result = read_result(SHIPPED) if name == _SHIPPED else result_of(runs[name])
    return None if result is None else (name, result)
