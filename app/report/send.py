"""The report's way to an archive: to whom, what, and how far it is."""

from functools import partial

import streamlit as st

from app import state
from app.language import lang, t
from app.opened import Opened, try_to
from app.settings.running import queue, wake
from core.workstation.nodes import Node, Role
from core.workstation.settings import SENDABLE, load_settings

LOOK_S = 1.5


def show_send(exam: Opened) -> None:
    """A button that opens the choice; below it the state of what was sent last. Raises
    InputError."""
    settings = load_settings()
    nodes = settings.with_role(Role.ARCHIVE)
    with st.popover(t("send.open"), icon=":material/send:"):
        if not nodes:
            st.write(t("send.no_node"))
            st.page_link(
                state.page("settings"), label=t("app.page.settings"), icon=":material/settings:"
            )
            return
        node = st.selectbox(
            t("send.to"), nodes, format_func=lambda each: each.name, key="send.node"
        )
        kinds = st.multiselect(
            t("station.own.what"),
            SENDABLE,
            settings.send,
            format_func=lambda kind: t(f"station.kind.{kind}"),
            key="send.kinds",
        )
        if node is not None and node.deidentify:
            st.caption(t("station.node.deidentify"))
        st.button(
            t("send.now"),
            type="primary",
            key="send.now",
            icon=":material/send:",
            disabled=not kinds,
            on_click=try_to,
            args=(partial(_send, exam.exam_id, node, tuple(kinds)),),
        )
        st.fragment(_last, run_every=LOOK_S)(exam.exam_id)


def _send(exam_id: str, node: Node | None, kinds: tuple[str, ...]) -> None:
    from core.workstation.outgoing import want

    if node is not None:
        queue().ask(exam_id, node, want=want(kinds, lang=lang()))
        wake()


def _last(exam_id: str) -> None:
    from core.workstation.network.contact import trouble_words

    job = next((job for job in queue().jobs() if job.exam_id == exam_id), None)
    if job is None:
        return
    words = f"{job.node.name}: {t(f'transfer.state.{job.state}')}"
    if job.total:
        words += " · " + t("transfer.arrived", done=job.delivered, total=job.total)
    if job.trouble is not None:
        words += " · " + trouble_words(job.trouble, job.detail, lang())
    st.caption(words)
