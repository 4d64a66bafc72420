"""Pictures taken into an own set: from exams of the store, or from files."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from app import state
from app.components.exam_picker import exam_title
from app.language import t
from app.opened import try_to
from app.train.news import tell
from core.acquisition.files import read_exam
from core.domain import InputError, Patient
from core.training.labelling import add_clip, pseudonym

_ROUND = "train.take.round"


def show_take(folder: Path) -> None:
    """Both ways side by side; what is taken is in the set when the page has run again."""
    from_exam, from_files = st.columns(2, gap="medium")
    with from_exam:
        _exam(folder)
    with from_files:
        _files(folder)


def _exam(folder: Path) -> None:
    exams = {exam.id: exam for exam in state.store().list_exams() if exam.clips}
    if not exams:
        st.info(t("app.no_exams"), icon=":material/info:")
        return
    chosen = st.selectbox(
        t("train.label.exam"), list(exams), format_func=lambda name: exam_title(exams[name])
    )
    records = {record.id: record for record in state.store().clips(chosen)}
    clips = st.multiselect(t("train.label.clips"), list(records), key=f"train.take.{chosen}")
    count = _count("exam")
    st.button(
        t("train.label.take"),
        icon=":material/add_photo_alternate:",
        on_click=_add,
        args=(lambda told: _from_exam(folder, chosen, clips or list(records), count, told),),
    )


def _files(folder: Path) -> None:
    files = st.file_uploader(
        t("train.label.files"),
        accept_multiple_files=True,
        key=f"train.take.files.{st.session_state.get(_ROUND, 0)}",
    )
    patient = st.text_input(
        t("train.label.patient"), help=t("train.label.patient.help"), key="train.take.patient"
    )
    count = _count("files")
    st.button(
        t("train.label.upload"),
        icon=":material/upload:",
        disabled=not files or not patient.strip(),
        on_click=_add,
        args=(lambda told: _from_files(folder, files or [], patient.strip(), count, told),),
    )


def _count(kind: str) -> int:
    return int(st.number_input(t("train.label.per_clip"), 1, 50, 3, key=f"train.take.n.{kind}"))


def _add(take: Callable[[Callable[[float], None]], int]) -> None:
    bar = st.progress(0.0, text=t("train.label.adding"))

    def told(part: float) -> None:
        bar.progress(part, text=t("train.label.adding"))

    def work() -> None:
        tell(t("train.label.added", count=take(told)))

    try_to(work)
    bar.empty()


def _from_exam(
    folder: Path, exam_id: str, clips: list[str], count: int, told: Callable[[float], None]
) -> int:
    """The patient is told apart by id, or by name, or by exam where nothing is known."""
    store = state.store()
    group = pseudonym(_who(store.exam(exam_id).patient) or f"exam {exam_id}")
    taken, refused = 0, []
    for number, clip_id in enumerate(clips):
        told(number / len(clips))
        try:
            clip = store.load_clip(exam_id, clip_id)
            taken += len(add_clip(folder, clip, group=group, count=count))
        except InputError as error:
            refused.append(str(error))
    return _sum_up(taken, refused)


def _from_files(
    folder: Path, files: list[Any], patient: str, count: int, told: Callable[[float], None]
) -> int:
    group = pseudonym(patient)
    taken, refused = 0, []
    with tempfile.TemporaryDirectory(prefix="echolab-") as place:
        for number, file in enumerate(files):
            told(number / len(files))
            path = Path(place) / str(number) / (Path(file.name).name or "file")
            path.parent.mkdir()
            path.write_bytes(file.getvalue())
            try:
                for clip in read_exam([path]).clips:
                    taken += len(add_clip(folder, clip, group=group, count=count))
            except InputError as error:
                refused.append(str(error).replace(f"{path.parent}/", ""))
            finally:
                path.unlink()
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1  # another key empties the box
    return _sum_up(taken, refused)


def _sum_up(taken: int, refused: list[str]) -> int:
    if refused:
        if taken:
            tell(t("train.label.added", count=taken))
        raise InputError(" · ".join(refused))
    return taken


def _who(patient: Patient) -> str:
    known = " ".join((patient.name, patient.birth_date)).strip()
    return patient.patient_id.strip() or known
