"""What the viewer gets of a clip."""

import cv2
import numpy as np
import pytest

from app.components.viewer.frames import LONGEST_PX, MOST_FRAMES, film
from core.domain import Clip


def clip(frames: int, width: int = 64, height: int = 48, *, fps: float | None = 50.0) -> Clip:
    """Frame n is grey of value n modulo 250."""
    grey = (np.arange(frames) % 250).astype(np.uint8)
    return Clip(
        id="c",
        source="c",
        frames=np.broadcast_to(grey[:, None, None, None], (frames, height, width, 3)),
        times_s=np.arange(frames) / (fps or 25),
        fps=fps,
        total_frames=frames,
    )


def grey_of(jpeg: bytes) -> float:
    return float(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE).mean())


def test_a_short_clip_keeps_every_frame_under_its_number():
    made = film(clip(30))
    assert made.indices == tuple(range(30))
    assert [round(grey_of(made.jpeg(i))) for i in (0, 7, 29)] == pytest.approx([0, 7, 29], abs=1)
    assert made.fps == pytest.approx(50)


def test_a_long_clip_is_thinned_with_honest_numbers_and_keeps_the_marked_frames():
    made = film(clip(900), keep=(7, 123, 5000))
    assert len(made.indices) <= MOST_FRAMES + 2
    assert {7, 123} <= set(made.indices)
    assert max(made.indices) < 900
    assert grey_of(made.jpeg(123)) == pytest.approx(123, abs=1)
    assert made.times_s[made.indices.index(123)] == pytest.approx(123 / 50)
    assert made.fps == pytest.approx(len(made.indices) / 18, rel=0.05)


def test_a_large_picture_is_made_smaller_and_says_its_own_size():
    made = film(clip(2, 3000, 1500))
    assert max(made.shown) == LONGEST_PX
    assert made.size == (3000, 1500)


def test_a_still_has_no_times():
    assert film(clip(1, fps=None)).times_s == ()
