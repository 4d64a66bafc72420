"""M-mode strips of known walls."""

import numpy as np
import pytest

from core.domain import FlowSite, View
from core.measurement.doppler.site import Surroundings, mmode_site
from core.measurement.mmode.read import read_vein, read_walls
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


def test_a_faint_posterior_wall_is_followed():
    picture, mm = walls()
    picture[130:] = 20 + 0.4 * (picture[130:] - 20)
    found, _ = read_walls(picture, mm, MS_PER_PX, np.array(R_WAVES))
    got = {value.id: value.value for value in found}
    assert got["lvedd"] == pytest.approx(48.0, abs=2.0)
    assert got["lvesd"] == pytest.approx(32.0, abs=2.0)


def vein(seconds=4.5):
    """A dark lumen around row 120, 16 mm wide and 6 mm in the middle of a breath; 0.5 mm a row."""
    rng = np.random.default_rng(3)
    width = round(seconds * 1000 / MS_PER_PX)
    phase = np.arange(width) * MS_PER_PX / 4300.0
    half = (11.0 + 5.0 * np.cos(2 * np.pi * phase)) / 0.5 / 2
    rows = np.arange(260)[:, None]
    lumen = np.abs(rows - 120) < half[None, :]
    return np.where(lumen, 15.0, 110.0).astype(np.float32) + rng.normal(0, 8, (260, width)).astype(
        np.float32
    )


def test_a_vein_through_a_breath_has_a_largest_and_a_smallest_width():
    found, _ = read_vein(vein(), 0.5, MS_PER_PX, middle=112.0)
    got = {value.id: value.value for value in found}
    assert got["ivc"] == pytest.approx(16.0, abs=1.5)
    assert got["ivc_minimum"] == pytest.approx(6.0, abs=2.0)


def test_less_than_a_breath_gives_one_width():
    found, _ = read_vein(vein(seconds=2.0), 0.5, MS_PER_PX, middle=120.0)
    assert [value.id for value in found] == ["ivc"]


def test_no_vein_no_width():
    grey = np.random.default_rng(4).normal(90, 8, (260, 900)).astype(np.float32)
    assert read_vein(grey, 0.5, MS_PER_PX, middle=120.0)[0] == []


@pytest.mark.parametrize(
    ("around", "site"),
    [
        (Surroundings(views={View.PLAX: 0.9}, beam=0.5), FlowSite.LV),
        (Surroundings(views={View.PLAX: 0.9}, beam=1.4), FlowSite.UNKNOWN),
        (Surroundings(views={View.PLAX: 0.9}), FlowSite.UNKNOWN),
        (Surroundings(views={View.SC_IVC: 0.9}, vein=0.4), FlowSite.IVC),
        (Surroundings(views={View.SC_IVC: 0.9}, beam=0.5), FlowSite.UNKNOWN),
        (Surroundings(views={View.A4C: 0.9}, beam=0.5), FlowSite.UNKNOWN),
    ],
)
def test_view_and_line_tell_what_a_strip_is_of(around, site):
    assert mmode_site(around) is site
