"""The line at the head of a page that says which exam is open, and lets another be chosen."""

from collections import Counter

import streamlit as st

from app import state
from app.language import t
from app.opened import Opened, opened_exam
from core.domain import InputError
from core.workstation.analysing import come_since
from core.workstation.records import ExamSummary


def exam_title(exam: ExamSummary) -> str:
    """How an exam is called in lists."""
    if exam.demo:
        return t("app.exam.demo")
    who = " ".join(exam.patient.name.replace("^", " ").split()) or exam.patient.patient_id
    when = exam.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{who} · {when}" if who else t("app.exam.unnamed", when=when)


def _titles(exams: dict[str, ExamSummary]) -> dict[str, str]:
    """Title by exam id; never the same for two, as a choice is told by its words."""
    titles = {exam_id: exam_title(exam) for exam_id, exam in exams.items()}
    times = Counter(titles.values())
    return {
        exam_id: title if times[title] == 1 else f"{title} · {exam_id}"
        for exam_id, title in titles.items()
    }


def require_exam() -> bool:
    """Draws the picker; True if the open exam has an analysis to show, else says what to do."""
    try:
        exams = {exam.id: exam for exam in state.store().list_exams()}
        current = state.current_exam_id()
    except InputError as error:
        st.error(str(error))
        return False
    if not exams:
        st.info(t("app.no_exams"), icon=":material/info:")
        st.page_link(state.page("exams"), label=t("app.go.exams"), icon=":material/folder_open:")
        return False
    if current is None:
        analysed = [e.id for e in exams.values() if e.state in ("analysed", "edited")]
        current = (analysed or list(exams))[0]
        state.set_current_exam(current)
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.selectbox(
            t("app.exam"),
            list(exams),
            index=list(exams).index(current),
            format_func=_titles(exams).__getitem__,
            label_visibility="collapsed",
            width=360,
        )
        for name in ("measure", "report"):
            st.page_link(
                state.page(name),
                label=t(f"app.page.{name}"),
                icon={"measure": ":material/straighten:", "report": ":material/description:"}[name],
            )
    if chosen != current:
        state.set_current_exam(chosen)
    try:
        exam = opened_exam()
    except InputError as error:
        st.error(str(error))
        return False
    if exam is None:
        st.info(t("app.not_analysed"), icon=":material/info:")
        st.page_link(state.page("acquire"), label=t("app.go.analyse"), icon=":material/analytics:")
        return False
    _say_what_came_since(exam)
    return True


def _say_what_came_since(exam: Opened) -> None:
    """What is in the exam and not in what is shown: it joins when the exam is analysed again."""
    since = come_since(state.store(), exam.exam_id, exam.analysis)
    if not since:
        return
    words = [
        t(f"app.since.{name}", count=len(found))
        for name, found in (("clips", since.clips), ("values", since.values))
        if found
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            t("app.since", what=t("app.since.and").join(words)), icon=":material/move_to_inbox:"
        )
        st.page_link(state.page("acquire"), label=t("app.since.go"), icon=":material/analytics:")
