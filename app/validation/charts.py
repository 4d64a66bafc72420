"""The page's charts, in Plotly."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from app.language import lang, t
from core.validation.docs import measure_name
from core.validation.goals import COVERAGE
from core.validation.pair import WINDOWS, Pair

_COLOURS = dict(zip(WINDOWS, ("#ff8f70", "#e0a93b", "#22b8cf"), strict=True))
_LINE, _BAND = "#8b98a5", "rgba(64, 201, 138, .16)"
_GOOD, _OFF = "#40c98a", "#e0a93b"
_MARGIN = {"l": 8, "r": 8, "t": 34, "b": 8}


def bland_altman(pairs: Sequence[Pair], figures: Mapping[str, Any], unit: str) -> go.Figure:
    """Error over the mean of found and true, with bias and 95 % limits of agreement."""
    figure = go.Figure()
    for window in WINDOWS:
        own = [pair for pair in pairs if pair.window == window and pair.error is not None]
        figure.add_scatter(
            x=[0.5 * ((pair.found or 0.0) + (pair.true or 0.0)) for pair in own],
            y=[pair.error for pair in own],
            mode="markers",
            name=t(f"validation.window.{window}"),
            marker={"color": _COLOURS[window], "size": 9, "opacity": 0.85},
            customdata=[[pair.seed, case_name(pair.case), pair.found, pair.true] for pair in own],
            hovertemplate=t("validation.hover") + "<extra></extra>",
        )
    for name, dash in (("bias", "solid"), ("agreement_low", "dash"), ("agreement_high", "dash")):
        value = figures.get(name)
        if value is not None:
            figure.add_hline(
                y=value,
                line={"color": _LINE, "dash": dash, "width": 1.5},
                annotation_text=f"{t(f'validation.{name}')} {value:.3g}",
                annotation_position="top left",
                annotation_font_size=11,
            )
    figure.update_layout(
        height=380,
        margin=_MARGIN,
        legend={"orientation": "h", "y": 1.1, "x": 0},
        xaxis={"title": f"{t('validation.mean')} ({unit})"},
        yaxis={"title": f"{t('validation.error')} ({unit})", "zeroline": True},
    )
    return figure


def coverage_bars(rows: Mapping[str, Mapping[str, Any]]) -> go.Figure:
    """How many of the 90 % intervals hold the truth; the band is what is wanted."""
    own = {name: row for name, row in rows.items() if "coverage" in row}
    low, high = COVERAGE
    figure = go.Figure(
        go.Bar(
            x=[row["coverage"] for row in own.values()],
            y=[measure_name(name, lang()) for name in own],
            orientation="h",
            marker_color=[_GOOD if low <= row["coverage"] else _OFF for row in own.values()],
            text=[f"{row['coverage']:.0%} ({row['intervals']})" for row in own.values()],
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    figure.add_vrect(x0=low, x1=high, fillcolor=_BAND, line_width=0, layer="below")
    figure.update_layout(
        height=60 + 24 * len(own),
        margin={**_MARGIN, "t": 4},
        showlegend=False,
        xaxis={"range": [0, 1.12], "tickformat": ".0%"},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure


def case_name(case: str) -> str:
    """A disease as people say it."""
    return t("case.none") if case == "healthy" else t(f"case.{case}")
