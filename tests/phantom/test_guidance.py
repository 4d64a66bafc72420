"""One instruction at a time."""

import pytest

from core.phantom.bench import Movement, instruction_text, next_instruction
from core.phantom.probe import Offset


def asked(offset: Offset, **options):
    return next_instruction(offset, degrees=8.0, mm=8.0, **options)


def test_within_tolerance_there_is_nothing_to_say():
    assert asked(Offset(rotate_deg=7.9, slide_y_mm=-7.9)) is None


def test_the_worst_movement_comes_first_and_keeps_its_sign():
    found = asked(Offset(rotate_deg=-30.0, tilt_deg=12.0))
    assert (found.movement, found.amount) == (Movement.ROTATE, -30.0)


def test_a_probe_in_the_wrong_place_is_moved_before_it_is_turned():
    assert asked(Offset(rotate_deg=60.0, slide_x_mm=20.0)).movement is Movement.SLIDE_X


def test_a_movement_begun_is_followed_until_it_is_well_done():
    nearly = Offset(rotate_deg=6.0, tilt_deg=12.0)
    assert asked(nearly, last=Movement.ROTATE).movement is Movement.ROTATE
    done = Offset(rotate_deg=3.0, tilt_deg=12.0)
    assert asked(done, last=Movement.ROTATE).movement is Movement.TILT


def test_the_words_name_movement_sense_and_amount():
    turn = asked(Offset(rotate_deg=12.3))
    assert instruction_text(turn, "en") == "Rotate clockwise 12°"
    assert instruction_text(turn, "zh") == "顺时针旋转 12°"


@pytest.mark.parametrize("movement", list(Movement))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_both_senses_of_each_movement_have_words_of_their_own(movement, lang):
    one, other = (asked(Offset(**{movement.value: sign * 20.0})) for sign in (1, -1))
    assert instruction_text(one, lang) != instruction_text(other, lang)
    assert "20" in instruction_text(one, lang)
