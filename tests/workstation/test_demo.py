"""The demonstration exam is made once, whatever comes between."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.analysis.analysis import Analysis
from core.domain import Clip, Exam, Patient
from core.language import text
from core.workstation.demo import DEMO_ID, ensure_demo
from core.workstation.locks import FileLock
from core.workstation.records import ExamState
from core.workstation.store import ExamStore

MakeClip = Callable[..., Clip]


@pytest.fixture
def make(make_clip: MakeClip) -> Callable[[], Exam]:
    def render() -> Exam:
        clips = tuple(replace(make_clip(3, seed=n), source=f"virtual {n}") for n in range(3))
        return Exam(id="any", patient=Patient(sex="F"), clips=clips)

    return render


@pytest.fixture
def analyse(
    make_analysis: Callable[[str], Analysis],
) -> Callable[[Sequence[Clip], Patient], Analysis]:
    def run(clips: Sequence[Clip], patient: Patient) -> Analysis:
        assert [clip.id for clip in clips] == ["clip-001", "clip-002", "clip-003"]
        return make_analysis("1")

    return run


def test_a_new_store_gets_it_once(store: ExamStore, make, analyse):
    told: list[tuple[float, str]] = []
    assert ensure_demo(store, analyse, make=make, progress=lambda *news: told.append(news))
    assert not ensure_demo(store, analyse, make=make)
    (exam,) = store.list_exams()
    assert (exam.id, exam.demo, exam.clips, exam.state) == (DEMO_ID, True, 3, ExamState.ANALYSED)
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert told[-1] == (1.0, "demo.ready")
    assert all(text(key, "zh") for _, key in told)


def test_one_that_was_cut_short_is_completed(store: ExamStore, make, make_analysis):
    class Killed(BaseException):
        pass

    def die(clips: Sequence[Clip], patient: Patient) -> Analysis:
        raise Killed

    with pytest.raises(Killed):
        ensure_demo(store, die, make=make)
    store.delete_clip(DEMO_ID, "clip-003")
    with pytest.raises(Killed):
        ensure_demo(store, die, make=make)
    assert [clip.source for clip in store.clips(DEMO_ID)] == ["virtual 0", "virtual 1", "virtual 2"]
    assert store.latest_analysis(DEMO_ID) is None
    assert ensure_demo(store, lambda clips, patient: make_analysis("1"), make=make)
    assert len(store.clips(DEMO_ID)) == 3
    assert store.latest_analysis(DEMO_ID) is not None


def test_a_deleted_one_stays_away(tmp_path: Path, make, analyse):
    with ExamStore(tmp_path) as store:
        ensure_demo(store, analyse, make=make)
        store.delete_exam(DEMO_ID)
    with ExamStore(tmp_path) as store:
        assert not ensure_demo(store, analyse, make=make)
        assert store.list_exams() == ()


def test_it_is_left_to_another_process_that_is_at_it(store: ExamStore, make, analyse):
    other = FileLock(store.folder / "demo.lock")
    assert other.try_acquire()
    assert not ensure_demo(store, analyse, make=make)
    other.close()
    assert ensure_demo(store, analyse, make=make)
