"""The exam store: what was reported as recorded is there, whatever happens to the process.

A folder holds a SQLite database (`echolab.sqlite3`) and the clips' files (`files/`), named by
random ids. A clip is written to a temporary file, flushed, renamed, its row committed with a
flush, and only then reported. Several processes and threads may use one folder at once.
"""

import json
import logging
import re
import shutil
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.acquisition.files import read_clip
from core.acquisition.writer import write_clip
from core.analysis.analysis import Analysis
from core.domain import Clip, InputError, Patient, View
from core.workstation import attempts, reports, studies, versions
from core.workstation.attempts import Attempt
from core.workstation.durable import copy_synced, sha256_of, write_synced
from core.workstation.home import home_folder
from core.workstation.records import (
    MACHINE,
    AnalysisVersion,
    ClipOrigin,
    ClipRecord,
    ExamRecord,
    ExamSummary,
    KeptBy,
    checked_exam_id,
    clip_of,
    exam_of,
    new_exam_id,
    now,
    patient_columns,
    storable,
    summary_of,
)
from core.workstation.report_shelf import ReportShelf
from core.workstation.result_shelf import ResultShelf
from core.workstation.sidecar import to_sidecar, with_sidecar
from core.workstation.studies import Study
from core.workstation.sweep import bury
from core.workstation.thumbnail import thumbnail_png
from core.workstation.vault import Vault

log = logging.getLogger(__name__)

RECEIVED = "received"
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class ExamStore:
    """All exams of one folder. Each method raises InputError where it cannot do its work:
    an unknown exam or clip, a full disk, a folder that cannot be written, a busy store."""

    def __init__(self, folder: Path) -> None:
        """Open the store in `folder`, made if absent; see `Vault` for the errors."""
        self._vault = Vault(folder)

    @property
    def folder(self) -> Path:
        return self._vault.folder

    def close(self) -> None:
        self._vault.close()

    def __enter__(self) -> "ExamStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Exams

    def create_exam(
        self,
        patient: Patient,
        *,
        exam_id: str | None = None,
        demo: bool = False,
        protocol: str | None = None,
    ) -> ExamRecord:
        """Begin an exam. `exam_id`: unique, safe as a file name; None: one is made. `protocol`: id
        of the views asked for (`protocol.PROTOCOLS`)."""
        name = new_exam_id() if exam_id is None else checked_exam_id(exam_id)
        columns = {
            "id": name,
            "key": uuid.uuid4().hex,
            "created_at": now().isoformat(),
            "demo": int(demo),
            "protocol": protocol,
            **patient_columns(patient),
        }
        with self._vault.write() as db:
            if db.execute("SELECT 1 FROM exam WHERE id = ?", (name,)).fetchone():
                raise InputError(f"Exam {name} is already there: choose another id")
            db.execute(
                f"INSERT INTO exam ({', '.join(columns)})"
                f" VALUES ({', '.join(':' + c for c in columns)})",
                columns,
            )
            return exam_of(_exam_row(db, name))

    def exam(self, exam_id: str) -> ExamRecord:
        with self._vault.read() as db:
            return exam_of(_exam_row(db, exam_id))

    def update_patient(self, exam_id: str, patient: Patient) -> None:
        """Replace what is known of the patient; analyses keep the figures they were made with."""
        columns = patient_columns(patient)
        with self._vault.write() as db:
            _exam_row(db, exam_id)
            db.execute(
                f"UPDATE exam SET {', '.join(f'{c} = :{c}' for c in columns)} WHERE id = :id",
                {**columns, "id": exam_id},
            )

    def set_protocol(self, exam_id: str, protocol: str) -> None:
        """Remember which views are asked for: an id of `protocol.PROTOCOLS`."""
        with self._vault.write() as db:
            _exam_row(db, exam_id)
            db.execute("UPDATE exam SET protocol = ? WHERE id = ?", (protocol, exam_id))

    def list_exams(self) -> tuple[ExamSummary, ...]:
        """All exams, newest first."""
        with self._vault.read() as db:
            rows = db.execute(
                "SELECT e.*, a.views, a.author,"
                " (SELECT count(*) FROM clip c WHERE c.exam_id = e.id) AS clips,"
                " (SELECT c.thumbnail FROM clip c WHERE c.exam_id = e.id"
                "  AND c.thumbnail IS NOT NULL ORDER BY c.number LIMIT 1) AS thumbnail"
                " FROM exam e LEFT JOIN analysis a"
                " ON a.exam_id = e.id AND a.version = e.analysis_version"
                " ORDER BY e.created_at DESC, e.rowid DESC"
            ).fetchall()
        return tuple(summary_of(row, self._vault.files) for row in rows)

    def delete_exam(self, exam_id: str) -> None:
        """Remove an exam with all that belongs to it; cannot be undone."""
        # The row goes first, in one transaction with a note of what to remove: a process that dies
        # before the files are gone leaves them to the next start.
        with self._vault.write() as db:
            key = _exam_row(db, exam_id)["key"]
            db.execute("DELETE FROM exam WHERE id = ?", (exam_id,))
            _note_deleted(db, key)
        bury(self._vault.files / key)
        shutil.rmtree(self.received(exam_id), ignore_errors=True)

    def received(self, exam_id: str) -> Path:
        """Folder of what was received with an exam and is no clip: reports; may be absent."""
        return self.folder / RECEIVED / checked_exam_id(exam_id)

    def study(self, exam_id: str) -> Study | None:
        """What the hospital's systems call the exam; None where nothing is known."""
        with self._vault.read() as db:
            _exam_row(db, exam_id)
            return studies.get(db, exam_id)

    def set_study(self, exam_id: str, study: Study) -> None:
        with self._vault.write() as db:
            _exam_row(db, exam_id)
            studies.put(db, exam_id, study)

    def exam_of_study(self, study_uid: str) -> str | None:
        """The newest exam of a Study Instance UID; None where there is none."""
        with self._vault.read() as db:
            return studies.exam_of(db, study_uid)

    # Clips

    def add_clip_file(
        self, exam_id: str, file: Path | bytes, *, name: str, clip: Clip | None = None
    ) -> ClipRecord:
        """Keep a file as it came, byte for byte. Read it first (`read_clip`): it is not looked at.

        Args:
            file: where it lies, or its bytes.
            name: its own name, for people; its suffix is kept.
            clip: the file already read: gives the thumbnail.
        """
        if isinstance(file, Path):
            try:
                file.open("rb").close()
            except OSError as error:
                why = error.strerror or "no such file"
                raise InputError(f"{name} cannot be read ({why}): check the file") from error
        suffix = Path(name).suffix.lower()
        record = self._add_clip(
            exam_id,
            partial(write_synced, data=file)
            if isinstance(file, bytes)
            else partial(copy_synced, file),
            suffix=suffix if _SUFFIX.fullmatch(suffix) else ".bin",
            facts={
                "origin": ClipOrigin.FILE,
                "source": storable(name),
                "sidecar": None,
                "kept_by": KeptBy.FILE,
            },
        )
        return self._with_thumbnail(record, clip)

    def add_recording(
        self,
        exam_id: str,
        clip: Clip,
        *,
        view: View | None = None,
        kept_by: KeptBy = KeptBy.HAND,
    ) -> ClipRecord:
        """Keep frames taken here without loss, with their times and calibration.

        The clip's id in the store is a new one; `load_clip` gives the frames back bit for bit.

        Args:
            view: to file it under; None: the exam's analysis will say.
            kept_by: who kept it.
        """
        record = self._add_clip(
            exam_id,
            lambda path: write_clip(clip, path),
            suffix=".mkv",
            facts={
                "origin": ClipOrigin.RECORDING,
                "source": storable(clip.source),
                "sidecar": to_sidecar(clip),
                "view": None if view is None else view.value,
                "kept_by": kept_by,
            },
        )
        return self._with_thumbnail(record, clip)

    def clips(self, exam_id: str) -> tuple[ClipRecord, ...]:
        """An exam's clips in the order in which they were taken."""
        with self._vault.read() as db:
            _exam_row(db, exam_id)
            rows = db.execute(
                "SELECT * FROM clip WHERE exam_id = ? ORDER BY number", (exam_id,)
            ).fetchall()
        return tuple(clip_of(row, self._vault.files) for row in rows)

    def load_clip(self, exam_id: str, clip_id: str) -> Clip:
        """A clip's frames and facts, read from its file."""
        with self._vault.read() as db:
            row = _clip_row(db, exam_id, clip_id)
        record = clip_of(row, self._vault.files)
        if not record.path.is_file():
            raise InputError(
                f"The file of clip {clip_id} of exam {exam_id} is missing: restore "
                f"{record.path} from a backup, or delete the clip"
            )
        try:
            clip = replace(read_clip(record.path, clip_id=clip_id), source=record.source)
        except InputError as error:  # the reader knows the file by its name in the store
            words = str(error).replace(record.path.name, record.source)
            raise InputError(f"Clip {clip_id} of exam {exam_id}: {words}") from error
        return clip if row["sidecar"] is None else with_sidecar(clip, row["sidecar"])

    def file_clip(self, exam_id: str, clip_id: str, view: View | None) -> None:
        """File a clip under a view, or under none."""
        with self._vault.write() as db:
            _clip_row(db, exam_id, clip_id)
            db.execute(
                "UPDATE clip SET view = ? WHERE exam_id = ? AND id = ?",
                (None if view is None else view.value, exam_id, clip_id),
            )

    def set_thumbnail(self, exam_id: str, clip_id: str, pixels: NDArray[np.uint8]) -> Path:
        """Keep a small PNG of `pixels` (uint8 [H, W, 3], RGB) for the lists; returns its path."""
        png = thumbnail_png(pixels)

        def enter(db: sqlite3.Connection, _: Path) -> Path:
            file = Path(_clip_row(db, exam_id, clip_id)["file"])
            name = f"{file.parent.as_posix()}/{file.stem}.thumb.png"
            db.execute(
                "UPDATE clip SET thumbnail = ? WHERE exam_id = ? AND id = ?",
                (name, exam_id, clip_id),
            )
            return self._vault.files / name

        return self._vault.store_file(partial(write_synced, data=png), suffix=".png", enter=enter)

    def delete_clip(self, exam_id: str, clip_id: str) -> None:
        """Remove one clip; analyses that speak of it stay as they are. Cannot be undone."""
        with self._vault.write() as db:
            file = _clip_row(db, exam_id, clip_id)["file"]
            db.execute("DELETE FROM clip WHERE exam_id = ? AND id = ?", (exam_id, clip_id))
            _note_deleted(db, file)
        bury(self._vault.files / file)

    # Analyses

    def save_analysis(
        self,
        exam_id: str,
        analysis: Analysis,
        *,
        author: str = MACHINE,
        based_on: int | None = None,
    ) -> int:
        """Append a version and make it current; older ones stay.

        Clips that were filed under no view are filed under the one that was recognised.

        Args:
            author: `MACHINE`, or who edited it.
            based_on: the version that was edited; refused if it is no longer current.

        Returns:
            The version, from 1.
        """
        with self._vault.write() as db:
            _exam_row(db, exam_id)
            own = replace(analysis, exam_id=exam_id)
            _file_recognised(db, own)
            return versions.save(db, own, author=author, based_on=based_on)

    def latest_analysis(self, exam_id: str) -> Analysis | None:
        """The current version with the patient's name put back; None: there is none yet."""
        with self._vault.read() as db:
            row = _exam_row(db, exam_id)
            version = row["analysis_version"]
            body = None if version is None else versions.body(db, exam_id, version)
        return None if body is None else versions.decode(body, exam_of(row).patient)

    def current_version(self, exam_id: str) -> int | None:
        """Number of the current version, for `based_on`; None: there is none yet."""
        with self._vault.read() as db:
            version: int | None = _exam_row(db, exam_id)["analysis_version"]
        return version

    def analysis_versions(self, exam_id: str) -> tuple[AnalysisVersion, ...]:
        """All versions, oldest first."""
        with self._vault.read() as db:
            _exam_row(db, exam_id)
            return versions.history(db, exam_id)

    def undo_analysis(self, exam_id: str) -> Analysis | None:
        """Go back one version; None (and nothing changes) where there is nothing to undo."""
        return self._move(exam_id, versions.before)

    def redo_analysis(self, exam_id: str) -> Analysis | None:
        """Take the last undo back; None (and nothing changes) where there is nothing to redo."""
        return self._move(exam_id, versions.after)

    @property
    def results(self) -> ResultShelf:
        """What was seen on single clips."""
        return ResultShelf(self._vault)

    # The report

    @property
    def reports(self) -> ReportShelf:
        """Versions, changes and signatures of the exams' reports."""
        return ReportShelf(self._vault, _exam_row)

    def save_report_edits(self, exam_id: str, edits: dict[str, Any]) -> None:
        """Keep what the doctor changed in the report (JSON values); older states stay. Refused
        where the report is signed. `reports.change` also notes who changed it."""
        body = json.dumps(edits, ensure_ascii=False)
        with self._vault.write() as db:
            _exam_row(db, exam_id)
            reports.append_edits(db, exam_id, body)

    def report_edits(self, exam_id: str) -> dict[str, Any] | None:
        """What was saved last, or None."""
        with self._vault.read() as db:
            _exam_row(db, exam_id)
            return reports.last_state(db, exam_id)

    # Training with the virtual probe

    def add_attempt(self, attempt: Attempt) -> None:
        """Keep an attempt at a standard plane."""
        with self._vault.write() as db:
            attempts.add(db, attempt)

    def last_attempts(self, *, each: int = 10) -> tuple[Attempt, ...]:
        """The newest `each` attempts of every view, oldest first."""
        with self._vault.read() as db:
            return attempts.last(db, each=each)

    # Within

    def _add_clip(
        self,
        exam_id: str,
        make: Callable[[Path], object],
        *,
        suffix: str,
        facts: dict[str, str | None],
    ) -> ClipRecord:
        with self._vault.read() as db:  # before the long work; again when it is done
            _exam_row(db, exam_id)
        clip_key = uuid.uuid4().hex
        digest = ""

        def make_and_hash(path: Path) -> None:
            nonlocal digest
            make(path)
            digest = sha256_of(path)

        def enter(db: sqlite3.Connection, temporary: Path) -> Path:
            exam = _exam_row(db, exam_id)
            columns = {
                **facts,
                "exam_id": exam_id,
                "id": f"clip-{exam['next_clip']:03d}",
                "number": exam["next_clip"],
                "file": f"{exam['key']}/{clip_key}{suffix}",
                "sha256": digest,
                "size": temporary.stat().st_size,
                "added_at": now().isoformat(),
            }
            db.execute(
                f"INSERT INTO clip ({', '.join(columns)})"
                f" VALUES ({', '.join(':' + c for c in columns)})",
                columns,
            )
            db.execute("UPDATE exam SET next_clip = next_clip + 1 WHERE id = ?", (exam_id,))
            return self._vault.files / str(columns["file"])

        path = self._vault.store_file(make_and_hash, suffix=suffix, enter=enter)
        name = path.relative_to(self._vault.files).as_posix()
        with self._vault.read() as db:
            row = db.execute("SELECT * FROM clip WHERE file = ?", (name,)).fetchone()
        if row is None:
            raise InputError(f"Exam {exam_id} was deleted while the clip was being kept")
        return clip_of(row, self._vault.files)

    def _with_thumbnail(self, record: ClipRecord, clip: Clip | None) -> ClipRecord:
        if clip is None:
            return record
        try:
            picture = self.set_thumbnail(record.exam_id, record.id, clip.frames[len(clip) // 2])
        except InputError:  # the clip is kept all the same: nobody may take it for lost
            log.warning("No thumbnail for %s", record.id)
            return record
        return replace(record, thumbnail=picture)

    def _move(
        self, exam_id: str, target: Callable[[sqlite3.Connection, str], int | None]
    ) -> Analysis | None:
        with self._vault.write() as db:
            patient = exam_of(_exam_row(db, exam_id)).patient
            version = target(db, exam_id)
            if version is None:
                return None
            versions.move(db, exam_id, version)
            body = versions.body(db, exam_id, version)
        return None if body is None else versions.decode(body, patient)


def default_store() -> ExamStore:
    """The store in the folder that ECHOLAB_HOME names, else in `data/` of the checkout."""
    return ExamStore(home_folder())


def _exam_row(db: sqlite3.Connection, exam_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM exam WHERE id = ?", (exam_id,)).fetchone()
    if row is None:
        raise InputError(f"Exam {exam_id} is not in the store: it may have been deleted")
    return row


def _clip_row(db: sqlite3.Connection, exam_id: str, clip_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM clip WHERE exam_id = ? AND id = ?", (exam_id, clip_id)
    ).fetchone()
    if row is None:
        raise InputError(f"Clip {clip_id} is not in exam {exam_id}: it may have been deleted")
    return row


def _file_recognised(db: sqlite3.Connection, analysis: Analysis) -> None:
    db.executemany(
        "UPDATE clip SET view = ? WHERE exam_id = ? AND id = ? AND view IS NULL",
        [
            (clip.recognition.view.label.value, analysis.exam_id, clip.id)
            for clip in analysis.clips
            if clip.recognition.view.label is not View.OTHER
        ],
    )


def _note_deleted(db: sqlite3.Connection, path: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO tombstone (path, deleted_at) VALUES (?, ?)",
        (path, now().isoformat()),
    )
