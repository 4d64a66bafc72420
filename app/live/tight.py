"""Less air above the live page: picture, panel and checklist are seen at once on a laptop."""

import streamlit as st

_TIGHT = """<style>
.block-container {padding-top: 1.1rem !important;}
.block-container h1 {font-size: 1.5rem; padding: 0 0 .1rem;}
/* What lies under Streamlit's empty toolbar stays within reach; its buttons do too. */
header[data-testid="stHeader"], header[data-testid="stHeader"] * {pointer-events: none;}
header[data-testid="stHeader"] button, header[data-testid="stHeader"] button * {
  pointer-events: auto;}
[data-testid="stPopoverBody"]:has([data-testid="stSlider"]) {min-width: min(960px, 92vw);}
</style>"""


def tighten() -> None:
    """Adds the lines to the page."""
    st.html(_TIGHT)
