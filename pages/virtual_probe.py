"""Virtual probe: a beating heart under a probe in the user's hand, with its truth and a score."""

import streamlit as st

from app.bench.page import show_page
from app.live.page import models_or_none
from core.domain import InputError

try:
    show_page(models_or_none())
except InputError as error:
    st.error(str(error), icon=":material/error:")
