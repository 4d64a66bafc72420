"""The Measure page put together."""

import streamlit as st

from app.language import t
from app.measure.calibrate import show_calibration
from app.measure.charts import show_curve, show_overlay
from app.measure.cine import film_for, frame_shown, show_cine
from app.measure.head import choose_clip, show_judgement
from app.measure.mmode import show_mmode
from app.measure.values import show_calipers, show_large, show_table
from app.measure.wall import show_bullseye
from app.opened import opened_exam, show_trouble


@st.fragment
def measure() -> None:
    """Cine and values of the open exam; an edit runs this part again, not the whole page."""
    exam = opened_exam()
    if exam is None or not exam.analysis.clips:
        st.info(t("app.no_clips"))
        return
    picture, numbers = st.columns([1.5, 1], gap="medium")
    with picture:
        clip = choose_clip(exam)
        film = film_for(exam.exam_id, clip)
        show_trouble()
        show_cine(exam, clip, film)
        show_judgement(clip)
        show_calipers(exam, clip)
    frame = frame_shown(clip)
    with numbers:
        show_large(exam)
        tabs = ("curve", "overlay", "mmode", "wall_motion", "calibration")
        curve, overlay, mmode, wall, calibration = st.tabs([t(f"app.tab.{tab}") for tab in tabs])
        with curve:
            show_curve(clip, film, frame)
        with overlay:
            show_overlay(
                clip,
                film,
                frame,
                calipers=exam.calipers,
                measurements=exam.analysis.measurements,
            )
        with mmode:
            show_mmode(exam.exam_id, clip, film, exam.calipers)
        with wall:
            show_bullseye(exam)
        with calibration:
            show_calibration(exam, clip)
        show_table(exam, clip)
        st.caption(t("app.saved", version=exam.version))
