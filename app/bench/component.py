"""The bench in the page: picture, body, movements and keys, or the movements alone."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from app.bench.bench import Bench
from app.language import lang, t
from app.live.panel import SOUND
from core.phantom.bench import Movement
from core.phantom.probe import Window

HERE = Path(__file__).resolve().parent
_WORDS = (
    "again",
    "close",
    "found",
    "hold",
    "keys",
    "lost",
    "nearest",
    "next",
    "no_body",
    "no_hints",
    "not_standard",
    "path",
    "sees",
    "show",
    "shown",
    "standard",
    "time",
    "undo",
    "waiting",
)


def show_bench(bench: Bench, *, small: bool = False, hints: bool = True) -> bool:
    """Draws the bench; True in the run that follows a scored attempt.

    Args:
        small: only the movements and hints, for a page that shows the picture itself.
        hints: a small bench says what is to be done; False where the page does.
    """
    bench.lang = lang()
    result = _component()(
        key=f"bench-{'small' if small else 'page'}",
        data={
            "token": bench.token,
            "small": small,
            "quiet": small and not hints,
            "anatomy": f"bench/body/{bench.token}?{_patient(bench)}",
            "windows": [{"id": each.value, "name": t(f"bench.window.{each}")} for each in Window],
            "words": {
                **{name: t(f"bench.{name}") for name in _WORDS},
                **{each.value: t(f"bench.{each.value}") for each in Movement},
                "mute": t("live.mute"),
                "unmute": t("live.unmute"),
            },
        },
        height="content",
        on_scored_change=lambda: None,
    )
    return result.scored is not None


def _patient(bench: Bench) -> str:
    """Another word for each patient and language: the browser then fetches the surfaces again."""
    facts = json.dumps([bench.lang, repr(bench.setup)])
    return sha256(facts.encode()).hexdigest()[:12]


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    # Registered once a server: registering again at each run would remount it and cut its line.
    scripts = (SOUND, HERE / "body3d.js", HERE / "bench.js")
    return st.components.v2.component(
        "echolab_bench",
        html=(HERE / "bench.html").read_text("utf-8"),
        css=(HERE / "bench.css").read_text("utf-8"),
        js="".join(script.read_text("utf-8") for script in scripts),
    )
