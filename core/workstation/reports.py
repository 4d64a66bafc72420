"""Reports in the exam store: draft, reviewed, signed; every change noted; what is signed is locked.

The doctor's words are states of `report_edits`, each appended; who changed what is in
`report_change`. A version's row in `report` comes with its first event; signing freezes into it all
that the sheets were made from, and the sheets.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.domain import InputError, Patient
from core.report.edits import NO_EDITS, ReportEdits
from core.report.record import Change, ReportRecord, ReportStatus, Signature
from core.report.template import ReportTemplate, template_from
from core.workstation.records import now, patient_columns, patient_of, storable

_LONGEST_NAME = 80
_LONGEST_REASON = 500


def checked_name(name: str, what: str = "name") -> str:
    """A person's name as it is kept. Raises InputError where there is none or it is too long."""
    words = " ".join(storable(name).split())
    if not words or len(words) > _LONGEST_NAME:
        raise InputError(f"The report needs a {what} of 1 to {_LONGEST_NAME} characters")
    return words


def latest(db: sqlite3.Connection, exam_id: str) -> ReportRecord:
    """The newest version of an exam that is there; a draft without a word where none was begun."""
    row = db.execute(
        "SELECT * FROM report WHERE exam_id = ? ORDER BY version DESC LIMIT 1", (exam_id,)
    ).fetchone()
    if row is not None:
        return _record(db, row)
    created = db.execute("SELECT created_at FROM exam WHERE id = ?", (exam_id,)).fetchone()[0]
    return ReportRecord(
        exam_id=exam_id,
        version=1,
        status=ReportStatus.DRAFT,
        edits=edits(db, exam_id),
        created_at=datetime.fromisoformat(created),
    )


def versions(db: sqlite3.Connection, exam_id: str) -> tuple[ReportRecord, ...]:
    """All versions, oldest first; one at least."""
    rows = db.execute(
        "SELECT * FROM report WHERE exam_id = ? ORDER BY version", (exam_id,)
    ).fetchall()
    return tuple(_record(db, row) for row in rows) or (latest(db, exam_id),)


def last_state(db: sqlite3.Connection, exam_id: str) -> dict[str, Any] | None:
    """What was appended last by `append_edits`; None: nothing yet."""
    row = db.execute(
        "SELECT body FROM report_edits WHERE exam_id = ? ORDER BY version DESC LIMIT 1", (exam_id,)
    ).fetchone()
    state: dict[str, Any] | None = None if row is None else json.loads(row["body"])
    return state


def edits(db: sqlite3.Connection, exam_id: str) -> ReportEdits:
    """The doctor's words as kept last."""
    state = last_state(db, exam_id)
    return NO_EDITS if state is None else ReportEdits.from_json(state)


def append_edits(db: sqlite3.Connection, exam_id: str, body: str) -> None:
    """Append a state of the doctor's words (JSON); a reviewed report becomes a draft again.

    Raises:
        InputError: the report is signed.
    """
    open_version(db, exam_id)
    db.execute(
        "INSERT INTO report_edits (exam_id, version, created_at, body)"
        " SELECT :id, coalesce(max(version), 0) + 1, :at, :body"
        " FROM report_edits WHERE exam_id = :id",
        {"id": exam_id, "at": now().isoformat(), "body": storable(body)},
    )
    db.execute(
        "UPDATE report SET status = 'draft', reviewed_by = NULL, reviewed_at = NULL"
        " WHERE exam_id = ? AND status = 'reviewed'",
        (exam_id,),
    )


def open_version(db: sqlite3.Connection, exam_id: str) -> ReportRecord:
    """The newest version, which can be changed. Raises InputError where it is signed."""
    record = latest(db, exam_id)
    if record.signed is not None:
        raise InputError(
            f"The report of exam {exam_id} is signed (version {record.version}) and locked: "
            f"begin an amendment to change it"
        )
    return record


def change(
    db: sqlite3.Connection,
    exam_id: str,
    values: Mapping[str, str],
    *,
    automatic: Mapping[str, str],
    author: str,
    origin: str,
) -> ReportRecord:
    """Put words over fields, and note who did it and what stood there.

    Args:
        values: by name of the field.
        automatic: what EchoLab itself writes there, for fields that were never changed.
        author: who.
        origin: "page" or "pdf".

    Raises:
        InputError: the report is signed.
    """
    record = open_version(db, exam_id)
    before = record.edits.values
    at = now().isoformat()
    changed = {
        name: storable(value)
        for name, value in values.items()
        if storable(value) != before.get(name, automatic.get(name, ""))
    }
    if not changed:
        return record
    merged = record.edits.changed(changed)
    append_edits(db, exam_id, json.dumps(merged.to_json(), ensure_ascii=False))
    _note(db, exam_id, record.version, changed, before, automatic, at, author, origin)
    return latest(db, exam_id)


def discard(
    db: sqlite3.Connection, exam_id: str, *, automatic: Mapping[str, str], author: str
) -> ReportRecord:
    """Take all of the doctor's words back; what they were stays noted. InputError if signed."""
    record = open_version(db, exam_id)
    before = record.edits.values
    if before:
        append_edits(db, exam_id, "{}")
        own = {name: automatic.get(name, "") for name in before}
        _note(
            db,
            exam_id,
            record.version,
            {name: words for name, words in own.items() if words != before[name]},
            before,
            automatic,
            now().isoformat(),
            author,
            "page",
        )
    return latest(db, exam_id)


def _note(
    db: sqlite3.Connection,
    exam_id: str,
    version: int,
    values: Mapping[str, str],
    before: Mapping[str, str],
    automatic: Mapping[str, str],
    at: str,
    author: str,
    origin: str,
) -> None:
    db.executemany(
        "INSERT INTO report_change (exam_id, version, at, author, field, before, after, origin)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                exam_id,
                version,
                at,
                storable(author),
                name,
                storable(before.get(name, automatic.get(name, ""))),
                value,
                origin,
            )
            for name, value in values.items()
        ],
    )


def changes(db: sqlite3.Connection, exam_id: str) -> tuple[Change, ...]:
    """Everything that was changed, oldest first."""
    rows = db.execute("SELECT * FROM report_change WHERE exam_id = ? ORDER BY id", (exam_id,))
    return tuple(
        Change(
            version=row["version"],
            at=datetime.fromisoformat(row["at"]),
            author=row["author"],
            field=row["field"],
            before=row["before"],
            after=row["after"],
            origin=row["origin"],
        )
        for row in rows
    )


def review(db: sqlite3.Connection, exam_id: str, name: str) -> ReportRecord:
    """Note that a person has read the report as it is now. InputError if signed or nameless."""
    record = open_version(db, exam_id)
    _begin(db, record)
    db.execute(
        "UPDATE report SET status = 'reviewed', reviewed_by = ?, reviewed_at = ?"
        " WHERE exam_id = ? AND version = ?",
        (checked_name(name), now().isoformat(), exam_id, record.version),
    )
    return latest(db, exam_id)


def sign(
    db: sqlite3.Connection,
    exam_id: str,
    signature: Signature,
    *,
    seen: ReportRecord,
    analysis_version: int,
    patient: Patient,
    template: ReportTemplate,
    earlier: str,
    lang: str,
    pdf: bytes,
) -> ReportRecord:
    """Lock the newest version as it was seen.

    Args:
        signature: by whom and when; as printed on the sheets.
        seen: the record that the sheets were made from.
        analysis_version: of the analysis they were made from.
        patient, template: as they stand on the sheets.
        earlier: id of the exam it is compared with; "": none.
        lang: of the sheets.
        pdf: the sheets.

    Raises:
        InputError: not reviewed, already signed, or changed since it was seen.
    """
    record = open_version(db, exam_id)
    if record.status is not ReportStatus.REVIEWED:
        raise InputError(f"The report of exam {exam_id} is not reviewed yet: review it, then sign")
    current = db.execute("SELECT analysis_version FROM exam WHERE id = ?", (exam_id,)).fetchone()[0]
    if (
        current != analysis_version
        or record.version != seen.version
        or record.edits.to_json() != seen.edits.to_json()
        or record.reviewed != seen.reviewed
    ):
        raise InputError(
            f"The report of exam {exam_id} was changed elsewhere meanwhile: look at it again"
        )
    body = {
        "edits": record.edits.to_json(),
        "patient": patient_columns(patient),
        "template": template.to_json(),
        "earlier": earlier,
    }
    db.execute(
        "UPDATE report SET status = 'signed', signed_by = ?, signed_at = ?, analysis_version = ?,"
        " lang = ?, body = ?, pdf = ?, pdf_sha256 = ? WHERE exam_id = ? AND version = ?",
        (
            checked_name(signature.name),
            signature.at.isoformat(),
            analysis_version,
            lang,
            json.dumps(body, ensure_ascii=False),
            pdf,
            hashlib.sha256(pdf).hexdigest(),
            exam_id,
            record.version,
        ),
    )
    return latest(db, exam_id)


def amend(db: sqlite3.Connection, exam_id: str, reason: str) -> ReportRecord:
    """Begin the next version, a draft with the words of the signed one.

    Raises:
        InputError: the newest version is not signed; no reason.
    """
    record = latest(db, exam_id)
    if record.signed is None:
        raise InputError(f"The report of exam {exam_id} is not signed: it can be changed as it is")
    words = " ".join(storable(reason).split())
    if not words or len(words) > _LONGEST_REASON:
        raise InputError(f"An amendment needs a reason of 1 to {_LONGEST_REASON} characters")
    _insert(db, exam_id, record.version + 1, now(), words)
    return latest(db, exam_id)


def signed_sheets(db: sqlite3.Connection, exam_id: str, version: int | None) -> bytes | None:
    """The PDF as it was signed; of the newest signed version where `version` is None.

    Raises:
        InputError: what is kept is not what was signed.
    """
    row = db.execute(
        "SELECT pdf, pdf_sha256 FROM report WHERE exam_id = :id AND status = 'signed'"
        " AND (:version IS NULL OR version = :version) ORDER BY version DESC LIMIT 1",
        {"id": exam_id, "version": version},
    ).fetchone()
    if row is None:
        return None
    pdf = bytes(row["pdf"])
    if hashlib.sha256(pdf).hexdigest() != row["pdf_sha256"]:
        raise InputError(f"The signed report of exam {exam_id} is damaged: restore a backup")
    return pdf


def frozen(
    db: sqlite3.Connection, exam_id: str, version: int
) -> tuple[Patient, ReportTemplate, str]:
    """Patient, template (without its logo) and id of the earlier exam of a signed version."""
    row = db.execute(
        "SELECT body FROM report WHERE exam_id = ? AND version = ?", (exam_id, version)
    ).fetchone()
    body: dict[str, Any] = json.loads(row["body"])
    return patient_of(body["patient"]), template_from(body["template"]), body.get("earlier", "")


def _begin(db: sqlite3.Connection, record: ReportRecord) -> None:
    """The version's row, where it has none yet."""
    there = db.execute(
        "SELECT 1 FROM report WHERE exam_id = ? AND version = ?", (record.exam_id, record.version)
    ).fetchone()
    if there is None:
        _insert(db, record.exam_id, record.version, record.created_at, "")


def _insert(
    db: sqlite3.Connection, exam_id: str, version: int, created_at: datetime, reason: str
) -> None:
    db.execute(
        "INSERT INTO report (exam_id, version, status, created_at, reason)"
        " VALUES (?, ?, 'draft', ?, ?)",
        (exam_id, version, created_at.isoformat(), reason),
    )


def _record(db: sqlite3.Connection, row: sqlite3.Row) -> ReportRecord:
    signed = _signature(row, "signed")
    words = (
        edits(db, row["exam_id"])
        if signed is None
        else ReportEdits.from_json(json.loads(row["body"])["edits"])
    )
    return ReportRecord(
        exam_id=row["exam_id"],
        version=row["version"],
        status=ReportStatus(row["status"]),
        edits=words,
        created_at=datetime.fromisoformat(row["created_at"]),
        analysis_version=row["analysis_version"],
        reason=row["reason"],
        reviewed=_signature(row, "reviewed"),
        signed=signed,
        lang=row["lang"],
    )


def _signature(row: sqlite3.Row, what: str) -> Signature | None:
    name, at = row[f"{what}_by"], row[f"{what}_at"]
    return None if name is None else Signature(name=name, at=datetime.fromisoformat(at))
