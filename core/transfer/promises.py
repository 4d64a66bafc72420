"""Storage commitment in the queue's database: whom to ask, what was asked, what was answered."""

import sqlite3
from collections.abc import Iterable, Mapping

from core.transfer.records import OPEN, Trouble
from core.workstation.records import storable

_OPEN_SQL = ", ".join(f"'{state}'" for state in OPEN)
_LOOKED_AT = 50  # jobs: a node that commits nothing must not make the queue look at all its past


def due(db: sqlite3.Connection, *, asked_before: float, most_asks: int) -> list[sqlite3.Row]:
    """Rows of table job: the newest that are sent to the end, and not asked for since."""
    return db.execute(
        "SELECT * FROM job j WHERE prepared = 1 AND asks < ?"
        " AND (asked_at IS NULL OR asked_at <= ?)"
        " AND EXISTS (SELECT 1 FROM parcel p WHERE p.job_id = j.id AND p.state = 'sent')"
        " AND NOT EXISTS (SELECT 1 FROM parcel p WHERE p.job_id = j.id"
        f" AND p.state IN ({_OPEN_SQL})) ORDER BY id DESC LIMIT {_LOOKED_AT}",
        (most_asks, asked_before),
    ).fetchall()


def parcels(db: sqlite3.Connection, job_id: int) -> list[sqlite3.Row]:
    """Rows of table parcel that a promise is wanted for."""
    return db.execute(
        "SELECT * FROM parcel WHERE job_id = ? AND state = 'sent' ORDER BY id", (job_id,)
    ).fetchall()


def asked(db: sqlite3.Connection, job_id: int, uid: str, *, at: float) -> None:
    """Enter a request under its transaction UID."""
    db.execute("INSERT INTO commitment (uid, job_id, asked_at) VALUES (?, ?, ?)", (uid, job_id, at))
    db.execute("UPDATE job SET asks = asks + 1, asked_at = ? WHERE id = ?", (at, job_id))


def is_answered(db: sqlite3.Connection, uid: str) -> bool:
    row = db.execute("SELECT answered_at FROM commitment WHERE uid = ?", (uid,)).fetchone()
    return row is not None and row["answered_at"] is not None


def answered(
    db: sqlite3.Connection,
    uid: str,
    *,
    kept: Iterable[str],
    lost: Mapping[str, str],
    at: float,
) -> list[str] | None:
    """Enter an answer: what is kept is done with, what is lost waits to be sent again.

    Returns:
        Names of the files that are not needed any more; None where nothing was asked so.
    """
    row = db.execute("SELECT job_id FROM commitment WHERE uid = ?", (uid,)).fetchone()
    if row is None:
        return None
    job_id = row["job_id"]
    db.execute("UPDATE commitment SET answered_at = ? WHERE uid = ?", (at, uid))
    done = []
    for instance in kept:
        found = db.execute(
            "SELECT id, file FROM parcel WHERE job_id = ? AND sop_instance = ? AND state = 'sent'",
            (job_id, instance),
        ).fetchone()
        if found is not None:
            db.execute(
                "UPDATE parcel SET state = 'kept', trouble = NULL, detail = '' WHERE id = ?",
                (found["id"],),
            )
            done.append(found["file"])
    for instance, why in lost.items():
        db.execute(
            "UPDATE parcel SET state = 'waiting', trouble = ?, detail = ?"
            " WHERE job_id = ? AND sop_instance = ? AND state = 'sent'",
            (Trouble.LOST, storable(why), job_id, instance),
        )
    if lost:
        db.execute("UPDATE job SET asked_at = NULL WHERE id = ?", (job_id,))
    return done
