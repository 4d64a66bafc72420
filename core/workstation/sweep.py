"""Clears what a killed process left behind, when a store is opened.

Files get their final name inside the transaction that writes their row. So whoever holds the
store's write lock sees, of final names without a row, only those of a process that died between
the two: their clip was never reported as recorded. They are set aside, not removed: should the
database have been put back from an older backup, these are clips that it does not know yet.
"""

import logging
import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from core.workstation.locks import remove_if_dead

log = logging.getLogger(__name__)

LOST = "lost-and-found"
"""Folder beside `files/` for clip files without a row, `<exam key>-<name>`."""


def sweep(db: sqlite3.Connection, *, files: Path, locks: Path, temporary: Path) -> None:
    """Remove dead owners' temporary files and deleted exams' files; set unknown clips aside.

    Call it in a write transaction, under the lock under which stores are opened. Raises OSError,
    sqlite3.Error.

    Args:
        db: the store's connection.
        files: `<exam key>/<clip key>.*`, what the rows name.
        locks: one lock file per open store.
        temporary: `<owner>/...`, files still being written.
    """
    alive = {lock.stem for lock in locks.glob("*.lock") if not remove_if_dead(lock)}
    for leftover in temporary.iterdir():
        if leftover.name not in alive:
            shutil.rmtree(leftover, ignore_errors=True)
    for (path,) in db.execute("SELECT path FROM tombstone").fetchall():
        bury(files / path)
    _set_aside(db, files)


def bury(path: Path) -> None:
    """Remove a deleted clip's file or a deleted exam's folder, as far as possible now.

    Args:
        path: `files/<exam key>` or `files/<exam key>/<clip file>`.
    """
    if path.suffix:
        doomed = list(path.parent.glob(f"{path.stem}.*"))  # its thumbnail has the same stem
    else:
        shutil.rmtree(path, ignore_errors=True)
        doomed = list(path.parent.with_name(LOST).glob(f"{path.name}-*"))
    for file in doomed:
        with suppress(OSError):  # open elsewhere: the next start removes it
            file.unlink(missing_ok=True)


def _set_aside(db: sqlite3.Connection, files: Path) -> None:
    lost = files.with_name(LOST)
    exams = {row[0] for row in db.execute("SELECT key FROM exam")}
    known = {row[0].partition(".")[0] for row in db.execute("SELECT file FROM clip")}
    for folder in files.iterdir():
        if not folder.is_dir() or folder.name not in exams:
            continue
        for file in folder.iterdir():
            if f"{folder.name}/{file.name}".partition(".")[0] in known:
                continue
            lost.mkdir(exist_ok=True)
            os.replace(file, lost / f"{folder.name}-{file.name}")
            log.warning("A clip file without a record was set aside: %s", file.name)
