"""Clips are kept of planes that were held, once a view, a full beat and more."""

from collections.abc import Iterator

import numpy as np
import pytest

from core.domain import Region, RegionLabel, View
from core.recognition.capture import DEFAULT_BEAT_S, HOLD_S, AutoCapture, BeatWatch, Capture
from core.recognition.live import LiveState
from tests.live.fakes import FAN, view

FRAME_S = 1 / 30


def ventricle(size: float) -> tuple[Region, ...]:
    polygon = np.array([[0, 0], [size, 0], [size, size], [0, size]], np.float32)
    box = (0.0, 0.0, size, size)
    label = RegionLabel.LV_CAVITY
    return (Region(frame=0, label=label, score=0.9, box=box, polygon=polygon),)


class Stream:
    """States as the engine gives them, frame by frame; `beat` in seconds, None without outlines."""

    def __init__(self, beat: float | None = None, *, noise: float = 0.0) -> None:
        self.at, self.beat, self.noise = 0.0, beat, noise
        self._held_from: float | None = None
        self._regions: tuple[Region, ...] = ()
        self._rng = np.random.default_rng(0)
        self._frames = 0

    def frames(self, seconds: float, label: View, *, standard: bool) -> Iterator[LiveState]:
        self._held_from = None
        for _ in range(round(seconds / FRAME_S)):
            self.at += FRAME_S
            self._frames += 1
            if standard and self._held_from is None:
                self._held_from = self.at
            if self.beat is not None and self._frames % 3 == 0:  # outlines come ten times a second
                squeeze = max(0.0, np.sin(2 * np.pi * self.at / self.beat)) ** 2
                self._regions = ventricle(100 - 15 * squeeze + self.noise * self._rng.normal())
            yield LiveState(
                index=self._frames,
                sector=FAN,
                view=view(label),
                standard=standard,
                held_s=self.at - self._held_from if self._held_from is not None else 0.0,
                regions=self._regions,
            )


def kept(
    capture: AutoCapture, stream: Stream, seconds: float, label: View, *, standard: bool = True
) -> list[tuple[float, Capture]]:
    """(seconds since the call, what was kept)."""
    start = stream.at
    found = []
    for state in stream.frames(seconds, label, standard=standard):
        one = capture.see(state, stream.at)
        if one is not None:
            found.append((stream.at - start, one))
    return found


def test_a_held_plane_is_kept_once_and_only_what_was_held():
    capture, stream = AutoCapture(wanted=[View.A4C, View.A2C]), Stream()
    kept(capture, stream, 2.0, View.A4C, standard=False)
    ((after, found),) = kept(capture, stream, 20.0, View.A4C)
    assert found.view is View.A4C
    assert DEFAULT_BEAT_S <= found.seconds < after
    assert capture.done == {View.A4C}
    assert not capture.complete


def test_all_that_is_wanted_makes_it_complete_and_nothing_else_is_kept():
    capture, stream = AutoCapture(wanted=[View.A4C, View.A2C]), Stream()
    assert not kept(capture, stream, 10.0, View.PLAX)
    kept(capture, stream, 5.0, View.A4C)
    kept(capture, stream, 5.0, View.A2C)
    assert capture.complete
    assert capture.done == {View.A4C, View.A2C}


@pytest.mark.parametrize("on_s", [0.3, 1.0, 1.8])
def test_a_plane_that_flickers_is_never_kept(on_s):
    capture, stream = AutoCapture(wanted=[View.A4C]), Stream()
    for _ in range(20):
        assert not kept(capture, stream, on_s, View.A4C)
        kept(capture, stream, 0.1, View.A4C, standard=False)


def test_a_view_that_changes_while_standard_starts_anew():
    capture, stream = AutoCapture(wanted=[View.A4C, View.A5C]), Stream()
    for _ in range(6):
        assert not kept(capture, stream, 1.5, View.A4C)
        assert not kept(capture, stream, 1.5, View.A5C)
    ((_, found),) = kept(capture, stream, 4.0, View.A4C)
    assert found.seconds < 4.0


def test_a_hold_lost_and_found_between_two_looks_is_a_new_one():
    capture, stream = AutoCapture(wanted=[View.A4C]), Stream()
    first = list(stream.frames(1.5, View.A4C, standard=True))
    assert capture.see(first[-1], stream.at) is None
    again = list(stream.frames(1.5, View.A4C, standard=True))
    assert capture.see(again[-1], stream.at) is None


def test_a_picture_that_is_lost_loses_the_hold():
    capture, stream = AutoCapture(wanted=[View.A4C]), Stream()
    kept(capture, stream, 1.5, View.A4C)
    assert capture.see(LiveState(index=7, reasons=("live.no_picture",)), stream.at) is None
    ((after, _),) = kept(capture, stream, 5.0, View.A4C)
    assert after > DEFAULT_BEAT_S


def test_a_view_asked_for_again_is_kept_from_a_new_hold():
    capture, stream = AutoCapture(wanted=[View.A4C]), Stream()
    kept(capture, stream, 10.0, View.A4C)
    capture.again(View.A4C)
    assert not capture.complete
    ((after, found),) = kept(capture, stream, 10.0, View.A4C)
    assert after > DEFAULT_BEAT_S
    assert found.seconds <= after


@pytest.mark.parametrize("beat", [0.5, 0.75, 1.0, 1.3])
def test_a_clear_beat_makes_the_clip_as_long_as_one_beat_wants_it(beat):
    capture, stream = AutoCapture(wanted=[View.A4C]), Stream(beat, noise=1.0)
    kept(capture, stream, 4.0, View.A4C, standard=False)
    ((after, found),) = kept(capture, stream, 6.0, View.A4C)
    assert found.seconds >= beat
    assert found.seconds == pytest.approx(max(HOLD_S - 0.2, 1.5 * beat), abs=0.25)
    assert after >= HOLD_S - FRAME_S


@pytest.mark.parametrize("beat", [0.4, 0.6, 0.9, 1.3])
def test_the_beat_is_read_from_the_outline(beat):
    watch, stream = BeatWatch(), Stream(beat, noise=2.0)
    for state in stream.frames(5.0, View.A4C, standard=False):
        watch.see(state, View.A4C, stream.at)
    assert watch.seconds() == pytest.approx(beat, rel=0.12)


def test_an_outline_that_only_jitters_has_no_beat():
    watch, stream = BeatWatch(), Stream(1e9, noise=3.0)
    for state in stream.frames(5.0, View.A4C, standard=False):
        watch.see(state, View.A4C, stream.at)
    assert watch.seconds() is None
