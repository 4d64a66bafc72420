"""The open exam's report: built from the analysis and the doctor's words, kept as it is edited."""

import json
from collections.abc import Mapping
from datetime import datetime

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app import state
from app.opened import Opened, opened_exam, try_to
from core.analysis.overlay import key_pictures
from core.report.build import build_report
from core.report.document import Report
from core.report.edits import ReportEdits, normal_value
from core.report.pdf import pdf_bytes

_TURN = "report.turn"


def edits_of(exam_id: str) -> ReportEdits:
    """The doctor's words as kept last. Raises InputError."""
    return ReportEdits.from_json(state.store().report_edits(exam_id) or {})


def draft(exam: Opened, lang: str, *, pictures: bool = False) -> Report:
    """The report in one language; its date is that of the analysis.

    Args:
        pictures: with the key images, which takes a moment the first time.

    Raises:
        InputError: the store or a clip cannot be read.
    """
    store = state.store()
    created = next(
        v.created_at for v in store.analysis_versions(exam.exam_id) if v.version == exam.version
    )
    return build_report(
        exam.analysis,
        patient=store.exam(exam.exam_id).patient,
        pictures=_pictures(exam.exam_id, exam.version, lang, exam) if pictures else (),
        lang=lang,
        edits=edits_of(exam.exam_id),
        created=_local(created),
    )


def pdf_of(exam: Opened, lang: str) -> bytes:
    """The editable PDF; made once for each state of analysis and words. Raises InputError."""
    words = json.dumps(edits_of(exam.exam_id).to_json(), ensure_ascii=False)
    return _pdf(exam.exam_id, exam.version, lang, words, exam)


def keep(values: Mapping[str, str]) -> None:
    """Puts the doctor's words into the store; a word that a field cannot have is refused."""
    exam = opened_exam()
    if exam is None:
        return

    def act() -> None:
        fields = draft(exam, "en").fields()
        sound = {k: normal_value(fields[k], v) if k in fields else v for k, v in values.items()}
        state.store().save_report_edits(
            exam.exam_id, edits_of(exam.exam_id).changed(sound).to_json()
        )

    try_to(act)


def forget() -> None:
    """Takes all of the doctor's words back; older states stay in the store."""
    exam = opened_exam()
    if exam is not None:
        try_to(lambda: state.store().save_report_edits(exam.exam_id, {}))
        fill_anew()


def turn() -> int:
    """Part of each field's key: a new number makes the fields show the report again."""
    return int(st.session_state.get(_TURN, 0))


def fill_anew() -> None:
    st.session_state[_TURN] = turn() + 1


def _local(created: datetime) -> datetime:
    return created.astimezone()


@st.cache_resource(show_spinner=False, max_entries=6)
def _pictures(
    exam_id: str, version: int, lang: str, _exam: Opened
) -> list[tuple[str, NDArray[np.uint8]]]:
    store = state.store()
    clips = [store.load_clip(exam_id, record.id) for record in store.clips(exam_id)]
    return key_pictures(clips, _exam.analysis, lang)


@st.cache_data(show_spinner=False, max_entries=12)
def _pdf(exam_id: str, version: int, lang: str, words: str, _exam: Opened) -> bytes:
    return pdf_bytes(draft(_exam, lang, pictures=True))
