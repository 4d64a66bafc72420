"""What Streamlit's theme cannot say: a few lines of CSS, and the name plate."""

import streamlit as st

_CSS = """
<style>
.block-container {padding-top: 2.6rem; padding-bottom: 3.2rem; max-width: 1700px;}
header[data-testid="stHeader"] {background: transparent;}
section[data-testid="stSidebar"] {width: 232px !important; min-width: 0;}
[data-testid="stSidebarNavLink"] {min-height: 2.75rem;}
.stButton button, .stDownloadButton button {min-height: 2.75rem;}
.el-brand {display: flex; align-items: center; gap: .65rem; margin: 0 0 .9rem;}
.el-brand svg {width: 34px; height: 34px; flex: none;}
.el-brand b {font-size: 1.22rem; letter-spacing: .01em; line-height: 1.1; display: block;}
.el-brand span {font-size: .74rem; opacity: .62; display: block; line-height: 1.25;}
.el-disclaimer {position: fixed; left: 0; right: 0; bottom: 0; z-index: 100; text-align: center;
  font-size: .78rem; padding: .3rem 1rem; color: #c9a227; background: rgba(10, 13, 17, .93);
  border-top: 1px solid #26303a; pointer-events: none;}
.el-chip {display: inline-block; padding: .1rem .55rem; border-radius: 99px; font-size: .78rem;
  border: 1px solid rgba(128, 148, 166, .4); margin: 0 .3rem .3rem 0; white-space: nowrap;}
.el-chip.ok {color: #40c98a; border-color: rgba(64, 201, 138, .55);}
.el-chip.warn {color: #e0a93b; border-color: rgba(224, 169, 59, .55);}
.el-muted {opacity: .66; font-size: .85rem;}
</style>
"""

_LOGO = """
<svg viewBox="0 0 40 40" fill="none" stroke-linecap="round" stroke-linejoin="round">
<path d="M20 4 L36 31 A31 31 0 0 1 4 31 Z" fill="#0f2a31" stroke="#22b8cf" stroke-width="2"/>
<path d="M8 25 H14 L17 17 L21 31 L24 22 L26 25 H32" stroke="#e6edf3" stroke-width="2.2"/>
</svg>
"""


def apply_theme() -> None:
    """Adds the style sheet to the page."""
    st.html(_CSS)


def name_plate(tagline: str) -> None:
    """Name and what it is, above the navigation's controls."""
    st.html(f'<div class="el-brand">{_LOGO}<div><b>EchoLab</b><span>{tagline}</span></div></div>')


def disclaimer(words: str) -> None:
    """The line that stands at the foot of every page."""
    st.html(f'<div class="el-disclaimer" role="note">{words}</div>')
