"""Attempts with the virtual probe are kept."""

import sqlite3
from pathlib import Path

from core.domain import View
from core.workstation.attempts import Attempt
from core.workstation.schema import APPLICATION_ID, MIGRATIONS
from core.workstation.store import ExamStore


def attempt(view: View, seconds: float) -> Attempt:
    return Attempt(
        view=view, case="", severity="", quality=0.8, seed=7, hints=True, seconds=seconds,
        path_mm=31.5, path_deg=48.0, run="",
    )  # fmt: skip


def test_an_attempt_is_there_after_the_store_was_opened_again(tmp_path: Path):
    with ExamStore(tmp_path) as store:
        store.add_attempt(attempt(View.PLAX, 12.5))
    with ExamStore(tmp_path) as store:
        (kept,) = store.last_attempts()
    assert (kept.view, kept.seconds, kept.path_mm, kept.hints) == (View.PLAX, 12.5, 31.5, True)
    assert kept.at is not None


def test_the_last_of_each_view_come_oldest_first(tmp_path: Path):
    with ExamStore(tmp_path) as store:
        for second in range(12):
            store.add_attempt(attempt(View.PLAX, float(second)))
        store.add_attempt(attempt(View.A4C, 99.0))
        kept = store.last_attempts(each=10)
    assert [a.seconds for a in kept if a.view is View.PLAX] == [float(s) for s in range(2, 12)]
    assert [a.seconds for a in kept if a.view is View.A4C] == [99.0]


def test_a_store_made_before_there_were_attempts_is_brought_up_to_date(tmp_path: Path):
    with sqlite3.connect(tmp_path / "echolab.sqlite3") as db:  # as the first release left it
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
    with ExamStore(tmp_path) as store:
        store.add_attempt(attempt(View.SSN, 3.0))
        assert len(store.last_attempts()) == 1
