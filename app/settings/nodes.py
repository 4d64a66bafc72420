"""The nodes around: a row each with its test, its form, and a form for another."""

from functools import partial
from typing import Any

import streamlit as st

from app.components.plain import plain
from app.language import lang, t
from app.opened import try_to
from app.settings.news import tell
from app.settings.running import wake
from core.transfer.records import UnreachableError
from core.workstation.network.contact import echo, words_of
from core.workstation.nodes import Node, Role
from core.workstation.settings import Settings, load_settings, save_settings

_ROUND = "station.nodes.round"


def show_nodes(settings: Settings) -> None:
    """All nodes, then the form for a new one."""
    if not settings.nodes:
        st.info(t("station.nodes.none"), icon=":material/dns:")
    for node in settings.nodes:
        with st.container(border=True, key=f"node-{settings.nodes.index(node)}"):
            _row(node, settings)
    with st.expander(t("station.nodes.add"), icon=":material/add:", expanded=not settings.nodes):
        _form(None)


def _row(node: Node, settings: Settings) -> None:
    words, buttons = st.columns([2, 1.4], vertical_alignment="center")
    with words:
        roles = " ".join(
            f":blue-badge[{t(f'station.role.{role}')}]" for role in Role if role in node.roles
        )
        marks = [t("station.node.tls")] if node.tls else []
        marks += [t("station.node.commitment")] if node.commitment else []
        marks += [t("station.node.deidentify.short")] if node.deidentify else []
        marks += ["DICOMweb"] if node.web else []
        grey = " ".join(f":gray-badge[{mark}]" for mark in marks)
        st.markdown(f"**{plain(node.name)}** {roles} {grey}")
        st.caption(plain(node.address))
    with buttons, st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(
            t("station.node.test"), key=f"test.{node.name}", icon=":material/network_ping:"
        ):
            _test(node, settings)
        with st.popover(t("station.node.edit"), icon=":material/edit:"):
            _form(node)
        with st.popover(t("station.node.remove"), icon=":material/delete:"):
            st.write(t("station.node.remove.sure", name=plain(node.name)))
            st.button(
                t("station.node.remove.yes"),
                key=f"remove.{node.name}",
                type="primary",
                on_click=try_to,
                args=(partial(_remove, node.name),),
            )


def _test(node: Node, settings: Settings) -> None:
    """C-ECHO while the person waits; the answer stands in this row's page run."""
    with st.spinner(t("station.node.testing")):
        try:
            echo(node, settings)
        except UnreachableError as error:
            why = words_of(error, lang())
            tell(t("station.node.test.bad", name=node.name, why=why), good=False)
        else:
            tell(t("station.node.test.good", name=node.name))
    st.rerun()


def _form(node: Node | None) -> None:
    key = f"node.{node.name if node else ''}.{st.session_state.get(_ROUND, 0)}"
    with st.form(key, border=False):
        left, right = st.columns(2)
        name = left.text_input(
            t("station.node.name"), node.name if node else "", key=f"{key}.name", max_chars=40
        )
        title = right.text_input(
            t("station.node.title"), node.ae_title if node else "", key=f"{key}.title", max_chars=16
        )
        host = left.text_input(
            t("station.node.host"), node.host if node else "", key=f"{key}.host", max_chars=253
        )
        port = right.number_input(
            t("station.node.port"), 1, 65535, node.port if node else 104, key=f"{key}.port"
        )
        roles = st.multiselect(
            t("station.node.roles"),
            list(Role),
            [role for role in Role if node is None or role in node.roles],
            format_func=lambda role: t(f"station.role.{role}"),
            key=f"{key}.roles",
        )
        tls = st.checkbox(t("station.node.tls.long"), bool(node and node.tls), key=f"{key}.tls")
        commitment = st.checkbox(
            t("station.node.commitment.long"),
            bool(node and node.commitment),
            key=f"{key}.commitment",
        )
        deidentify = st.checkbox(
            t("station.node.deidentify"), bool(node and node.deidentify), key=f"{key}.deidentify"
        )
        web = st.text_input(
            t("station.node.web"),
            node.web if node else "",
            key=f"{key}.web",
            placeholder="http://192.0.2.7:8042/dicom-web",
        )
        if st.form_submit_button(t("station.save"), type="primary", key=f"{key}.save"):
            given: dict[str, Any] = {
                "name": name,
                "ae_title": title,
                "host": host,
                "port": int(port),
                "roles": frozenset(roles),
                "tls": tls,
                "commitment": commitment,
                "deidentify": deidentify,
                "web": web,
            }
            try_to(partial(_keep, Node(**given), node.name if node else ""))
            st.rerun()


def _keep(node: Node, instead_of: str) -> None:
    save_settings(load_settings().with_node(node, instead_of=instead_of))
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    tell(t("station.saved"))
    wake()


def _remove(name: str) -> None:
    save_settings(load_settings().without_node(name))
    tell(t("station.saved"))
    wake()
