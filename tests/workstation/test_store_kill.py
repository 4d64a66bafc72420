"""Kill -9 at any moment: what was reported as recorded is there, whole."""

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.domain import Clip, Patient
from core.workstation import vault
from core.workstation.durable import sha256_of
from core.workstation.store import ExamStore
from core.workstation.vault import DATABASE

ROOT = Path(__file__).resolve().parents[2]
MakeClip = Callable[..., Clip]

# Says "exam clip hash-of-frames hash-of-file" on a line for each clip once it was reported as kept.
RECORDER = """
import hashlib, sys
from pathlib import Path
import numpy as np
from core.domain import Clip, Patient
from core.workstation.store import ExamStore

seed = int(sys.argv[2])
random = np.random.default_rng(seed)
store = ExamStore(Path(sys.argv[1]))
print("open", flush=True)
while True:
    exam = store.create_exam(Patient(name="Somebody"))
    for _ in range(3):
        frames = random.integers(0, 256, (4, 48, 64, 3), np.uint8)
        clip = Clip(id="x", source="card", frames=frames, times_s=np.arange(4) / 30, fps=30.0,
                    total_frames=4)
        record = store.add_recording(exam.id, clip)
        digest = hashlib.sha256(frames.tobytes()).hexdigest()
        print(exam.id, record.id, digest, record.sha256, flush=True)
    if seed % 2:
        store.delete_exam(store.create_exam(Patient()).id)
"""


def record_until_killed(
    folder: Path, seed: int, seconds: float, *, after_first: bool
) -> list[list[str]]:
    """What the recorder reported before SIGKILL, `seconds` after it opened the store or reported
    its first clip."""
    process = subprocess.Popen(
        [sys.executable, "-c", RECORDER, str(folder), str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    first = process.stdout.readline() if after_first else ""
    time.sleep(seconds)
    process.kill()
    lines = (first + process.stdout.read()).split("\n")
    assert process.wait() == -signal.SIGKILL
    return [line.split() for line in lines[:-1]]  # the last was not written to its end


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
def test_every_clip_reported_before_a_kill_is_there_and_identical(tmp_path: Path):
    moments = random.Random(20)
    reported: list[list[str]] = []
    for kill in range(8):
        wait = moments.uniform(0.0, 0.35)
        reported += record_until_killed(tmp_path, kill, wait, after_first=kill % 2 == 1)
    assert len(reported) >= 4
    with ExamStore(tmp_path) as store:
        for exam, clip, frames, file in reported:
            record = next(c for c in store.clips(exam) if c.id == clip)
            assert sha256_of(record.path) == record.sha256 == file
            loaded = store.load_clip(exam, clip)
            assert hashlib.sha256(loaded.frames.tobytes()).hexdigest() == frames
        # A clip may be there that the recorder had no time to report: it must be whole too.
        for exam_summary in store.list_exams():
            for record in store.clips(exam_summary.id):
                assert sha256_of(record.path) == record.sha256
        assert [p for p in (tmp_path / "temporary").rglob("*") if p.is_file()] == []
    db = sqlite3.connect(tmp_path / DATABASE)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


class Killed(BaseException):
    """Stands for the end of the process: nothing after it may tidy up."""


def test_a_clip_file_without_its_row_is_set_aside_at_the_next_start(
    tmp_path: Path, patient: Patient
):
    store = ExamStore(tmp_path)
    exam = store.create_exam(patient)
    kept = store.add_clip_file(exam.id, b"kept", name="a.dcm")
    # As a kill between the rename and the commit leaves it.
    stray = kept.path.with_name("0123abcd.dcm")
    stray.write_bytes(b"stray")
    store.close()
    with ExamStore(tmp_path) as store:
        assert [p.read_bytes() for p in (tmp_path / "lost-and-found").iterdir()] == [b"stray"]
        assert [c.path.read_bytes() for c in store.clips(exam.id)] == [b"kept"]
        store.delete_exam(exam.id)  # takes along what was set aside of it
        assert list((tmp_path / "lost-and-found").iterdir()) == []


def test_thumbnails_are_not_taken_for_strays(tmp_path: Path, patient: Patient, make_clip: MakeClip):
    with ExamStore(tmp_path) as store:
        exam = store.create_exam(patient)
        store.add_recording(exam.id, make_clip())
        store.add_clip_file(exam.id, b"\x89PNG", name="a.png", clip=make_clip())
    with ExamStore(tmp_path) as store:
        for record in store.clips(exam.id):
            assert record.thumbnail is not None
            assert record.thumbnail.is_file()
            assert record.path.is_file()


def test_deletion_that_was_cut_short_is_ended_at_the_next_start(
    tmp_path: Path, patient: Patient, make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch
):
    store = ExamStore(tmp_path)
    exam = store.create_exam(patient)
    record = store.add_recording(exam.id, make_clip())
    other = store.create_exam(patient)
    lone = store.add_recording(other.id, make_clip())

    def die(_: Path) -> None:
        raise Killed

    monkeypatch.setattr("core.workstation.store.bury", die)
    with pytest.raises(Killed):
        store.delete_exam(exam.id)
    with pytest.raises(Killed):
        store.delete_clip(other.id, lone.id)
    assert record.path.is_file()
    store.close()
    with ExamStore(tmp_path) as store:
        assert not record.path.parent.exists()
        assert not lone.path.exists()
        assert not list(lone.path.parent.glob("*.png"))
        assert [e.id for e in store.list_exams()] == [other.id]


def test_a_second_store_leaves_a_living_ones_unfinished_recording_alone(
    tmp_path: Path, patient: Patient, make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch
):
    clip = make_clip()
    replace_file = os.replace

    def open_another_before(source: str | Path, target: str | Path) -> None:
        ExamStore(tmp_path).close()
        replace_file(source, target)

    with ExamStore(tmp_path) as store:
        exam = store.create_exam(patient)
        with monkeypatch.context() as patch:
            patch.setattr("core.replacing.os.replace", once(open_another_before))
            record = store.add_recording(exam.id, clip)
        assert np.array_equal(store.load_clip(exam.id, record.id).frames, clip.frames)


def once(instead: Callable[..., None]) -> Callable[..., None]:
    """`instead` for the first call, the real thing for all others."""
    real, calls = os.replace, []

    def replacement(*args: str | Path) -> None:
        calls.append(args)
        (instead if len(calls) == 1 else real)(*args)

    return replacement


def test_a_second_store_leaves_a_living_ones_unfinished_file_alone(
    tmp_path: Path, patient: Patient, monkeypatch: pytest.MonkeyPatch
):
    with ExamStore(tmp_path) as store:
        exam = store.create_exam(patient)
        sync = vault.sync_file

        def open_another_meanwhile(path: Path) -> None:
            ExamStore(tmp_path).close()
            sync(path)

        monkeypatch.setattr(vault, "sync_file", open_another_meanwhile)
        record = store.add_clip_file(exam.id, b"slow", name="a.dcm")
        assert record.path.read_bytes() == b"slow"


def test_files_of_any_size_are_kept_whole(store: ExamStore, patient: Patient):
    exam = store.create_exam(patient)
    for size in (0, 1, 70_000):
        data = np.random.default_rng(size).bytes(size)
        record = store.add_clip_file(exam.id, data, name="a.bin")
        assert (record.size, record.path.read_bytes()) == (size, data)
