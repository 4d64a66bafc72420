"""What an exam asks for, what its clips have brought, and how both are kept."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from core.analysis.analysis import Analysis
from core.domain import Clip, InputError, Patient, View
from core.workstation.protocol import (
    FOCUSED,
    FULL,
    PROTOCOLS,
    VOLUMES,
    checklist,
    is_complete,
    next_view,
    protocol_of,
)
from core.workstation.records import ClipOrigin, KeptBy
from core.workstation.schema import MIGRATIONS
from core.workstation.store import ExamStore
from core.workstation.vault import DATABASE

MakeClip = Callable[..., Clip]


@pytest.fixture
def exam_id(store: ExamStore) -> str:
    return store.create_exam(Patient()).id


def test_the_full_protocol_asks_for_every_standard_view_and_no_other():
    assert set(FULL.views) == set(View) - {View.OTHER}
    for protocol in PROTOCOLS.values():
        assert View.OTHER not in protocol.views
        assert len(set(protocol.views)) == len(protocol.views)
    assert set(FOCUSED.views) < set(FULL.views)


def test_an_exam_fills_place_by_place_until_it_is_complete(
    store: ExamStore, exam_id: str, make_clip: MakeClip
):
    entries = checklist(VOLUMES, store.clips(exam_id))
    assert next_view(entries) is View.A4C
    assert not is_complete(entries)
    store.add_recording(exam_id, make_clip(), view=View.A2C, kept_by=KeptBy.AUTO)
    entries = checklist(VOLUMES, store.clips(exam_id))
    assert [(e.view, e.filled, e.standard) for e in entries] == [
        (View.A4C, False, False),
        (View.A2C, True, True),
    ]
    assert next_view(entries) is View.A4C
    store.add_recording(exam_id, make_clip(), view=View.A4C)
    entries = checklist(VOLUMES, store.clips(exam_id))
    assert is_complete(entries)
    assert next_view(entries) is None
    assert not entries[0].standard


def test_a_held_plane_stands_before_a_clip_kept_by_hand_and_the_newest_before_older_ones(
    store: ExamStore, exam_id: str, make_clip: MakeClip
):
    held = [
        store.add_recording(exam_id, make_clip(), view=View.A4C, kept_by=KeptBy.AUTO).id
        for _ in range(2)
    ]
    store.add_recording(exam_id, make_clip(), view=View.A4C, kept_by=KeptBy.HAND)
    (entry, _) = checklist(VOLUMES, store.clips(exam_id))
    assert entry.count == 3
    assert entry.clip is not None
    assert entry.clip.id == held[1]


def test_deleting_a_clip_frees_its_place(store: ExamStore, exam_id: str, make_clip: MakeClip):
    record = store.add_recording(exam_id, make_clip(), view=View.A4C, kept_by=KeptBy.AUTO)
    store.delete_clip(exam_id, record.id)
    assert not checklist(VOLUMES, store.clips(exam_id))[0].filled


def test_view_keeper_and_protocol_come_back_after_reopening(tmp_path: Path, make_clip: MakeClip):
    with ExamStore(tmp_path) as store:
        exam = store.create_exam(Patient(), protocol="focused")
        store.add_recording(exam.id, make_clip(), view=View.OTHER)
        store.add_recording(exam.id, make_clip(), view=View.SC_IVC, kept_by=KeptBy.AUTO)
        store.add_clip_file(exam.id, b"x", name="a.dcm")
    with ExamStore(tmp_path) as store:
        assert [(c.view, c.kept_by) for c in store.clips(exam.id)] == [
            (View.OTHER, KeptBy.HAND),
            (View.SC_IVC, KeptBy.AUTO),
            (None, KeptBy.FILE),
        ]
        assert protocol_of(store.exam(exam.id).protocol) is FOCUSED
        store.set_protocol(exam.id, "volumes")
        assert protocol_of(store.exam(exam.id).protocol) is VOLUMES
        store.file_clip(exam.id, "clip-003", View.PLAX)
        assert store.clips(exam.id)[2].view is View.PLAX
    assert protocol_of(None) is FULL
    assert protocol_of("of another edition") is FULL


def test_an_analysis_files_only_what_was_filed_under_nothing(
    store: ExamStore, exam_id: str, make_clip: MakeClip, make_analysis: Callable[..., Analysis]
):
    for view in (None, View.PLAX, None):
        store.add_recording(exam_id, make_clip(), view=view)
    store.save_analysis(exam_id, make_analysis("1", views=(View.A2C, View.A4C, View.OTHER)))
    assert [c.view for c in store.clips(exam_id)] == [View.A2C, View.PLAX, None]


def test_filing_a_clip_that_is_not_there_says_so(store: ExamStore, exam_id: str):
    with pytest.raises(InputError, match="not in exam"):
        store.file_clip(exam_id, "clip-009", View.A4C)


def test_a_store_of_the_second_schema_keeps_its_clips_and_tells_who_kept_them(
    tmp_path: Path, make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr("core.workstation.schema.MIGRATIONS", MIGRATIONS[:2])
        ExamStore(tmp_path).close()
    db = sqlite3.connect(tmp_path / DATABASE)
    db.execute(
        "INSERT INTO exam (id, key, created_at, demo, name, patient_id, birth_date)"
        " VALUES ('old', 'key', '2026-01-01T00:00:00+00:00', 0, '', '', '')"
    )
    for number, origin in enumerate(("recording", "file"), 1):
        db.execute(
            "INSERT INTO clip (exam_id, id, number, origin, file, sha256, size, source, added_at)"
            " VALUES ('old', ?, ?, ?, ?, '', 1, 's', '2026-01-01T00:00:00+00:00')",
            (f"clip-{number:03d}", number, origin, f"key/{number}.mkv"),
        )
    db.commit()
    db.close()
    with ExamStore(tmp_path) as store:
        assert [(c.origin, c.kept_by, c.view) for c in store.clips("old")] == [
            (ClipOrigin.RECORDING, KeptBy.HAND, None),
            (ClipOrigin.FILE, KeptBy.FILE, None),
        ]
        assert store.exam("old").protocol is None
