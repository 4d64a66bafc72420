"""Acquire: a live picture from browser or device, or files, into the current exam."""

import streamlit as st

from app.language import t
from app.live.exam_panel import show_exam, show_files, start_recording
from app.live.page import models_or_none, show_live

st.title(t("app.page.acquire"))
models = models_or_none()
feed = show_live(models, files=show_files, on_record=start_recording)
show_exam(feed, models)
