"""Attempts with the virtual probe that reached their plane, by view. No patient's data."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from core.domain import View
from core.workstation.records import now


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One way from a start to a standard plane.

    Attributes:
        view: the plane asked for.
        case, severity: of the virtual patient; "" for a normal heart.
        quality: of the window, 0 poor to 1 excellent.
        seed: of the virtual patient.
        hints: the truth was shown on the way.
        seconds: from the start to the standard plane.
        path_mm, path_deg: how far the probe's face travelled and the plane turned.
        run: name of the run of ten views that it was part of; "" for none.
        at: when it ended, UTC; None before it is kept.
    """

    view: View
    case: str
    severity: str
    quality: float
    seed: int
    hints: bool
    seconds: float
    path_mm: float
    path_deg: float
    run: str = ""
    at: datetime | None = None


def add(db: sqlite3.Connection, attempt: Attempt) -> None:
    """Keeps an attempt, with the time of now."""
    db.execute(
        "INSERT INTO attempt (at, view, case_name, severity, quality, seed, hints, seconds,"
        " path_mm, path_deg, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            now().isoformat(),
            attempt.view.value,
            attempt.case,
            attempt.severity,
            attempt.quality,
            attempt.seed,
            int(attempt.hints),
            attempt.seconds,
            attempt.path_mm,
            attempt.path_deg,
            attempt.run,
        ),
    )


def last(db: sqlite3.Connection, *, each: int) -> tuple[Attempt, ...]:
    """The newest `each` attempts of every view, oldest first."""
    rows = db.execute(
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY view ORDER BY id DESC) AS back"
        " FROM attempt) WHERE back <= ? ORDER BY id",
        (each,),
    ).fetchall()
    return tuple(_attempt(row) for row in rows)


def _attempt(row: sqlite3.Row) -> Attempt:
    return Attempt(
        view=View(row["view"]),
        case=row["case_name"],
        severity=row["severity"],
        quality=row["quality"],
        seed=row["seed"],
        hints=bool(row["hints"]),
        seconds=row["seconds"],
        path_mm=row["path_mm"],
        path_deg=row["path_deg"],
        run=row["run"],
        at=datetime.fromisoformat(row["at"]),
    )
