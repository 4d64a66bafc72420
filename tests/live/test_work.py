"""What the page's jobs leave in the store."""

import io

import numpy as np
import pytest
from PIL import Image

from app.live.work import analyse_exam, take_files
from core.domain import InputError, Patient
from core.workstation.store import ExamStore


@pytest.fixture
def store(tmp_path):
    with ExamStore(tmp_path / "home") as store:
        yield store


@pytest.fixture
def exam_id(store):
    return store.create_exam(Patient()).id


def png() -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (80, 100, 3), np.uint8)
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def test_good_files_are_kept_byte_for_byte_and_bad_ones_named_without_their_folder(store, exam_id):
    parts = []
    content = png()
    taken = take_files(
        store, exam_id, [("a.png", content), ("b.mp4", b"no video"), ("../c.png", png())],
        parts.append,
    )  # fmt: skip
    assert [record.source for record in taken.kept] == ["a.png", "c.png"]
    assert taken.kept[0].path.read_bytes() == content
    (line,) = taken.refused
    assert line.startswith("b.mp4: ")
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


def test_an_exam_without_clips_is_not_analysed(store, exam_id):
    with pytest.raises(InputError, match="no clip"):
        analyse_exam(store, exam_id, None, lambda part: None)
