"""Steady answers: averaged views, held standard planes."""

import pytest

from core.domain import Judgement, View
from core.recognition.smoothing import StandardHold, ViewSmoother
from tests.live.fakes import view

GOOD = Judgement(standard=True, quality=0.9, reasons=())
BAD = Judgement(standard=False, quality=0.2, reasons=("judge.off_axis",))


def test_one_odd_frame_does_not_change_the_view():
    smoother = ViewSmoother()
    for i in range(10):
        smoother.add(view(View.A4C), 0.8, i * 0.07)
    steady, _ = smoother.add(view(View.PLAX), 0.8, 0.7)
    assert steady.label is View.A4C
    assert sum(steady.probabilities.values()) == pytest.approx(1.0)


def test_a_lasting_change_of_view_is_followed_within_a_second():
    smoother = ViewSmoother()
    for i in range(20):
        smoother.add(view(View.A4C), 0.8, i * 0.07)
    labels = [smoother.add(view(View.A2C), 0.8, 1.4 + i * 0.07)[0].label for i in range(14)]
    assert labels[0] is View.A4C
    assert labels[-1] is View.A2C


def test_the_average_depends_on_time_and_not_on_how_many_frames_came():
    slow, fast = ViewSmoother(), ViewSmoother()
    slow.add(view(View.A4C), 0.0, 0.0)
    fast.add(view(View.A4C), 0.0, 0.0)
    quality_slow = slow.add(view(View.A4C), 1.0, 0.5)[1]
    for i in range(50):
        quality_fast = fast.add(view(View.A4C), 1.0, (i + 1) / 100)[1]
    assert quality_fast == pytest.approx(quality_slow, abs=0.01)


def test_standard_is_held_only_after_frames_in_a_row_and_lost_the_same_way():
    hold = StandardHold(on=3, off=2)
    said = [hold.add(View.A4C, j) for j in (GOOD, GOOD, BAD, GOOD, GOOD, GOOD, BAD, GOOD, BAD, BAD)]
    assert said == [False, False, False, False, False, True, True, True, True, False]


def test_another_view_loses_the_standard_at_once():
    hold = StandardHold(on=2, off=5)
    hold.add(View.A4C, GOOD)
    assert hold.add(View.A4C, GOOD)
    assert not hold.add(View.A2C, GOOD)


def test_reasons_are_those_of_most_of_the_last_frames():
    hold = StandardHold(on=4, off=4)
    for judgement in (BAD, BAD, BAD, GOOD):
        hold.add(View.A4C, judgement)
    assert hold.reasons == ("judge.off_axis",)
    for _ in range(4):
        hold.add(View.A4C, GOOD)
    assert hold.standard
    assert hold.reasons == ()
