"""The curve follows the ventricle."""

import numpy as np
import pytest
from exam_builder import Ventricle, beat, clip, mm

from core.domain import Calibration
from core.measurement.curve import lv_curve

LARGE, SMALL = Ventricle(radius=25, length=90), Ventricle(radius=18, length=75)


def test_calibrated_frames_have_their_volume_and_others_none():
    curve = lv_curve(clip(beat(LARGE, SMALL), frames=3, calibration=mm(0.3)))
    assert curve.unit == "mL"
    expected = [LARGE.millilitres, SMALL.millilitres]
    assert curve.values[:2] == pytest.approx(expected, rel=0.03)
    assert np.isnan(curve.values[2])


def test_without_calibration_it_is_an_area_in_pixels():
    curve = lv_curve(clip(beat(LARGE, SMALL), frames=2, calibration=Calibration()))
    assert curve.unit == "px2"
    assert curve.values[0] > curve.values[1] > 0
