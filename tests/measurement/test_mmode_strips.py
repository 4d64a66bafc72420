"""M-mode strips of known walls."""

import numpy as np
import pytest

from core.measurement.mmode.read import read_walls
from tests.measurement.strip_pictures import MS_PER_PX, R_WAVES, walls


@pytest.fixture(scope="module")
def values():
    picture, mm = walls()
    found, _ = read_walls(picture, mm, MS_PER_PX, np.array(R_WAVES))
    return {value.id: value for value in found}


def test_diameters_and_walls_of_a_drawn_ventricle(values):
    assert values["lvedd"].value == pytest.approx(48.0, abs=2.0)
    assert values["lvesd"].value == pytest.approx(32.0, abs=2.0)
    assert values["ivsd"].value == pytest.approx(9.0, abs=1.5)
    assert values["ivs_amplitude"].value == pytest.approx(4.0, abs=1.0)


def test_a_caliper_runs_down_from_wall_to_wall(values):
    (x0, y0), (x1, y1) = values["lvedd"].points
    assert x0 == x1
    assert (y1 - y0) * 0.6 == pytest.approx(values["lvedd"].value, rel=0.06)


def test_what_stands_still_is_no_ventricle():
    picture, mm = walls(edd=48.0, esd=52.0)  # the far wall does not move
    still = np.repeat(picture[:, 20:21], picture.shape[1], axis=1)
    found, _ = read_walls(still, mm, MS_PER_PX, np.array(R_WAVES))
    assert not found


def test_an_empty_strip_gives_nothing():
    found, followed = read_walls(np.full((250, 600), 20.0, np.float32), 0.6, MS_PER_PX, np.zeros(0))
    assert not found
    assert followed is None
