"""The open exam's report: built from the analysis and the doctor's words, kept as it is edited."""

import hashlib
import json
from collections.abc import Mapping

import streamlit as st

from app import state
from app.language import lang
from app.opened import Opened, opened_exam, try_to
from app.report.person import author
from core.report.document import Report
from core.report.edits import normal_value
from core.report.final import FinalReport
from core.report.pdf import flat_pdf_bytes, pdf_bytes
from core.workstation.signing import Pictures, report_pictures

_TURN = "report.turn"
# A change of one of these changes what EchoLab itself writes elsewhere.
_MOVES_OTHERS = ("measurement.", "header.sex", "header.height", "header.weight", "header.rhythm")


def final_report(exam: Opened, version: int | None = None) -> FinalReport:
    """A version of the report, the newest where `version` is None. Raises InputError."""
    return state.store().reports.final(exam.exam_id, version)


def draft(exam: Opened, language: str, *, version: int | None = None) -> Report:
    """The report in one language, without pictures. Raises InputError."""
    return final_report(exam, version).build(language)


def pdf_of(exam: Opened, language: str, *, version: int | None = None) -> bytes:
    """The editable PDF; of a signed version the flat one, as it was signed where the language is
    that of the signature. Made once for each state of the report. Raises InputError."""
    final = final_report(exam, version)
    if final.record.locked and final.record.lang == language:
        kept = state.store().reports.signed_pdf(exam.exam_id, final.record.version)
        if kept is not None:
            return kept
    return _pdf(_state_of(final), language, final)


def pictures_of(final: FinalReport, language: str) -> tuple[Pictures, Pictures]:
    """(key images, strips), drawn once for each analysis. Raises InputError."""
    clips = ",".join(record.id for record in state.store().clips(final.exam_id))
    return _pictures(final.exam_id, final.analysis_version, clips, language, final)


def keep(values: Mapping[str, str], *, origin: str = "page") -> None:
    """Puts the doctor's words into the store; a word that a field cannot have is refused."""
    exam = opened_exam()
    if exam is None:
        return

    def act() -> None:
        final = final_report(exam)
        fields = final.build(lang()).fields()
        sound = {k: normal_value(fields[k], v) if k in fields else v for k, v in values.items()}
        state.store().reports.change(
            exam.exam_id,
            sound,
            automatic=final.automatic(lang()),
            author=author(),
            origin=origin,
        )
        if any(name.startswith(_MOVES_OTHERS) for name in values):
            fill_anew()

    try_to(act)


def forget() -> None:
    """Takes all of the doctor's words back; the history keeps them."""
    exam = opened_exam()
    if exam is None:
        return

    def act() -> None:
        automatic = final_report(exam).automatic(lang())
        state.store().reports.discard(exam.exam_id, automatic=automatic, author=author())

    try_to(act)
    fill_anew()


def turn() -> int:
    """Part of each field's key: a new number makes the fields show the report again."""
    return int(st.session_state.get(_TURN, 0))


def fill_anew() -> None:
    st.session_state[_TURN] = turn() + 1


def _state_of(final: FinalReport) -> str:
    """A sum of all that the sheets depend on but their language."""
    record = final.record
    parts = {
        "exam": final.exam_id,
        "analysis": final.analysis_version,
        "edits": record.edits.to_json(),
        "patient": repr(final.patient),
        "record": [record.version, record.status, repr(record.reviewed), repr(record.signed)],
        "template": final.template.to_json(),
        "facts": list(final.facts),
        "earlier": None
        if final.earlier is None
        else [final.earlier.exam_id, final.earlier.signed, repr(final.earlier.measurements)],
    }
    words = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


@st.cache_resource(show_spinner=False, max_entries=6)
def _pictures(
    exam_id: str, version: int, clips: str, language: str, _final: FinalReport
) -> tuple[Pictures, Pictures]:
    return report_pictures(state.store(), _final, language)


@st.cache_data(show_spinner=False, max_entries=12)
def _pdf(state_sum: str, language: str, _final: FinalReport) -> bytes:
    pictures, strips = pictures_of(_final, language)
    report = _final.build(language, pictures=pictures, strips=strips)
    return flat_pdf_bytes(report) if report.signed else pdf_bytes(report)
