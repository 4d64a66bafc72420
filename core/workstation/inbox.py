"""What machines have sent, until it is in the exam store: a folder a study, a file an object.

An object is whole on the disk before its sender is told that it was stored. Names of files and
folders are sums of UIDs: no patient's name, and nothing that a sender could make a path of.
"""

import errno
import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset

from core.domain import InputError
from core.replacing import replacing
from core.workstation.durable import sync_folder
from core.workstation.home import home_folder

NOTE = "study.json"
STORED, FULL, NOT_UNDERSTOOD = 0x0000, 0xA700, 0xC000


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxStudy:
    """One study that lies here.

    Attributes:
        folder: of its objects.
        sender: AE title that sent the first of them.
        fetched: we asked for it: no draft of it is sent back.
        newest_s: when its newest object came, seconds since 1970.
    """

    folder: Path
    sender: str
    fetched: bool
    newest_s: float

    def objects(self) -> tuple[Path, ...]:
        """Its files, in the order in which they came."""

        def came(file: Path) -> tuple[int, str]:
            return file.stat().st_mtime_ns, file.name

        return tuple(sorted(self.folder.glob("*.dcm"), key=came))


class Inbox:
    """The folder of what came in. Threads and processes may share it."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        """Raises InputError where the folder cannot be made."""
        self.folder = Path(folder).expanduser().absolute()
        self.clock = clock
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{self.folder} cannot be written ({error.strerror})") from error

    def take(self, event: Any, *, sender: str, fetched: bool = False) -> tuple[int, str]:
        """Keep the object of a C-STORE event.

        Returns:
            The status for its sender (PS3.4 table B.2-1), and the name of its study's folder.
        """
        try:
            content = event.encoded_dataset()
            ds = dcmread(
                BytesIO(content), specific_tags=["StudyInstanceUID", "SOPInstanceUID"], force=False
            )
            study, instance = str(ds.StudyInstanceUID), str(ds.SOPInstanceUID)
            if not study or not instance or instance != event.request.AffectedSOPInstanceUID:
                return NOT_UNDERSTOOD, ""
        except Exception:  # whatever a machine may send
            return NOT_UNDERSTOOD, ""
        try:
            self._keep(content, study, instance, sender=sender, fetched=fetched)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            return (FULL if full else 0x0110), ""
        return STORED, key_of(study)

    def put(self, ds: Dataset, *, sender: str) -> None:
        """Keep an object that we fetched. Raises InputError where it cannot be."""
        content = BytesIO()
        try:
            ds.save_as(content, enforce_file_format=True)
            self._keep(
                content.getvalue(),
                str(ds.StudyInstanceUID),
                str(ds.SOPInstanceUID),
                sender=sender,
                fetched=True,
            )
        except (OSError, ValueError, AttributeError) as error:
            raise InputError(f"what was fetched cannot be kept ({error})") from error

    def expect(self, study_uid: str) -> None:
        """Note that a study is being fetched by us. Raises InputError."""
        folder = self.folder / key_of(study_uid)
        try:
            folder.mkdir(exist_ok=True)
            self._note(folder, sender="", fetched=True)
        except OSError as error:
            raise InputError(f"{self.folder} cannot be written ({error.strerror})") from error

    def studies(self) -> tuple[InboxStudy, ...]:
        """All studies that hold an object, the one that came first first."""
        found = []
        for folder in self.folder.iterdir():
            if not folder.is_dir():
                continue
            times = []
            for file in folder.glob("*.dcm"):
                with suppress(FileNotFoundError):
                    times.append(file.stat().st_mtime)
            if not times:
                continue
            note = _read_note(folder)
            found.append(
                InboxStudy(
                    folder=folder,
                    sender=str(note.get("sender", "")),
                    fetched=bool(note.get("fetched", False)),
                    newest_s=max(times),
                )
            )
        return tuple(sorted(found, key=lambda study: study.newest_s))

    def clear(self, study: InboxStudy, done: tuple[Path, ...]) -> None:
        """Remove objects that are in the exam store; the folder goes with the last one."""
        for file in done:
            file.unlink(missing_ok=True)
        if not any(study.folder.glob("*.dcm")):
            for rest in study.folder.iterdir():
                rest.unlink(missing_ok=True)
            with suppress(OSError):  # another object came in this moment
                study.folder.rmdir()

    def _keep(
        self, content: bytes, study: str, instance: str, *, sender: str, fetched: bool
    ) -> None:
        folder = self.folder / key_of(study)
        folder.mkdir(exist_ok=True)
        if not (folder / NOTE).exists():
            self._note(folder, sender=sender, fetched=fetched)
        with replacing(folder / f"{key_of(instance)}.dcm", synced=True, mode=0o600) as unfinished:
            unfinished.write_bytes(content)
        sync_folder(folder)
        sync_folder(self.folder)

    def _note(self, folder: Path, *, sender: str, fetched: bool) -> None:
        with replacing(folder / NOTE, synced=True) as unfinished:
            unfinished.write_text(json.dumps({"sender": sender, "fetched": fetched}), "utf-8")


def key_of(uid: str) -> str:
    """A name for files that a UID always gives."""
    return hashlib.sha256(uid.encode()).hexdigest()[:24]


def inbox_folder(home: Path | None = None) -> Path:
    return (home_folder() if home is None else home) / "incoming"


def _read_note(folder: Path) -> dict[str, Any]:
    try:
        note = json.loads((folder / NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}
