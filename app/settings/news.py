"""What a change on this page came to, told once on its next run."""

import streamlit as st

_NEWS = "station.news"


def tell(words: str, *, good: bool = True) -> None:
    st.session_state.setdefault(_NEWS, []).append((good, words))


def show_news() -> None:
    for good, words in st.session_state.pop(_NEWS, []):
        if good:
            st.success(words, icon=":material/check:")
        else:
            st.error(words, icon=":material/error:")
