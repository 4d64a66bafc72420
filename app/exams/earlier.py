"""Earlier exams of a patient: looked for in the archive, fetched beside the page."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import state
from app.components.plain import plain
from app.language import lang, t
from app.live.jobs import Job
from app.settings.running import inbox, station_state, wake
from core.domain import CancelledError, InputError
from core.transfer.records import UnreachableError
from core.workstation.nodes import Node, Role
from core.workstation.settings import Settings, load_settings

if TYPE_CHECKING:
    from core.workstation.network.earlier import StudyFound

_ANSWER, _JOB, _NEWS = "earlier.answer", "earlier.job", "earlier.news"


def show_earlier() -> None:
    """The question, the studies that answered it, and the one being fetched. Raises InputError."""
    settings = load_settings()
    nodes = settings.with_role(Role.QUERY)
    if not nodes:
        st.info(t("earlier.no_node"), icon=":material/dns:")
        return
    if (job := st.session_state.get(_JOB)) is not None:
        st.fragment(_fetching, run_every=0.5)(job)
    for good, words in st.session_state.pop(_NEWS, []):
        (st.success if good else st.error)(words)
    with (
        st.form("earlier", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        node = st.selectbox(t("earlier.node"), nodes, format_func=lambda n: n.name, width=220)
        patient_id = st.text_input(t("earlier.patient_id"), width=180)
        name = st.text_input(t("earlier.name"), width=180)
        asked = st.form_submit_button(t("earlier.ask"), icon=":material/search:", type="primary")
    if asked and node is not None:
        st.session_state[_ANSWER] = _ask(node, settings, patient_id.strip(), name.strip())
    found: tuple[Node, tuple[StudyFound, ...]] | None = st.session_state.get(_ANSWER)
    if found is not None:
        _studies(*found, settings)


def _ask(
    node: Node, settings: Settings, patient_id: str, name: str
) -> "tuple[Node, tuple[StudyFound, ...]] | None":
    from core.workstation.network.contact import words_of
    from core.workstation.network.earlier import find_studies, study_query

    try:
        with st.spinner(t("station.node.testing")):
            query = study_query(patient_id=patient_id, name=name)
            return node, find_studies(node, settings, query)
    except InputError:
        st.warning(t("earlier.whose"), icon=":material/warning:")
    except UnreachableError as error:
        st.error(f"{node.name}: {words_of(error, lang())}", icon=":material/error:")
    return None


def _studies(node: Node, studies: "tuple[StudyFound, ...]", settings: Settings) -> None:
    if not studies:
        st.info(t("earlier.empty"), icon=":material/search_off:")
    for number, study in enumerate(studies):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            facts = (study.patient_id, study.description, study.modalities)
            st.markdown(f"{plain(study.date)} **{plain(study.patient_name or '–')}**")
            st.caption(plain(" · ".join(fact for fact in facts if fact)), width="stretch")
            if state.store().exam_of_study(study.study_uid) is not None:
                st.caption(t("earlier.here"), width="content")
            st.button(
                t("earlier.fetch"),
                key=f"earlier.fetch.{number}",
                icon=":material/download:",
                disabled=st.session_state.get(_JOB) is not None,
                on_click=_start,
                args=(node, study, settings),
            )


def _start(node: Node, study: "StudyFound", settings: Settings) -> None:
    box, listening, language = inbox(), station_state().port is not None, lang()

    def work(progress: Callable[..., None]) -> int:
        from core.workstation.network.contact import words_of
        from core.workstation.network.earlier import fetch_study

        def tell(done: int, total: int) -> None:
            progress(done / max(total, 1))

        try:
            return fetch_study(
                node, study.study_uid, settings, inbox=box, listening=listening, progress=tell
            )
        except UnreachableError as error:
            raise InputError(f"{node.name}: {words_of(error, language)}") from error
        except CancelledError:
            raise
        finally:
            wake()

    st.session_state[_JOB] = Job("fetch", work)


def _fetching(job: Job) -> None:
    if not job.running:
        st.session_state[_JOB] = None
        st.session_state[_NEWS] = [_outcome(job)]
        st.rerun()
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.fraction, text=t("earlier.fetching"))
    stop.button(t("app.exams.cancel"), key="earlier.stop", on_click=partial(job.cancel))


def _outcome(job: Job) -> tuple[bool, Any]:
    if job.error is not None:
        return False, job.error
    if job.failed:
        return False, t("earlier.failed")
    if job.cancelled:
        return False, t("earlier.cancelled")
    return True, t("earlier.done", count=job.result)
