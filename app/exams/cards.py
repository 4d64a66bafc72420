"""The exams as cards: what was seen, the ejection fraction, open, delete."""

import html

import streamlit as st

from app import state
from app.components.exam_picker import exam_title
from app.demo import is_demo_running
from app.language import t
from app.opened import show_trouble, try_to
from core.workstation.records import ExamState, ExamSummary

PER_ROW, PAGE = 4, 12
_SHOWN = "exams.shown"


def show_cards() -> None:
    """All exams, the newest first; older ones at a click."""
    show_trouble()
    exams = sorted(state.store().list_exams(), key=lambda e: e.created_at, reverse=True)
    if not exams:
        if not is_demo_running():
            st.info(t("app.no_exams"), icon=":material/info:")
        return
    shown = st.session_state.get(_SHOWN, PAGE)
    for start in range(0, min(shown, len(exams)), PER_ROW):
        for place, exam in zip(
            st.columns(PER_ROW), exams[start : start + PER_ROW][: shown - start], strict=False
        ):
            with place.container(border=True, key=f"card-{exam.id}"):
                _card(exam)
    if shown < len(exams) and st.button(t("app.exams.more", count=len(exams) - shown)):
        st.session_state[_SHOWN] = shown + PAGE
        st.rerun()


def _card(exam: ExamSummary) -> None:
    if exam.thumbnail is not None and exam.thumbnail.is_file():
        st.image(str(exam.thumbnail), width="stretch", alt=exam_title(exam))
    st.markdown(f"**{_plain(exam_title(exam))}**")
    ef = _fraction(exam)
    chips = [("ok", t("app.exams.ef", value=f"{ef:.0f}"))] if ef is not None else []
    chips += [("", str(view)) for view in exam.views]
    chips.append(("", t(f"exam.state.{exam.state}")))
    st.html(
        "".join(f'<span class="el-chip {k}">{html.escape(words)}</span>' for k, words in chips)
        + f'<div class="el-muted">{html.escape(t("app.exams.clips", count=exam.clips))}</div>'
    )
    analysed = exam.state in (ExamState.ANALYSED, ExamState.EDITED)
    with st.container(horizontal=True):
        if st.button(
            t("app.exams.open"),
            key=f"open-{exam.id}",
            type="primary",
            icon=":material/straighten:" if analysed else ":material/analytics:",
        ):
            _go(exam.id, "measure" if analysed else "acquire")
        if analysed and st.button(
            t("app.page.report"), key=f"report-{exam.id}", icon=":material/description:"
        ):
            _go(exam.id, "report")
        if st.button(
            "", key=f"delete-{exam.id}", icon=":material/delete:", help=t("app.exams.delete")
        ):
            _confirm(exam)


def _go(exam_id: str, page: str) -> None:
    state.set_current_exam(exam_id)
    st.switch_page(state.page(page))


def _confirm(exam: ExamSummary) -> None:
    @st.dialog(t("app.exams.delete.title"))
    def ask() -> None:
        st.write(t("app.exams.delete.sure", name=_plain(exam_title(exam)), count=exam.clips))
        with st.container(horizontal=True):
            gone = st.button(
                t("app.exams.delete.yes"),
                type="primary",
                icon=":material/delete:",
                on_click=try_to,
                args=(lambda: state.store().delete_exam(exam.id),),
            )
            kept = st.button(t("app.exams.delete.no"))
        if gone or kept:
            st.rerun()

    ask()


def _plain(words: str) -> str:
    """A name that Markdown leaves alone."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#$~:|" else c for c in words)


def _fraction(exam: ExamSummary) -> float | None:
    version = state.store().current_version(exam.id)
    return None if version is None else _fraction_of(exam.id, version, str(state.store().folder))


@st.cache_data(show_spinner=False, max_entries=500)
def _fraction_of(exam_id: str, version: int, folder: str) -> float | None:
    analysis = state.store().latest_analysis(exam_id)
    found = analysis.measurements if analysis else ()
    return next((m.value for m in found if m.id == "lvef"), None)
