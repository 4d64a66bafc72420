"""Validation: how far measurements are off the truth, and runs of one's own that tell it."""

import streamlit as st

from app.language import t
from app.validation.page import show_page
from core.domain import InputError

st.title(t("app.page.validation"))
try:
    show_page()
except InputError as error:
    st.error(str(error), icon=":material/error:")
