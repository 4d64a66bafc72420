"""Leaflets on lines across a valve: when it opens and closes, and how far."""

from collections.abc import Sequence

import numpy as np
import pytest
from leaflet_samples import BEAT, FPS, MM, analysis, clip_of, recognition
from numpy.typing import NDArray

from core.domain import Mode, View
from core.measurement.reasons import Reason
from core.measurement.structure.leaflets import VALVES, Beat, end_diastole, open_span, read_leaflets
from core.measurement.structure.valves import valve_opening


def test_times_and_parting_of_a_drawn_valve() -> None:
    clip = clip_of(mitral=(16, 28), aortic=(3, 12), parting_mm=14.0)
    trace = read_leaflets(clip, recognition())
    assert trace is not None
    values = {value.id: value for value in trace.values}
    # The mitral valve is shut in frame 15 and open in 16: it opens between the two.
    frame = 1000 / FPS
    assert values["opens.mitral"].value == pytest.approx(15.5 * frame, abs=frame)
    assert values["closes.mitral"].value == pytest.approx(28.5 * frame, abs=frame)
    assert values["opens.aortic"].value == pytest.approx(2.5 * frame, abs=frame)
    assert values["closes.aortic"].value == pytest.approx(12.5 * frame, abs=frame)
    for valve in ("mitral", "aortic"):
        assert values[f"parting.{valve}"].value * MM == pytest.approx(14.0, abs=1.5)
        (x0, y0), (x1, y1) = values[f"parting.{valve}"].points
        assert np.hypot(x1 - x0, y1 - y0) * MM == pytest.approx(14.0, abs=1.5)


@pytest.mark.parametrize("parting", [8.0, 12.0, 17.0])
def test_a_valve_that_opens_less_is_measured_less(parting: float) -> None:
    found = valve_opening([analysis(clip_of(mitral=(16, 28), aortic=(3, 12), parting_mm=parting))])
    assert found.value == pytest.approx(parting, abs=1.5)
    assert found.interval is not None
    assert found.interval[0] <= parting <= found.interval[1]
    parts = dict(found.parts)
    assert set(parts) == {f"{v}_{w}" for v in VALVES for w in ("mm", "opens_ms", "closes_ms")}
    assert parts["aortic_closes_ms"] < parts["mitral_opens_ms"] < parts["mitral_closes_ms"]


def test_a_valve_whose_leaflets_cannot_be_seen_is_missing_with_a_reason() -> None:
    found = valve_opening([analysis(clip_of(mitral=None, aortic=None))])
    assert found.value is None
    assert found.reason == Reason.LEAFLETS_NOT_SEEN


def test_the_outflow_valve_alone_is_told_where_the_inflow_valve_is_not_seen() -> None:
    found = valve_opening([analysis(clip_of(mitral=None, aortic=(3, 12)))])
    assert found.value is not None
    assert "mitral_mm" not in dict(found.parts)
    assert found.value == dict(found.parts)["aortic_mm"]


def test_no_view_no_standard_plane_and_no_scale_are_told_apart() -> None:
    clip = clip_of(mitral=(16, 28), aortic=(3, 12))
    assert valve_opening([]).reason == Reason.NO_VIEW
    assert valve_opening([analysis(clip, view=View.A4C)]).reason == Reason.NO_VIEW
    assert valve_opening([analysis(clip, standard=False)]).reason == Reason.NOT_STANDARD
    assert valve_opening([analysis(clip, scale=False)]).reason == Reason.NO_CALIBRATION


def test_an_outflow_valve_open_for_no_ejections_time_is_not_told() -> None:
    # Open for two frames, 50 ms: a flicker of the picture.
    seen = analysis(clip_of(mitral=(16, 28), aortic=(7, 8)))
    assert not any(name.startswith("aortic") for name, _ in valve_opening([seen]).parts)


@pytest.mark.parametrize("mode", [Mode.COLOR, Mode.PW])
def test_only_grey_clips_are_read(mode: Mode) -> None:
    clip = clip_of(mitral=(16, 28), aortic=(3, 12))
    assert read_leaflets(clip, recognition(mode=mode)) is None


def test_no_beat_no_reading() -> None:
    clip = clip_of(mitral=(16, 28), aortic=(3, 12))
    assert read_leaflets(clip, recognition(beats=False)) is None


DRAWN = Beat(start=0, systole_ends=13, end=BEAT)


def score(spans: Sequence[tuple[int, int]], length: int = 44) -> NDArray[np.float64]:
    found = np.full(length, -1.0)
    for first, last in spans:
        found[first : last + 1] = 1.0
    return found


def test_an_inflow_valve_that_half_closes_between_its_waves_is_open_throughout() -> None:
    span = open_span(score([(16, 21), (25, 29)]), VALVES["mitral"], DRAWN)
    assert span == (pytest.approx(15.5), pytest.approx(29.5))


def test_an_end_that_the_clip_does_not_show_is_not_guessed() -> None:
    assert open_span(score([(16, 31)], 32), VALVES["mitral"], DRAWN) is None
    assert open_span(score([(0, 9)]), VALVES["aortic"], DRAWN) is None


def test_end_diastole_is_just_after_the_inflow_valve_closes() -> None:
    beat = Beat(start=10, systole_ends=23, end=42)
    assert end_diastole(score([(0, 8), (26, 40)]), beat, 50.0) == pytest.approx(8.5 + 1.0)
    # Never seen to close near the mark: a little before it.
    assert end_diastole(score([(26, 40)]), beat, 40.0) == pytest.approx(9.0)
    assert end_diastole(score([(26, 40)]), DRAWN, 40.0) == 0.0


def test_lost_points_are_a_reason() -> None:
    clip = clip_of(mitral=(16, 28), aortic=(3, 12))
    trace = read_leaflets(clip, recognition(without=("lvid_1",)))
    assert trace is not None
    assert ("parting.mitral", Reason.NO_POINTS.value) in trace.missing
    assert any(value.id == "parting.aortic" for value in trace.values)


def test_the_value_is_a_length_whatever_its_parts_are() -> None:
    found = valve_opening([analysis(clip_of(mitral=(16, 28), aortic=(3, 12)))])
    assert (found.unit, found.value_unit) == ("ms and mm", "mm")
