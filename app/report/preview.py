"""The PDF in the page, as the browser shows PDFs."""

import streamlit as st
from streamlit.runtime import get_instance

_mount = st.components.v2.component(
    "echolab_pdf",
    html='<div class="sheet"></div>',
    css="""
.sheet iframe { width: 100%; height: 100%; border: 1px solid var(--st-border-color);
  border-radius: 8px; background: #525659; }
.sheet { height: calc(100vh - 170px); min-height: 480px; }
""",
    js="""
export default function ({ data, parentElement }) {
  const sheet = parentElement.querySelector(".sheet");
  if (sheet.dataset.url === data.url) return;
  sheet.dataset.url = data.url;
  // A new frame, put in place once it has loaded: the old pages stay until then.
  const frame = document.createElement("iframe");
  frame.title = data.title;
  frame.src = data.url + "#toolbar=0&navpanes=0&view=FitH";
  sheet.replaceChildren(frame);
}
""",
)


def show_pdf(data: bytes, *, title: str) -> None:
    """Shows a PDF; a changed one takes its place."""
    url = get_instance().media_file_mgr.add(data, "application/pdf", "report.preview")
    _mount(key="report.preview", data={"url": url, "title": title})
