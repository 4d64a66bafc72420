"""One instruction at a time, in words that name the patient's side."""

from dataclasses import replace

import numpy as np
import pytest

from core.domain import PLANE_TOLERANCE, PlaneEstimate, View
from core.language import catalogue, text
from core.phantom.patient import draw_patient
from core.phantom.probe import Offset, canonical_plane, moved, resting_heart
from core.phantom.probe.plane import NAMES, Plane
from core.recognition.directions import COMPASS, toward
from core.recognition.guidance import (
    Instruction,
    Movement,
    guidance_of,
    instruct,
    instruction_text,
    next_instruction,
)

STANDARD_VIEWS = [view for view in View if view is not View.OTHER]


def asked(offset: Offset, **options) -> Instruction | None:
    return next_instruction(offset, degrees=8.0, mm=8.0, **options)


def plane(view: View = View.A4C, *, standard: float = 0.1, spread: float = 3.0, **moves: float):
    return PlaneEstimate(
        view=view,
        standard=standard,
        spread=dict.fromkeys(NAMES, spread),
        **(dict.fromkeys(NAMES, 0.0) | moves),
    )


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


@pytest.mark.parametrize(
    ("offset", "en", "zh"),
    [
        (Offset(rotate_deg=12.3), "Rotate clockwise 12°", "顺时针旋转 12°"),
        (Offset(tilt_deg=10.0), "Tilt the probe's tail toward the feet 10°",
         "探头尾端向足侧倾斜 10°"),
        (Offset(rock_deg=9.0), "Rock the probe's tail toward the patient's right 9°",
         "探头尾端向患者右侧摆动 9°"),
        (Offset(slide_y_mm=-9.0), "Slide toward the head 9 mm", "探头向头侧平移 9 mm"),
        (Offset(press_mm=-9.0), "Ease off 9 mm", "探头放松 9 mm"),
    ],
)  # fmt: skip
def test_the_words_of_an_apical_view_name_movement_side_and_amount(offset, en, zh):
    found = asked(offset, view=View.A4C)
    assert instruction_text(found, "en") == en
    assert instruction_text(found, "zh") == zh


@pytest.mark.parametrize("movement", list(Movement))
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("view", [None, *STANDARD_VIEWS])
def test_both_senses_of_each_movement_have_words_of_their_own(movement, lang, view):
    one, other = (asked(Offset(**{movement.value: sign * 20.0}), view=view) for sign in (1, -1))
    assert instruction_text(one, lang) != instruction_text(other, lang)
    assert "20" in instruction_text(one, lang)


def test_every_side_of_the_body_has_words():
    assert all(f"guide.toward.{side}" in catalogue() for side in COMPASS)


# Against the virtual heart: the words lead where they say.

LEFT, HEAD = np.array([1.0, 0.0]), np.array([0.0, 1.0])


def on_the_chest(heart, vector: np.ndarray) -> np.ndarray:
    """Parts of a vector toward the patient's left and head, seen from the front."""
    from core.phantom.heart import frame

    return np.array([vector @ frame.LEFT, vector @ frame.SUPERIOR])


def angle_to(side: str, way: np.ndarray) -> float:
    a = np.deg2rad(45 * COMPASS.index(side))
    said = np.cos(a) * LEFT + np.sin(a) * HEAD
    return float(np.rad2deg(np.arccos(np.clip(said @ way / np.linalg.norm(way), -1, 1))))


@pytest.fixture(scope="module")
def hearts():
    return [resting_heart(draw_patient(seed)) for seed in (0, 1, 2)]


@pytest.mark.parametrize("view", STANDARD_VIEWS)
@pytest.mark.parametrize("turned", [0.0, 50.0, -35.0])
@pytest.mark.parametrize("movement", [Movement.SLIDE_X, Movement.SLIDE_Y])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_slide_goes_to_the_side_that_its_words_name(hearts, view, turned, movement, sign):
    from core.phantom.heart.torso import torso_of

    ways = []
    for heart in hearts:
        torso = torso_of(heart.patient)
        start = moved(torso, canonical_plane(heart, view), Offset(rotate_deg=-turned))
        slide = Offset(**{movement.value: sign * 8.0})
        ways.append(on_the_chest(heart, moved(torso, start, slide).origin - start.origin))
    offset = Offset(rotate_deg=turned, **{movement.value: sign * 8.0})
    assert angle_to(instruct(movement, offset, view).toward, np.mean(ways, axis=0)) < 50


@pytest.mark.parametrize("view", STANDARD_VIEWS)
@pytest.mark.parametrize("movement", [Movement.TILT, Movement.ROCK])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_tilt_takes_the_tail_to_the_side_that_its_words_name(hearts, view, movement, sign):
    from core.phantom.heart.torso import torso_of

    def tail(plane: Plane) -> np.ndarray:
        return plane.origin - 100.0 * plane.down

    ways = []
    for heart in hearts:
        start = canonical_plane(heart, view)
        after = moved(torso_of(heart.patient), start, Offset(**{movement.value: sign * 10.0}))
        ways.append(on_the_chest(heart, tail(after) - tail(start)))
    side = instruct(movement, Offset(**{movement.value: sign * 10.0}), view).toward
    assert angle_to(side, np.mean(ways, axis=0)) < 60


def test_other_pictures_have_no_side():
    assert toward(View.OTHER, across=1.0) is None


# Of a clip


def test_a_clip_that_is_off_says_how_far_and_what_to_do_first():
    found = guidance_of(plane(rotate_deg=-20.0, tilt_deg=6.0, slide_x_mm=2.0))
    assert (found.rotate_deg, found.tilt_deg, found.slide_mm) == (-20.0, 6.0, (2.0, 0.0))
    assert found.text == {"en": "Rotate anticlockwise 20°", "zh": "逆时针旋转 20°"}


def test_a_standard_clip_has_nothing_to_correct():
    found = guidance_of(plane(standard=0.9, rotate_deg=2.0))
    assert found.text["en"] == text("guide.none", "en")


@pytest.mark.parametrize(
    "estimate",
    [None, plane(View.OTHER), plane(rotate_deg=-20.0, spread=25.0)],
    ids=["no estimate", "no standard view", "nobody knows which way"],
)
def test_guidance_is_silent_where_nobody_knows(estimate):
    assert guidance_of(estimate) is None


def test_a_movement_that_is_not_known_gives_way_to_one_that_is():
    estimate = plane(rotate_deg=-20.0, tilt_deg=8.0)
    spread = dict(estimate.spread) | {"rotate_deg": 30.0}
    found = guidance_of(replace(estimate, spread=spread))
    assert found.text["en"].startswith("Tilt")


def test_within_all_tolerances_but_not_standard_it_goes_nearer_still():
    limits = PLANE_TOLERANCE[View.PSAX_PM]
    found = guidance_of(plane(View.PSAX_PM, spread=1.0, tilt_deg=0.7 * limits.degrees))
    assert found.text["en"].startswith("Tilt")
