"""What the exam store says of its exams, clips and analyses."""

import json
import re
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from core.domain import InputError, Patient, View

_EXAM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class ExamState(StrEnum):
    """How far an exam is; texts in the language catalogue under `exam.state.*`."""

    EMPTY = "empty"  # no clip yet, and no machine's report
    RECORDED = "recorded"  # clips, no analysis
    ANALYSED = "analysed"  # the current analysis is the machine's
    EDITED = "edited"  # a person changed the current analysis


class ClipOrigin(StrEnum):
    FILE = "file"  # a file that came in; its bytes are kept as they were
    RECORDING = "recording"  # frames taken here, kept without loss


class KeptBy(StrEnum):
    """Who decided that a clip is kept."""

    AUTO = "auto"  # a standard plane was held
    HAND = "hand"  # a person, standard plane or not
    FILE = "file"  # it came as a file


MACHINE = "machine"
"""Author of an analysis that no person has edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamRecord:
    """One exam. `created_at` is UTC; `protocol` is an id of `protocol.PROTOCOLS`, None where none
    was chosen."""

    id: str
    created_at: datetime
    patient: Patient
    demo: bool
    protocol: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRecord:
    """One clip.

    Attributes:
        path: its file in the store; named by ids, never by a patient.
        source: the file's or device's name as it came.
        sha256: of the file's bytes, hex.
        thumbnail: PNG, or None.
        view: that it is filed under in the protocol; None while it is under none.
        kept_by: who kept it.
    """

    id: str
    exam_id: str
    origin: ClipOrigin
    path: Path
    source: str
    sha256: str
    size: int
    added_at: datetime
    thumbnail: Path | None
    view: View | None = None
    kept_by: KeptBy = KeptBy.FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamSummary:
    """One line of the list of exams.

    Attributes:
        views: those of the current analysis, in clip order, each once, without OTHER.
        thumbnail: of the first clip that has one.
    """

    id: str
    created_at: datetime
    patient: Patient
    demo: bool
    clips: int
    views: tuple[View, ...]
    state: ExamState
    thumbnail: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisVersion:
    """One saved state of an exam's analysis; `parent` is what undo goes back to."""

    version: int
    parent: int | None
    author: str
    created_at: datetime
    current: bool


def now() -> datetime:
    return datetime.now(UTC)


def new_exam_id() -> str:
    """Sorts by time; random at its end, so that two users never get the same."""
    return f"exam-{now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def checked_exam_id(exam_id: str) -> str:
    """`exam_id` itself; InputError if it is not safe as a name."""
    if not _EXAM_ID.fullmatch(exam_id):
        raise InputError(
            f"Exam id {exam_id[:80]!r} cannot be used: take 1 to 64 letters, digits, '.', '_' or "
            f"'-', the first a letter or digit"
        )
    return exam_id


def storable(words: str) -> str:
    """Text that any database and JSON reader takes: no lone surrogates, no zero characters."""
    return words.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def patient_columns(patient: Patient) -> dict[str, str | float | None]:
    """A patient as the columns of table `exam`."""
    return {
        "sex": patient.sex,
        "height_cm": patient.height_cm,
        "weight_kg": patient.weight_kg,
        "name": storable(patient.name),
        "patient_id": storable(patient.patient_id),
        "birth_date": storable(patient.birth_date),
    }


def patient_of(row: sqlite3.Row) -> Patient:
    return Patient(
        sex=row["sex"],
        height_cm=row["height_cm"],
        weight_kg=row["weight_kg"],
        name=row["name"],
        patient_id=row["patient_id"],
        birth_date=row["birth_date"],
    )


def exam_of(row: sqlite3.Row) -> ExamRecord:
    return ExamRecord(
        id=row["id"],
        created_at=datetime.fromisoformat(row["created_at"]),
        patient=patient_of(row),
        demo=bool(row["demo"]),
        protocol=row["protocol"],
    )


def clip_of(row: sqlite3.Row, files: Path) -> ClipRecord:
    return ClipRecord(
        id=row["id"],
        exam_id=row["exam_id"],
        origin=ClipOrigin(row["origin"]),
        path=files / row["file"],
        source=row["source"],
        sha256=row["sha256"],
        size=row["size"],
        added_at=datetime.fromisoformat(row["added_at"]),
        thumbnail=files / row["thumbnail"] if row["thumbnail"] else None,
        view=View(row["view"]) if row["view"] else None,
        kept_by=KeptBy(row["kept_by"]),
    )


def summary_of(row: sqlite3.Row, files: Path) -> ExamSummary:
    """One row of the list of exams: `exam.*`, `clips`, `thumbnail`, `views`, `author`."""
    if row["author"] is None:
        state = ExamState.RECORDED if row["clips"] else ExamState.EMPTY
    else:
        state = ExamState.ANALYSED if row["author"] == MACHINE else ExamState.EDITED
    exam = exam_of(row)
    return ExamSummary(
        id=exam.id,
        created_at=exam.created_at,
        patient=exam.patient,
        demo=exam.demo,
        clips=row["clips"],
        views=tuple(View(view) for view in json.loads(row["views"] or "[]")),
        state=state,
        thumbnail=files / row["thumbnail"] if row["thumbnail"] else None,
    )
