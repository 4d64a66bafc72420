"""What Streamlit's theme cannot say: a few lines of CSS, and the name plate."""

import html
from pathlib import Path

import streamlit as st

_CSS = """
<style>
.block-container {padding-top: 2.6rem; padding-bottom: 3.2rem; max-width: 1800px;
  padding-left: 1.8rem; padding-right: 1.8rem;}
header[data-testid="stHeader"] {background: transparent;}
section[data-testid="stSidebar"] {width: 232px !important; min-width: 0;}
[data-testid="stSidebarNavLink"] {min-height: 2.75rem;}
.stButton button, .stDownloadButton button {min-height: 2.75rem;}
.el-disclaimer {position: fixed; left: 0; right: 0; bottom: 0; z-index: 100; text-align: center;
  font-size: .78rem; padding: .3rem 1rem; color: #c9a227; background: rgba(10, 13, 17, .93);
  border-top: 1px solid #26303a; pointer-events: none;}
.el-models {color: #8b98a5;}
.el-chip {display: inline-block; padding: .1rem .55rem; border-radius: 99px; font-size: .78rem;
  border: 1px solid rgba(128, 148, 166, .4); margin: 0 .3rem .3rem 0; white-space: nowrap;}
.el-chip.ok {color: #40c98a; border-color: rgba(64, 201, 138, .55);}
.el-chip.warn {color: #e0a93b; border-color: rgba(224, 169, 59, .55);}
.el-tiles {display: grid; grid-template-columns: repeat(auto-fit, minmax(84px, 1fr)); gap: .6rem;}
.el-tile {border: 1px solid rgba(128, 148, 166, .28); border-left: 3px solid #4a5763;
  border-radius: 8px; padding: .5rem .75rem .55rem;}
.el-tile.ok {border-left-color: #40c98a;}
.el-tile.warn {border-left-color: #e0a93b;}
.el-tile span {display: block; font-size: .78rem; opacity: .75;}
.el-tile b {font-size: 1.9rem; line-height: 1.2; font-variant-numeric: tabular-nums;}
.el-tile small {font-size: .95rem; font-weight: 400; margin-left: .25rem; opacity: .75;}
.el-tile em {display: block; font-style: normal; font-size: .76rem; opacity: .75;}
.el-muted {opacity: .66; font-size: .85rem;}
</style>
"""

LOGO = Path(__file__).resolve().parent / "logo.svg"


def apply_theme() -> None:
    """Adds the style sheet to the page."""
    st.html(_CSS)


def name_plate() -> None:
    """The product's mark above the navigation."""
    st.logo(str(LOGO), size="large")


def disclaimer(words: str, models: str) -> None:
    """The line that stands at the foot of every page: what EchoLab is for, whose models speak."""
    st.html(
        f'<div class="el-disclaimer" role="note">{words}'
        f'<span class="el-models"> · {html.escape(models)}</span></div>'
    )
