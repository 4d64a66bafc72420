"""Virtual probe: a beating heart under a probe in the user's hand, with its truth and a score."""

import streamlit as st

from app.bench.page import show_page
from core.domain import InputError

try:
    show_page()
except InputError as error:
    st.error(str(error), icon=":material/error:")
