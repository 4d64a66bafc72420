"""What is known of the live picture, in the user's language, with its tone and alarm."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from app.language import known, t
from app.live.session import LiveFeed
from core.domain import Mode
from core.recognition.live import LiveState

HERE = Path(__file__).resolve().parent
SOUND = HERE / "sound.js"
BARS = 5
_NAME = "echolab_live_panel"


def show_readings(feed: LiveFeed, on_record: Callable[[LiveFeed], None]) -> None:
    """Draws the readings of `feed`; call it from a fragment that runs a few times a second.

    `on_record` is called when the user presses R; the page then runs again.
    """
    session = feed.session
    state = session.engine.snapshot() if session is not None and feed.live else LiveState()
    if feed.error is not None:
        st.error(feed.error, icon=":material/error:")
    data = {**readings(state), "records": session is not None}
    result = _component()(
        data=data,
        key="live-panel",
        height="content",
        on_record_change=lambda: on_record(feed),
    )
    if result.record:
        st.rerun()


def readings(state: LiveState) -> dict[str, Any]:
    """The component's data; plain words and numbers."""
    if state.index < 0:
        kind, verdict = "idle", t("live.idle")
    elif state.view is None:
        kind, verdict = "idle", t("live.no_picture" if state.sector is None else "live.off")
    elif state.standard:
        kind, verdict = "standard", t("live.standard")
    else:
        kind, verdict = "poor", t("live.not_standard")
    view = state.view
    best = sorted(view.probabilities.items(), key=lambda p: -p[1])[:BARS] if view else []
    return {
        "state": kind,
        "verdict": verdict,
        "code": view.label.value if view else "",
        "name": t(f"view.{view.label}") if view else "",
        "detail": f"{view.label} · {view.probability:.0%}" if view else "",
        "quality": round(state.quality, 3) if view else None,
        "reasons": [known(reason, reason) for reason in state.reasons] if view else [],
        "bars": [
            {"code": label.value, "name": t(f"view.{label}"), "p": round(p, 3)} for label, p in best
        ],
        "facts": _facts(state),
        "words": {
            name: t(f"live.{name}")
            for name in ("quality", "views", "mute", "unmute", "volume", "try")
        },
    }


def _facts(state: LiveState) -> str:
    if state.index < 0:
        return ""
    rates = t(
        "live.rates",
        came=f"{state.fps_in:.0f}",
        done=f"{state.fps_out:.0f}",
        delay=f"{1000 * state.latency_s:.0f}",
    )
    parts = [f"{state.width}×{state.height}", rates]
    if state.mode is not Mode.UNKNOWN:
        parts.insert(0, t(f"mode.{state.mode}"))
    if state.failed:
        parts.append(t("live.failed"))
    return " · ".join(parts)


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    # Registered once a server: registering again at each run would remount it and lose its sound.
    return st.components.v2.component(
        _NAME,
        html=(HERE / "panel.html").read_text("utf-8"),
        css=(HERE / "panel.css").read_text("utf-8"),
        js=SOUND.read_text("utf-8") + (HERE / "panel.js").read_text("utf-8"),
    )
