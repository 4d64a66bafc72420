"""Exams: all that the store holds, and a new one from files."""

import streamlit as st

from app.exams.cards import show_cards
from app.exams.intake import show_intake
from app.exams.welcome import welcome
from app.language import t
from core.domain import InputError

st.title(t("app.page.exams"))
try:
    welcome()
    with st.expander(t("app.exams.new"), icon=":material/add:", expanded=False):
        show_intake()
    show_cards()
except InputError as error:
    st.error(str(error), icon=":material/error:")
