"""Exams: all that the store holds, and a new one from files."""

import streamlit as st

from app.exams.arrivals import watch_arrivals
from app.exams.cards import show_cards
from app.exams.earlier import show_earlier
from app.exams.intake import show_intake
from app.exams.welcome import welcome
from app.exams.worklist import show_worklist
from app.language import t
from core.domain import InputError

st.title(t("app.page.exams"))
try:
    welcome()
    with st.expander(t("app.exams.new"), icon=":material/add:", expanded=False):
        show_intake()
    with st.expander(t("worklist.title"), icon=":material/list_alt:", expanded=False):
        show_worklist()
    with st.expander(t("earlier.title"), icon=":material/manage_search:", expanded=False):
        show_earlier()
    watch_arrivals()
    show_cards()
except InputError as error:
    st.error(str(error), icon=":material/error:")
