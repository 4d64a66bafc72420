"""Strips on the Measure page: what a caliper on them says, and what they are called."""

import pytest

from app.components.viewer import _lines, _strip
from core.domain import Calibration, CalibrationSource, FlowSite, Mode, Trace, TraceLine
from core.language import LANGUAGES, text

BOX = (10, 100, 400, 300)


def trace(mode, **scales):
    own = Calibration(source=CalibrationSource.SCALE, ms_per_px=4.0, **scales)
    line = TraceLine(name="envelope", points=((10.0, 120.0), (11.0, 121.0)))
    return Trace(mode=mode, site=FlowSite.UNKNOWN, frame=3, box=BOX, calibration=own, lines=(line,))


@pytest.mark.parametrize(
    ("mode", "scales", "unit", "per_px"),
    [
        (Mode.PW, {"cm_s_per_px": 0.5}, "cm/s", 0.5),
        (Mode.CW, {"cm_s_per_px": 2.0}, "m/s", 0.02),
        (Mode.MMODE, {"mm_per_px_y": 0.4}, "mm", 0.4),
    ],
)
def test_a_caliper_on_a_strip_says_what_the_strip_shows(mode, scales, unit, per_px):
    said = _strip(trace(mode, **scales))
    assert said is not None
    assert (said["unit"], said["per_px"], said["ms_per_px"]) == (unit, per_px, 4.0)
    assert said["box"] == BOX


def test_colour_and_grey_clips_have_no_strip():
    assert _strip(None) is None
    assert _strip(trace(Mode.COLOR)) is None


def test_the_followed_curve_stands_on_its_frame():
    (line,) = _lines(trace(Mode.PW, cm_s_per_px=0.5))
    assert line["frame"] == 3
    assert len(line["points"]) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_site_has_a_name(language):
    names = [text(f"site.{site}", language) for site in FlowSite]
    assert len(set(names)) == len(names)
