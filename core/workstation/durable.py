"""Files that survive a power cut once a function here has returned."""

import hashlib
import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Flush what is written in `path` to the disk. Raises OSError."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush the names in `folder` to the disk; Windows does so by itself. Raises OSError."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_synced(path: Path, data: bytes) -> None:
    """Write `data` to `path` and flush it. Raises OSError."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def copy_synced(source: Path, path: Path) -> None:
    """Copy the bytes of `source` to `path` in pieces and flush them. Raises OSError."""
    with source.open("rb") as reader, path.open("wb") as writer:
        while piece := reader.read(1 << 20):
            writer.write(piece)
        writer.flush()
        os.fsync(writer.fileno())


def publish(temporary: Path, final: Path) -> None:
    """Give a flushed temporary file its final name, and flush the name. Raises OSError."""
    if not final.parent.is_dir():
        final.parent.mkdir(parents=True, exist_ok=True)
        sync_folder(final.parent.parent)
    os.replace(temporary, final)
    sync_folder(final.parent)


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
