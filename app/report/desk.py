"""The line that says how far the report is, and what its next step is: review, sign, amend."""

import html

import streamlit as st

from app import state
from app.language import lang, t
from app.opened import Opened, opened_exam, try_to
from app.report.draft import fill_anew, final_report
from app.report.person import ask_person, person
from core.report.record import ReportRecord, ReportStatus
from core.report.status import Signature
from core.workstation.signing import sign_report

_MARKS = {ReportStatus.SIGNED: "ok", ReportStatus.REVIEWED: "", ReportStatus.DRAFT: "warn"}


def choose_version(exam: Opened) -> int | None:
    """The version that is looked at; None: the newest, which is the only one that can change."""
    versions = state.store().reports.versions(exam.exam_id)
    if len(versions) < 2:
        return None
    chosen = st.selectbox(
        t("app.report.version"),
        [record.version for record in reversed(versions)],
        format_func=lambda version: _name(versions[version - 1]),
        key=f"report.version.{exam.exam_id}.{len(versions)}",
        label_visibility="collapsed",
    )
    return None if chosen == versions[-1].version else int(chosen)


def show_desk(exam: Opened, record: ReportRecord, *, newest: bool) -> None:
    """State, who is working, and the next step."""
    st.html(_state_line(record))
    if not newest:
        st.caption(t("app.report.old_version"))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if record.status is not ReportStatus.SIGNED:
            ask_person()
        if record.status is ReportStatus.DRAFT:
            st.button(
                t("app.report.review"),
                icon=":material/task_alt:",
                on_click=_review,
                disabled=not person(),
                help=None if person() else t("app.report.person.needed"),
            )
        elif record.status is ReportStatus.REVIEWED:
            _offer_signature(record)
        else:
            _offer_amendment()


def _name(record: ReportRecord) -> str:
    status = t(f"report.state.{record.status}")
    return t("report.state.foot", state=status, version=record.version)


def _state_line(record: ReportRecord) -> str:
    words = [_name(record)]
    for signature, key in ((record.reviewed, "reviewed"), (record.signed, "signed")):
        if signature is not None:
            words.append(t(f"app.report.{key}_by", name=signature.name, at=_when(signature)))
    if record.amends is not None:
        words.append(t("report.amends", version=record.amends, reason=record.reason))
    chip, *rest = (html.escape(each) for each in words)
    more = " · ".join(rest)
    mark = _MARKS[record.status]
    return (
        f'<span class="el-chip {mark}" data-testid="report-state">{chip}</span>'
        f'<span class="el-muted">{more}</span>'
    )


def _when(signature: Signature) -> str:
    return f"{signature.at.astimezone():%Y-%m-%d %H:%M}"


def _offer_signature(record: ReportRecord) -> None:
    with st.popover(t("app.report.sign"), icon=":material/signature:", type="primary"):
        st.write(t("app.report.sign.sure", name=person() or "–", version=record.version))
        st.button(t("app.report.sign.yes"), type="primary", on_click=_sign, disabled=not person())


def _offer_amendment() -> None:
    with st.popover(t("app.report.amend"), icon=":material/edit_note:"):
        st.write(t("app.report.amend.sure"))
        reason = st.text_input(
            t("app.report.amend.reason"), key="report.amend.reason", max_chars=300
        )
        st.button(
            t("app.report.amend.yes"),
            type="primary",
            on_click=_amend,
            args=(reason,),
            disabled=not reason.strip(),
        )


def _review() -> None:
    exam = opened_exam()
    if exam is not None:
        try_to(lambda: _done(state.store().reports.review(exam.exam_id, person())))


def _sign() -> None:
    exam = opened_exam()
    if exam is None:
        return
    # What the page showed: a change made elsewhere since then is refused by the store.
    seen = final_report(exam)

    def act() -> None:
        sign_report(state.store(), exam.exam_id, name=person(), lang=lang(), seen=seen)
        fill_anew()

    try_to(act)


def _amend(reason: str) -> None:
    exam = opened_exam()
    if exam is not None:
        try_to(lambda: _done(state.store().reports.amend(exam.exam_id, reason)))


def _done(_: ReportRecord) -> None:
    fill_anew()
