"""The patients of the day: asked of the hospital's worklist, an exam begun with a click."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app import state
from app.components.plain import plain
from app.language import lang, t
from app.opened import try_to
from core.transfer.records import UnreachableError
from core.workstation.nodes import Role
from core.workstation.settings import load_settings

if TYPE_CHECKING:
    from core.workstation.network.worklist import WorklistEntry

_ANSWER, _GO = "worklist.answer", "worklist.go"


def show_worklist() -> None:
    """The question, and the entries that answered it. Raises InputError."""
    if st.session_state.pop(_GO, False):
        st.switch_page(state.page("acquire"))
    settings = load_settings()
    nodes = settings.with_role(Role.WORKLIST)
    if not nodes:
        st.info(t("worklist.no_node"), icon=":material/dns:")
        st.page_link(
            state.page("settings"), label=t("app.page.settings"), icon=":material/settings:"
        )
        return
    with (
        st.form("worklist", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        node = st.selectbox(
            t("worklist.node"), nodes, format_func=lambda each: each.name, width=220
        )
        day = st.date_input(t("worklist.day"), date.today(), width=160)
        us_only = st.checkbox(t("worklist.us_only"), True)
        asked = st.form_submit_button(t("worklist.ask"), icon=":material/list_alt:", type="primary")
    if asked and node is not None:
        from core.workstation.network.worklist import ask_worklist, worklist_query

        query = worklist_query(
            day=day if isinstance(day, date) else None, modality="US" if us_only else ""
        )
        with st.spinner(t("station.node.testing")):
            try:
                st.session_state[_ANSWER] = ask_worklist(node, settings, query)
            except UnreachableError as error:
                from core.workstation.network.contact import words_of

                st.session_state.pop(_ANSWER, None)
                st.error(f"{node.name}: {words_of(error, lang())}", icon=":material/error:")
    _entries(st.session_state.get(_ANSWER))


def _entries(entries: "tuple[WorklistEntry, ...] | None") -> None:
    if entries is None:
        return
    if not entries:
        st.info(t("worklist.empty"), icon=":material/event_available:")
    for number, entry in enumerate(entries):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            patient = entry.patient
            who = patient.name or patient.patient_id or "–"
            facts = (patient.patient_id, patient.sex or "", patient.birth_date, entry.procedure)
            st.markdown(f"{plain(entry.start)} **{plain(who)}**")
            st.caption(plain(" · ".join(fact for fact in facts if fact)), width="stretch")
            st.button(
                t("worklist.begin"),
                key=f"worklist.begin.{number}",
                icon=":material/play_arrow:",
                on_click=try_to,
                args=(partial(_begin, entry),),
            )


def _begin(entry: "WorklistEntry") -> None:
    from core.workstation.network.worklist import exam_of_entry

    exam = exam_of_entry(state.store(), entry)
    state.set_current_exam(exam.id)
    st.session_state[_GO] = True
