"""What is chosen for a bench: the plane to find, the patient, the machine, hints."""

import secrets

import streamlit as st

from app.bench.bench import Bench
from app.language import t
from core.domain import View
from core.phantom.bench import TOUR, Case, Look, Setup, Severity

VIEWS = tuple(view for view in View if view is not View.OTHER)


def choose(bench: Bench) -> None:
    """Two lines of choices; each takes hold at once."""
    view, case, severity, quality, patient, look, more = st.columns(
        [2.3, 2.3, 1.3, 1.5, 1.2, 1.4, 1.2], vertical_alignment="bottom", gap="small"
    )
    with view:
        _choose_view(bench)
    setup = bench.setup
    with case:
        chosen = st.selectbox(
            t("bench.case"),
            [None, *Case],
            format_func=lambda c: t("bench.case.none") if c is None else t(f"bench.case.{c}"),
            key="bench.case",
            persist_state="session",
        )
    with severity:
        grade = st.selectbox(
            t("bench.severity"),
            list(Severity),
            index=1,
            format_func=lambda s: t(f"bench.severity.{s}"),
            disabled=chosen is None,
            key="bench.severity",
            persist_state="session",
        )
    with quality:
        part = st.slider(
            t("bench.quality"),
            0,
            100,
            round(100 * setup.quality),
            step=5,
            format="%d %%",
            key="bench.quality",
            persist_state="session",
        )
    with patient:
        seed = st.number_input(
            t("bench.patient"),
            0,
            99_999,
            setup.seed,
            help=t("bench.patient.help"),
            key="bench.seed",
            persist_state="session",
        )
    with look:
        machine = st.selectbox(
            t("bench.look"),
            list(Look),
            format_func=lambda each: t(f"bench.look.{each}"),
            key="bench.look",
            persist_state="session",
        )
    with more:
        bench.hints = st.toggle(t("bench.hints"), True, key="bench.hints", persist_state="session")
        bench.outlines = st.toggle(
            t("bench.outlines"), False, key="bench.outlines", persist_state="session"
        )
    wanted = Setup(seed=int(seed), case=chosen, severity=grade, quality=part / 100, look=machine)
    if wanted != bench.setup:
        with st.spinner(t("bench.building")):
            bench.treat(wanted)


def _choose_view(bench: Bench) -> None:
    options = [*VIEWS, "tour"]
    st.selectbox(
        t("bench.view"),
        options,
        format_func=lambda v: t("bench.tour", count=len(TOUR)) if v == "tour" else t(f"view.{v}"),
        key="bench.view",
        on_change=_aim,
        args=(bench,),
        persist_state="session",
    )


def _aim(bench: Bench) -> None:
    chosen = st.session_state["bench.view"]
    if chosen == "tour":
        bench.stand.tour(secrets.token_hex(6))
    else:
        bench.stand.aim(View(chosen))
