"""What was scored: the last ten attempts at each view, as curves and as figures."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from app.language import t
from core.domain import View
from core.phantom.probe import STANDARD_VIEWS
from core.workstation.attempts import Attempt
from core.workstation.store import ExamStore

EACH = 10
COLOURS = (
    "#22b8cf", "#ff8f70", "#40c98a", "#e0a93b", "#b197fc", "#f783ac", "#74c0fc", "#a9e34b",
    "#ffd43b", "#63e6be", "#e599f7",
)  # fmt: skip


def show_scores(store: ExamStore, view: View) -> None:
    """Figures of the view that is asked for, and the curves of all views."""
    attempts = store.last_attempts(each=EACH)
    st.subheader(t("bench.scores"))
    if not attempts:
        st.caption(t("bench.scores.none"))
        return
    own = [each for each in attempts if each.view is view]
    if own:
        _figures(own)
    else:
        st.caption(t("bench.scores.none_of_view", view=t(f"view.{view}")))
    seconds, path = st.columns(2, gap="medium")
    with seconds:
        _curve(attempts, view, "seconds", t("bench.scores.seconds"))
    with path:
        _curve(attempts, view, "path_mm", t("bench.scores.path"))


def _figures(own: Sequence[Attempt]) -> None:
    last, best = own[-1], min(own, key=lambda each: each.seconds)
    tiles = (
        (t("bench.scores.last"), f"{last.seconds:.1f}", "s", t("bench.with_hints", on=_said(last))),
        (t("bench.scores.best"), f"{best.seconds:.1f}", "s", t("bench.with_hints", on=_said(best))),
        (t("bench.scores.way"), f"{last.path_mm:.0f}", "mm", f"{last.path_deg:.0f}°"),
        (t("bench.scores.count"), f"{len(own)}", "", t(f"view.{last.view}")),
    )
    st.html(
        '<div class="el-tiles">'
        + "".join(
            f'<div class="el-tile"><span>{name}</span><b>{value}<small>{unit}</small></b>'
            f"<em>{note}</em></div>"
            for name, value, unit, note in tiles
        )
        + "</div>"
    )


def _said(attempt: Attempt) -> str:
    return t("bench.on" if attempt.hints else "bench.off")


def _curve(attempts: Sequence[Attempt], view: View, field: str, title: str) -> None:
    figure = score_figure(attempts, view, field, title=title)
    st.plotly_chart(figure, key=f"bench.{field}", config={"displayModeBar": False})


def score_figure(attempts: Sequence[Attempt], view: View, field: str, *, title: str) -> go.Figure:
    """One line a view over its last attempts; the view that is asked for stands out, and an
    attempt without hints has a filled mark."""
    figure = go.Figure()
    for n, each in enumerate(STANDARD_VIEWS):
        own = [attempt for attempt in attempts if attempt.view is each]
        if not own:
            continue
        asked = each is view
        colour = COLOURS[n]
        figure.add_scatter(
            x=list(range(1, len(own) + 1)),
            y=[getattr(attempt, field) for attempt in own],
            mode="lines+markers",
            name=each.value,
            opacity=1.0 if asked else 0.45,
            line={"color": colour, "width": 3 if asked else 1.5},
            marker={
                "size": 9 if asked else 6,
                "color": ["#0a0d11" if attempt.hints else colour for attempt in own],
                "line": {"color": colour, "width": 2},
            },
            hovertemplate=f"{each.value} · %{{y:.1f}}<extra></extra>",
        )
    figure.update_layout(
        height=250,
        title={"text": title, "font": {"size": 14}},
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
        showlegend=True,
        xaxis={"title": t("bench.scores.attempt"), "dtick": 1, "range": [0.6, EACH + 0.4]},
        yaxis={"rangemode": "tozero"},
    )
    return figure
