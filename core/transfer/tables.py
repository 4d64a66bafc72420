"""The queue's tables, how its database is opened, and rows as objects.

A database of its own beside the exam store's: a store that is put back from a backup must not
make the queue send what was sent already.
"""

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from core.domain import InputError
from core.transfer.records import Job, Parcel, ParcelState, Trouble, state_of
from core.workstation.ledger import BUSY_TIMEOUT_S, transaction
from core.workstation.nodes import node_from_json

APPLICATION_ID = 0x45515545  # "EQUE"
VERSION = 1

TABLES = (
    """CREATE TABLE job (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        created_at TEXT NOT NULL,               -- UTC, ISO 8601
        exam_id TEXT NOT NULL,
        node TEXT NOT NULL,                     -- name: key of table node
        node_json TEXT NOT NULL,
        want TEXT NOT NULL,                     -- JSON: what to send
        prepared INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,      -- could not be prepared
        cancelled INTEGER NOT NULL DEFAULT 0,
        tries INTEGER NOT NULL DEFAULT 0,       -- to prepare it
        next_at REAL NOT NULL DEFAULT 0,        -- not to be prepared before, seconds since 1970
        trouble TEXT, detail TEXT NOT NULL DEFAULT '',
        asks INTEGER NOT NULL DEFAULT 0,        -- for commitment
        asked_at REAL                           -- for commitment, the last time
    )""",
    """CREATE TABLE parcel (
        id INTEGER PRIMARY KEY AUTOINCREMENT,   -- the order in which they are sent
        job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        node TEXT NOT NULL,
        state TEXT NOT NULL,
        sop_class TEXT NOT NULL, sop_instance TEXT NOT NULL,
        study TEXT NOT NULL, series TEXT NOT NULL, syntax TEXT NOT NULL,
        file TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, cuts INTEGER NOT NULL DEFAULT 0,
        trouble TEXT, detail TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX parcel_by_job ON parcel (job_id)",
    "CREATE INDEX parcel_by_state ON parcel (state, node, id)",
    # What stands between two senders of the same object: at most one of them is on its way or
    # delivered at a node.
    """CREATE UNIQUE INDEX parcel_once ON parcel (node, sop_instance)
        WHERE state IN ('waiting', 'sending', 'unsure', 'sent', 'kept')""",
    """CREATE TABLE node (
        name TEXT PRIMARY KEY,
        failures INTEGER NOT NULL, next_at REAL NOT NULL,
        trouble TEXT, detail TEXT NOT NULL
    )""",
    """CREATE TABLE commitment (
        uid TEXT PRIMARY KEY,                   -- transaction UID, PS3.4 annex J
        job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        asked_at REAL NOT NULL, answered_at REAL
    )""",
)


def connect(path: Path) -> sqlite3.Connection:
    """Open the queue's database (made if absent), with the same care as the exam store's.

    Raises:
        InputError: damaged, foreign, or made by a newer version.
        sqlite3.Error: cannot be opened or written.
    """
    db = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        _make(db, path)
    except sqlite3.OperationalError:
        db.close()
        raise
    except sqlite3.DatabaseError as error:
        db.close()
        raise InputError(
            f"The queue {path} is damaged ({error}): move it away to begin a new one; what waited "
            f"in it must be sent again"
        ) from error
    except BaseException:
        db.close()
        raise
    return db


def _make(db: sqlite3.Connection, path: Path) -> None:
    with transaction(db):
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0 and not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            for statement in TABLES:
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {VERSION}")
        elif db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise InputError(f"{path} is a database of another program: move it away")
        elif version > VERSION:
            raise InputError(f"{path} was written by a newer EchoLab: update EchoLab")


def parcel_of(row: sqlite3.Row, files: Path) -> Parcel:
    return Parcel(
        id=row["id"],
        job_id=row["job_id"],
        state=ParcelState(row["state"]),
        sop_class=row["sop_class"],
        sop_instance=row["sop_instance"],
        study=row["study"],
        series=row["series"],
        syntax=row["syntax"],
        path=files / row["file"],
        sha256=row["sha256"],
        size=row["size"],
        attempts=row["attempts"],
        cuts=row["cuts"],
        trouble=Trouble(row["trouble"]) if row["trouble"] else None,
        detail=row["detail"],
    )


def job_of(
    row: sqlite3.Row,
    counts: Mapping[ParcelState, int],
    *,
    node: sqlite3.Row | None,
    worst: sqlite3.Row | None,
) -> Job:
    """A job with what stands in its way.

    Args:
        row: of table job.
        node: of table node, for its back-off; None where it has none.
        worst: the newest parcel of the job that has trouble.
    """
    state = state_of(
        counts,
        prepared=bool(row["prepared"]),
        failed=bool(row["failed"]),
        cancelled=bool(row["cancelled"]),
    )
    waits = bool(counts.get(ParcelState.WAITING) or counts.get(ParcelState.UNSURE))
    trouble, detail, next_at = row["trouble"], row["detail"], 0.0
    if waits and node is not None and node["failures"]:
        trouble, detail, next_at = node["trouble"], node["detail"], node["next_at"]
    elif not row["prepared"]:
        next_at = row["next_at"]
    elif trouble is None and worst is not None:
        trouble, detail = worst["trouble"], worst["detail"]
    return Job(
        id=row["id"],
        exam_id=row["exam_id"],
        node=node_from_json(json.loads(row["node_json"])),
        want=json.loads(row["want"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        state=state,
        counts=dict(counts),
        trouble=Trouble(trouble) if trouble else None,
        detail=detail,
        next_try=datetime.fromtimestamp(next_at, UTC) if next_at else None,
    )
