"""A store's folder: its database, its locks, and how a file and its row get in together."""

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from core.workstation.durable import publish, sync_file
from core.workstation.faults import one_line
from core.workstation.locks import FileLock
from core.workstation.schema import BUSY_TIMEOUT_S, connect
from core.workstation.sweep import sweep

DATABASE = "echolab.sqlite3"


class Vault:
    """One process's way into a store's folder. Threads may share it; processes each open one.

    Attributes:
        files: folder of clip files and thumbnails.
    """

    def __init__(self, folder: Path) -> None:
        """Open the store in `folder` (made if absent) and clear what a killed process left.

        Raises:
            InputError: the folder cannot be written, the disk is full, or the database is
                damaged, foreign or newer.
        """
        self.folder = Path(folder).expanduser().absolute()
        self.files = self.folder / "files"
        self._owner = uuid.uuid4().hex
        # A folder of its own: a writer may make further files beside the one that it is to make.
        self._temporary = self.folder / "temporary" / self._owner
        self._threads = threading.RLock()
        self._closed = False
        with one_line(self.folder), ExitStack() as undo:
            locks = self.folder / "locks"
            for each in (self.folder, self.files, self._temporary.parent, locks):
                each.mkdir(parents=True, exist_ok=True)
            self._turn = FileLock(self.folder / "write.lock")
            undo.callback(self._turn.close)
            with self._write_turn():
                self._sign = FileLock(locks / f"{self._owner}.lock")
                undo.callback(self._sign.close)
                self._sign.acquire(BUSY_TIMEOUT_S)
                self._temporary.mkdir()
                self._db = connect(self.folder / DATABASE, files=self.files)
                undo.callback(self._db.close)
                with self._transaction() as db:
                    sweep(
                        db,
                        files=self.files,
                        locks=locks,
                        temporary=self._temporary.parent,
                    )
            undo.pop_all()

    def close(self) -> None:
        """Let the store go, once; what was reported as done is on the disk already."""
        with self._threads, one_line(self.folder):
            if self._closed:
                return
            self._closed = True
            with self._write_turn():  # the last one to close copies the log into the database
                self._db.close()
            self._turn.close()
            self._sign.close()
            self._sign.path.unlink(missing_ok=True)
            with suppress(OSError):  # not empty: another thread is cut off; the next start clears
                self._temporary.rmdir()

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
        with self._threads, one_line(self.folder), self._write_turn(), self._transaction() as db:
            yield db

    def store_file(
        self,
        make: Callable[[Path], object],
        *,
        suffix: str,
        enter: Callable[[sqlite3.Connection, Path], Path],
    ) -> Path:
        """Bring a file in together with its row: both are there, or neither.

        Args:
            make: writes the file to the path that it gets; may take long.
            suffix: of the file, with its dot.
            enter: writes the row in the transaction, given the finished temporary file, and
                returns the file's final path.

        Returns:
            The final path; file, name and row are flushed to the disk.

        Raises:
            InputError: the disk is full or cannot be written; nothing is kept.
        """
        temporary = self._temporary / f"{uuid.uuid4().hex}{suffix}"
        final: Path | None = None
        try:
            with one_line(self.folder):
                make(temporary)
                sync_file(temporary)
            with self.write() as db:
                final = enter(db, temporary)
                publish(temporary, final)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            if final is not None:
                self._forget_unless_entered(final)
            raise
        return final

    def _forget_unless_entered(self, final: Path) -> None:
        # A failed commit left no row. If even that cannot be read, the file stays: the next start
        # decides.
        with suppress(Exception), self.write() as db:
            name = final.relative_to(self.files).as_posix()
            row = db.execute(
                "SELECT 1 FROM clip WHERE file = ? OR thumbnail = ?", (name, name)
            ).fetchone()
            if row is None:
                final.unlink(missing_ok=True)

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
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
