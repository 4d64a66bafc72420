"""Data sets to look at: how many pictures of what, and thumbnails with their outlines."""

from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.language import t
from app.train.charts import bars_by_region, bars_by_view
from core.domain import InputError, View
from core.training.browse import count_regions, count_views, look_of, sets_in
from core.training.labelling import own_sets
from core.training.own import OwnSet
from core.training.sample import Sample, SampleSet
from core.training.virtual import VirtualSet

_COLUMNS, _ROWS = 6, 3
_PAGE = _COLUMNS * _ROWS
_VIRTUAL, _FOLDER = "virtual", "folder"


def show_data() -> None:
    """One data set: chosen above, counted on the right, shown below."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        samples = _choose()
    if samples is None or not len(samples):
        if samples is not None:
            st.info(t("train.data.none"), icon=":material/image:")
        return
    pictures, counts = st.columns([2.2, 1], gap="medium")
    with counts:
        _counts(samples)
    with pictures:
        _thumbnails(samples)


def _choose() -> SampleSet | None:
    own = {f"own:{folder.name}": folder for folder in own_sets()}
    names = {
        _VIRTUAL: t("train.data.virtual"),
        **{key: t("train.data.mine", name=folder.name) for key, folder in own.items()},
        _FOLDER: t("train.data.folder"),
    }
    chosen = st.selectbox(
        t("train.data.source"),
        list(names),
        format_func=names.__getitem__,
        key="train.data.source",
        persist_state="session",
        width=260,
    )
    if chosen == _VIRTUAL:
        count = st.select_slider(t("train.data.count"), (12, 24, 48, 96), value=24, width=180)
        seed = st.number_input(t("train.data.seed"), 0, 10**6, 0, width=120)
        with st.spinner(t("train.data.rendering")):
            return _virtual(count, int(seed))
    if chosen in own:
        return OwnSet(own[chosen])
    return _in_folder()


def _in_folder() -> SampleSet | None:
    path = st.text_input(
        t("train.data.path"),
        key="train.data.path",
        help=t("train.data.path.help"),
        persist_state="session",
        width=360,
    ).strip()
    if not path:
        return None
    found = sets_in(Path(path).expanduser())
    part = st.selectbox(t("train.data.part"), list(found), format_func=t, width=300)
    return _opened(path, part)


@st.cache_resource(show_spinner=False, max_entries=4)
def _virtual(count: int, seed: int) -> VirtualSet:
    samples = VirtualSet(count=count, seed=seed)
    samples.render()
    return samples


@st.cache_resource(show_spinner=False, max_entries=4, ttl=600)
def _opened(path: str, part: str) -> SampleSet:
    return sets_in(Path(path).expanduser())[part]()


def _counts(samples: SampleSet) -> None:
    views = count_views(samples)
    if views:
        st.caption(t("train.data.by_view"))
        st.plotly_chart(bars_by_view(views), key="train.data.views", config=_QUIET)
    regions, seen = count_regions(samples)
    if regions:
        st.caption(t("train.data.by_region", seen=seen, count=len(samples)))
        st.plotly_chart(bars_by_region(regions), key="train.data.regions", config=_QUIET)
    else:
        st.caption(t("train.data.no_outlines"))


_QUIET = {"displayModeBar": False, "scrollZoom": False}


def _thumbnails(samples: SampleSet) -> None:
    """A page of pictures of one view or of all."""
    views = samples.views()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        only = st.selectbox(
            t("train.data.only"),
            [None, *count_views(samples)],
            format_func=lambda view: t("train.data.all") if view is None else str(view),
            width=180,
        )
        chosen = [i for i, view in enumerate(views) if only in (None, view)]
        pages = max(1, -(-len(chosen) // _PAGE))
        page = st.number_input(f"{t('train.data.page')} (1–{pages})", 1, pages, 1, width=150)
        outlined = st.toggle(t("train.data.outlines"), value=True)
    with st.spinner(t("train.data.reading"), show_time=False):
        shown = chosen[(page - 1) * _PAGE : page * _PAGE]
        for start in range(0, len(shown), _COLUMNS):
            row = shown[start : start + _COLUMNS]
            for place, index in zip(st.columns(_COLUMNS), row, strict=False):
                with place:
                    _thumbnail(samples, index, outlined=outlined)


def _thumbnail(samples: SampleSet, index: int, *, outlined: bool) -> None:
    try:
        sample = samples[index]
    except InputError as error:
        st.caption(str(error))
        return
    none: NDArray[np.uint8] = np.zeros((0, *sample.image.shape), np.uint8)
    picture = look_of(sample, masks=None if outlined else none)
    st.image(picture, caption=_caption(sample), width="stretch", alt=_caption(sample))


def _caption(sample: Sample) -> str:
    words = [t("train.data.unlabelled") if sample.view is None else _view(sample.view)]
    if sample.plane is not None:
        words.append(t("train.data.standard" if sample.plane.standard else "train.data.off"))
    return " · ".join(words)


def _view(view: View) -> str:
    return t("app.view.other") if view is View.OTHER else str(view)
