"""What came of something, said once on the next run of the page."""

import streamlit as st

_NEWS = "train.news"


def tell(words: str) -> None:
    st.session_state[_NEWS] = words


def show_news() -> None:
    words = st.session_state.pop(_NEWS, None)
    if words:
        st.toast(words, icon=":material/check_circle:", duration="long")
