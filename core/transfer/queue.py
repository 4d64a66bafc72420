"""The queue: what was accepted is delivered once, whatever happens to the process.

A folder holds a SQLite database and the objects' files. A job is on the disk before `ask` returns.
A parcel is marked as on its way before its first byte leaves, and as sent when the receiver has
said so: what a kill leaves in between is `UNSURE`, and the receiver is asked whether it has the
object before that is sent again.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from core.domain import InputError
from core.transfer import promises
from core.transfer.records import (
    OPEN,
    Delivery,
    Job,
    Outcome,
    Parcel,
    ParcelState,
    Trouble,
    backoff_s,
)
from core.transfer.spool import Spooled
from core.transfer.tables import connect, job_of, parcel_of
from core.workstation.faults import one_line
from core.workstation.home import home_folder
from core.workstation.ledger import Ledger
from core.workstation.nodes import Node, node_from_json
from core.workstation.records import now, storable

MOST_CUTS = 8
"""So often the connection may break at one object until it is put aside, so that it does not
stand in the way of all others for ever."""
MOST_TRIES = 5
"""So often the objects of a job are tried to be made."""
_OPEN_SQL = ", ".join(f"'{state}'" for state in OPEN)


class Queue:
    """One process's way into the queue's folder. Threads may share it; processes each open one."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        """Open the queue in `folder`, made if absent. `clock`: seconds since 1970.

        Raises:
            InputError: the folder cannot be written or the database is damaged.
        """
        self.folder = Path(folder).expanduser().absolute()
        self.files = self.folder / "files"
        self.clock = clock
        with one_line(self.folder):
            self.files.mkdir(parents=True, exist_ok=True)
        self._ledger = Ledger(self.folder, lambda: connect(self.folder / "queue.sqlite3"))

    def close(self) -> None:
        self._ledger.close()

    def __enter__(self) -> "Queue":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # For people

    def ask(self, exam_id: str, node: Node, *, want: Mapping[str, str]) -> int:
        """Ask for an exam to be sent; the job's id. It is on the disk when this returns.

        The same wish that has not been begun yet is not entered twice.
        """
        body = json.dumps(dict(sorted(want.items())))
        with self._ledger.write() as db:
            row = db.execute(
                "SELECT id FROM job WHERE exam_id = ? AND node = ? AND want = ?"
                " AND prepared = 0 AND failed = 0 AND cancelled = 0",
                (exam_id, node.name, body),
            ).fetchone()
            if row is not None:
                return int(row["id"])
            cursor = db.execute(
                "INSERT INTO job (created_at, exam_id, node, node_json, want)"
                " VALUES (?, ?, ?, ?, ?)",
                (now().isoformat(), exam_id, node.name, json.dumps(node.to_json()), body),
            )
            return int(cursor.lastrowid or 0)

    def jobs(self, *, most: int = 200) -> tuple[Job, ...]:
        """The newest jobs, newest first."""
        with self._ledger.read() as db:
            rows = db.execute("SELECT * FROM job ORDER BY id DESC LIMIT ?", (most,)).fetchall()
            return tuple(self._job(db, row) for row in rows)

    def job(self, job_id: int) -> Job:
        """Raises InputError where there is none."""
        with self._ledger.read() as db:
            return self._job(db, _job_row(db, job_id))

    def parcels(self, job_id: int) -> tuple[Parcel, ...]:
        """A job's objects in the order in which they are sent."""
        with self._ledger.read() as db:
            _job_row(db, job_id)
            rows = db.execute(
                "SELECT * FROM parcel WHERE job_id = ? ORDER BY id", (job_id,)
            ).fetchall()
        return tuple(parcel_of(row, self.files) for row in rows)

    def cancel(self, job_id: int) -> None:
        """What has not left yet does not leave; what is on its way now arrives or not."""
        with self._ledger.write() as db:
            _job_row(db, job_id)
            db.execute("UPDATE job SET cancelled = 1 WHERE id = ?", (job_id,))
            doomed = db.execute(
                "SELECT file FROM parcel WHERE job_id = ? AND state IN ('waiting', 'unsure')",
                (job_id,),
            ).fetchall()
            db.execute(
                "UPDATE parcel SET state = 'cancelled'"
                " WHERE job_id = ? AND state IN ('waiting', 'unsure')",
                (job_id,),
            )
        self._remove(row["file"] for row in doomed)

    def retry(self, job_id: int) -> None:
        """Try at once what waits, and once more what was refused or could not be made; what was
        cancelled is made and sent after all."""
        with self._ledger.write() as db:
            row = _job_row(db, job_id)
            db.execute(
                "UPDATE node SET failures = 0, next_at = 0, trouble = NULL WHERE name = ?",
                (row["node"],),
            )
            missing = db.execute(
                "SELECT count(*) FROM parcel WHERE job_id = ? AND state = 'cancelled'", (job_id,)
            ).fetchone()[0]
            if missing or row["failed"] or (row["cancelled"] and not row["prepared"]):
                # Their files are gone: made anew, and only what is not there yet is sent.
                db.execute("DELETE FROM parcel WHERE job_id = ? AND state = 'cancelled'", (job_id,))
                db.execute(
                    "UPDATE job SET prepared = 0, failed = 0, cancelled = 0, tries = 0,"
                    " next_at = 0, trouble = NULL, detail = '' WHERE id = ?",
                    (job_id,),
                )
            db.execute(
                "UPDATE OR IGNORE parcel SET state = 'waiting', cuts = 0, trouble = NULL,"
                " detail = '' WHERE job_id = ? AND state = 'refused'",
                (job_id,),
            )

    def forget_done(self, *, before_s: float) -> int:
        """Remove jobs that ended and were entered before `before_s` (seconds since 1970); how
        many. Those with refused objects stay: a person has to look at them."""
        with self._ledger.write() as db:
            rows = db.execute("SELECT * FROM job ORDER BY id").fetchall()
            gone = [
                row["id"]
                for row in rows
                if (job := self._job(db, row)).created_at.timestamp() < before_s
                and not job.open
                and not job.counts.get(ParcelState.REFUSED)
            ]
            db.executemany("DELETE FROM job WHERE id = ?", [(each,) for each in gone])
        return len(gone)

    # For the sender. One process at a time sends: it holds `sender.lock`.

    def recover(self) -> None:
        """What a dead sender left: its parcels are unsure, its half-made files go."""
        with self._ledger.write() as db:
            db.execute("UPDATE parcel SET state = 'unsure' WHERE state = 'sending'")
            known = {
                row["file"]
                for row in db.execute(
                    f"SELECT file FROM parcel WHERE state IN ({_OPEN_SQL}, 'refused', 'sent')"
                )
            }
        for file in self.files.iterdir():
            if file.name not in known:
                file.unlink(missing_ok=True)

    def next_unprepared(self) -> Job | None:
        """The oldest job whose objects are to be made now."""
        with self._ledger.read() as db:
            row = db.execute(
                "SELECT * FROM job WHERE prepared = 0 AND failed = 0 AND cancelled = 0"
                " AND next_at <= ? ORDER BY id LIMIT 1",
                (self.clock(),),
            ).fetchone()
            return None if row is None else self._job(db, row)

    def prepared(self, job_id: int, spooled: Sequence[Spooled]) -> None:
        """Enter a job's objects, all in one step. An object that is on its way to this node
        already, or there, is entered as such and not sent again."""
        unwanted: list[str] = []
        with self._ledger.write() as db:
            row = _job_row(db, job_id)
            if row["cancelled"]:
                unwanted = [each.file for each in spooled]
                spooled = ()
            there = {
                each["sop_instance"]
                for each in db.execute(
                    "SELECT sop_instance FROM parcel WHERE node = ?"
                    f" AND state IN ({_OPEN_SQL}, 'sent', 'kept')",
                    (row["node"],),
                )
            }
            own = {
                each["sop_instance"]
                for each in db.execute(
                    "SELECT sop_instance FROM parcel WHERE job_id = ?", (job_id,)
                )
            }
            for each in spooled:
                state = ParcelState.WAITING
                if each.sop_instance in own:  # a job that is made once more
                    unwanted.append(each.file)
                    continue
                if each.sop_instance in there:
                    state = ParcelState.ALREADY
                    unwanted.append(each.file)
                own.add(each.sop_instance)
                db.execute(
                    "INSERT INTO parcel (job_id, node, state, sop_class, sop_instance, study,"
                    " series, syntax, file, sha256, size) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (job_id, row["node"], state, each.sop_class, each.sop_instance, each.study,
                     each.series, each.syntax, each.file, each.sha256, each.size),
                )  # fmt: skip
            db.execute(
                "UPDATE job SET prepared = 1, trouble = NULL, detail = '' WHERE id = ?", (job_id,)
            )
        self._remove(unwanted)

    def not_prepared(self, job_id: int, detail: str, *, again: bool) -> None:
        """A job's objects could not be made. `again`: it may be tried later."""
        with self._ledger.write() as db:
            tries = _job_row(db, job_id)["tries"] + 1
            failed = not again or tries >= MOST_TRIES
            db.execute(
                "UPDATE job SET tries = ?, failed = ?, next_at = ?, trouble = ?, detail = ?"
                " WHERE id = ?",
                (tries, int(failed), 0.0 if failed else self.clock() + backoff_s(tries),
                 Trouble.PREPARE, storable(detail), job_id),
            )  # fmt: skip

    def due(self, *, most: int = 50) -> tuple[tuple[Node, tuple[Parcel, ...]], ...]:
        """Of each node that may be tried now, its oldest parcels in order."""
        with self._ledger.read() as db:
            rows = db.execute(
                "SELECT p.node, min(p.job_id) AS job FROM parcel p LEFT JOIN node n"
                " ON n.name = p.node WHERE p.state IN ('waiting', 'unsure')"
                " AND coalesce(n.next_at, 0) <= ? GROUP BY p.node ORDER BY min(p.id)",
                (self.clock(),),
            ).fetchall()
            result = []
            for row in rows:
                first = db.execute(
                    "SELECT j.node_json FROM parcel p JOIN job j ON j.id = p.job_id"
                    " WHERE p.node = ? AND p.state IN ('waiting', 'unsure')"
                    " ORDER BY p.id DESC LIMIT 1",
                    (row["node"],),
                ).fetchone()
                parcels = db.execute(
                    "SELECT * FROM parcel WHERE node = ? AND state IN ('waiting', 'unsure')"
                    " ORDER BY id LIMIT ?",
                    (row["node"], most),
                ).fetchall()
                node = _node_of(first["node_json"])
                result.append((node, tuple(parcel_of(each, self.files) for each in parcels)))
        return tuple(result)

    def begin(self, parcel: Parcel) -> bool:
        """Mark it as on its way; False if it was cancelled meanwhile."""
        with self._ledger.write() as db:
            return bool(
                db.execute(
                    "UPDATE parcel SET state = 'sending', attempts = attempts + 1"
                    " WHERE id = ? AND state IN ('waiting', 'unsure')",
                    (parcel.id,),
                ).rowcount
            )

    def finish(self, parcel: Parcel, delivery: Delivery, *, keep_file: bool) -> None:
        """Enter how it ended. `keep_file`: of one that was stored: its commitment is still to be
        asked for, and it may have to be sent again."""
        state = {
            Outcome.STORED: ParcelState.SENT,
            Outcome.REFUSED: ParcelState.REFUSED,
            Outcome.BUSY: ParcelState.WAITING,
            Outcome.CUT: ParcelState.UNSURE,
        }[delivery.outcome]
        with self._ledger.write() as db:
            cut = delivery.outcome is Outcome.CUT
            cuts = parcel.cuts + int(cut)
            if cuts >= MOST_CUTS:
                state = ParcelState.REFUSED
            db.execute(
                "UPDATE parcel SET state = ?, cuts = ?, trouble = ?, detail = ? WHERE id = ?",
                (state, cuts, delivery.trouble, storable(delivery.detail), parcel.id),
            )
            node = db.execute("SELECT node FROM parcel WHERE id = ?", (parcel.id,)).fetchone()
            if delivery.outcome in (Outcome.BUSY, Outcome.CUT):
                self._node_failed(db, node["node"], delivery.trouble, delivery.detail)
            else:
                db.execute("DELETE FROM node WHERE name = ?", (node["node"],))
        if state is ParcelState.SENT and not keep_file:
            self._remove([parcel.path.name])

    def unreachable(self, node: str, trouble: Trouble, detail: str) -> None:
        """No connection to a node: all that waits for it waits longer."""
        with self._ledger.write() as db:
            self._node_failed(db, node, trouble, detail)

    # Storage commitment

    def to_commit(
        self, *, wanted: Callable[[Node], bool], patience_s: float, most_asks: int
    ) -> tuple[tuple[Node, Job, tuple[Parcel, ...]], ...]:
        """Jobs that are sent to the end, and whose node is to be asked (again) for its promise."""
        result = []
        with self._ledger.read() as db:
            asked_before = self.clock() - patience_s
            for row in promises.due(db, asked_before=asked_before, most_asks=most_asks):
                node = _node_of(row["node_json"])
                if wanted(node):
                    rows = promises.parcels(db, row["id"])
                    parcels = tuple(parcel_of(each, self.files) for each in rows)
                    result.append((node, self._job(db, row), parcels))
        return tuple(result)

    def asked_commitment(self, job_id: int, uid: str) -> None:
        """Enter a request for commitment, before it leaves."""
        with self._ledger.write() as db:
            promises.asked(db, job_id, uid, at=self.clock())

    def is_answered(self, uid: str) -> bool:
        """Whether a node has answered this request for commitment."""
        with self._ledger.read() as db:
            return promises.is_answered(db, uid)

    def committed(self, uid: str, *, kept: Iterable[str], lost: Mapping[str, str]) -> bool:
        """Enter a node's answer; False if nothing was asked under this transaction UID.

        Args:
            kept: SOP instances that it promises to keep.
            lost: those that it does not have, with its reason: they are sent again.
        """
        with self._ledger.write() as db:
            done = promises.answered(db, uid, kept=kept, lost=lost, at=self.clock())
        self._remove(done or ())
        return done is not None

    # Within

    def _job(self, db: sqlite3.Connection, row: sqlite3.Row) -> Job:
        counts = {
            ParcelState(each["state"]): each["n"]
            for each in db.execute(
                "SELECT state, count(*) AS n FROM parcel WHERE job_id = ? GROUP BY state",
                (row["id"],),
            )
        }
        node = db.execute("SELECT * FROM node WHERE name = ?", (row["node"],)).fetchone()
        worst = db.execute(
            "SELECT * FROM parcel WHERE job_id = ? AND trouble IS NOT NULL"
            " AND state IN ('refused', 'unsure', 'waiting') ORDER BY id DESC LIMIT 1",
            (row["id"],),
        ).fetchone()
        return job_of(row, counts, node=node, worst=worst)

    def _node_failed(
        self, db: sqlite3.Connection, name: str, trouble: Trouble | None, detail: str
    ) -> None:
        row = db.execute("SELECT failures FROM node WHERE name = ?", (name,)).fetchone()
        failures = 1 + (0 if row is None else row["failures"])
        db.execute(
            "INSERT OR REPLACE INTO node (name, failures, next_at, trouble, detail)"
            " VALUES (?, ?, ?, ?, ?)",
            (name, failures, self.clock() + backoff_s(failures), trouble, storable(detail)),
        )

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            with suppress(OSError):  # the next sender's start takes it
                (self.files / name).unlink(missing_ok=True)


def _node_of(body: str) -> Node:
    return node_from_json(json.loads(body))


def _job_row(db: sqlite3.Connection, job_id: int) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM job WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise InputError(f"There is no job {job_id} in the queue: it was done and cleared away")
    return row


def queue_folder(home: Path | None = None) -> Path:
    return (home_folder() if home is None else home) / "transfer"


def default_queue() -> Queue:
    """The queue of this installation's EchoLab home. Raises InputError."""
    return Queue(queue_folder())
