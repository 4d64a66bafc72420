"""Acquire: a live picture from browser, device or virtual probe, or files, into the exam."""

import streamlit as st

from app.language import t
from app.live.exam_panel import show_exam, show_files, sync_exam
from app.live.page import models_or_none, session_desk, show_live
from app.live.panel import show_checklist
from app.live.tight import tighten

tighten()
st.title(t("app.page.acquire"))
desk = session_desk()
sync_exam(desk)
models = models_or_none()
feed = show_live(desk, models, files=show_files)
show_checklist(desk)
show_exam(desk, feed, models)
