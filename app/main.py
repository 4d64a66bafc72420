"""EchoLab's app: `python -m streamlit run app/main.py` from the checkout, or `echolab app`.

Streamlit runs this file for each page. The server imports it once: for the addresses that it
answers beside the pages.
"""

import streamlit as st

from app.bench import line as bench_line
from app.exams.welcome import first_page
from app.language import language_switch, t
from app.live import line as live_line
from app.settings.running import lifespan
from app.state import page
from app.theme import apply_theme, disclaimer, name_plate
from app.train.loaded import loaded

ICONS = {
    "exams": ":material/folder_open:",
    "acquire": ":material/videocam:",
    "virtual_probe": ":material/cardiology:",
    "measure": ":material/straighten:",
    "report": ":material/description:",
    "train": ":material/model_training:",
    "validation": ":material/fact_check:",
    "settings": ":material/settings:",
}


def draw() -> None:
    """The page that is asked for, in its frame."""
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
    disclaimer(t("disclaimer"), loaded())
    chosen.run()


if __name__ == "__main__":
    draw()
else:
    routes = [*bench_line.routes(), *live_line.routes()]
    app = st.App(__file__, routes=routes, lifespan=lifespan)
