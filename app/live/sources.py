"""The page's ways in: the browser's camera, a device of this machine, the virtual probe, files."""

from collections.abc import Callable

import streamlit as st

from app.language import t
from app.live.network import camera_allowed
from app.live.session import LiveFeed
from app.live.streamer import browser_stream, device_stream
from core.acquisition.device import DeviceSource, list_devices
from core.recognition.live import LiveEngine

VIRTUAL_PX = 336
"""Height of the virtual probe's picture: its hand lies below it."""


def choose_source() -> str:
    """The segmented control; "browser", "device", "virtual" or "files"."""
    icons = {
        "browser": "videocam",
        "device": "settings_input_hdmi",
        "virtual": "cardiology",
        "files": "upload_file",
    }
    chosen = st.segmented_control(
        t("acquire.source"),
        list(icons),
        format_func=lambda name: f":material/{icons[name]}: {t(f'acquire.source.{name}')}",
        default="browser" if "acquire.source" not in st.session_state else None,
        required=True,
        key="acquire.source",
        persist_state="session",
        label_visibility="collapsed",
    )
    return chosen or "browser"


def browser_source(make_engine: Callable[[], LiveEngine]) -> LiveFeed:
    """Streamer of the browser's own camera or capture card."""
    if not camera_allowed(st.context.url or ""):
        st.warning(t("acquire.https"), icon=":material/lock:")
    feed = browser_stream(make_engine)
    if feed.session is None:
        st.caption(t("acquire.browser.hint"))
    return feed


def device_source(make_engine: Callable[[], LiveEngine]) -> LiveFeed | None:
    """Choice of a device or address, and its streamer; None while nothing is chosen."""
    if "acquire.devices" not in st.session_state:
        st.session_state["acquire.devices"] = list_devices()
    devices = st.session_state["acquire.devices"]
    pick, search, typed = st.columns([3, 1.7, 4], vertical_alignment="bottom")
    with pick:
        device = st.selectbox(
            t("acquire.device.choose"),
            devices,
            format_func=lambda d: d.name,
            disabled=not devices,
            key="acquire.device",
            persist_state="session",
        )
    with search:
        if st.button(t("acquire.device.search"), icon=":material/search:", width="stretch"):
            st.session_state["acquire.devices"] = list_devices()
            st.rerun()
    with typed:
        address = st.text_input(
            t("acquire.device.address"), key="acquire.address", persist_state="session"
        ).strip()
    if not address and device is None:
        st.info(t("acquire.device.none"), icon=":material/settings_input_hdmi:")
        return None
    target = address or device.index
    feed = device_stream(lambda: DeviceSource(target), make_engine, name=str(target))
    if feed.session is None:
        st.caption(t("acquire.device.hint"))
    return feed


def choose_patient() -> None:
    """Who lies under the virtual probe, folded away."""
    from app.bench.session import session_bench
    from app.bench.setup import choose

    with st.popover(t("bench.setup"), icon=":material/personal_injury:"):
        choose(session_bench())


def virtual_source(make_engine: Callable[[], LiveEngine]) -> LiveFeed:
    """Streamer of the virtual probe, as of a device."""
    from app.bench.session import session_bench  # brings the heart: a camera is opened without it

    feed = device_stream(session_bench().probe, make_engine, name="virtual", height=VIRTUAL_PX)
    if feed.session is None:
        st.caption(t("acquire.virtual.hint"))
    return feed


def hand_on_virtual_probe(*, hints: bool) -> None:
    """The movements of the virtual probe, without a picture.

    Args:
        hints: say what to do next, as the truth is known; not where recognition says it.
    """
    from app.bench.component import show_bench
    from app.bench.session import session_bench

    show_bench(session_bench(), small=True, hints=hints)
