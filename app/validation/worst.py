"""The values of one parameter that are furthest off, each a click from its picture."""

from collections.abc import Sequence

import streamlit as st

from app.language import lang, t
from app.live.jobs import Job
from app.validation.charts import case_name
from core.validation.example import can_show, example_picture
from core.validation.pair import Pair

SHOWN = 5
_JOB = "validation.worst.job"


def show_worst(pairs: Sequence[Pair], *, standard: bool, key: str) -> None:
    """A line and a button each; the picture is drawn again when it is asked for."""
    far = sorted(
        (pair for pair in pairs if pair.error is not None),
        key=lambda pair: -abs(pair.error or 0.0),
    )[:SHOWN]
    if not far:
        return
    st.markdown(f"**{t('validation.worst')}**")
    held: tuple[str, Job] | None = st.session_state.get(_JOB)
    for number, pair in enumerate(far):
        own = f"{key}.{pair.seed}.{number}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                t("validation.worst.open"),
                key=f"worst.{own}",
                icon=":material/image:",
                disabled=not can_show(pair) or (held is not None and held[1].running),
                on_click=_start,
                args=(own, pair, standard, lang()),
            )
            st.markdown(
                t(
                    "validation.worst.line",
                    found=f"{pair.found or 0.0:.3g}",
                    true=f"{pair.true or 0.0:.3g}",
                    seed=pair.seed,
                    case=case_name(pair.case),
                    window=t(f"validation.window.{pair.window}"),
                    take=pair.take,
                )
            )
        if held is not None and held[0] == own:
            _show(held[1])


def _start(key: str, pair: Pair, standard: bool, language: str) -> None:
    held: tuple[str, Job] | None = st.session_state.get(_JOB)
    if held is not None:
        held[1].cancel()
    job = Job(
        "example",
        lambda progress: example_picture(pair, standard=standard, lang=language, progress=progress),
    )
    st.session_state[_JOB] = (key, job)


def _show(job: Job) -> None:
    if job.running:
        st.fragment(_wait, run_every=1.0)(job)
    elif job.result is None:
        st.error(job.error or t("train.run.failed"), icon=":material/error:")
    else:
        st.image(job.result, width=760)


def _wait(job: Job) -> None:
    if not job.running:
        st.rerun()
    st.progress(job.fraction, text=t("validation.worst.drawing"))
