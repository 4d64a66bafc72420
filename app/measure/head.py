"""Which clip is shown, and what recognition said of it."""

import html
from collections.abc import Callable
from typing import Any

import streamlit as st

from app.language import known, t
from app.measure.goto import CLIP_KEY
from app.opened import Opened
from core.analysis.analysis import ClipAnalysis
from core.domain import CalibrationSource, FlowSite, Mode, View

_MOST_BUTTONS = 8
STRIPS = (Mode.PW, Mode.CW, Mode.TDI, Mode.MMODE)


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
    if clip.recognition.mode in STRIPS:
        _show_strip(clip)
        return
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
    reasons = [known(reason, reason) for reason in judgement.reasons]
    _chips(chips, reasons)


def _show_strip(clip: ClipAnalysis) -> None:
    """Of a strip: its mode, what it is of, its scales, and why nothing was measured on it."""
    trace = clip.trace
    chips = [("", t(f"mode.{clip.recognition.mode}"))]
    reasons: list[str] = []
    if trace is not None:
        unknown = trace.site is FlowSite.UNKNOWN
        chips.append(("warn" if unknown else "ok", t(f"site.{trace.site}")))
        if trace.view is not View.OTHER:
            chips.append(("", t(f"view.{trace.view}")))
        for key, per_px in (
            ("app.chip.speed_scale", trace.calibration.cm_s_per_px),
            ("app.chip.depth_scale", trace.calibration.mm_per_px_y),
            ("app.chip.time_scale", trace.calibration.ms_per_px),
        ):
            if per_px is not None:
                chips.append(("", t(key, per_px=f"{per_px:.3g}")))
        causes = [trace.doubt, *dict.fromkeys(reason for _, reason in trace.missing)]
        reasons = [known(cause, cause) for cause in causes if cause]
    _chips(chips, reasons)


def _chips(chips: list[tuple[str, str]], reasons: list[str]) -> None:
    spans = "".join(f'<span class="el-chip {k}">{html.escape(words)}</span>' for k, words in chips)
    why = html.escape(" · ".join(reasons))
    why = f'<div class="el-muted">{why}</div>' if why else ""
    st.html(f'<div data-testid="judgement">{spans}{why}</div>')


def _view(clip: ClipAnalysis) -> str:
    if clip.recognition.mode in STRIPS:
        site = FlowSite.UNKNOWN if clip.trace is None else clip.trace.site
        mode = t(f"mode.short.{clip.recognition.mode}")
        return mode if site is FlowSite.UNKNOWN else f"{mode} {t(f'site.{site}')}"
    view = clip.recognition.view.label
    return t("app.view.other") if view == "OTHER" else str(view)
