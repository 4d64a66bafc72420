"""An exam's analyses: append-only versions with a pointer that undo and redo move.

A version keeps its parent, so that an edit after an undo begins a new branch and nothing is ever
overwritten. Bodies are `analysis.json`, compressed; the patient's name never is in them.
"""

import json
import sqlite3
import zlib
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from core.analysis.analysis import Analysis
from core.analysis.codec import read, to_json
from core.domain import InputError, Patient, View
from core.workstation.records import AnalysisVersion, now, storable


def save(
    db: sqlite3.Connection, analysis: Analysis, *, author: str, based_on: int | None = None
) -> int:
    """Append `analysis` as the newest version of its exam and make it current.

    Returns:
        Its version, from 1.

    Raises:
        InputError: `based_on` is no longer current: someone else saved meanwhile.
    """
    exam_id = analysis.exam_id
    current = pointer(db, exam_id)
    if based_on is not None and based_on != current:
        raise InputError(
            f"The analysis of exam {exam_id} was changed elsewhere meanwhile: load it again"
        )
    views = dict.fromkeys(c.recognition.view.label for c in analysis.clips)
    views.pop(View.OTHER, None)
    body = json.dumps(to_json(analysis), ensure_ascii=False, separators=(",", ":"))
    version = 1 + int(
        db.execute(
            "SELECT coalesce(max(version), 0) FROM analysis WHERE exam_id = ?", (exam_id,)
        ).fetchone()[0]
    )
    db.execute(
        "INSERT INTO analysis (exam_id, version, parent, author, created_at, views, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            exam_id,
            version,
            current,
            storable(author),
            now().isoformat(),
            json.dumps(list(views)),
            zlib.compress(body.encode("utf-8", "replace"), 3),
        ),
    )
    move(db, exam_id, version)
    return version


def pointer(db: sqlite3.Connection, exam_id: str) -> int | None:
    """The current version of an exam that is there."""
    row = db.execute("SELECT analysis_version FROM exam WHERE id = ?", (exam_id,)).fetchone()
    return row[0] if row else None


def move(db: sqlite3.Connection, exam_id: str, version: int) -> None:
    db.execute("UPDATE exam SET analysis_version = ? WHERE id = ?", (version, exam_id))


def before(db: sqlite3.Connection, exam_id: str) -> int | None:
    """The version that undo goes to, or None."""
    row = db.execute(
        "SELECT a.parent FROM exam e JOIN analysis a"
        " ON a.exam_id = e.id AND a.version = e.analysis_version WHERE e.id = ?",
        (exam_id,),
    ).fetchone()
    return row[0] if row else None


def after(db: sqlite3.Connection, exam_id: str) -> int | None:
    """The version that redo goes to (the newest one made from the current), or None."""
    return db.execute(
        "SELECT max(a.version) FROM exam e JOIN analysis a"
        " ON a.exam_id = e.id AND a.parent = e.analysis_version WHERE e.id = ?",
        (exam_id,),
    ).fetchone()[0]  # type: ignore[no-any-return]


def body(db: sqlite3.Connection, exam_id: str, version: int) -> bytes | None:
    """The compressed JSON of one version, for `decode`; None if there is none."""
    row = db.execute(
        "SELECT body FROM analysis WHERE exam_id = ? AND version = ?", (exam_id, version)
    ).fetchone()
    return row[0] if row else None


def decode(stored: bytes, patient: Patient) -> Analysis:
    """The analysis with the patient's names put back; figures are those it was made with."""
    analysis = _read(stored)
    return replace(
        analysis,
        patient=replace(
            analysis.patient,
            name=patient.name,
            patient_id=patient.patient_id,
            birth_date=patient.birth_date,
        ),
    )


@lru_cache(maxsize=4)
def _read(stored: bytes) -> Analysis:
    # A version never changes, and a page asks for the same one several times.
    return read(json.loads(zlib.decompress(stored)))


def history(db: sqlite3.Connection, exam_id: str) -> tuple[AnalysisVersion, ...]:
    """All versions, oldest first."""
    current = pointer(db, exam_id)
    rows = db.execute(
        "SELECT version, parent, author, created_at FROM analysis WHERE exam_id = ?"
        " ORDER BY version",
        (exam_id,),
    )
    return tuple(
        AnalysisVersion(
            version=row["version"],
            parent=row["parent"],
            author=row["author"],
            created_at=datetime.fromisoformat(row["created_at"]),
            current=row["version"] == current,
        )
        for row in rows
    )
