"""Our own name and port, what goes by itself, certificates."""

from dataclasses import replace
from functools import partial

import streamlit as st

from app.language import t
from app.opened import try_to
from app.settings.news import tell
from app.settings.running import station_state, wake
from core.language import LANGUAGES
from core.workstation.nodes import Role
from core.workstation.settings import SENDABLE, Settings, TlsFiles, load_settings, save_settings


def show_own(settings: Settings) -> None:
    """How the station stands, then one form for all of it."""
    _show_state(settings)
    with st.form("station.own"):
        st.subheader(t("station.own.we"))
        left, middle, right = st.columns(3)
        title = left.text_input(t("station.own.title"), settings.ae_title, max_chars=16)
        port = middle.number_input(t("station.own.port"), 1, 65535, settings.port)
        address = right.text_input(
            t("station.own.address"), settings.address, help=t("station.own.address.help")
        )
        listen = st.toggle(t("station.own.listen"), settings.listen)
        known_only = st.checkbox(t("station.own.known_only"), settings.known_only)
        st.subheader(t("station.own.drafts"))
        analyse = st.checkbox(t("station.own.analyse"), settings.analyse)
        left, right = st.columns(2)
        quiet = left.number_input(
            t("station.own.quiet"),
            1,
            3600,
            round(settings.quiet_s),
            help=t("station.own.quiet.help"),
        )
        names = ["", *(node.name for node in settings.with_role(Role.ARCHIVE))]
        back = right.selectbox(
            t("station.own.send_back"),
            names,
            names.index(settings.send_back) if settings.send_back in names else 0,
            format_func=lambda name: name or t("station.own.send_back.none"),
        )
        st.subheader(t("station.own.sent"))
        left, right = st.columns(2)
        send = left.multiselect(
            t("station.own.what"),
            SENDABLE,
            settings.send,
            format_func=lambda kind: t(f"station.kind.{kind}"),
        )
        language = right.selectbox(
            t("station.own.lang"),
            list(LANGUAGES),
            list(LANGUAGES).index(settings.lang),
            format_func=LANGUAGES.__getitem__,
        )
        with st.expander(t("station.own.tls"), icon=":material/lock:"):
            st.caption(t("station.own.tls.help"))
            certificate = st.text_input(t("station.own.certificate"), settings.tls.certificate)
            key = st.text_input(t("station.own.key"), settings.tls.key)
            authority = st.text_input(t("station.own.authority"), settings.tls.authority)
            listen_tls = st.checkbox(t("station.own.listen_tls"), settings.listen_tls)
        if st.form_submit_button(t("station.save"), type="primary"):
            try_to(
                partial(
                    _keep,
                    ae_title=title,
                    port=int(port),
                    address=address,
                    listen=listen,
                    known_only=known_only,
                    analyse=analyse,
                    quiet_s=float(quiet),
                    send_back=back,
                    send=tuple(kind for kind in SENDABLE if kind in send),
                    lang=language,
                    listen_tls=listen_tls,
                    tls=TlsFiles(
                        certificate=certificate.strip(),
                        key=key.strip(),
                        authority=authority.strip(),
                    ),
                )
            )
            st.rerun()


@st.fragment(run_every=2.0)
def _show_state(settings: Settings) -> None:
    state = station_state()
    if state.trouble:
        st.error(state.trouble, icon=":material/error:")
    elif state.port is not None:
        where = f"{settings.ae_title}@{settings.address}:{state.port}"
        st.success(t("station.state.listening", where=where), icon=":material/hearing:")
    elif not state.working:
        st.info(t("station.state.elsewhere"), icon=":material/info:")
    else:
        st.info(t("station.state.deaf"), icon=":material/hearing_disabled:")
    if state.drafting:
        st.info(t("station.state.drafting", exam=state.drafting), icon=":material/analytics:")


def _keep(**changed: object) -> None:
    save_settings(replace(load_settings(), **changed))  # type: ignore[arg-type]
    tell(t("station.saved"))
    wake()
