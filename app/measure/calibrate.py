"""Calibration by hand: the depth that the machine shows, or a caliper on something known."""

from collections.abc import Callable

import streamlit as st

from app.language import t
from app.opened import Opened, opened_exam, try_to
from core.acquisition.calibration import manual_depth, manual_two_points
from core.analysis.analysis import ClipAnalysis
from core.domain import Calibration
from core.measurement import CalibrationEdit, length_of


def show_calibration(exam: Opened, clip: ClipAnalysis) -> None:
    """What holds now, and the two ways to set it."""
    own = clip.calibration
    st.write(t(f"app.calibration.{own.source}"))
    if own.mm_per_px is not None:
        x, y = own.mm_per_px
        st.caption(t("app.calibration.size", x=f"{x:.4f}", y=f"{y:.4f}"))
    everywhere = st.checkbox(t("app.calibration.all"), key="calibrate.all")
    target = None if everywhere else clip.id
    with st.container(horizontal=True, vertical_alignment="bottom"):
        depth = st.number_input(
            t("app.calibration.depth"), 0.5, 50.0, 15.0, 0.5, key="calibrate.depth", width=180
        )
        st.button(
            t("app.calibration.set_depth"),
            on_click=_set,
            args=(lambda: manual_depth(clip.recognition.sector, depth * 10), target),
        )
    calipers = [c for c in exam.calipers if c.clip == clip.id]
    if not calipers:
        st.caption(t("app.calibration.draw"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        caliper = st.selectbox(
            t("app.caliper"),
            calipers,
            index=len(calipers) - 1,
            format_func=lambda c: f"{length_of(c, Calibration()).value:.0f} px",
            key="calibrate.caliper",
            width=130,
        )
        length = st.number_input(
            t("app.calibration.length"), 1.0, 500.0, 50.0, 1.0, key="calibrate.length", width=150
        )
        st.button(
            t("app.calibration.set_length"),
            on_click=_set,
            args=(lambda: manual_two_points(caliper.start, caliper.end, length), target),
        )


def _set(make: Callable[[], Calibration], clip_id: str | None) -> None:
    exam = opened_exam()
    if exam is not None:
        try_to(lambda: exam.edit(CalibrationEdit(calibration=make(), clip=clip_id)))
