"""The line that a machine draws over the small picture beside a strip."""

import cv2
import numpy as np
import pytest

from core.acquisition.sector import find_panels
from core.domain import SectorKind
from core.measurement.doppler.beam import find_beam

APEX, LENGTH = (160, 12), 200


def fan_picture(angle_deg=None, *, level=190):
    """A small fan with a dark chamber, speckle around it, and dots along one ray."""
    rng = np.random.default_rng(5)
    grey = np.zeros((240, 320), np.float32)
    cv2.ellipse(grey, APEX, (LENGTH, LENGTH), 90, -45, 45, 120.0, -1)
    cv2.ellipse(grey, (160, 120), (70, 45), 0, 0, 360, 15.0, -1)
    grey = np.where(grey > 0, np.clip(grey + rng.normal(0, 22, grey.shape), 12, 200), 0)
    if angle_deg is not None:
        turn = np.deg2rad(angle_deg)
        for step in range(8, LENGTH, 8):
            x, y = APEX[0] + step * np.sin(turn), APEX[1] + step * np.cos(turn)
            grey[round(y), round(x)] = level
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)


def seen(picture):
    fans = [panel for panel in find_panels(picture[None]) if panel.kind is SectorKind.FAN]
    return find_beam(picture, fans[0])


@pytest.mark.parametrize("angle", [-14.0, 6.0])
def test_dots_that_only_show_in_the_dark_tell_the_line(angle):
    beam = seen(fan_picture(angle))
    assert beam is not None
    assert beam.angle_deg == pytest.approx(angle, abs=1.5)


def test_speckle_alone_is_no_line():
    assert seen(fan_picture()) is None
