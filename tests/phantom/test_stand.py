"""The bench: what a hand does, what it is told, and what is scored."""

import threading

import numpy as np
import pytest
from flat_rig import FlatRig

from core.domain import View
from core.phantom.bench import HOLD_S, TOUR, Movement, Stand
from core.phantom.probe import Window


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stand(clock: Clock) -> Stand:
    return Stand(FlatRig(), view=View.A4C, clock=clock)


def follow(stand: Stand) -> int:
    """Does what the instructions say; how many it took."""
    for n in range(20):
        said = stand.reading().instruction
        if said is None:
            return n
        stand.move(said.movement, said.amount)
    raise AssertionError("the instructions lead nowhere")


def test_a_trial_starts_off_the_plane(stand):
    first = stand.reading()
    assert not first.asked.standard
    assert 0 < first.closeness < 0.9
    assert first.seconds == 0.0


def test_following_the_instructions_leads_to_the_plane_and_the_bar_climbs(stand):
    before = stand.reading().closeness
    assert follow(stand) <= 8
    assert stand.reading().asked.standard
    assert stand.reading().closeness == 1.0 > before


def test_a_plane_that_is_held_is_scored_once_with_time_and_path(stand, clock):
    stand.reading()
    clock.now += 50  # thinking before the first movement is free
    stand.move(Movement.ROTATE, 10.0)
    clock.now += 7
    follow(stand)
    stand.reading()
    clock.now += HOLD_S / 2
    stand.reading()
    assert stand.take_found() is None
    clock.now += HOLD_S
    stand.reading()
    trial = stand.take_found()
    assert trial is not None
    assert trial.view is View.A4C
    assert trial.seconds(0.0) == pytest.approx(7.0, abs=0.01)
    assert trial.path_deg > 10
    assert trial.path_mm > 5
    assert stand.take_found() is None


def test_sweeping_through_the_plane_is_not_finding_it(stand, clock):
    follow(stand)
    stand.reading()
    stand.move(Movement.TILT, 40.0)
    clock.now += 5
    stand.reading()
    assert not stand.reading().trial.found


def test_an_answer_that_was_shown_does_not_count(stand, clock):
    stand.show()
    assert stand.reading().asked.standard
    stand.move(Movement.ROTATE, 1.0)
    clock.now += 2 * HOLD_S
    stand.reading()
    clock.now += 2 * HOLD_S
    assert not stand.reading().trial.found


def test_undo_takes_pose_and_path_of_the_last_step_back(stand, clock):
    stand.move(Movement.ROTATE, 10.0)
    clock.now += 5
    kept = stand.reading()
    stand.move(Movement.SLIDE_X, 25.0)
    stand.undo()
    now = stand.reading()
    assert np.allclose(now.plane.origin, kept.plane.origin)
    assert now.trial.path_mm == kept.trial.path_mm
    stand.undo()
    stand.undo()  # nothing is left: nothing happens
    assert stand.reading().steps == 0
    assert stand.reading().trial.path_deg == 0


def test_a_key_held_down_is_one_step(stand, clock):
    for _ in range(10):
        stand.move(Movement.ROTATE, 2.0)
        clock.now += 0.05
    assert stand.reading().steps == 1
    stand.undo()
    assert stand.reading().offset.rotate_deg == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("movement", list(Movement))
def test_a_slider_says_where_the_probe_stands(stand, movement):
    stand.move(Movement.ROTATE, 5.0)
    stand.set(movement, 7.0)
    assert getattr(stand.reading().offset, movement.value) == pytest.approx(7.0, abs=0.01)


def test_starting_over_brings_the_start_back_and_forgets_the_clock(stand, clock):
    start = stand.plane
    stand.move(Movement.TILT, 9.0)
    clock.now += 3
    stand.again()
    assert stand.plane is start
    assert stand.reading().seconds == 0.0


def test_another_window_can_be_entered_and_left_by_undo(stand):
    before = stand.plane
    stand.enter(Window.SUPRASTERNAL)
    assert np.linalg.norm(stand.plane.origin - before.origin) > 50
    assert stand.reading().trial.path_mm == 0
    stand.undo()
    assert stand.plane is before


def test_ten_views_come_in_turn_and_end(stand):
    stand.tour("r1")
    seen = []
    while stand.reading().place is not None:
        seen.append(stand.view)
        stand.next()
    assert tuple(seen) == TOUR
    assert len(set(seen)) == 10


def test_hints_seen_at_any_time_are_remembered(clock):
    stand = Stand(FlatRig(), clock=clock)
    stand.hint(False)
    stand.again()
    stand.reading()
    assert not stand.reading().trial.hinted
    stand.hint(True)
    stand.reading()
    stand.hint(False)
    assert stand.reading().trial.hinted


def test_hands_and_eyes_in_many_threads_do_not_disturb_each_other():
    stand = Stand(FlatRig())
    failed: list[BaseException] = []

    def work(do) -> None:
        try:
            for _ in range(40):
                do()
        except BaseException as error:
            failed.append(error)

    does = [
        lambda: stand.move(Movement.ROTATE, 1.0),
        lambda: stand.set(Movement.TILT, 3.0),
        stand.reading,
        stand.undo,
        lambda: stand.aim(View.PLAX),
        lambda: stand.treat(FlatRig()),
    ]
    threads = [threading.Thread(target=work, args=(do,)) for do in does]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not failed
    assert np.linalg.norm(stand.plane.down) == pytest.approx(1.0)
