"""What is chosen for a bench: the plane to find, the patient, the machine, hints."""

import secrets

import streamlit as st

from app.bench.bench import Bench
from app.language import lang, t
from core.domain import View
from core.phantom.bench import TOUR, Case, Look, Setup, Severity
from core.phantom.probe import STANDARD_VIEWS

_TOUR = "tour"
VIEWS: tuple[View | str, ...] = (_TOUR, *STANDARD_VIEWS)
CASES: tuple[Case | None, ...] = (None, *Case)


def choose(bench: Bench) -> None:
    """One line of choices; each takes hold at once. The bench keeps them, not the page."""
    view, case, severity, quality, patient, look, more = st.columns(
        [2.4, 2.3, 1.4, 1.4, 1.3, 1.3, 1.2], vertical_alignment="bottom", gap="small"
    )
    now = bench.setup
    with view:
        _choose_view(bench)
    with case:
        chosen = st.selectbox(
            t("bench.case"),
            CASES,
            index=CASES.index(now.case),
            format_func=lambda c: t("case.none") if c is None else t(f"case.{c}"),
            key=key("case"),
        )
    with severity:
        grade = st.selectbox(
            t("bench.severity"),
            list(Severity),
            index=list(Severity).index(now.severity),
            format_func=lambda s: t(f"severity.{s}"),
            disabled=chosen is None,
            key=key("severity"),
        )
    with quality:
        part = st.slider(
            t("bench.quality"),
            0,
            100,
            round(100 * now.quality),
            step=5,
            format="%d %%",
            key=key("quality"),
        )
    with patient:
        seed = st.number_input(
            t("bench.patient"), 0, 99_999, now.seed, help=t("bench.patient.help"), key=key("seed")
        )
    with look:
        machine = st.selectbox(
            t("bench.look"),
            list(Look),
            index=list(Look).index(now.look),
            format_func=lambda each: t(f"bench.look.{each}"),
            key=key("look"),
        )
    with more:
        bench.hints = st.toggle(t("bench.hints"), bench.hints, key=key("hints"))
        bench.outlines = st.toggle(t("bench.outlines"), bench.outlines, key=key("outlines"))
    wanted = Setup(
        seed=int(seed),
        case=chosen,
        severity=grade or now.severity,
        quality=part / 100,
        look=machine or now.look,
    )
    if wanted != now:
        with st.spinner(t("bench.building")):
            bench.treat(wanted)


def key(name: str) -> str:
    """Of a widget. Each language has its own: a box that is kept shows the words it was made
    with."""
    return f"bench.{name}.{lang()}"


def _choose_view(bench: Bench) -> None:
    reading = bench.stand.reading()
    st.selectbox(
        t("bench.view"),
        VIEWS,
        index=0 if reading.trial.run else VIEWS.index(reading.trial.view),
        format_func=lambda v: t("bench.tour", count=len(TOUR)) if v == _TOUR else t(f"view.{v}"),
        key=key("view"),
        on_change=_aim,
        args=(bench, key("view")),
    )


def _aim(bench: Bench, widget: str) -> None:
    chosen = st.session_state[widget]
    if chosen == _TOUR:
        bench.stand.tour(secrets.token_hex(6))
    else:
        bench.stand.aim(View(chosen))
