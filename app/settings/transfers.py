"""What is being sent: a line a job, with what stands in its way, retry and cancel."""

from functools import partial

import streamlit as st

from app.components.plain import plain
from app.language import lang, t
from app.opened import try_to
from app.settings.running import queue, wake
from core.domain import InputError
from core.transfer.records import Job, JobState
from core.workstation.network.contact import trouble_words

LOOK_S = 1.5
SHOWN = 30
_ICONS = {
    JobState.PREPARING: ":material/hourglass_top:",
    JobState.WAITING: ":material/schedule:",
    JobState.SENDING: ":material/upload:",
    JobState.SENT: ":material/check_circle:",
    JobState.KEPT: ":material/verified:",
    JobState.REFUSED: ":material/block:",
    JobState.FAILED: ":material/error:",
    JobState.CANCELLED: ":material/cancel:",
}
_COLOURS = {
    JobState.SENT: "green",
    JobState.KEPT: "green",
    JobState.REFUSED: "red",
    JobState.FAILED: "red",
    JobState.CANCELLED: "gray",
}


@st.fragment(run_every=LOOK_S)
def show_transfers() -> None:
    """The newest jobs; looks again by itself."""
    try:
        jobs = queue().jobs(most=SHOWN)
    except InputError as error:
        st.error(str(error), icon=":material/error:")
        return
    if not jobs:
        st.info(t("transfer.none"), icon=":material/outbox:")
        return
    waiting = sum(job.open for job in jobs)
    st.caption(t("transfer.count", open=waiting, shown=len(jobs)))
    for job in jobs:
        with st.container(border=True, key=f"job-{job.id}"):
            _row(job)


def _row(job: Job) -> None:
    words, buttons = st.columns([3, 1], vertical_alignment="center")
    with words:
        badge = t(f"transfer.state.{job.state}")
        colour = _COLOURS.get(job.state, "orange" if job.trouble else "blue")
        st.markdown(
            f":{colour}-badge[{_ICONS[job.state]} {badge}] **{job.exam_id}** → "
            f"{plain(job.node.name)}"
        )
        parts = [f"{job.created_at.astimezone():%Y-%m-%d %H:%M}"]
        if job.total:
            parts.append(t("transfer.arrived", done=job.delivered, total=job.total))
        if job.trouble is not None:
            parts.append(trouble_words(job.trouble, job.detail, lang()))
        if job.open and job.next_try is not None:
            parts.append(t("transfer.next", when=f"{job.next_try.astimezone():%H:%M:%S}"))
        st.caption(plain(" · ".join(parts)))
    with buttons, st.container(horizontal=True, horizontal_alignment="right"):
        may_retry = job.state not in (JobState.SENT, JobState.KEPT, JobState.SENDING)
        if may_retry:
            st.button(
                t("transfer.retry"),
                key=f"retry.{job.id}",
                icon=":material/refresh:",
                on_click=try_to,
                args=(partial(_retry, job.id),),
            )
        if job.open:
            st.button(
                t("transfer.cancel"),
                key=f"cancel.{job.id}",
                icon=":material/close:",
                on_click=try_to,
                args=(partial(queue().cancel, job.id),),
            )


def _retry(job_id: int) -> None:
    queue().retry(job_id)
    wake()
