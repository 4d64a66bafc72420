"""Several threads and processes on one store at once."""

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.analysis.analysis import Analysis
from core.domain import Clip, InputError, Patient
from core.workstation import ledger, vault
from core.workstation.locks import FileLock
from core.workstation.store import ExamStore

ROOT = Path(__file__).resolve().parents[2]
MakeClip = Callable[..., Clip]
MakeAnalysis = Callable[..., Analysis]

WRITER = """
import sys
from pathlib import Path
from core.domain import Patient
from core.workstation.store import ExamStore

with ExamStore(Path(sys.argv[1])) as store:
    exam = store.create_exam(Patient())
    for number in range(15):
        store.add_clip_file(exam.id, b"own %d" % number, name="own.dcm")
        store.add_clip_file("shared", b"shared %d" % number, name="shared.dcm")
        store.list_exams()
"""


def test_processes_write_to_one_store_at_once(tmp_path: Path, patient: Patient):
    with ExamStore(tmp_path) as store:
        store.create_exam(patient, exam_id="shared")
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT)
            for _ in range(3)
        ]
        assert [w.wait() for w in writers] == [0, 0, 0]
        assert sorted(e.clips for e in store.list_exams()) == [15, 15, 15, 45]
        clips = store.clips("shared")
        assert [c.id for c in clips] == [f"clip-{n:03d}" for n in range(1, 46)]
        assert sorted(c.path.read_bytes() for c in clips) == sorted(
            b"shared %d" % n for n in [*range(15)] * 3
        )


def test_processes_may_open_a_new_store_at_the_same_instant(tmp_path: Path):
    code = "import sys; from pathlib import Path; from core.workstation.store import ExamStore;"
    code += " ExamStore(Path(sys.argv[1])).close()"
    folder = str(tmp_path / "new")
    starts = [subprocess.Popen([sys.executable, "-c", code, folder], cwd=ROOT) for _ in range(3)]
    assert [s.wait() for s in starts] == [0, 0, 0]


def test_threads_share_one_store_object(
    store: ExamStore, patient: Patient, make_clip: MakeClip, make_analysis: MakeAnalysis
):
    exam = store.create_exam(patient)

    def work(number: int) -> str:
        record = store.add_recording(exam.id, make_clip(2, seed=number))
        store.save_analysis(exam.id, make_analysis(str(number)))
        store.list_exams()
        return record.id

    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(work, range(18)))
    assert len(set(ids)) == 18
    assert [v.version for v in store.analysis_versions(exam.id)] == list(range(1, 19))


def test_a_clip_that_arrives_after_its_exam_was_deleted_leaves_no_file(
    tmp_path: Path, patient: Patient, monkeypatch: pytest.MonkeyPatch
):
    with ExamStore(tmp_path) as store, ExamStore(tmp_path) as other_user:
        exam = store.create_exam(patient)
        sync = vault.sync_file

        def delete_meanwhile(path: Path) -> None:
            other_user.delete_exam(exam.id)
            sync(path)

        monkeypatch.setattr(vault, "sync_file", delete_meanwhile)
        with pytest.raises(InputError, match="not in the store"):
            store.add_clip_file(exam.id, b"x", name="a.dcm")
        for folder in ("files", "temporary"):
            assert [p for p in (tmp_path / folder).rglob("*") if p.is_file()] == []


def test_reading_goes_on_while_another_writes(tmp_path: Path, patient: Patient):
    with ExamStore(tmp_path) as writer, ExamStore(tmp_path) as reader:
        writer.create_exam(patient)
        with writer._vault.write() as db:
            db.execute("DELETE FROM exam")
            assert len(reader.list_exams()) == 1
        assert reader.list_exams() == ()


def test_a_store_that_stays_busy_says_so(
    tmp_path: Path, patient: Patient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ledger, "BUSY_TIMEOUT_S", 0.05)
    with ExamStore(tmp_path) as store:
        hog = FileLock(tmp_path / "write.lock")
        assert hog.try_acquire()
        with pytest.raises(InputError, match="busy"):
            store.create_exam(patient)
        hog.close()
        store.create_exam(patient)


def test_a_write_waits_for_its_turn(tmp_path: Path, patient: Patient):
    with ExamStore(tmp_path) as store:
        hog = FileLock(tmp_path / "write.lock")
        assert hog.try_acquire()
        timer = threading.Timer(0.2, hog.close)
        timer.start()
        store.create_exam(patient)
        timer.join()
        assert len(store.list_exams()) == 1
