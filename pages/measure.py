"""Measure: the beating picture, its outlines and calipers, and the values that follow."""

import streamlit as st

from app.components.exam_picker import require_exam
from app.measure.panel import measure
from core.domain import InputError

if require_exam():
    try:
        measure()
    except InputError as error:
        st.error(str(error))
