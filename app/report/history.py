"""What was changed in the report: who, when, what stood there and what stands there now."""

import streamlit as st

from app import state
from app.language import t
from app.opened import Opened
from core.report.document import Report

_MOST = 200


def show_history(exam: Opened, report: Report) -> None:
    """The newest changes first."""
    changes = state.store().reports.changes(exam.exam_id)
    if not changes:
        st.caption(t("app.report.history.none"))
        return
    labels = {name: field.label for name, field in report.fields().items()}
    shown = changes[::-1][:_MOST]
    st.dataframe(
        {
            t("app.report.history.at"): [f"{c.at.astimezone():%Y-%m-%d %H:%M:%S}" for c in shown],
            t("app.report.history.author"): [c.author for c in shown],
            t("app.report.import.field"): [labels.get(c.field, c.field) for c in shown],
            t("app.report.history.before"): [c.before for c in shown],
            t("app.report.history.after"): [c.after for c in shown],
            t("app.report.history.origin"): [t(f"app.report.origin.{c.origin}") for c in shown],
            t("app.report.version"): [c.version for c in shown],
        },
        hide_index=True,
    )
