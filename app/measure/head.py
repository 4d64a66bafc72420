"""Which clip is shown, and what recognition said of it."""

import html
from collections.abc import Callable
from typing import Any

import streamlit as st

from app.language import known, t
from app.measure.values import CLIP_KEY
from app.opened import Opened
from core.analysis.analysis import ClipAnalysis
from core.domain import CalibrationSource

_MOST_BUTTONS = 8


def choose_clip(exam: Opened) -> ClipAnalysis:
    """The clip that the reader chose; the first standard one before."""
    clips = {clip.id: clip for clip in exam.analysis.clips}
    key = f"{CLIP_KEY}.{exam.exam_id}"
    if st.session_state.get(key) not in clips:
        standard = [c for c in clips.values() if c.recognition.judgement.standard]
        st.session_state[key] = (standard or list(clips.values()))[0].id
    choose: Callable[..., str] = st.segmented_control
    more: dict[str, Any] = {"required": True}
    if len(clips) > _MOST_BUTTONS:
        choose, more = st.selectbox, {}
    chosen = choose(
        t("app.clip"),
        list(clips),
        format_func=lambda clip_id: f"{_view(clips[clip_id])} · {clip_id}",
        key=key,
        label_visibility="collapsed",
        persist_state="session",
        **more,
    )
    return clips[chosen]


def show_judgement(clip: ClipAnalysis) -> None:
    """View with its probability, quality, calibration; and in words why a plane is not standard."""
    said, judgement = clip.recognition.view, clip.recognition.judgement
    chips = [
        ("ok" if judgement.standard else "warn", t(f"view.{said.label}")),
        ("", t("app.chip.probability", percent=f"{said.probability:.0%}")),
        ("", t("app.chip.quality", percent=f"{judgement.quality:.0%}")),
        (
            "ok" if judgement.standard else "warn",
            t("app.chip.standard" if judgement.standard else "app.chip.not_standard"),
        ),
        (
            "warn" if clip.calibration.source is CalibrationSource.NONE else "",
            t(f"app.calibration.{clip.calibration.source}"),
        ),
    ]
    spans = "".join(f'<span class="el-chip {k}">{html.escape(words)}</span>' for k, words in chips)
    reasons = " · ".join(known(reason, reason) for reason in judgement.reasons)
    why = f'<div class="el-muted">{html.escape(reasons)}</div>' if reasons else ""
    st.html(f'<div data-testid="judgement">{spans}{why}</div>')


def _view(clip: ClipAnalysis) -> str:
    view = clip.recognition.view.label
    return t("app.view.other") if view == "OTHER" else str(view)
