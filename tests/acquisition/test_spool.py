"""A long exam does not lie in memory as a whole."""

from pathlib import Path

import numpy as np
import pytest
from made_files import movie, picture, video
from PIL import Image

from core.acquisition import files, spool
from core.acquisition.files import read_exam
from core.domain import InputError


def test_clips_beyond_the_exams_budget_lie_on_disk_and_read_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        video(tmp_path / f"{number}.mkv", movie(5) + number, codec="ffv1", pix_fmt="bgr0")
    monkeypatch.setattr(files, "MAX_EXAM_BYTES", movie(5).nbytes + 1)
    clips = read_exam([tmp_path]).clips
    assert [isinstance(c.frames, np.memmap) for c in clips] == [False, True, True]
    for number, clip in enumerate(clips):
        assert np.array_equal(clip.frames, movie(5) + number)
        spool.release(clip)
        assert np.array_equal(clip.frames, movie(5) + number)


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        Image.fromarray(picture()).save(tmp_path / f"{name}.png")

    def full(**options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "MAX_EXAM_BYTES", 1)
    monkeypatch.setattr(spool.tempfile, "TemporaryFile", full)
    with pytest.raises(InputError, match="No space left"):
        read_exam([tmp_path / "a.png", tmp_path / "b.png"])
