"""The two live streams: a browser's camera sent here, or a device of this machine sent there.

Both end in a `LiveSession`; the browser shows what its `picture` gives. Nothing in a callback waits
for recognition, and nothing there calls Streamlit.
"""

from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
import streamlit as st
from streamlit_webrtc import (
    Translations,
    VideoHTMLAttributes,
    WebRtcMode,
    create_video_source_track,
    webrtc_streamer,
)

from app.language import lang, t
from app.live.network import rtc_configuration
from app.live.picture import waiting_picture
from app.live.session import LiveFeed
from core.acquisition.source import Source
from core.acquisition.webrtc import BrowserSource
from core.recognition.live import LiveEngine

CAMERA = {
    "video": {"width": {"ideal": 960}, "height": {"ideal": 720}, "frameRate": {"ideal": 30}},
    "audio": False,
}
"""What the browser is asked for. Larger pictures cost the server more in video coding than the
networks gain: they look at 256 pixels."""
DEVICE_FPS = 25
HEIGHT_PX = 500
"""Of the picture on the page, at most."""


def browser_stream(make_engine: Callable[[], LiveEngine]) -> LiveFeed:
    """Draws the streamer of the browser's camera or capture card; returns its feed."""
    feed = _feed("browser", lambda: BrowserSource("browser"), make_engine)

    def on_frame(frame: av.VideoFrame) -> av.VideoFrame:
        pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
        session = feed.running()
        if session is None or not isinstance(session.source, BrowserSource):
            return frame
        pixels = session.source.push(pixels)
        return av.VideoFrame.from_ndarray(session.picture(pixels), format="rgb24")

    webrtc_streamer(
        key="live-browser",
        mode=WebRtcMode.SENDRECV,
        rtc_configuration=rtc_configuration(),
        media_stream_constraints=CAMERA,
        video_frame_callback=on_frame,
        on_video_ended=feed.end,
        sendback_audio=False,
        media_toggle_controls=False,
        video_html_attrs=_video(HEIGHT_PX),
        translations=_translations(),
    )
    return feed


def device_stream(
    open_source: Callable[[], Source],
    make_engine: Callable[[], LiveEngine],
    *,
    name: str,
    height: int = HEIGHT_PX,
) -> LiveFeed:
    """Draws the streamer of a device of the server's machine; returns its feed.

    Args:
        open_source: makes the source; called in a stream's thread at START.
        make_engine: as for `browser_stream`.
        name: of the device; another name is another stream.
        height: of the picture on the page at most, px.
    """
    feed = _feed(f"device-{name}", open_source, make_engine)
    waiting = waiting_picture(t("live.waiting"))
    failed = waiting_picture(t("live.no_device"))

    def on_demand(_pts: int, _base: Fraction) -> av.VideoFrame:
        session = feed.running()
        if session is None:
            pixels = failed
        elif session.newest is None:
            pixels = waiting
        else:
            pixels = session.picture(session.newest.pixels)
        # The encoder wants even sides.
        height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
        return av.VideoFrame.from_ndarray(pixels[:height, :width].copy(), format="rgb24")

    track = create_video_source_track(
        on_demand, key=f"live-device-track-{name}", fps=DEVICE_FPS, on_ended=feed.end
    )
    webrtc_streamer(
        key=f"live-device-{name}",
        mode=WebRtcMode.RECVONLY,
        rtc_configuration=rtc_configuration(),
        media_stream_constraints={"video": True, "audio": False},
        source_video_track=track,
        media_toggle_controls=False,
        video_html_attrs=_video(height),
        translations=_translations(),
    )
    return feed


def _video(height: int) -> VideoHTMLAttributes:
    style: dict[str, str | int | float] = {
        "width": "100%",
        "maxHeight": f"{height}px",
        "background": "#000",
        "borderRadius": "10px",
        "display": "block",
    }
    return VideoHTMLAttributes(autoPlay=True, controls=False, muted=True, style=style)


def _feed(
    key: str, open_source: Callable[[], Source], make_engine: Callable[[], LiveEngine]
) -> LiveFeed:
    """This session's feed `key`; any other feed of the session is closed: one streamer a page."""
    feeds: dict[str, LiveFeed] = st.session_state.setdefault("live.feeds", {})
    for other in [name for name in feeds if name != key]:
        feeds.pop(other).end()
    feed = feeds.setdefault(key, LiveFeed(open_source, make_engine))
    feed.speak(lang())
    return feed


def _translations() -> Translations:
    names = (
        "start",
        "stop",
        "select_device",
        "media_api_not_available",
        "device_ask_permission",
        "device_not_available",
        "device_access_denied",
    )
    return Translations(**{name: t(f"live.camera.{name}") for name in names})  # type: ignore[typeddict-item]
