"""Files that are whole or not there: written aside, and moved into place when they are finished."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4


@contextmanager
def replacing(path: Path, *, synced: bool = False, mode: int = 0o666) -> Iterator[Path]:
    """An empty file beside `path`, which takes its place if the block ends well and else goes.

    Args:
        path: of the file; its folder is made if absent, an older file is replaced.
        synced: the bytes are flushed to the disk before the file gets its name.
        mode: of the new file, less the process' umask.

    Raises:
        OSError: the folder or the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".echolab-{uuid4().hex}.part")
    unfinished.touch(mode, exist_ok=False)
    try:
        yield unfinished
        if synced:
            with unfinished.open("r+b") as file:
                os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):  # what went wrong first is what is told
            unfinished.unlink(missing_ok=True)
        raise
