"""DICOM objects as files of the queue: whole on the disk before their row is written."""

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from pydicom import dcmread
from pydicom.dataset import Dataset

from core.domain import InputError
from core.replacing import replacing
from core.workstation.durable import sha256_of, sync_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A file in the queue's folder, and the UIDs that the network needs of it."""

    file: str
    sop_class: str
    sop_instance: str
    study: str
    series: str
    syntax: str
    sha256: str
    size: int


def spool(ds: Dataset, files: Path) -> Spooled:
    """Write an object (with its file meta information) into `files` under a random name.

    Raises:
        InputError: it lacks what every stored object has.
        OSError: the disk.
    """
    for keyword in ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        if not ds.get(keyword):
            raise InputError(f"an object to be sent has no {keyword}: it cannot be sent")
    name = f"{uuid4().hex}.dcm"
    with replacing(files / name, synced=True, mode=0o600) as unfinished:
        ds.save_as(unfinished, enforce_file_format=True)
    sync_folder(files)
    return Spooled(
        file=name,
        sop_class=str(ds.SOPClassUID),
        sop_instance=str(ds.SOPInstanceUID),
        study=str(ds.StudyInstanceUID),
        series=str(ds.SeriesInstanceUID),
        syntax=str(ds.file_meta.TransferSyntaxUID),
        sha256=sha256_of(files / name),
        size=(files / name).stat().st_size,
    )


def load(path: Path, sha256: str) -> Dataset | None:
    """The object of a spooled file; None where the file is gone or not what was written."""
    try:
        if sha256_of(path) != sha256:
            return None
        return dcmread(path)
    except OSError:
        return None
