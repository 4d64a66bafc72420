"""The last seconds of a stream: bounded, in order, close to what came."""

import numpy as np
import pytest

from core.acquisition.ring import ClipRing
from core.domain import Frame, InputError


def speckled(index: int, *, height: int = 120, width: int = 160, time_s: float | None = None):
    noise = np.random.default_rng(index).rayleigh(40, (height, width)).clip(0, 255)
    pixels = np.repeat(noise.astype(np.uint8)[..., None], 3, axis=2)
    pixels[0:10, 0:10] = (200, 40, 40)
    at = index / 30 if time_s is None else time_s
    return Frame(pixels=pixels, index=index, time_s=at, source="card")


def test_gives_the_newest_seconds_as_a_clip_that_starts_at_zero():
    ring = ClipRing(seconds=1.0)
    frames = [speckled(i) for i in range(90)]
    for one in frames:
        ring.add(one)
    clip = ring.clip("rec-1")
    assert len(clip) == pytest.approx(31, abs=1)
    assert clip.fps == pytest.approx(30, rel=0.01)
    assert clip.times_s[0] == 0.0
    assert clip.source == "card"
    error = clip.frames[-1].astype(float) - frames[-1].pixels
    assert np.sqrt((error**2).mean()) < 3.0
    assert clip.frames[-1][5, 5] == pytest.approx((200, 40, 40), abs=12)


def test_never_holds_more_bytes_than_allowed():
    ring = ClipRing(seconds=100.0, max_encoded_bytes=200_000)
    for i in range(60):
        ring.add(speckled(i))
        assert ring.nbytes <= 200_000
    assert ring.seconds > 0


def test_large_frames_make_the_clip_shorter_not_the_memory_larger():
    ring = ClipRing(seconds=100.0, max_decoded_bytes=10 * 120 * 160 * 3)
    for i in range(30):
        ring.add(speckled(i))
    assert len(ring.clip("rec")) == 10


@pytest.mark.parametrize(
    "second", [speckled(1, height=60), speckled(0, time_s=0.0)], ids=["another size", "restarted"]
)
def test_a_clip_never_mixes_two_streams(second):
    ring = ClipRing()
    ring.add(speckled(0))
    ring.add(second)
    assert len(ring.clip("rec")) == 1


def test_an_empty_ring_says_what_to_do():
    with pytest.raises(InputError, match="Start the picture"):
        ClipRing().clip("rec")
