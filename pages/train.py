"""Train: data to look at, own pictures to label, training until a score, evaluation, model sets."""

import streamlit as st

from app.language import t
from app.train.page import show_page
from core.domain import InputError

st.title(t("app.page.train"))
try:
    show_page()
except InputError as error:
    st.error(str(error), icon=":material/error:")
