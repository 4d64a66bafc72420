"""EchoLab's app: `python -m streamlit run app/main.py` from the checkout, or `echolab app`."""

from pathlib import Path

import streamlit as st

from app.language import language_switch, t
from app.theme import apply_theme, disclaimer, name_plate

PAGES = Path(__file__).resolve().parent.parent / "pages"
ICONS = {
    "exams": ":material/folder_open:",
    "acquire": ":material/videocam:",
    "measure": ":material/straighten:",
    "report": ":material/description:",
}

st.set_page_config(page_title="EchoLab", page_icon="🫀", layout="wide")
apply_theme()
page = st.navigation(
    [
        st.Page(
            PAGES / f"{name}.py",
            title=t(f"app.page.{name}"),
            icon=icon,
            url_path=name,
            default=name == "exams",
        )
        for name, icon in ICONS.items()
        if (PAGES / f"{name}.py").is_file()
    ]
)
with st.sidebar:
    name_plate(t("app.tagline"))
    language_switch()
page.run()
disclaimer(t("disclaimer"))
