import streamlit as st

from app.language import t

st.title(t("app.page.report"))
