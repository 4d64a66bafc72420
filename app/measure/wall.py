"""The bull's-eye of wall motion beside the cine."""

import streamlit as st

from app.language import lang, t
from app.opened import Opened
from core.report.bullseye import bullseye


def show_bullseye(exam: Opened) -> None:
    """Sixteen segments and their index; why there is none where none was scored."""
    measured = next(m for m in exam.analysis.measurements if m.id == "wall_motion")
    drawn = bullseye(measured, lang())
    if drawn is None:
        st.info(t(measured.reason) if measured.reason else t("app.wall_motion.none"))
        return
    caption, picture = drawn
    st.image(picture, caption=caption)
