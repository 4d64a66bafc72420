"""File locks that the operating system lets go of when their holder dies, however it dies."""

import sys
import time
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)


class FileLock:
    """An exclusive lock on one file, between processes and between objects of one process.

    Not reentrant; one thread at a time uses an object (the store guards it with its own lock).
    """

    def __init__(self, path: Path) -> None:
        """Open `path` (made if absent) without locking it. Raises OSError."""
        self.path = path
        self._file: IO[bytes] = path.open("a+b")

    def try_acquire(self) -> bool:
        """Lock now; False if someone else holds it."""
        return _try_lock(self._file)

    def acquire(self, timeout_s: float) -> None:
        """Lock within `timeout_s` seconds; TimeoutError if someone else holds it longer."""
        end = time.monotonic() + timeout_s
        while not self.try_acquire():
            if time.monotonic() > end:
                raise TimeoutError(f"{self.path.name} is held by another process")
            time.sleep(0.005)

    def release(self) -> None:
        _unlock(self._file)

    def close(self) -> None:
        """Let go and close the file; the file stays."""
        self._file.close()


def remove_if_dead(path: Path) -> bool:
    """Remove an owner's lock file if nobody holds it; True if its owner is dead."""
    if not path.exists():
        return True
    lock = FileLock(path)
    try:
        if not lock.try_acquire():
            return False
        if sys.platform == "win32":  # an open file cannot be removed there
            lock.close()
        path.unlink(missing_ok=True)
        return True
    finally:
        lock.close()
