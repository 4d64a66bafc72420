"""The volume curve and the overlay picture, in Plotly."""

import base64

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from app.components.viewer.frames import Film
from app.language import t
from core.analysis.analysis import ClipAnalysis
from core.analysis.palette import MARK, css
from core.domain import Measurement, RegionLabel
from core.measurement import Caliper, length_of
from core.measurement.curve import lv_curve

ED, ES = "#ff8f70", "#66d9e8"
Ends = tuple[tuple[float, float], ...]
_CONFIG = {"displayModeBar": False, "scrollZoom": False}


def show_curve(clip: ClipAnalysis, film: Film, frame: int) -> None:
    """The LV's size over the clip with its ED and ES marks and the frame that is shown."""
    curve = lv_curve(clip)
    if not np.isfinite(curve.values).any():
        st.info(t("app.curve.none"))
        return
    unit = t(f"app.unit.{curve.unit}")
    st.plotly_chart(curve_figure(clip, film, frame, unit=unit), key="curve", config=_CONFIG)


def curve_figure(clip: ClipAnalysis, film: Film, frame: int, *, unit: str) -> go.Figure:
    """`unit`: as the axis shows it."""
    values = lv_curve(clip).values
    x = _seconds(clip, film)
    figure = go.Figure()
    figure.add_scatter(
        x=x,
        y=values,
        mode="lines",
        line={"color": css(RegionLabel.LV_CAVITY), "width": 2.4, "shape": "spline"},
        hovertemplate="%{x:.2f} · %{y:.1f} " + unit + "<extra></extra>",
        connectgaps=False,
    )
    for name, frames, colour in (
        ("ED", clip.recognition.phases.ed, ED),
        ("ES", clip.recognition.phases.es, ES),
    ):
        marks = [f for f in frames if np.isfinite(values[f])]
        figure.add_scatter(
            x=x[marks],
            y=values[marks],
            mode="markers+text",
            text=[name] * len(marks),
            textposition="top center" if name == "ED" else "bottom center",
            textfont={"color": colour, "size": 12},
            marker={"color": colour, "size": 10, "line": {"color": "#0a0d11", "width": 1.5}},
            hovertemplate=name + " %{y:.1f} " + unit + "<extra></extra>",
            cliponaxis=False,
        )
    figure.add_vline(x=float(x[frame]), line={"color": "#8b98a5", "width": 1, "dash": "dot"})
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    room = 0.22 * (high - low or 1.0)
    figure.update_layout(
        height=210,
        margin={"l": 8, "r": 8, "t": 6, "b": 6},
        showlegend=False,
        xaxis_title=t("app.curve.time") if film.times_s else t("app.curve.frame"),
        yaxis={"title": unit, "range": [max(0.0, low - room), high + room]},
    )
    return figure


def _seconds(clip: ClipAnalysis, film: Film) -> np.ndarray:
    """Time of each frame; its number where the source gives no times."""
    if not film.times_s:
        return np.arange(clip.frames, dtype=float)
    return np.interp(np.arange(clip.frames), film.indices, film.times_s)


def show_overlay(
    clip: ClipAnalysis,
    film: Film,
    frame: int,
    *,
    calipers: tuple[Caliper, ...],
    measurements: tuple[Measurement, ...],
) -> None:
    """The frame with its outlines and calipers as traces: hover names them, drag zooms."""
    figure = overlay_figure(clip, film, frame, calipers=calipers, measurements=measurements)
    st.plotly_chart(figure, key="overlay", config={**_CONFIG, "scrollZoom": True})
    st.caption(t("app.overlay.caption", frame=frame + 1))


def overlay_figure(
    clip: ClipAnalysis,
    film: Film,
    frame: int,
    *,
    calipers: tuple[Caliper, ...],
    measurements: tuple[Measurement, ...],
) -> go.Figure:
    """One frame as an image with a trace for each region, caliper and measured length."""
    picture = "data:image/jpeg;base64," + base64.b64encode(film.jpeg(frame)).decode("ascii")
    figure = go.Figure()
    figure.add_layout_image(
        source=picture,
        xref="x",
        yref="y",
        x=-0.5,
        y=-0.5,
        sizex=clip.width,
        sizey=clip.height,
        sizing="stretch",
        layer="below",
    )
    for region in clip.recognition.regions:
        if region.frame == frame:
            closed = np.vstack([region.polygon, region.polygon[:1]])
            figure.add_scatter(
                x=closed[:, 0],
                y=closed[:, 1],
                mode="lines",
                fill="toself",
                fillcolor=css(region.label, alpha=0.14),
                line={"color": css(region.label), "width": 2},
                name=t(f"region.{region.label}"),
                hoveron="fills",
            )
    for name, (start, end) in _lengths(clip, frame, calipers, measurements):
        figure.add_scatter(
            x=[start[0], end[0]],
            y=[start[1], end[1]],
            mode="lines+markers",
            line={"color": f"rgb{MARK}", "width": 2},
            marker={"symbol": "cross-thin-open", "size": 11, "color": f"rgb{MARK}"},
            name=name,
        )
    figure.update_layout(
        height=360,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        plot_bgcolor="#000",
        legend={"orientation": "h", "y": -0.02, "x": 0},
        xaxis={"visible": False, "range": [-0.5, clip.width - 0.5], "constrain": "domain"},
        yaxis={"visible": False, "range": [clip.height - 0.5, -0.5], "scaleanchor": "x"},
    )
    return figure


def _lengths(
    clip: ClipAnalysis,
    frame: int,
    calipers: tuple[Caliper, ...],
    measurements: tuple[Measurement, ...],
) -> list[tuple[str, Ends]]:
    found: list[tuple[str, Ends]] = []
    for caliper in calipers:
        if (caliper.clip, caliper.frame) == (clip.id, frame):
            length = length_of(caliper, clip.calibration)
            found.append((f"{length.value:.1f} {length.unit}", (caliper.start, caliper.end)))
    for m in measurements:
        if m.clip == clip.id and m.frames[:1] == (frame,) and len(m.points) == 2 and m.value:
            found.append((f"{m.id.upper()} {m.value:.1f} {m.value_unit}", m.points))
    return found
