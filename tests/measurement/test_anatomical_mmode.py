"""Anatomical M-mode: the line that is taken, and what lies on it over time."""

from dataclasses import replace

import numpy as np
import pytest
from exam_builder import clip, mm
from leaflet_samples import recognition

from core.domain import View
from core.domain.calibration import NO_CALIBRATION
from core.measurement import Caliper
from core.measurement.mmode.anatomical import BEYOND, line_for, strip_along


def test_a_wall_that_moves_is_a_curve_on_the_strip() -> None:
    frames = np.zeros((12, 80, 60), np.uint8)
    rows = (40 + 10 * np.sin(np.arange(12))).round().astype(int)
    for frame, row in zip(frames, rows, strict=True):
        frame[row - 1 : row + 2] = 200
    strip = strip_along(frames, (30.0, 5.0), (30.0, 75.0))
    assert strip.shape == (70, 12)
    # The line's start lies at row 5: the brightest place follows the wall from there.
    assert np.abs(strip.argmax(axis=0) + 5 - rows).max() <= 1


def test_a_slanting_line_is_as_long_as_it_is_and_black_outside() -> None:
    frames = np.full((2, 50, 50), 90, np.uint8)
    strip = strip_along(frames, (10.0, 10.0), (70.0, 90.0))
    assert strip.shape == (100, 2)
    assert strip[0, 0] == 90
    assert strip[-1, 0] == 0


def test_the_last_caliper_of_the_clip_is_taken() -> None:
    shown = clip((), id="a4c", view=View.A4C, frames=5, calibration=mm(0.5))
    laid = [
        Caliper(clip="a4c", frame=0, start=(1.0, 1.0), end=(2.0, 2.0)),
        Caliper(clip="a4c", frame=2, start=(100.0, 50.0), end=(100.0, 150.0)),
        Caliper(clip="other", frame=2, start=(0.0, 0.0), end=(9.0, 9.0)),
    ]
    line = line_for(shown, laid)
    assert line is not None
    assert (line.start, line.end, line.by_hand) == ((100.0, 50.0), (100.0, 150.0), True)
    assert line.mm == pytest.approx(50.0)
    without = line_for(replace(shown, calibration=NO_CALIBRATION), laid)
    assert without is not None
    assert without.mm is None


def test_without_a_caliper_the_diameter_is_taken_where_it_was_found() -> None:
    plain = clip((), id="plax", view=View.PLAX, frames=44, calibration=mm(0.4))
    shown = replace(plain, recognition=recognition())
    line = line_for(shown, [])
    assert line is not None
    assert not line.by_hand
    tracks = {track.name: track.points[0] for track in shown.recognition.points}
    length = float(np.linalg.norm(tracks["lvid_2"] - tracks["lvid_1"]))
    drawn = float(np.hypot(*np.subtract(line.end, line.start)))
    assert drawn == pytest.approx((1 + 2 * BEYOND) * length, rel=1e-4)
    assert line_for(plain, []) is None
    assert line_for(replace(shown, recognition=recognition(view=View.A4C)), []) is None
