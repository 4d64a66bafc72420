"""Sets of models: which there are, which speaks, their cards; handed on and brought in as a ZIP."""

import os

import streamlit as st

from app import state
from app.language import t
from app.opened import try_to
from app.train.news import tell
from core.domain import InputError
from core.recognition.model_archive import export_set, import_set
from core.recognition.model_sets import ModelSet, choose_set, chosen_set, model_sets, remove_set

_ROUND = "train.sets.round"


def show_sets() -> None:
    """A row a set; below them the way in for another, and the cards of the chosen one."""
    fixed = os.environ.get("ECHOLAB_MODELS")
    if fixed:
        st.info(t("train.models.fixed", folder=fixed), icon=":material/lock:")
    used = _used()
    sets = model_sets()
    for each in sets:
        with st.container(border=True):
            _row(each, in_use=used is not None and each.folder == used.folder, fixed=bool(fixed))
    with st.expander(t("train.models.import"), icon=":material/upload:"):
        _bring()
    if sets:
        _cards({each.name: each for each in sets}, used)


def _used() -> ModelSet | None:
    try:
        return chosen_set()
    except InputError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _row(each: ModelSet, *, in_use: bool, fixed: bool) -> None:
    words, buttons = st.columns([2.4, 1], vertical_alignment="center")
    with words:
        mark = f" :green-badge[{t('train.models.in_use')}]" if in_use else ""
        whose = t("train.models.own" if each.own else "train.models.project")
        st.markdown(f"**{each.name}**{mark} :gray-badge[{_plain(each.licence)}] {whose}")
        for info in each.infos:
            st.caption(
                _plain(
                    t(
                        "train.models.trained_on",
                        name=info.name,
                        version=info.version,
                        trained_on=info.trained_on,
                    )
                )
            )
    with buttons, st.container(horizontal=True, horizontal_alignment="right"):
        if not in_use:
            st.button(
                t("train.models.use"),
                key=f"use.{each.name}",
                type="primary",
                disabled=fixed,
                on_click=try_to,
                args=(lambda: _use(each.name),),
            )
        st.download_button(
            t("train.models.export"),
            data=lambda: export_set(each),
            file_name=f"echolab-models-{each.name}.zip",
            mime="application/zip",
            key=f"export.{each.name}",
            icon=":material/download:",
            on_click="ignore",
        )
        if each.own:
            with st.popover(t("train.models.remove"), icon=":material/delete:"):
                st.write(t("train.models.remove.sure", name=each.name))
                st.button(
                    t("train.label.delete.yes"),
                    key=f"remove.{each.name}",
                    on_click=try_to,
                    args=(lambda: remove_set(each.name),),
                )


def _use(name: str) -> None:
    choose_set(name)
    state.models()  # loaded now, so that the next live session need not wait
    tell(t("train.models.used", name=name))


def _bring() -> None:
    file = st.file_uploader(
        t("train.models.import.file"),
        type="zip",
        key=f"train.sets.{st.session_state.get(_ROUND, 0)}",
    )
    name = st.text_input(t("train.models.import.name"), max_chars=40, width=320).strip()

    def bring() -> None:
        if file is not None:
            taken = import_set(file, shown=file.name, name=name or None)
            st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
            tell(t("train.models.imported", name=taken.name))

    st.button(
        t("train.models.import"),
        key="train.sets.bring",
        disabled=file is None,
        on_click=try_to,
        args=(bring,),
    )


def _cards(sets: dict[str, ModelSet], used: ModelSet | None) -> None:
    names = list(sets)
    place = names.index(used.name) if used is not None and used.name in names else 0
    name = st.selectbox(t("train.score.models"), names, index=place, width=260)
    st.subheader(t("train.models.cards", name=name))
    chosen = sets[name]
    for tab, info in zip(st.tabs([i.name for i in chosen.infos]), chosen.infos, strict=True):
        with tab:
            st.markdown(_card(chosen, info.name))


def _card(chosen: ModelSet, model: str) -> str:
    """The card as Markdown; pictures stay out, which would be fetched from who knows where."""
    try:
        words = (chosen.folder / model / "CARD.md").read_text("utf-8", "replace")
    except OSError:
        return "-"
    return words.replace("![", "!\\[").replace("$", "\\$")


def _plain(words: str) -> str:
    """Words that Markdown leaves alone."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#$~:|" else c for c in words)
