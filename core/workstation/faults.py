"""Turns what disk and database complain of into one line for people."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.domain import InputError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def one_line(folder: Path) -> Iterator[None]:
    """Raise InputError for each disk or database error inside; `folder` is the store's."""
    try:
        yield
    except TimeoutError as error:
        raise InputError(f"The exam store {folder} is busy: try again in a moment") from error
    except OSError as error:
        raise InputError(_of_disk(folder, error)) from error
    except sqlite3.Error as error:
        raise InputError(_of_database(folder, error)) from error


def _of_disk(folder: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return f"The disk of the exam store {folder} is full: nothing was kept; make room first"
    if error.errno in _DENIED:
        return (
            f"The exam store {folder} cannot be written: give this user the right to, or choose "
            f"another folder with ECHOLAB_HOME"
        )
    return f"The exam store {folder} cannot be used ({error.strerror or error}): check its folder"


def _of_database(folder: Path, error: sqlite3.Error) -> str:
    words = " ".join(str(error).split())
    if "full" in words:
        return f"The disk of the exam store {folder} is full: nothing was kept; make room first"
    if "readonly" in words or "unable to open" in words:
        return (
            f"The exam store {folder} cannot be written: give this user the right to, or choose "
            f"another folder with ECHOLAB_HOME"
        )
    if "locked" in words or "busy" in words:
        return f"The exam store {folder} is busy: try again in a moment"
    return f"The exam database in {folder} failed ({words}): restart EchoLab, which checks it"
