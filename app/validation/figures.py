"""What a result says: tiles, table by parameter, Bland-Altman, coverage, the worst examples."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.language import lang, t
from app.validation.charts import bland_altman, case_name, coverage_bars
from app.validation.worst import show_worst
from core.measurement.uncertainty import shipped_errors
from core.report.table import number, unit_text
from core.validation.docs import goal_words, measure_name, reason_words, unit_of, verdict_words
from core.validation.figures import split_parts
from core.validation.goals import COVERAGE, met
from core.validation.pair import WINDOWS, Pair, Way
from core.validation.results import Result

_QUIET = {"displayModeBar": False, "scrollZoom": False}


def show_result(name: str, result: Result) -> None:
    """One result from top to bottom."""
    facts = result.document
    models = ", ".join(f"{each['name']} {each['version']}" for each in facts["models"])
    st.caption(
        t("validation.of", patients=facts["patients"], first=facts["first_seed"], models=models)
        + " "
        + t("validation.told" if result.standard else "validation.recognised")
    )
    ways = {way: rows for way, rows in result.ways.items() if any(r["n"] for r in rows.values())}
    if not ways:
        st.info(t("validation.none"))
        return
    way = st.segmented_control(
        t("validation.way"),
        list(ways),
        default=next(iter(ways)),
        required=True,
        format_func=lambda each: t(f"validation.way.{each}"),
        key=f"validation.way.{name}",
        label_visibility="collapsed",
    )
    rows = ways[str(way)]
    _tiles(rows, facts)
    chosen = _table(rows, key=f"validation.table.{name}.{way}")
    own = [p for p in split_parts(result.pairs) if p.way is Way(str(way)) and p.id == chosen]
    _parameter(chosen, rows[chosen], own)
    show_worst(own, standard=result.standard, key=f"{name}.{way}.{chosen}")
    covered = {each: row for each, row in rows.items() if "coverage" in row}
    if covered:
        st.subheader(t("validation.coverage"), divider="gray")
        st.caption(t("validation.coverage.text", known=len(shipped_errors())))
        st.plotly_chart(coverage_bars(covered), key=f"coverage.{name}.{way}", config=_QUIET)
    _recordings(facts["recordings"])
    _real(facts.get("real", {}))


def _tiles(rows: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    said = [met(row) for row in rows.values()]
    inside = sum(row["coverage"] * row["intervals"] for row in rows.values() if "coverage" in row)
    given = sum(row["intervals"] for row in rows.values() if "coverage" in row)
    tiles = [
        (t("validation.tile.patients"), str(facts["patients"]), ""),
        (
            t("validation.tile.goals"),
            f"{said.count(True)} / {len(said) - said.count(None)}",
            "ok" if False not in said else "warn",
        ),
    ]
    if given:
        share = inside / given
        good = COVERAGE[0] <= share <= COVERAGE[1]
        tiles.append((t("validation.tile.coverage"), f"{share:.0%}", "ok" if good else "warn"))
    fates = [fate for counts in facts["recordings"].values() for fate in counts.items()]
    total = sum(count for _, count in fates)
    if total:
        measured = sum(count for fate, count in fates if fate == "measured")
        tiles.append((t("validation.tile.measured"), f"{measured} / {total}", ""))
    st.html(
        '<div class="el-tiles" data-testid="validation-tiles">'
        + "".join(
            f'<div class="el-tile {mark}"><span>{title}</span><b>{value}</b></div>'
            for title, value, mark in tiles
        )
        + "</div>"
    )


def _table(rows: Mapping[str, Any], *, key: str) -> str:
    """The parameters; the id of the one that was clicked, or of the first with values."""
    names = list(rows)
    table = {
        t("report.column.name"): [measure_name(name, lang()) for name in names],
        t("validation.column.unit"): [unit_text(unit_of(name), lang()) for name in names],
        t("validation.column.n"): [row["n"] for row in rows.values()],
        t("validation.column.missing"): [sum(row["missing"].values()) for row in rows.values()],
        t("validation.bias"): [_digits(row, "bias") for row in rows.values()],
        t("validation.column.sd"): [_digits(row, "sd") for row in rows.values()],
        t("validation.column.mae"): [_digits(row, "mae") for row in rows.values()],
        t("validation.column.percent"): [_digits(row, "mae_percent") for row in rows.values()],
        t("validation.column.goal"): [goal_words(row, lang()) for row in rows.values()],
        t("validation.column.verdict"): [verdict_words(row, lang()) for row in rows.values()],
        t("validation.column.coverage"): [
            f"{row['coverage']:.0%}" if "coverage" in row else "" for row in rows.values()
        ],
    }
    chosen = st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        height=min(420, 38 + 35 * len(names)),
    )
    st.caption(t("validation.table.hint"))
    picked = chosen["selection"]["rows"]
    if picked and picked[0] < len(names):
        return names[picked[0]]
    return next(name for name in names if rows[name]["n"])


def _digits(row: Mapping[str, Any], name: str) -> float | None:
    return round(row[name], 2) if name in row else None


def _parameter(name: str, figures: Mapping[str, Any], pairs: Sequence[Pair]) -> None:
    """Bland-Altman on the left; by window, by case and what is missing on the right."""
    st.subheader(measure_name(name, lang()), divider="gray")
    unit = unit_text(unit_of(name), lang())
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        if figures["n"]:
            figure = bland_altman(pairs, figures, unit)
            st.plotly_chart(figure, key=f"agreement.{name}", config=_QUIET)
        else:
            st.info(t("validation.no_values"))
    with right:
        if figures["missing"]:
            st.caption(f"{t('validation.column.missing')}: "
                       f"{reason_words(figures['missing'], lang())}")  # fmt: skip
        windows = {w: figures["by_window"][w] for w in WINDOWS if w in figures["by_window"]}
        _groups(t("validation.by_window"),
                {t(f"validation.window.{w}"): row for w, row in windows.items()})  # fmt: skip
        _groups(t("validation.by_case"),
                {case_name(case): row for case, row in figures["by_case"].items()})  # fmt: skip


def _groups(title: str, groups: Mapping[str, Mapping[str, Any]]) -> None:
    st.dataframe(
        {
            title: list(groups),
            t("validation.column.n"): [row["n"] for row in groups.values()],
            t("validation.bias"): [_digits(row, "bias") for row in groups.values()],
            t("validation.column.mae"): [_digits(row, "mae") for row in groups.values()],
        },
        hide_index=True,
        placeholder="",
        height=min(250, 38 + 35 * len(groups)),
    )


def _recordings(fates: Mapping[str, Mapping[str, int]]) -> None:
    if not fates:
        return
    with st.expander(t("validation.recordings"), icon=":material/movie:"):
        st.dataframe(
            {
                t("validation.recording"): list(fates),
                **{
                    t(f"validation.fate.{fate}"): [row.get(fate, 0) for row in fates.values()]
                    for fate in ("measured", "wrong_view", "not_standard")
                },
            },
            hide_index=True,
        )


def _real(real: Mapping[str, Mapping[str, Any]]) -> None:
    for name, own in real.items():
        st.subheader(t("validation.real", name=name), divider="gray")
        with st.container(horizontal=True):
            for figure, goal in own["goals"].items():
                words = number(own[figure], "%") if figure == "ef_mae" else f"{own[figure]:.3f}"
                st.metric(
                    t(f"validation.real.{figure}"), words,
                    help=t("validation.real.goal", limit=f"{goal:g}"), width=220,
                )  # fmt: skip
