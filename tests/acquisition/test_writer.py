"""A clip kept is the clip read again."""

from pathlib import Path

import numpy as np
import pytest
from made_files import movie

from core.acquisition import writer
from core.acquisition.files import read_clip
from core.domain import Clip


def clip_of(frames: np.ndarray, times: np.ndarray, fps: float | None) -> Clip:
    return Clip(
        id="a", source="Camera 0", frames=frames, times_s=times, fps=fps, total_frames=len(frames)
    )


@pytest.mark.parametrize(("height", "width"), [(96, 128), (65, 33)])
def test_every_pixel_and_time_comes_back(tmp_path: Path, height: int, width: int) -> None:
    chance = np.random.default_rng(5)
    frames = chance.integers(0, 256, (7, height, width, 3), np.uint8)
    times = np.array([0, 0.033, 0.067, 0.1, 0.2, 0.3, 0.35])
    path = writer.write_clip(clip_of(frames, times, 20.0), tmp_path / "a.mkv")
    again = read_clip(path)
    assert np.array_equal(again.frames, frames)
    assert again.times_s == pytest.approx(times, abs=0.0006)
    assert again.total_frames == 7
    assert again.notes == ()


@pytest.mark.parametrize("fps", [25.0, 29.97, 1000 / 33.333, 60.0])
def test_the_frame_rate_comes_back(tmp_path: Path, fps: float) -> None:
    frames = movie(30)
    path = writer.write_clip(clip_of(frames, np.arange(30) / fps, fps), tmp_path / "a.mkv")
    assert read_clip(path).fps == pytest.approx(fps, rel=0.002)


def test_a_still_can_be_kept(tmp_path: Path) -> None:
    path = writer.write_clip(clip_of(movie(1), np.zeros(1), None), tmp_path / "a.mkv")
    again = read_clip(path)
    assert np.array_equal(again.frames, movie(1))
    assert again.fps is None


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = writer.write_clip(clip_of(movie(3), np.arange(3) / 25, 25), tmp_path / "a.mkv")
    before = path.read_bytes()
    bad = clip_of(movie(3), np.arange(2) / 25, 25)  # one time short: fails at the last frame
    with pytest.raises(ValueError, match="longer"):
        writer.write_clip(bad, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.mkv"]
