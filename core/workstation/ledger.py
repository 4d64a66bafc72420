"""A folder's database: a write is on the disk or never was, and writers take turns.

The exam store and the transfer queue stand on it.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.workstation.faults import one_line
from core.workstation.locks import FileLock

BUSY_TIMEOUT_S = 15.0


class Ledger:
    """One process's way to the database. Threads may share it; processes each open one.

    Attributes:
        folder: of the database.
    """

    def __init__(self, folder: Path, connect: Callable[[], sqlite3.Connection]) -> None:
        """Open it.

        Args:
            folder: that is there.
            connect: opens the database while no other process writes; what it raises goes on.

        Raises:
            InputError: the folder cannot be written, or is busy.
        """
        self.folder = folder
        self._threads = threading.RLock()
        self._closed = False
        with one_line(folder):
            self._turn = FileLock(folder / "write.lock")
            try:
                with self._write_turn():
                    self._db = connect()
            except BaseException:
                self._turn.close()
                raise

    def close(self) -> bool:
        """Let it go; what was reported as done is on the disk already. False if it was closed."""
        with self._threads, one_line(self.folder):
            if self._closed:
                return False
            self._closed = True
            with self._write_turn():  # the last one to close copies the log into the database
                self._db.close()
            self._turn.close()
            return True

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A consistent view of the database. Raises InputError."""
        with self._threads, one_line(self.folder):
            self._db.execute("BEGIN")
            try:
                yield self._db
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is on the disk when the block has ended, or never was.

        Raises InputError. Not to be nested.
        """
        with self._threads, one_line(self.folder), self._write_turn(), transaction(self._db) as db:
            yield db

    @contextmanager
    def _write_turn(self) -> Iterator[None]:
        # SQLite alone lets writers take turns, but up to 3.51.2 two connections that checkpoint
        # and commit in the same instant can damage a WAL database ("WAL-reset bug", sqlite.org/
        # wal.html): with this lock they never do, whatever SQLite the system's Python brings.
        self._turn.acquire(BUSY_TIMEOUT_S)
        try:
            yield
        finally:
            self._turn.release()


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A write transaction: committed at the block's end, taken back where it raises."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
