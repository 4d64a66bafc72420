"""Own pictures: sets of them, what is taken in, and the desk at which they are labelled."""

from pathlib import Path

import streamlit as st

from app.language import t
from app.opened import try_to
from app.train.desk import show_desk
from app.train.take import show_take
from core.training.labelling import new_set, own_sets, remove_own_set
from core.training.own import read_items

SET = "train.label.set"


def show_labelling() -> None:
    """The set that was chosen: filled above, labelled below."""
    sets = {folder.name: folder for folder in own_sets()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if sets:
            chosen = sets[_choose(list(sets))]
        with st.popover(t("train.label.new"), icon=":material/add:"):
            name = st.text_input(t("train.label.name"), key="train.label.name", max_chars=40)
            st.button(
                t("train.label.make"),
                type="primary",
                disabled=not name,
                on_click=_make,
                args=(name,),
            )
        if sets:
            count = len(read_items(chosen))
            with st.popover(t("train.label.delete"), icon=":material/delete:"):
                st.write(t("train.label.delete.sure", name=chosen.name, count=count))
                st.button(
                    t("train.label.delete.yes"),
                    key=f"train.label.delete.{chosen.name}",
                    on_click=try_to,
                    args=(lambda: remove_own_set(chosen),),
                )
    if not sets:
        st.info(t("train.label.first"), icon=":material/new_label:")
        return
    with st.expander(
        t("train.label.add"), icon=":material/add_photo_alternate:", expanded=not count
    ):
        show_take(chosen)
    if count:
        st.fragment(show_desk)(chosen)
    else:
        st.info(t("train.label.empty"), icon=":material/image:")


def _choose(names: list[str]) -> str:
    if st.session_state.get(SET) not in names:
        st.session_state[SET] = names[0]
    return st.selectbox(t("train.label.set"), names, key=SET, persist_state="session", width=260)


def _make(name: str) -> None:
    def make() -> None:
        st.session_state[SET] = new_set(name).name

    try_to(make)


def set_folder(name: str) -> Path | None:
    """The folder of an own set by its name; None where it is gone."""
    return {folder.name: folder for folder in own_sets()}.get(name)
