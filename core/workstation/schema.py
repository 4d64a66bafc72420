"""The exam store's tables, their versions, and how a connection is opened.

`PRAGMA user_version` counts the migrations that a database has seen; each runs once, in order,
in one transaction. Never change one that was released: add the next.
"""

import hashlib
import shutil
import sqlite3
from pathlib import Path

from core.domain import InputError
from core.workstation.ledger import BUSY_TIMEOUT_S, transaction

APPLICATION_ID = 0x4543484F  # "ECHO": tells our file from any other SQLite database

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE exam (
            id TEXT PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,            -- its folder under files/
            created_at TEXT NOT NULL,            -- UTC, ISO 8601
            demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
            sex TEXT, height_cm REAL, weight_kg REAL,
            name TEXT NOT NULL, patient_id TEXT NOT NULL, birth_date TEXT NOT NULL,
            next_clip INTEGER NOT NULL DEFAULT 1,
            analysis_version INTEGER             -- the one that is current; NULL: none yet
        )""",
        "CREATE INDEX exam_by_time ON exam (created_at)",
        """CREATE TABLE clip (
            exam_id TEXT NOT NULL REFERENCES exam (id) ON DELETE CASCADE,
            id TEXT NOT NULL,
            number INTEGER NOT NULL,             -- order in which they were taken
            origin TEXT NOT NULL CHECK (origin IN ('file', 'recording')),
            file TEXT NOT NULL UNIQUE,           -- under files/
            sha256 TEXT NOT NULL,
            size INTEGER NOT NULL,
            source TEXT NOT NULL,                -- file's or device's name, for people
            added_at TEXT NOT NULL,
            sidecar TEXT,                        -- a recording's times, calibration ...: JSON
            thumbnail TEXT,                      -- under files/; NULL: none
            PRIMARY KEY (exam_id, id)
        )""",
        """CREATE TABLE analysis (
            exam_id TEXT NOT NULL REFERENCES exam (id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            parent INTEGER,                      -- what undo goes back to
            author TEXT NOT NULL,
            created_at TEXT NOT NULL,
            views TEXT NOT NULL,                 -- JSON list, for the list of exams
            body BLOB NOT NULL,                  -- zlib of analysis.json
            PRIMARY KEY (exam_id, version)
        )""",
        """CREATE TABLE report_edits (
            exam_id TEXT NOT NULL REFERENCES exam (id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            created_at TEXT NOT NULL,
            body TEXT NOT NULL,                  -- JSON
            PRIMARY KEY (exam_id, version)
        )""",
        # What was deleted: its files go away even if the process dies before it removes them.
        "CREATE TABLE tombstone (path TEXT PRIMARY KEY, deleted_at TEXT NOT NULL)",
    ),
    (
        """CREATE TABLE attempt (                  -- at a standard plane with the virtual probe
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,                    -- UTC, ISO 8601
            view TEXT NOT NULL,
            case_name TEXT NOT NULL, severity TEXT NOT NULL,
            quality REAL NOT NULL, seed INTEGER NOT NULL,
            hints INTEGER NOT NULL CHECK (hints IN (0, 1)),
            seconds REAL NOT NULL, path_mm REAL NOT NULL, path_deg REAL NOT NULL,
            run TEXT NOT NULL                    -- of ten views; '': none
        )""",
        "CREATE INDEX attempt_by_view ON attempt (view)",
    ),
    (
        "ALTER TABLE clip ADD COLUMN view TEXT",  # filed under; NULL: not filed yet
        "ALTER TABLE clip ADD COLUMN kept_by TEXT NOT NULL DEFAULT 'file'"
        " CHECK (kept_by IN ('auto', 'hand', 'file'))",
        "UPDATE clip SET kept_by = 'hand' WHERE origin = 'recording'",
        "ALTER TABLE exam ADD COLUMN protocol TEXT",  # NULL: none was chosen
    ),
    (
        """CREATE TABLE study (                    -- what the hospital's systems call an exam
            exam_id TEXT PRIMARY KEY REFERENCES exam (id) ON DELETE CASCADE,
            study_uid TEXT NOT NULL,             -- '': not known
            body TEXT NOT NULL                   -- `studies.Study` as JSON
        )""",
        "CREATE INDEX study_by_uid ON study (study_uid)",
    ),
    (
        """CREATE TABLE report (                   -- versions of an exam's report
            exam_id TEXT NOT NULL REFERENCES exam (id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('draft', 'reviewed', 'signed')),
            created_at TEXT NOT NULL,
            reason TEXT NOT NULL,                -- of the amendment; '': the first version
            reviewed_by TEXT, reviewed_at TEXT,
            signed_by TEXT, signed_at TEXT,
            analysis_version INTEGER,            -- what was signed; NULL: still open
            lang TEXT NOT NULL DEFAULT '',
            body TEXT,                           -- edits, patient and template as signed: JSON
            pdf BLOB, pdf_sha256 TEXT,           -- the signed sheets
            PRIMARY KEY (exam_id, version)
        )""",
        # What was signed is never written again, whoever asks.
        """CREATE TRIGGER report_locked BEFORE UPDATE ON report WHEN OLD.status = 'signed'
            BEGIN SELECT RAISE(ABORT, 'a signed report is locked'); END""",
        """CREATE TABLE report_change (            -- who changed what in a report, and when
            id INTEGER PRIMARY KEY,
            exam_id TEXT NOT NULL REFERENCES exam (id) ON DELETE CASCADE,
            version INTEGER NOT NULL,            -- of the report
            at TEXT NOT NULL,
            author TEXT NOT NULL,
            field TEXT NOT NULL,
            before TEXT NOT NULL, after TEXT NOT NULL,
            origin TEXT NOT NULL
        )""",
        "CREATE INDEX report_change_by_exam ON report_change (exam_id, id)",
        """CREATE TRIGGER report_change_kept BEFORE UPDATE ON report_change
            BEGIN SELECT RAISE(ABORT, 'a change once noted stays'); END""",
    ),
    (
        """CREATE TABLE clip_result (              -- what was seen on a clip; may be made again
            exam_id TEXT NOT NULL,
            clip_id TEXT NOT NULL,
            made_by TEXT NOT NULL,               -- program and weights, and the file's sum
            made_at TEXT NOT NULL,
            body BLOB NOT NULL,                  -- zlib of an analysis.json of this clip alone
            PRIMARY KEY (exam_id, clip_id),
            FOREIGN KEY (exam_id, clip_id) REFERENCES clip (exam_id, id) ON DELETE CASCADE
        )""",
    ),
)


def connect(path: Path, *, files: Path) -> sqlite3.Connection:
    """Open the database at `path` (made if absent), check it, bring it to the newest schema.

    WAL lets readers go on while one writes. `synchronous=FULL` flushes the log at each commit:
    NORMAL would keep the database whole too, but a power cut could take back the last clips that
    a user was told are safe. The folder must be on a local disk (WAL does not work on a share).

    Args:
        path: the database.
        files: folder of the clips; if it holds some, an empty database is a damaged one.

    Raises:
        InputError: damaged, not an exam store, or made by a newer version. A copy of a damaged
            database is kept beside it.
        sqlite3.Error: cannot be opened or written.
    """
    if path.exists() and path.stat().st_size == 0 and files.is_dir() and any(files.iterdir()):
        raise _damaged(path, "it is empty")
    db = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    try:
        db.row_factory = sqlite3.Row
        db.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
        db.execute("PRAGMA foreign_keys = ON")
        _check(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        _migrate(db, path)
    except sqlite3.OperationalError:
        db.close()
        raise
    except sqlite3.DatabaseError as error:
        damaged = _damaged(path, str(error))
        db.close()
        raise damaged from error
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection, path: Path) -> None:
    if db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
        return
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise InputError(
            f"{path} is a database of another program: choose another folder with ECHOLAB_HOME"
        )
    verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    if db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS):
        return
    with transaction(db):
        # Read again: another process may have migrated while this one waited for its turn.
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise InputError(
                f"{path} was written by a newer EchoLab (schema {version}, this one knows "
                f"{len(MIGRATIONS)}): update EchoLab"
            )
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _damaged(path: Path, why: str) -> InputError:
    """Keep a copy of the damaged database (one a content) and say what to do."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    copy = path.with_name(f"{path.stem}.damaged-{digest}{path.suffix}")
    if not copy.exists():
        shutil.copy2(path, copy)
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size > 0:
            shutil.copy2(log, copy.with_name(copy.name + "-wal"))
    words = " ".join(why.split())
    return InputError(
        f"The exam database {path} is damaged ({words}): a copy is kept as {copy.name}; put a "
        f"backup in its place, or move {path.name} away to begin a new one (clip files stay in "
        f"{path.parent / 'files'})"
    )
