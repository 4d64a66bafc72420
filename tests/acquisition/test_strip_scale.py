"""The scales around a strip: numbers of speed at its side, time marks below it."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from core.acquisition.digits import read_numbers
from core.acquisition.strip_scale import find_strip, read_strip_scale
from core.acquisition.strip_time import read_ms_per_px
from core.acquisition.written_mode import written_mode
from core.domain import CalibrationSource, Mode
from tests.measurement.strip_pictures import (
    BASELINE,
    CM_S_PER_PX,
    HEIGHT,
    MS_PER_PX,
    half_sine,
    screen,
    spectrum,
)

PICTURE = spectrum([(-1, half_sine(60, 300, 90))])


@pytest.mark.parametrize(
    "look",
    [
        {},
        {"signs": False},  # some machines leave the minus out
        {"metres": True},
        {"letter": 10},
        {"letter": 20, "numbers_left": True},
        {"numbers": (80, 40, -40, -80)},
    ],
)
def test_scale_is_read_as_it_is_drawn(look):
    frame, box = screen(PICTURE, **look)
    found = read_strip_scale(frame, box, Mode.PW)
    assert found.calibration.source is CalibrationSource.SCALE
    assert found.calibration.cm_s_per_px == pytest.approx(CM_S_PER_PX, rel=0.01)
    assert found.calibration.ms_per_px == pytest.approx(MS_PER_PX, rel=0.01)
    assert found.zero == pytest.approx(box[1] + BASELINE, abs=1.0)


def test_without_numbers_there_is_no_speed():
    frame, box = screen(PICTURE, numbers=())
    found = read_strip_scale(frame, box, Mode.PW)
    assert found.calibration.source is CalibrationSource.NONE
    assert found.zero is None
    assert found.calibration.reasons


def test_numbers_that_stand_in_no_step_are_no_scale():
    frame, box = screen(PICTURE, numbers=())
    other, _ = screen(PICTURE, numbers=(100, 50, -50, -100))
    # The numbers of another scale at wrong places.
    for number, y in enumerate((210, 260, 345, 430)):
        part = other[200 + (50, 100, 200, 250)[number] - 8 : 200 + (50, 100, 200, 250)[number] + 8]
        frame[y : y + 16, 665:] = part[:16, 665:]
    found = read_strip_scale(frame, box, Mode.PW)
    assert found.calibration.cm_s_per_px is None or found.calibration.cm_s_per_px != pytest.approx(
        CM_S_PER_PX, rel=0.01
    )


def test_without_long_marks_the_time_stays_unknown():
    frame, box = screen(PICTURE, ticks=False)
    found = read_strip_scale(frame, box, Mode.PW)
    assert found.calibration.ms_per_px is None
    assert found.calibration.cm_s_per_px is not None


def test_a_strip_too_faint_to_be_seen_is_found_by_its_scale():
    faint = np.zeros((HEIGHT, 640), np.float32)
    frame, box = screen(faint)
    found = find_strip(frame, Mode.PW, above=180)
    assert found is not None
    assert abs(found[0] - box[0]) <= 3
    assert abs(found[2] - box[2]) <= 3
    assert found[1] < box[1] + BASELINE < found[3]


def test_numbers_are_read_with_their_point_and_the_unit_counts_as_zero():
    frame, _ = screen(PICTURE, metres=True)
    grey = np.ascontiguousarray(frame[:, 665:].max(axis=2).astype(np.float32))
    values = {(number.value, number.decimals) for number in read_numbers(grey)}
    assert {(1.0, 1), (0.5, 1)} <= values
    assert not read_numbers(np.zeros((40, 60), np.float32))


@pytest.mark.parametrize(("word", "mode"), [("PW", Mode.PW), ("CW", Mode.CW), ("SW", None)])
def test_which_doppler_it_is_is_read_where_it_is_written(word, mode):
    sheet = Image.new("RGB", (800, 520))
    draw = ImageDraw.Draw(sheet)
    draw.text((20, 60), word, fill=(220, 220, 220), font=ImageFont.load_default(18))
    draw.text((20, 90), "C 50 68 W0", fill=(220, 220, 220), font=ImageFont.load_default(18))
    assert written_mode(np.asarray(sheet)) is mode


def test_marks_of_three_lengths_are_tenths_fifths_and_seconds():
    grey = np.zeros((300, 700), np.float32)
    for number, x in enumerate(range(30, 670, 20)):
        length = 12 if number % 10 == 0 else 8 if number % 2 == 0 else 4
        grey[250 : 250 + length, x : x + 2] = 230
    assert read_ms_per_px(grey, (20, 40, 680, 252)) == pytest.approx(5.0, rel=0.01)


def test_letters_below_the_strip_are_no_time_marks():
    grey = np.zeros((300, 700), np.float32)
    for x in range(300, 360, 7):
        grey[256:264, x : x + 2] = 230
    assert read_ms_per_px(grey, (20, 40, 680, 252)) is None
