"""The virtual probe as a source."""

import threading
import time
from itertools import pairwise

import numpy as np
import pytest
from flat_rig import SCALE, FlatRig

from core.acquisition.ring import ClipRing
from core.acquisition.source import Source
from core.domain import View
from core.phantom.bench import Movement, Stand, VirtualProbe


@pytest.fixture
def rig() -> FlatRig:
    return FlatRig()


@pytest.fixture
def stand(rig: FlatRig) -> Stand:
    return Stand(rig, view=View.PLAX)


def take(probe: VirtualProbe, count: int):
    frames = []
    for frame in probe.frames():
        frames.append(frame)
        if len(frames) == count:
            probe.close()
    return frames


def test_it_is_a_source_whose_frames_know_their_scale(stand):
    probe = VirtualProbe(stand, fps=100)
    assert isinstance(probe, Source)
    frames = take(probe, 5)
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert all(frame.calibration == SCALE for frame in frames)
    assert all(b.time_s > a.time_s for a, b in pairwise(frames))


def test_frames_do_not_come_faster_than_they_are_due(stand):
    frames = take(VirtualProbe(stand, fps=50), 6)
    assert frames[-1].time_s >= 5 / 50 - 1e-3


def test_a_reader_that_is_late_gets_the_present_and_not_the_past(stand, rig):
    probe = VirtualProbe(stand, fps=100)
    reader = probe.frames()
    next(reader)
    time.sleep(0.12)  # some twelve frames are left out
    late = next(reader)
    assert late.index == 1
    assert late.time_s >= 0.12
    next(reader)
    assert len(rig.rendered) == 3
    probe.close()


def test_a_movement_is_seen_in_the_next_frame(stand):
    probe = VirtualProbe(stand, fps=200)
    reader = probe.frames()
    before = next(reader)
    stand.move(Movement.SLIDE_X, 40.0)
    after = next(reader)
    assert not np.array_equal(before.pixels, after.pixels)
    probe.close()


def test_snapshot_tells_the_newest_frame_and_the_truth(stand):
    probe = VirtualProbe(stand, fps=200)
    assert probe.snapshot()[0] is None
    newest = take(probe, 3)[-1]
    frame, truth = probe.snapshot()
    assert frame is newest
    assert truth.view is View.PLAX
    assert not truth.standard


def test_closing_ends_the_reader_at_once_and_leaves_no_thread(stand):
    probe = VirtualProbe(stand, fps=0.1)  # the next frame would be due in ten seconds
    came = threading.Event()

    def read() -> None:
        for _ in probe.frames():
            came.set()

    before = threading.active_count()
    thread = threading.Thread(target=read)
    thread.start()
    assert came.wait(10)
    probe.close()
    probe.close()
    thread.join(5)
    assert not thread.is_alive()
    assert threading.active_count() == before
    assert list(probe.frames()) == []


def test_a_recording_keeps_the_scale_and_never_mixes_two(stand, rig):
    ring = ClipRing()
    for frame in take(VirtualProbe(stand, fps=200), 4):
        ring.add(frame)
    clip = ring.clip("r")
    assert len(clip) == 4
    assert clip.calibration == SCALE
