"""The M-mode of a line laid across a clip's picture."""

import cv2
import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from app.components.viewer.frames import Film
from app.language import t
from core.analysis.analysis import ClipAnalysis
from core.measurement import Caliper
from core.measurement.mmode.anatomical import MLine, line_for, strip_along

_CONFIG = {"displayModeBar": False, "scrollZoom": True}
_HEIGHT = 300


def show_mmode(exam_id: str, clip: ClipAnalysis, film: Film, calipers: tuple[Caliper, ...]) -> None:
    """The strip along the caliper that was laid last; without one along the ventricle's diameter;
    else how to lay one."""
    line = line_for(clip, calipers)
    if line is None or not film.times_s:
        st.info(t("app.mmode.hint"))
        return
    strip = _strip(exam_id, clip.id, line.start, line.end, film)
    st.plotly_chart(strip_figure(strip, film, line), key="mmode", config=_CONFIG)
    st.caption(t("app.mmode.by_hand" if line.by_hand else "app.mmode.diameter"))


@st.cache_data(show_spinner=False, max_entries=8)
def _strip(
    exam_id: str,
    clip_id: str,
    start: tuple[float, float],
    end: tuple[float, float],
    _film: Film,
) -> NDArray[np.uint8]:
    """Read from the viewer's own frames: the page has them already."""
    data = np.frombuffer(_film.data, np.uint8)
    grey = [
        np.asarray(cv2.imdecode(data[a:b], cv2.IMREAD_GRAYSCALE), np.uint8)
        for a, b in zip(_film.offsets[:-1], _film.offsets[1:], strict=True)
    ]
    factor = np.array(_film.shown) / np.array(_film.size)
    ends = [tuple((np.array(point) + 0.5) * factor - 0.5) for point in (start, end)]
    return strip_along(np.stack(grey), *ends)


def strip_figure(strip: NDArray[np.uint8], film: Film, line: MLine) -> go.Figure:
    """Seconds across, mm down (px of the picture where it has no scale)."""
    length = line.mm or float(np.hypot(*np.subtract(line.end, line.start)))
    times = np.array(film.times_s) - film.times_s[0]
    unit = "mm" if line.mm is not None else "px"
    figure = go.Figure()
    figure.add_heatmap(
        z=strip,
        x=times,
        y=np.linspace(0, length, len(strip)),
        colorscale="gray",
        zmin=0,
        zmax=255,
        showscale=False,
        zsmooth="best",
        hovertemplate="%{x:.2f} s · %{y:.1f} " + unit + "<extra></extra>",
    )
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 8, "r": 8, "t": 6, "b": 6},
        xaxis_title=t("app.curve.time"),
        yaxis={"title": unit, "autorange": "reversed"},
    )
    return figure
