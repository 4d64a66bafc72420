"""The two parts of the live page in the browser: the panel beside the picture, and the checklist.

Both speak with the desk on a WebSocket of their own; Streamlit is only told when the exam's clips
have changed, so that the page draws its list again.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from app.language import t
from app.live.desk import Desk
from app.live.poses import poses

HERE = Path(__file__).resolve().parent
SOUND = HERE / "sound.js"
_WORDS = ("quality", "mute", "unmute", "volume", "try", "idle", "lost")
_PLACES = ("complete", "auto", "again", "again.help", "waits", "next", "writing")


def show_panel(desk: Desk) -> None:
    """Draws the readings of the desk's picture, with guidance, tone and alarm."""
    _panel()(
        key="live-panel",
        data={
            "token": desk.token,
            "poses": poses(),
            "words": {name: t(f"live.{name}") for name in _WORDS},
        },
        height="content",
    )


def show_checklist(desk: Desk) -> bool:
    """Draws the protocol's places; True in the run that follows a change of the exam's clips."""
    result = _checklist()(
        key="live-checklist",
        data={
            "token": desk.token,
            "words": {
                "protocol": t("protocol"),
                "lost": t("live.lost"),
                **{name: t(f"live.checklist.{name}") for name in _PLACES},
            },
        },
        height="content",
        on_changes_change=lambda: None,
    )
    return result.changes is not None


@st.cache_resource(show_spinner=False)
def _panel() -> Any:
    # Registered once a server: registering again at each run would remount it and lose its sound.
    return _register("panel", (SOUND, HERE / "line.js", HERE / "probe.js", HERE / "panel.js"))


@st.cache_resource(show_spinner=False)
def _checklist() -> Any:
    return _register("checklist", (HERE / "line.js", HERE / "checklist.js"))


def _register(name: str, scripts: tuple[Path, ...]) -> Any:
    return st.components.v2.component(
        f"echolab_live_{name}",
        html=(HERE / f"{name}.html").read_text("utf-8"),
        css=(HERE / f"{name}.css").read_text("utf-8"),
        js="".join(script.read_text("utf-8") for script in scripts),
    )
