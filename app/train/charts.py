"""The page's charts, in Plotly."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from app.language import known, t
from core.analysis.palette import css
from core.domain import RegionLabel, View
from core.training.runs import Stage

ACCENT, SCORE, ASKED = "#22b8cf", "#40c98a", "#e0a93b"
_LOSSES = ("#66d9e8", "#ff8f70", "#A06BFF", "#F0E442", "#F08CC8", "#8b98a5", "#C4F99C")
_MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}


def view_name(view: str) -> str:
    return t("app.view.other") if view == View.OTHER else view


def bars_by_view(counts: Mapping[View, int]) -> go.Figure:
    names = [view_name(view) for view in counts]
    return _bars(names, list(counts.values()), [ACCENT] * len(counts))


def bars_by_region(counts: Mapping[RegionLabel, int]) -> go.Figure:
    names = [t(f"region.{label}") for label in counts]
    return _bars(names, list(counts.values()), [css(label) for label in counts])


def dice_bars(rows: Mapping[str, Mapping[str, Any]]) -> go.Figure:
    """Mean Dice of each structure with its standard deviation."""
    names = [known(f"region.{label}", label) for label in rows]
    colours = [css(RegionLabel(label)) if label in set(RegionLabel) else ACCENT for label in rows]
    figure = _bars(names, [float(row["dice_mean"]) for row in rows.values()], colours)
    figure.update_traces(
        error_x={"array": [float(row.get("dice_sd", 0.0)) for row in rows.values()]},
        texttemplate="%{x:.2f}",
        insidetextanchor="start",
    )
    figure.update_xaxes(range=[0, 1.05])
    return figure


def confusion_map(confusion: Mapping[str, Mapping[str, int]]) -> go.Figure:
    """Rows are the truth, columns what the model said; colour is the row's share."""
    views = [view.value for view in View]
    views = [v for v in views if v in confusion or any(v in said for said in confusion.values())]
    counts = [[int(confusion.get(truth, {}).get(said, 0)) for said in views] for truth in views]
    shares = [[n / max(1, sum(row)) for n in row] for row in counts]
    names = [view_name(view) for view in views]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=names,
            y=names,
            text=[[str(n) if n else "" for n in row] for row in counts],
            texttemplate="%{text}",
            colorscale=[[0, "#10161c"], [0.02, "#12303a"], [1, ACCENT]],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=1,
            ygap=1,
            hovertemplate=f"{t('train.score.truth')} %{{y}} · {t('train.score.said')} %{{x}}"
            "<br>%{text} (%{z:.0%})<extra></extra>",
        )
    )
    figure.update_layout(
        height=90 + 34 * len(views),
        margin=_MARGIN,
        xaxis={"title": t("train.score.said"), "side": "top", "type": "category"},
        yaxis={"title": t("train.score.truth"), "autorange": "reversed", "type": "category"},
    )
    return figure


def curve_figure(stage: Stage) -> go.Figure:
    """Losses on the left axis; the score, and the line that it has to reach, on the right one."""
    figure = go.Figure()
    names = dict.fromkeys(key for point in stage.curve for key in point)
    losses = [name for name in names if name not in ("step", "score")]
    for name, colour in zip(losses, _LOSSES * 3, strict=False):
        points = [point for point in stage.curve if name in point]
        figure.add_scatter(
            x=[point["step"] for point in points],
            y=[point[name] for point in points],
            name=name.removeprefix("loss_").replace("_", " "),
            mode="lines",
            line={"color": colour, "width": 1.8},
        )
    scored = [point for point in stage.curve if "score" in point]
    if scored:
        figure.add_scatter(
            x=[point["step"] for point in scored],
            y=[point["score"] for point in scored],
            name=t("train.run.score"),
            mode="lines+markers",
            line={"color": SCORE, "width": 2.6},
            marker={"size": 7},
            yaxis="y2",
        )
    if stage.until is not None:
        figure.add_scatter(
            x=[0, max(stage.steps, 1)],
            y=[stage.until, stage.until],
            name=f"{t('train.run.until')} {stage.until:g}",
            mode="lines",
            line={"color": ASKED, "width": 1.6, "dash": "dash"},
            yaxis="y2",
        )
    figure.update_layout(
        height=330,
        margin={**_MARGIN, "t": 34},
        legend={"orientation": "h", "y": 1.12, "x": 0},
        xaxis={"title": t("train.run.steps"), "range": [0, max(stage.steps, 1)]},
        yaxis={"title": t("train.run.loss"), "rangemode": "tozero"},
        yaxis2={
            "title": t("train.run.score"),
            "overlaying": "y",
            "side": "right",
            "range": [0, 1.02],
            "showgrid": False,
        },
        uirevision=stage.name or "run",
    )
    return figure


def _bars(names: Sequence[str], values: Sequence[float], colours: Sequence[str]) -> go.Figure:
    figure = go.Figure(
        go.Bar(
            x=list(values),
            y=list(names),
            orientation="h",
            marker_color=list(colours),
            text=list(values),
            textangle=0,
            hovertemplate="%{y}: %{x}<extra></extra>",
        )
    )
    figure.update_layout(
        height=36 + 21 * len(names),
        margin={**_MARGIN, "t": 2, "b": 2},
        showlegend=False,
        bargap=0.22,
        xaxis={"visible": False},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure
