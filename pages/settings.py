"""Settings: the nodes of the hospital, our own name and port, and what is being sent."""

import streamlit as st

from app.language import t
from app.settings.page import show_page
from core.domain import InputError

st.title(t("app.page.settings"))
try:
    show_page()
except InputError as error:
    st.error(str(error), icon=":material/error:")
