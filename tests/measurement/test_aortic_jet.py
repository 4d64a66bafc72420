"""Jets below the aortic valve on drawn colour pictures."""

import numpy as np
import pytest
from exam_builder import region

from core.domain import RegionLabel
from core.measurement.colour.aortic import aortic_jet, grade_of_width, outflow_of


def box(label, x0, y0, x1, y1):
    return region(label, 0, np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float))


AORTA = box(RegionLabel.AORTA, 200, 100, 260, 200)
VENTRICLE = box(RegionLabel.LV_CAVITY, 160, 202, 320, 400)


def picture(width, *, mosaic=True):
    """A jet `width` px wide that leaves the valve downwards."""
    frame = np.full((420, 480, 3), 25, np.uint8)
    if width:
        mixed = np.random.default_rng(0).random((120, width)) < 0.5
        red, blue = (200, 60, 0), (0, 60, 220)
        jet = np.where(mixed[..., None], red, blue) if mosaic else np.full((120, width, 3), red)
        frame[204:324, 230 - width // 2 : 230 - width // 2 + width] = jet
    return frame


def test_the_outflow_tract_is_as_wide_as_the_aorta_and_leads_into_the_ventricle():
    outflow = outflow_of(AORTA, VENTRICLE)
    assert outflow.width == pytest.approx(60, abs=3)
    assert outflow.down == pytest.approx([0, 1], abs=0.1)
    assert outflow.valve[0] == pytest.approx(230, abs=4)


def test_an_aorta_far_from_the_ventricle_has_no_outflow_tract():
    assert outflow_of(box(RegionLabel.AORTA, 10, 10, 50, 50), VENTRICLE) is None


@pytest.mark.parametrize("width", [14, 26, 40])
def test_a_jets_width_is_its_part_of_the_tracts(width):
    outflow = outflow_of(AORTA, VENTRICLE)
    jet = aortic_jet([(n, picture(width), outflow) for n in range(4)])
    assert jet.part == pytest.approx(width / 60, abs=0.08)
    assert len(jet.ends) == 2


def test_calm_flow_and_no_flow_are_no_jet():
    outflow = outflow_of(AORTA, VENTRICLE)
    for frame in (picture(30, mosaic=False), picture(0)):
        assert aortic_jet([(0, frame, outflow)]).part == 0
    assert aortic_jet([]) is None


def test_wider_jets_have_higher_grades():
    grades = [grade_of_width(part) for part in (0.0, 0.1, 0.3, 0.45, 0.6)]
    assert grades == [0, 1, 2, 3, 4]
