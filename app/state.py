"""What pages share: the server's store and models, the exam that this session has open."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.domain import InputError
from core.recognition.model_sets import chosen_set
from core.workstation.ahead import LookAhead
from core.workstation.store import ExamStore, default_store

if TYPE_CHECKING:
    from core.recognition.models import Models

PAGES = Path(__file__).resolve().parent.parent / "pages"
_EXAM = "current_exam"


def store() -> ExamStore:
    """The exam store of this server; one object for all sessions. Raises InputError."""
    return _store(os.environ.get("ECHOLAB_HOME", ""))


@st.cache_resource(show_spinner=False)
def _store(home: str) -> ExamStore:
    return default_store()


def models() -> "Models":
    """The models of the set in use, loaded once for all sessions (seconds): where another set is
    taken into use, what is begun from then on gets that. Raises InputError where they cannot be
    loaded."""
    return _models(*models_key())


def models_key() -> tuple[str, tuple[str, ...]]:
    """The folder of the set in use, and the sums of its weights. Raises InputError."""
    chosen = chosen_set()
    return str(chosen.folder), tuple(info.sha256 for info in chosen.infos)


@st.cache_resource(show_spinner=False, max_entries=2)
def _models(folder: str, sums: tuple[str, ...]) -> "Models":
    from core.recognition.models import load_models  # brings torch: not before it is needed

    return load_models(Path(folder))


def look_ahead() -> LookAhead:
    """What looks at clips as they are kept; one for all sessions. Raises InputError."""
    return _look_ahead(os.environ.get("ECHOLAB_HOME", ""))


@st.cache_resource(show_spinner=False)
def _look_ahead(home: str) -> LookAhead:
    return LookAhead(store(), models)


def current_exam_id() -> str | None:
    """The exam that this session has open; None if none is, or if it has been deleted."""
    exam_id: str | None = st.session_state.get(_EXAM)
    if exam_id is None:
        return None
    try:
        store().exam(exam_id)
    except InputError:
        st.session_state[_EXAM] = None
        return None
    return exam_id


def set_current_exam(exam_id: str | None) -> None:
    """Opens an exam in this session, or closes the one that is open."""
    st.session_state[_EXAM] = exam_id


def page(name: str) -> str:
    """What `st.switch_page` and `st.page_link` want of a page: exams, acquire, measure, report."""
    return str(PAGES / f"{name}.py")
