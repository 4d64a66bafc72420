"""Clips are looked at once, while their exam is being taken; its end has only to measure."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from app_samples import PATIENT, add_sample_exam, sample_clip

import core.analysis.pipeline
from core.analysis.analysis import Analysis, ClipAnalysis, ModelInfo
from core.domain import CancelledError, Clip, InputError, View
from core.measurement import recompute
from core.measurement.edit import BY_HAND, ContourEdit, ValueEdit
from core.workstation.ahead import LookAhead
from core.workstation.analysing import analyse_exam, come_since, look_at, speaks_of_all
from core.workstation.store import ExamStore

INFO = ModelInfo(name="view", version="1", sha256="a" * 64, licence="x", trained_on="drawings")
MODELS = SimpleNamespace(infos=(INFO,))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ExamStore]:
    add_sample_exam(tmp_path / "home")
    with ExamStore(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def sample(store: ExamStore) -> Analysis:
    found = store.latest_analysis("sample")
    assert found is not None
    return found


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch, sample: Analysis) -> list[str]:
    """Clips that the networks looked at; they see what the sample's analysis says."""
    done: list[str] = []

    def analyse_clip(clip: Clip, *, models: object, progress: Callable[[float], None]):
        progress(0.5)
        done.append(clip.id)
        seen = next((c for c in sample.clips if c.id == clip.id), sample.clips[0])
        recognition = replace(seen.recognition, clip_id=clip.id)
        return replace(seen, id=clip.id, source=clip.source, recognition=recognition)

    monkeypatch.setattr(core.analysis.pipeline, "analyse_clip", analyse_clip)
    return done


def quietly(part: float) -> None:
    assert 0 <= part <= 1


def values(store: ExamStore) -> dict[str, float | None]:
    analysis = store.latest_analysis("sample")
    assert analysis is not None
    return {m.id: m.value for m in analysis.measurements}


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def test_what_was_looked_at_before_is_only_measured(store: ExamStore, looks: list[str]):
    for record in store.clips("sample"):
        look_at(store, record, MODELS, quietly)
    assert looks == ["clip-001", "clip-002"]
    analyse_exam(store, "sample", MODELS, quietly)
    assert looks == ["clip-001", "clip-002"]
    ahead = values(store)
    assert ahead["lvef"] is not None
    analyse_exam(store, "sample", MODELS, quietly, anew=True)
    assert looks == ["clip-001", "clip-002"] * 2
    assert values(store) == ahead  # the same figures, however they came


def test_other_models_look_again(store: ExamStore, looks: list[str]):
    (record, _) = store.clips("sample")
    look_at(store, record, MODELS, quietly)
    others = SimpleNamespace(infos=(replace(INFO, sha256="b" * 64),))
    look_at(store, record, others, quietly)
    assert looks == ["clip-001", "clip-001"]
    look_at(store, record, others, quietly)
    assert looks == ["clip-001", "clip-001"]


def test_a_result_goes_with_its_clip(store: ExamStore, looks: list[str]):
    (record, _) = store.clips("sample")
    look_at(store, record, MODELS, quietly)
    store.delete_clip("sample", record.id)
    with pytest.raises(InputError, match="deleted"):
        look_at(store, record, MODELS, quietly)
    with pytest.raises(InputError, match="deleted"):
        store.results.put(record, seen_in_analysis(store, record.id), "somebody")


def seen_in_analysis(store: ExamStore, clip_id: str) -> ClipAnalysis:
    analysis = store.latest_analysis("sample")
    assert analysis is not None
    return analysis.clip(clip_id)


def test_outlines_are_kept_as_they_are_in_the_analysis(store: ExamStore, looks: list[str]):
    (record, _) = store.clips("sample")
    look_at(store, record, MODELS, quietly)
    kept = look_at(store, record, MODELS, quietly)
    analyse_exam(store, "sample", MODELS, quietly)
    in_analysis = seen_in_analysis(store, record.id)
    assert len(kept.recognition.regions) == len(in_analysis.recognition.regions) > 0
    for one, other in zip(kept.recognition.regions, in_analysis.recognition.regions, strict=True):
        assert np.array_equal(one.polygon, other.polygon)


def test_an_exam_speaks_of_all_until_a_clip_comes(store: ExamStore, looks: list[str]):
    assert speaks_of_all(store, "sample")
    store.add_recording("sample", sample_clip("late"))
    assert not speaks_of_all(store, "sample")
    assert not speaks_of_all(store, store.create_exam(PATIENT).id)


def test_what_a_person_did_stays_when_a_late_clip_joins(store: ExamStore, looks: list[str]):
    """A value set by hand and one rejected, an outline drawn anew; the late clip alone is looked
    at."""
    before = store.latest_analysis("sample")
    assert before is not None
    region = before.clips[0].recognition.regions[0]
    drawn = ContourEdit(
        clip=before.clips[0].id, frame=region.frame, label=region.label, polygon=region.polygon + 3
    )
    clips, measurements = before.clips, before.measurements
    for edit in (
        drawn, ValueEdit(measurement="lvedd", value=51.0), ValueEdit(measurement="lvef", value=None)
    ):  # fmt: skip
        clips, measurements = recompute(clips, measurements, edit, before.patient)
    hers = replace(before, clips=clips, measurements=measurements)
    store.save_analysis("sample", hers, author="reader")
    assert speaks_of_all(store, "sample")
    late = store.add_recording("sample", sample_clip("late"))
    since = come_since(store, "sample", hers)
    assert (since.clips, since.values) == ({late.id}, frozenset())

    analyse_exam(store, "sample", MODELS, quietly)

    assert looks == [late.id]
    now = store.latest_analysis("sample")
    assert now is not None
    assert {clip.id for clip in now.clips} == {*(clip.id for clip in hers.clips), late.id}
    by_id = {m.id: m for m in now.measurements}
    assert (by_id["lvedd"].value, by_id["lvedd"].method) == (51.0, BY_HAND)
    assert (by_id["lvef"].value, by_id["lvef"].reason) == (None, "reason.rejected")
    outlines = now.clip(before.clips[0].id).recognition.regions
    assert any(np.allclose(r.polygon, region.polygon + 3, atol=0.01) for r in outlines)
    assert store.analysis_versions("sample")[-1].author == "reader"
    assert speaks_of_all(store, "sample")


def test_clips_are_looked_at_as_they_are_kept(store: ExamStore, looks: list[str]):
    ahead = LookAhead(store, lambda: MODELS)  # type: ignore[arg-type, return-value]
    try:
        exam_id = store.create_exam(PATIENT).id
        first = store.add_recording(exam_id, sample_clip("first"), view=View.A4C)
        gone = store.add_recording(exam_id, sample_clip("gone"))
        store.delete_clip(exam_id, gone.id)
        last = store.add_recording(exam_id, sample_clip("last"))
        for record in (first, gone, last):
            ahead.ask(record)
        until(lambda: len(looks) == 2)
        analyse_exam(store, exam_id, MODELS, quietly)  # type: ignore[arg-type]
        assert looks == [first.id, last.id]
    finally:
        ahead.close()


def test_who_waits_for_another_clip_may_be_stopped(
    store: ExamStore, looks: list[str], monkeypatch: pytest.MonkeyPatch
):
    goes_on, began = threading.Event(), threading.Event()
    at_once = core.analysis.pipeline.analyse_clip

    def slow(clip: Clip, **how: object):
        began.set()
        assert goes_on.wait(60)
        return at_once(clip, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(core.analysis.pipeline, "analyse_clip", slow)
    first, second = store.clips("sample")
    ahead = LookAhead(store, lambda: MODELS)  # type: ignore[arg-type, return-value]
    try:
        ahead.ask(first)
        assert began.wait(60)

        def stop(part: float) -> None:
            raise CancelledError

        with pytest.raises(CancelledError):
            look_at(store, second, MODELS, stop)  # type: ignore[arg-type]
    finally:
        goes_on.set()
        ahead.close()
    assert looks == []  # closing stopped the other one too
