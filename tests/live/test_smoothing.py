"""Steady answers: averaged views, held standard planes."""

from dataclasses import replace

import pytest

from core.domain import JudgedItem, Judgement, PlaneEstimate, View, ViewResult
from core.recognition.smoothing import (
    MOVES,
    ItemSmoother,
    PlaneSmoother,
    StandardHold,
    ViewSmoother,
)
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


FRAME_S = 1 / 30


def feed(hold: StandardHold, p: float, seconds: float, *, start: float, label=View.A4C) -> float:
    """Frames of probability `p`; the time of the frame after the last."""
    judgement = GOOD if p >= 0.5 else BAD
    for i in range(round(seconds / FRAME_S)):
        hold.add(label, judgement, p, start + i * FRAME_S)
    return start + round(seconds / FRAME_S) * FRAME_S


def test_standard_is_said_after_a_third_of_a_second_and_not_at_the_first_frame():
    hold = StandardHold()
    at = feed(hold, 1.0, 0.25, start=0.0)
    assert not hold.standard
    feed(hold, 1.0, 0.25, start=at)
    assert hold.standard
    assert 0 < hold.held_s < 0.25


def test_some_bad_frames_do_not_lose_it_and_a_bad_second_does():
    hold = StandardHold()
    at = feed(hold, 1.0, 3.0, start=0.0)
    at = feed(hold, 0.0, 0.5, start=at)
    assert hold.standard
    at = feed(hold, 1.0, 0.5, start=at)
    assert hold.held_s > 3.0
    feed(hold, 0.0, 1.0, start=at)
    assert not hold.standard
    assert hold.held_s == 0


def test_a_plane_between_the_thresholds_neither_gains_nor_loses_it():
    gaining, losing = StandardHold(), StandardHold()
    feed(gaining, 0.5, 5.0, start=0.0)
    assert not gaining.standard
    at = feed(losing, 1.0, 1.0, start=0.0)
    feed(losing, 0.5, 5.0, start=at)
    assert losing.standard


def test_how_long_it_takes_does_not_depend_on_the_frame_rate():
    def seconds(fps: float) -> float:
        hold, at = StandardHold(), 0.0
        while not hold.add(View.A4C, GOOD, 0.9, at):
            at += 1 / fps
        return at

    assert seconds(8) == pytest.approx(seconds(60), abs=0.13)


def test_another_view_loses_the_standard_at_once():
    hold = StandardHold()
    at = feed(hold, 1.0, 1.0, start=0.0)
    assert hold.standard
    assert not hold.add(View.A2C, GOOD, 1.0, at)


def test_a_stream_that_stopped_has_to_earn_it_anew():
    hold = StandardHold()
    at = feed(hold, 1.0, 1.0, start=0.0)
    assert not hold.add(View.A4C, GOOD, 1.0, at + 5.0)


def test_reasons_are_those_of_most_of_the_last_frames():
    hold = StandardHold()
    for i, judgement in enumerate((BAD, BAD, BAD, GOOD)):
        hold.add(View.A4C, judgement, 0.2, i * FRAME_S)
    assert hold.reasons == ("judge.off_axis",)
    feed(hold, 1.0, 1.0, start=0.2)
    assert hold.standard
    assert hold.reasons == ()


def test_two_views_that_are_alike_do_not_take_turns():
    def between(first: View, other: View) -> ViewResult:
        rest = 0.05 / 10
        shares = dict.fromkeys(View, rest) | {first: 0.5, other: 0.45}
        return ViewResult(label=first, probability=0.5, probabilities=shares)

    smoother = ViewSmoother()
    views = [View.A5C, View.A4C]
    labels = [
        smoother.add(between(*(views if i // 30 % 2 else views[::-1])), 0.8, i * FRAME_S)[0].label
        for i in range(300)
    ]
    assert set(labels) == {View.A4C}


def plane(rotate: float, spread: float = 5.0, view: View = View.A4C) -> PlaneEstimate:
    return PlaneEstimate(
        view=view, standard=0.5, rotate_deg=rotate, tilt_deg=0.0, rock_deg=0.0,
        slide_x_mm=0.0, slide_y_mm=0.0, press_mm=0.0, spread=dict.fromkeys(MOVES, spread),
    )  # fmt: skip


def test_a_frame_that_is_not_sure_counts_less_in_the_plane():
    sure, unsure = PlaneSmoother(), PlaneSmoother()
    for i in range(30):
        sure.add(plane(10.0), i * FRAME_S)
        unsure.add(plane(10.0), i * FRAME_S)
    a = sure.add(plane(-30.0, spread=2.0), 31 * FRAME_S)
    b = unsure.add(plane(-30.0, spread=20.0), 31 * FRAME_S)
    assert a.rotate_deg < b.rotate_deg - 1
    assert b.rotate_deg == pytest.approx(10.0, abs=0.3)
    assert b.spread["rotate_deg"] == pytest.approx(5.0, rel=0.1)


@pytest.mark.parametrize("change", [{"view": View.A2C}, {"after": 3.0}])
def test_the_plane_of_another_view_or_time_begins_anew(change):
    smoother = PlaneSmoother()
    for i in range(30):
        smoother.add(plane(10.0), i * FRAME_S)
    at = 30 * FRAME_S + change.get("after", 0.0)
    mean = smoother.add(plane(-8.0, view=change.get("view", View.A4C)), at)
    assert mean.rotate_deg == pytest.approx(-8.0)


def test_a_bar_is_averaged_and_its_reason_goes_with_the_low_score():
    smoother = ItemSmoother()
    low = JudgedItem(name="judge.item.gain", score=0.0, limit=0.5, reason="judge.too_dark")
    (first,) = smoother.add([low], 0.0)
    assert first.reason == "judge.too_dark"
    for i in range(1, 60):
        (last,) = smoother.add([replace(low, score=1.0, reason=None)], i * FRAME_S)
    assert last.score > 0.9
    assert last.reason is None


def test_a_bar_that_is_no_longer_judged_goes_after_a_second():
    smoother = ItemSmoother()
    gain = JudgedItem(name="judge.item.gain", score=0.9, limit=0.5)
    depth = JudgedItem(name="judge.item.depth", score=0.9, limit=0.5)
    smoother.add([gain, depth], 0.0)
    assert len(smoother.add([gain], 0.5)) == 2
    assert smoother.add([gain], 1.5) == (gain,)
