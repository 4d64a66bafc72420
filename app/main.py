"""EchoLab's app: `python -m streamlit run app/main.py` from the checkout, or `echolab app`."""

import streamlit as st

from app.exams.welcome import first_page
from app.language import language_switch, t
from app.state import page
from app.theme import apply_theme, disclaimer, name_plate

ICONS = {
    "exams": ":material/folder_open:",
    "acquire": ":material/videocam:",
    "measure": ":material/straighten:",
    "report": ":material/description:",
}

st.set_page_config(page_title="EchoLab", page_icon="🫀", layout="wide")
apply_theme()
name_plate()
home = st.Page(first_page, title="EchoLab", url_path="home", default=True, visibility="hidden")
rooms = [
    st.Page(page(name), title=t(f"app.page.{name}"), icon=icon, url_path=name)
    for name, icon in ICONS.items()
]
chosen = st.navigation([home, *rooms])
with st.sidebar:
    language_switch()
disclaimer(t("disclaimer"))
chosen.run()
