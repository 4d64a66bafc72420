"""A store's folder: its database, and how a file and its row get in together."""

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path

from core.workstation.durable import publish, sync_file
from core.workstation.faults import one_line
from core.workstation.ledger import BUSY_TIMEOUT_S, Ledger, transaction
from core.workstation.locks import FileLock
from core.workstation.schema import connect
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
        with one_line(self.folder):
            for each in (self.folder, self.files, self._temporary.parent, self._locks):
                each.mkdir(parents=True, exist_ok=True)
        self._ledger = Ledger(self.folder, self._open)

    @property
    def _locks(self) -> Path:
        return self.folder / "locks"

    def _open(self) -> sqlite3.Connection:
        with ExitStack() as undo:
            self._sign = FileLock(self._locks / f"{self._owner}.lock")
            undo.callback(self._sign.close)
            self._sign.acquire(BUSY_TIMEOUT_S)
            self._temporary.mkdir()
            db = connect(self.folder / DATABASE, files=self.files)
            undo.callback(db.close)
            with transaction(db):
                sweep(db, files=self.files, locks=self._locks, temporary=self._temporary.parent)
            undo.pop_all()
        return db

    def close(self) -> None:
        """Let the store go, once; what was reported as done is on the disk already."""
        if not self._ledger.close():
            return
        with one_line(self.folder):
            self._sign.close()
            self._sign.path.unlink(missing_ok=True)
            with suppress(OSError):  # not empty: another thread is cut off; the next start clears
                self._temporary.rmdir()

    def read(self) -> AbstractContextManager[sqlite3.Connection]:
        """A consistent view of the database. Raises InputError."""
        return self._ledger.read()

    def write(self) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction that is on the disk when the block has ended, or never was.

        Raises InputError. Not to be nested.
        """
        return self._ledger.write()

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
