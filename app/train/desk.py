"""The desk: one picture after another gets its view by one key, its structures by drawing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st

from app.components.viewer import viewer
from app.components.viewer.frames import Film, film
from app.language import t
from app.opened import show_trouble, try_to
from app.train.charts import view_name
from app.train.propose import guess_of, outlines_of
from core.analysis.analysis import ClipAnalysis
from core.domain import (
    Calibration,
    Clip,
    InputError,
    Judgement,
    Mode,
    Recognition,
    Region,
    RegionLabel,
    View,
    ViewResult,
)
from core.domain.sector import whole_picture
from core.training.labelling import relabel, take_out
from core.training.own import OwnItem, Use, read_items, read_picture

VIEWER = "train.viewer"
_AT, _WHAT, _TURN, _UNDO = "train.desk.at", "train.desk.what", "train.desk.turn", "train.desk.undo"
_KEYS = dict(zip(View, "123456789iuo", strict=True))
"""Keys that the viewer leaves alone."""
_UNDO_STEPS = 200


def show_desk(folder: Path) -> None:
    """The picture on the left, what is said of it on the right."""
    items = read_items(folder)
    if not items:
        st.rerun()
    show_trouble()
    with st.container(horizontal=True, vertical_alignment="center"):
        what = str(
            st.segmented_control(
                t("train.label.what"),
                ["views", "outlines"],
                default="views" if _WHAT not in st.session_state else None,
                required=True,
                format_func=lambda name: t(f"train.label.{name}"),
                key=_WHAT,
                label_visibility="collapsed",
                persist_state="session",
            )
        )
        st.caption(
            t(
                "train.label.progress",
                count=len(items),
                views=sum(item.view is not None for item in items),
                regions=sum(item.has_regions for item in items),
                patients=len({item.group for item in items}),
            )
        )
    place = _place(items)
    item = items[place]
    picture, panel = st.columns([1.15, 1], gap="medium")
    with panel:
        _walk(folder, items, place, what)
        if what == "views":
            _views(folder, items, item)
        else:
            _outlines(folder, item)
    with picture:
        try:
            if what == "views":
                st.image(_shown(str(folder), item.id, item), width="stretch", alt=str(item.view))
            else:
                _viewer(folder, item)
        except InputError as error:
            st.error(str(error), icon=":material/error:")
    if what == "views":
        with panel:
            _guess(folder, item)


def _place(items: Sequence[OwnItem]) -> int:
    names = [item.id for item in items]
    at = st.session_state.get(_AT)
    if at not in names:
        st.session_state[_AT] = names[0]
        return 0
    return names.index(at)


def _walk(folder: Path, items: Sequence[OwnItem], place: int, what: str) -> None:
    """Back, on, to the next that is not labelled, undo, out."""

    def go(to: int) -> None:
        st.session_state[_AT] = items[to % len(items)].id

    open_ = [i for i, item in enumerate(items) if not item.serves(_use(what))]
    after = [i for i in open_ if i > place] or open_
    st.markdown(f"**{t('train.label.place', place=place + 1, count=len(items))}**")
    with st.container(horizontal=True):
        st.button(t("train.label.previous"), on_click=go, args=(place - 1,), shortcut="p")
        st.button(t("train.label.next"), on_click=go, args=(place + 1,), shortcut="n")
        st.button(
            t("train.label.open"),
            on_click=go,
            args=(after[0] if after else place,),
            disabled=not after,
            shortcut="b",
        )
        st.button(
            t("train.label.undo"),
            on_click=lambda: try_to(lambda: _undo(folder)),
            disabled=not _steps(folder),
            icon=":material/undo:",
            shortcut="z",
        )
        with st.popover(t("train.label.out"), icon=":material/remove_circle:"):
            st.button(
                t("train.label.delete.yes"),
                key=f"train.out.{items[place].id}",
                on_click=lambda: try_to(lambda: _take_out(folder, items, place)),
            )


def _use(what: str) -> Use:
    return "view" if what == "views" else "regions"


def _views(folder: Path, items: Sequence[OwnItem], item: OwnItem) -> None:
    """Twelve buttons, each with its key."""
    with st.container(horizontal=True):
        clip = st.toggle(t("train.label.whole_clip"), value=True, key="train.desk.clip")
        onward = st.toggle(t("train.label.onward"), value=True, key="train.desk.onward")

    def say(view: View) -> None:
        same = [i for i in items if i.id == item.id or (clip and i.clip == item.clip)]
        # Once more on the view that it has takes it back.
        said = None if item.view is view else view
        try_to(lambda: _change(folder, same, [replace(i, view=said) for i in same]))
        if onward and said is not None:
            labelled = {i.id for i in same}
            order = [*items[items.index(item) + 1 :], *items[: items.index(item)]]
            rest = [i for i in order if i.view is None and i.id not in labelled]
            if rest:
                st.session_state[_AT] = rest[0].id

    views = list(View)
    for start in range(0, len(views), 3):
        for column, view in zip(st.columns(3), views[start : start + 3], strict=True):
            column.button(
                view_name(view),
                key=f"train.view.{view}",
                help=t(f"view.{view}"),
                type="primary" if item.view is view else "secondary",
                on_click=say,
                args=(view,),
                shortcut=_KEYS[view],
                width="stretch",
            )


def _guess(folder: Path, item: OwnItem) -> None:
    """What the models say, last of all: the first time they must be loaded."""
    with st.spinner(t("acquire.models.loading"), show_time=False):
        try:
            said = guess_of(folder, item)
        except InputError as error:
            st.caption(t("train.label.no_guess", why=str(error)))
            return
    st.caption(
        t("train.label.guess", view=view_name(said.label), percent=f"{said.probability:.0%}")
    )


def _outlines(folder: Path, item: OwnItem) -> None:
    st.selectbox(
        t("train.label.structure"),
        list(RegionLabel),
        format_func=lambda label: t(f"region.{label}"),
        key="train.desk.label",
        persist_state="session",
    )
    st.caption(t("train.label.hint"))

    def propose() -> None:
        def take() -> None:
            found = {**outlines_of(folder, item), **item.outlines}  # a person's word stays
            _change(folder, [item], [replace(item, outlines=found)])

        try_to(take)

    st.button(t("train.label.propose"), on_click=propose, icon=":material/auto_fix_high:")
    st.checkbox(
        t("train.label.complete"),
        value=item.complete,
        key=f"train.desk.complete.{item.id}.{item.complete}",
        help=t("train.label.complete.help"),
        on_change=lambda: try_to(
            lambda: _change(folder, [item], [replace(item, complete=not item.complete)])
        ),
    )
    for label in item.outlines:
        rest = {other: outline for other, outline in item.outlines.items() if other != label}
        st.button(
            t("train.label.drop", name=t(f"region.{label}")),
            key=f"train.drop.{item.id}.{label}",
            icon=":material/close:",
            on_click=_drop(folder, item, rest),
        )


def _drop(folder: Path, item: OwnItem, rest: dict[RegionLabel, np.ndarray]) -> Callable[[], None]:
    return lambda: try_to(lambda: _change(folder, [item], [replace(item, outlines=rest)]))


def _viewer(folder: Path, item: OwnItem) -> None:
    viewer(
        _film(str(folder), item.id, item),
        _as_clip(item),
        key=VIEWER,
        calipers=(),
        can_undo=bool(_steps(folder)),
        can_redo=False,
        seek=None,
        turn=st.session_state.get(_TURN, 0),
        on_event=lambda: _on_event(folder),
        measuring=False,
        drawn=st.session_state.get("train.desk.label") or RegionLabel.LV_CAVITY,
    )


def _on_event(folder: Path) -> None:
    event = (st.session_state.get(VIEWER) or {}).get("event")
    if not event:
        return
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    if event["type"] == "undo":
        try_to(lambda: _undo(folder))
    elif event["type"] == "contour":
        try_to(lambda: draw(folder, event["clip"], event["label"], event["points"]))


def draw(folder: Path, item_id: str, label: str, points: Sequence[Sequence[float]]) -> None:
    """An outline as the viewer sends it, kept. Raises InputError."""
    item = next((item for item in read_items(folder) if item.id == item_id), None)
    if item is None:
        raise InputError("The picture has been taken out of the set: choose another")
    outline = np.asarray(points, np.float32)
    _change(
        folder, [item], [replace(item, outlines={**item.outlines, RegionLabel(label): outline})]
    )


def _change(folder: Path, before: Sequence[OwnItem], after: Sequence[OwnItem]) -> None:
    relabel(folder, after)
    steps = [*_steps(folder), tuple(before)][-_UNDO_STEPS:]
    st.session_state[_UNDO] = {str(folder): steps}


def _undo(folder: Path) -> None:
    *rest, last = _steps(folder)
    relabel(folder, last)
    st.session_state[_UNDO] = {str(folder): rest}
    st.session_state[_AT] = last[0].id


def _steps(folder: Path) -> list[tuple[OwnItem, ...]]:
    return st.session_state.get(_UNDO, {}).get(str(folder), [])


def _take_out(folder: Path, items: Sequence[OwnItem], place: int) -> None:
    take_out(folder, [items[place].id])
    left = [item.id for i, item in enumerate(items) if i != place]
    if left:
        st.session_state[_AT] = left[min(place, len(left) - 1)]


@st.cache_data(show_spinner=False, max_entries=64)
def _shown(folder: str, item_id: str, _item: OwnItem) -> np.ndarray:
    return read_picture(Path(folder), _item)


@st.cache_resource(show_spinner=False, max_entries=32)
def _film(folder: str, item_id: str, _item: OwnItem) -> Film:
    return film(_clip(read_picture(Path(folder), _item), item_id))


def _clip(picture: np.ndarray, name: str) -> Clip:
    return Clip(
        id=name,
        source=name,
        frames=picture[None],
        times_s=np.zeros(1),
        fps=None,
        total_frames=1,
    )


def _as_clip(item: OwnItem) -> ClipAnalysis:
    """The picture as the viewer wants it: one frame with its outlines."""
    view = item.view or View.OTHER
    return ClipAnalysis(
        id=item.id,
        source=item.id,
        frames=1,
        fps=None,
        width=item.width,
        height=item.height,
        calibration=Calibration(),
        recognition=Recognition(
            clip_id=item.id,
            mode=Mode.UNKNOWN,
            sector=whole_picture(item.width, item.height),
            view=ViewResult(label=view, probability=1.0, probabilities={view: 1.0}),
            judgement=Judgement(standard=False, quality=0.0, reasons=()),
            regions=tuple(
                _region(label, np.asarray(outline, np.float32))
                for label, outline in item.outlines.items()
            ),
        ),
    )


def _region(label: RegionLabel, outline: np.ndarray) -> Region:
    (x0, y0), (x1, y1) = outline.min(axis=0).tolist(), outline.max(axis=0).tolist()
    return Region(frame=0, label=label, score=1.0, box=(x0, y0, x1, y1), polygon=outline)
