"""The exam store gives back what it was given."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.analysis.analysis import Analysis
from core.domain import Clip, InputError, Patient, View
from core.workstation.records import ClipOrigin, ExamState
from core.workstation.store import ExamStore, default_store

MakeClip = Callable[..., Clip]
MakeAnalysis = Callable[..., Analysis]


def all_bytes(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_an_exam_and_its_patient_come_back_after_reopening(tmp_path: Path, patient: Patient):
    with ExamStore(tmp_path) as store:
        made = store.create_exam(patient, exam_id="E-1", demo=True)
    with ExamStore(tmp_path) as store:
        assert store.exam("E-1") == made
        assert made.patient == patient
        assert made.demo


def test_a_recording_comes_back_bit_for_bit_with_all_its_facts(
    store: ExamStore, patient: Patient, make_clip: MakeClip
):
    exam = store.create_exam(patient)
    clip = make_clip(7)
    record = store.add_recording(exam.id, clip)
    loaded = store.load_clip(exam.id, record.id)
    assert np.array_equal(loaded.frames, clip.frames)
    assert np.array_equal(loaded.times_s, clip.times_s)
    assert loaded.id == record.id == "clip-001"
    names = ["source", "fps", "calibration", "calibrations", "regions", "mode", "total_frames"]
    for name in [*names, "notes"]:
        assert getattr(loaded, name) == getattr(clip, name), name


def test_a_file_is_kept_byte_for_byte_under_a_name_that_tells_nothing(
    store: ExamStore, patient: Patient, make_clip: MakeClip, tmp_path: Path
):
    exam = store.create_exam(patient)
    source = tmp_path / "Zhang_San_A4C.PNG"
    cv2.imwrite(str(source), make_clip(1, height=64, width=80).frames[0][:, :, ::-1])
    record = store.add_clip_file(exam.id, source, name=source.name)
    again = store.add_clip_file(exam.id, source.read_bytes(), name=source.name)
    assert record.path.read_bytes() == again.path.read_bytes() == source.read_bytes()
    assert record.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert record.path.suffix == ".png"
    assert not [
        p for p in store.folder.rglob("*") if "zhang" in str(p.relative_to(store.folder)).lower()
    ]
    loaded = store.load_clip(exam.id, record.id)
    assert loaded.source == "Zhang_San_A4C.PNG"
    assert np.array_equal(loaded.frames, make_clip(1, height=64, width=80).frames)
    assert [c.origin for c in store.clips(exam.id)] == [ClipOrigin.FILE] * 2


@pytest.mark.parametrize(
    "name", ["", "x", "a/../../b.dcm", "weird.suffix-with-much-text", "\0.mp4"]
)
def test_any_file_name_is_taken(store: ExamStore, patient: Patient, name: str):
    exam = store.create_exam(patient)
    record = store.add_clip_file(exam.id, b"bytes", name=name)
    assert record.path.read_bytes() == b"bytes"
    assert record.path.parent.parent == store.folder / "files"


def test_list_shows_newest_first_with_clips_views_state_and_picture(
    store: ExamStore, patient: Patient, make_clip: MakeClip, make_analysis: MakeAnalysis
):
    empty = store.create_exam(Patient(name="A"))
    recorded = store.create_exam(Patient(name="B"))
    analysed = store.create_exam(patient)
    for exam in (recorded, analysed):
        store.add_recording(exam.id, make_clip())
    views = (View.A2C, View.OTHER, View.A4C, View.A2C)
    store.save_analysis(analysed.id, make_analysis("1", views=views))
    first, second, third = store.list_exams()
    assert (first.id, second.id, third.id) == (analysed.id, recorded.id, empty.id)
    assert first.views == (View.A2C, View.A4C)
    assert first.patient == patient
    assert [e.state for e in (first, second, third)] == [
        ExamState.ANALYSED,
        ExamState.RECORDED,
        ExamState.EMPTY,
    ]
    assert [e.clips for e in (first, second, third)] == [1, 1, 0]
    assert third.thumbnail is None
    assert max(cv2.imread(str(first.thumbnail)).shape) == 320


def test_a_thumbnail_can_be_replaced(store: ExamStore, patient: Patient, make_clip: MakeClip):
    exam = store.create_exam(patient)
    record = store.add_recording(exam.id, make_clip())
    path = store.set_thumbnail(exam.id, record.id, np.full((640, 480, 3), (255, 0, 0), np.uint8))
    assert store.clips(exam.id)[0].thumbnail == path == record.thumbnail
    assert cv2.imread(str(path)).shape == (320, 240, 3)
    assert cv2.imread(str(path))[5, 5].tolist() == [0, 0, 255]


def test_undo_and_redo_walk_the_versions_and_an_edit_after_undo_branches(
    store: ExamStore, patient: Patient, make_analysis: MakeAnalysis
):
    exam = store.create_exam(patient)
    assert store.latest_analysis(exam.id) is None
    assert store.undo_analysis(exam.id) is None
    assert store.redo_analysis(exam.id) is None
    for name in ("a", "b", "c"):
        store.save_analysis(exam.id, make_analysis(name), author="doctor")

    def shown(analysis: Analysis | None) -> str | None:
        return None if analysis is None else analysis.software_version

    assert shown(store.latest_analysis(exam.id)) == "c"
    assert shown(store.undo_analysis(exam.id)) == "b"
    assert shown(store.undo_analysis(exam.id)) == "a"
    assert store.undo_analysis(exam.id) is None
    assert shown(store.redo_analysis(exam.id)) == "b"
    assert store.save_analysis(exam.id, make_analysis("d"), author="doctor") == 4
    assert store.redo_analysis(exam.id) is None
    assert shown(store.undo_analysis(exam.id)) == "b"
    assert shown(store.redo_analysis(exam.id)) == "d"
    assert [(v.version, v.parent, v.current) for v in store.analysis_versions(exam.id)] == [
        (1, None, False),
        (2, 1, False),
        (3, 2, False),
        (4, 2, True),
    ]
    assert store.list_exams()[0].state == ExamState.EDITED


def test_an_analysis_gets_the_exams_id_and_names_but_keeps_its_figures(
    store: ExamStore, patient: Patient, make_analysis: MakeAnalysis
):
    exam = store.create_exam(patient)
    store.save_analysis(exam.id, make_analysis("1"))
    loaded = store.latest_analysis(exam.id)
    assert loaded is not None
    assert loaded.exam_id == exam.id
    assert loaded.patient == Patient(
        sex="M",
        height_cm=180.0,
        weight_kg=80.0,
        name=patient.name,
        patient_id=patient.patient_id,
        birth_date=patient.birth_date,
    )


def test_an_edit_of_an_outdated_version_is_refused(
    store: ExamStore, patient: Patient, make_analysis: MakeAnalysis
):
    exam = store.create_exam(patient)
    first = store.save_analysis(exam.id, make_analysis("1"))
    assert store.current_version(exam.id) == first
    store.save_analysis(exam.id, make_analysis("2"), author="a", based_on=first)
    with pytest.raises(InputError, match="changed elsewhere"):
        store.save_analysis(exam.id, make_analysis("3"), author="b", based_on=first)
    assert len(store.analysis_versions(exam.id)) == 2


def test_report_edits_come_back_as_saved_last(store: ExamStore, patient: Patient):
    exam = store.create_exam(patient)
    assert store.report_edits(exam.id) is None
    store.save_report_edits(exam.id, {"free_text": "旧"})
    store.save_report_edits(exam.id, {"free_text": "新\n", "fields": {"ef": "55"}})
    assert store.report_edits(exam.id) == {"free_text": "新\n", "fields": {"ef": "55"}}


def test_a_deleted_exam_leaves_nothing_of_its_patient(
    store: ExamStore, make_clip: MakeClip, make_analysis: MakeAnalysis
):
    kept = store.create_exam(Patient(name="Kept"))
    store.add_recording(kept.id, make_clip())
    exam = store.create_exam(Patient(name="Unforgettable"))
    record = store.add_recording(exam.id, make_clip(seed=1))
    store.add_clip_file(exam.id, b"precious pixels", name="Unforgettable.dcm")
    store.save_analysis(exam.id, make_analysis("1"))
    store.delete_exam(exam.id)
    assert [e.id for e in store.list_exams()] == [kept.id]
    assert not record.path.parent.exists()
    with pytest.raises(InputError, match="not in the store"):
        store.clips(exam.id)
    store.close()
    assert b"precious pixels" not in all_bytes(store.folder)
    assert b"Unforgettable" not in all_bytes(store.folder)
    with ExamStore(store.folder) as again:
        assert len(again.load_clip(kept.id, "clip-001")) == 5


def test_a_deleted_clips_id_is_not_given_again(
    store: ExamStore, patient: Patient, make_clip: MakeClip
):
    exam = store.create_exam(patient)
    first = store.add_recording(exam.id, make_clip())
    second = store.add_recording(exam.id, make_clip())
    store.delete_clip(exam.id, second.id)
    assert not second.path.exists()
    assert store.add_recording(exam.id, make_clip()).id == "clip-003"
    assert [c.id for c in store.clips(exam.id)] == [first.id, "clip-003"]


def test_update_patient_replaces_what_is_known(store: ExamStore, patient: Patient):
    exam = store.create_exam(patient)
    store.update_patient(exam.id, Patient(name="New\udc80"))
    assert store.exam(exam.id).patient == Patient(name="New?")


@pytest.mark.parametrize("bad", ["", ".", "../x", "a/b", "a b", "名", "x" * 65, "a\n"])
def test_an_unsafe_exam_id_is_refused(store: ExamStore, patient: Patient, bad: str):
    with pytest.raises(InputError, match="cannot be used"):
        store.create_exam(patient, exam_id=bad)


def test_wrong_uses_get_one_clear_line(store: ExamStore, patient: Patient, make_clip: MakeClip):
    exam = store.create_exam(patient, exam_id="E")
    tries: list[Callable[[], object]] = [
        lambda: store.create_exam(patient, exam_id="E"),
        lambda: store.exam("nobody"),
        lambda: store.add_recording("nobody", make_clip()),
        lambda: store.add_clip_file("nobody", b"x", name="x.dcm"),
        lambda: store.add_clip_file("E", Path("/nowhere/x.dcm"), name="x.dcm"),
        lambda: store.load_clip("E", "clip-009"),
        lambda: store.set_thumbnail("E", "clip-009", np.zeros((4, 4, 3), np.uint8)),
        lambda: store.delete_exam("nobody"),
        lambda: store.update_patient("nobody", patient),
        lambda: store.undo_analysis("nobody"),
        lambda: store.save_report_edits("nobody", {}),
    ]
    for attempt in tries:
        with pytest.raises(InputError) as caught:
            attempt()
        assert "\n" not in str(caught.value)
    assert store.clips(exam.id) == ()
    for folder in ("temporary", "files"):
        assert [p for p in (store.folder / folder).rglob("*") if p.is_file()] == []


def test_a_clip_whose_file_is_gone_says_so(store: ExamStore, patient: Patient, make_clip: MakeClip):
    exam = store.create_exam(patient)
    record = store.add_recording(exam.id, make_clip())
    record.path.unlink()
    with pytest.raises(InputError, match="missing"):
        store.load_clip(exam.id, record.id)


def test_default_store_lies_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ECHOLAB_HOME", str(tmp_path / "home"))
    with default_store() as store:
        assert store.folder == tmp_path / "home"
