"""Full disks, folders that cannot be written, damaged databases: one line, nothing half-written."""

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from core.domain import Clip, InputError, Patient
from core.workstation import durable, vault
from core.workstation.schema import MIGRATIONS
from core.workstation.store import ExamStore
from core.workstation.vault import DATABASE

MakeClip = Callable[..., Clip]


def files_in(folder: Path) -> list[str]:
    return [p.name for p in folder.rglob("*") if p.is_file()]


def test_a_disk_that_fills_up_while_a_file_is_written_keeps_nothing_of_it(
    store: ExamStore, patient: Patient, monkeypatch: pytest.MonkeyPatch
):
    exam = store.create_exam(patient)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(durable.os, "fsync", full)
    with pytest.raises(InputError, match="is full"):
        store.add_clip_file(exam.id, b"x" * 1000, name="a.dcm")
    monkeypatch.undo()
    assert files_in(store.folder / "temporary") == files_in(store.folder / "files") == []
    assert store.clips(exam.id) == ()


def test_a_disk_that_fills_up_while_the_row_is_written_keeps_no_file(
    store: ExamStore, patient: Patient
):
    exam = store.create_exam(patient)
    database = store._vault._ledger._db
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(InputError, match="is full"):
        store.add_clip_file(exam.id, b"x", name="n" * 100_000)
    assert files_in(store.folder / "temporary") == files_in(store.folder / "files") == []
    database.execute("PRAGMA max_page_count = 1000000")
    assert store.clips(exam.id) == ()
    assert store.add_clip_file(exam.id, b"x", name="a.dcm").id == "clip-001"


def test_a_file_that_got_its_name_but_no_row_is_taken_back(
    store: ExamStore, patient: Patient, monkeypatch: pytest.MonkeyPatch
):
    exam = store.create_exam(patient)
    publish = vault.publish

    def then_full(temporary: Path, final: Path) -> None:
        publish(temporary, final)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(vault, "publish", then_full)
    with pytest.raises(InputError, match="is full"):
        store.add_clip_file(exam.id, b"x", name="a.dcm")
    assert files_in(store.folder / "files") == []
    assert store.clips(exam.id) == ()


def test_a_clip_is_not_lost_for_want_of_a_thumbnail(
    store: ExamStore, patient: Patient, make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch
):
    exam = store.create_exam(patient)

    def refuse(*_: object) -> None:
        raise InputError("full")

    monkeypatch.setattr(store, "set_thumbnail", refuse)
    record = store.add_recording(exam.id, make_clip())
    assert record.thumbnail is None
    assert store.clips(exam.id) == (record,)


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be used"):
        ExamStore(tmp_path / "file" / "store")


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(InputError, match="cannot be written"):
        ExamStore(tmp_path / "store")


def test_a_database_that_cannot_be_written_says_so(store: ExamStore, patient: Patient):
    store._vault._ledger._db.execute("PRAGMA query_only = ON")
    with pytest.raises(InputError, match="cannot be written"):
        store.create_exam(patient)


@pytest.mark.parametrize("how", ["noise", "empty", "torn page"])
def test_a_damaged_database_is_named_and_kept(
    tmp_path: Path, patient: Patient, make_clip: MakeClip, how: str
):
    with ExamStore(tmp_path) as store:
        exam = store.create_exam(patient)
        record = store.add_recording(exam.id, make_clip())
    path = tmp_path / DATABASE
    whole = path.read_bytes()
    damaged = {
        "noise": os.urandom(len(whole)),
        "empty": b"",
        "torn page": whole[:4096] + os.urandom(len(whole) - 4096),
    }[how]
    path.write_bytes(damaged)
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            ExamStore(tmp_path)
        message = str(caught.value)
        assert str(path) in message
        assert "damaged" in message
        assert "\n" not in message
    copies = list(tmp_path.glob("echolab.damaged-*"))
    assert [c.name for c in copies if c.name in message] == [copies[0].name]
    assert [c.read_bytes() for c in copies] == [damaged]
    assert record.path.is_file()
    # The advice works: a backup in its place, and all is there again.
    path.write_bytes(whole)
    with ExamStore(tmp_path) as store:
        assert len(store.load_clip(exam.id, record.id)) == 5


def test_a_new_database_beside_old_files_leaves_them_alone(
    tmp_path: Path, patient: Patient, make_clip: MakeClip
):
    with ExamStore(tmp_path) as store:
        record = store.add_recording(store.create_exam(patient).id, make_clip())
    (tmp_path / DATABASE).rename(tmp_path / "moved-away")
    with ExamStore(tmp_path) as store:
        assert store.list_exams() == ()
    assert record.path.is_file()


def test_another_programs_database_is_left_as_it_is(tmp_path: Path):
    path = tmp_path / DATABASE
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE theirs (x)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="another program"):
        ExamStore(tmp_path)
    assert path.read_bytes() == before


def test_a_newer_schema_is_not_touched(tmp_path: Path, patient: Patient):
    with ExamStore(tmp_path) as store:
        store.create_exam(patient)
    db = sqlite3.connect(tmp_path / DATABASE)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(InputError, match="newer EchoLab"):
        ExamStore(tmp_path)


def test_an_older_schema_is_brought_up_and_keeps_its_rows(
    tmp_path: Path, patient: Patient, monkeypatch: pytest.MonkeyPatch
):
    with ExamStore(tmp_path) as store:
        exam = store.create_exam(patient)
    newer = (*MIGRATIONS, ("ALTER TABLE exam ADD COLUMN signed_by TEXT",))
    monkeypatch.setattr("core.workstation.schema.MIGRATIONS", newer)
    with ExamStore(tmp_path) as store:
        assert store.exam(exam.id) == exam
        with store._vault.read() as db:
            assert db.execute("SELECT signed_by FROM exam").fetchone()[0] is None


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, patient: Patient, monkeypatch: pytest.MonkeyPatch
):
    with ExamStore(tmp_path) as store:
        exam = store.create_exam(patient)
    broken = (*MIGRATIONS, ("ALTER TABLE exam ADD COLUMN signed_by TEXT", "NOT SQL"))
    with monkeypatch.context() as patch:
        patch.setattr("core.workstation.schema.MIGRATIONS", broken)
        with pytest.raises(InputError):
            ExamStore(tmp_path)
    with ExamStore(tmp_path) as store:
        assert store.exam(exam.id) == exam
        with store._vault.read() as db:
            columns = [row["name"] for row in db.execute("PRAGMA table_info(exam)")]
        assert "signed_by" not in columns
