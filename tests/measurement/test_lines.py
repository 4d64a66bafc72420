"""Linear measurements between points: phases, scale, beats, and what is missing and why."""

from dataclasses import replace

import numpy as np
import pytest
from exam_builder import clip, mm

from core.analysis.analysis import ClipAnalysis
from core.domain import Calibration, Measurement, MeasurementStatus, PointTrack, View
from core.measurement.lines import WHOLE_BEAT, linear
from core.measurement.travel import EXCURSION, travels

FRAMES = 40
PERIOD = 20  # frames of a beat: ED at 0, 20 and 39, ES at 8 and 28


def tracks(
    caliper: str,
    lengths: np.ndarray,
    *,
    shift: np.ndarray | float = 0.0,
    spread: float = 1.0,
) -> tuple[PointTrack, PointTrack]:
    """A caliper that hangs straight down from (300, 200 + shift), lengths in px."""
    top = np.stack([np.full(FRAMES, 300.0), np.full(FRAMES, 200.0) + shift], axis=1)
    down = np.stack([np.zeros(FRAMES), lengths], axis=1)
    return tuple(
        PointTrack(
            name=f"{caliper}_{number}",
            frames=tuple(range(FRAMES)),
            points=points.astype(np.float32),
            spread=np.full(FRAMES, spread, np.float32),
            seen=0.9,
        )
        for number, points in ((1, top), (2, top + down))
    )


def beating(widest: float, narrowest: float) -> np.ndarray:
    """Widest at ED, narrowest at ES (frame 8 of 20), smooth between."""
    phase = np.arange(FRAMES) % PERIOD
    part = np.where(phase <= 8, phase / 8, (PERIOD - phase) / (PERIOD - 8))
    return widest - (widest - narrowest) * 0.5 * (1 - np.cos(np.pi * part))


def plax(*points: PointTrack, calibration: Calibration = mm(0.5), **how: object) -> ClipAnalysis:  # noqa: B008
    made = clip(
        (), id="plax", view=View.PLAX, frames=FRAMES, calibration=calibration,
        **{"ed": (0, 20), "es": (8, 28)} | how,
    )  # fmt: skip
    return replace(made, recognition=replace(made.recognition, points=points))


def measure(*clips: ClipAnalysis) -> dict[str, Measurement]:
    return {each.id: each for each in (*linear(clips), *travels(clips))}


def test_the_ventricle_is_measured_at_both_phases_in_millimetres() -> None:
    found = measure(plax(*tracks("lvid", beating(100, 70))))
    # Two frames beside each phase are averaged with it, so the extremes are met nearly.
    assert found["lvedd"].value == pytest.approx(50, abs=0.8)
    assert found["lvesd"].value == pytest.approx(35, abs=0.8)
    assert found["lvedd"].method == "linear at ED"
    assert found["lvedd"].frames[0] in (0, 1)
    (x0, y0), (x1, y1) = found["lvedd"].points
    assert (x0, y0) == (300, 200)
    assert x1 == 300
    assert y1 > 290


def test_pixels_that_are_not_square_count_by_their_own_axis() -> None:
    found = measure(plax(*tracks("ivs", np.full(FRAMES, 20.0)), calibration=mm(9.9, 0.45)))
    assert found["ivsd"].value == pytest.approx(9.0)


def test_beats_that_differ_and_unsure_points_widen_the_interval() -> None:
    def width(lengths: np.ndarray, spread: float) -> float:
        low, high = measure(plax(*tracks("lvid", lengths, spread=spread)))["lvedd"].interval or ()
        return high - low

    even = beating(100, 70)
    uneven = np.where(np.arange(FRAMES) < 10, even, even * 0.8)
    assert width(even, 4.0) > 1.9 * width(even, 2.0)
    assert width(uneven, 2.0) > 1.5 * width(even, 2.0)


def test_the_septum_is_followed_over_the_beat() -> None:
    away = 0.5 * 16 * (1 - np.cos(2 * np.pi * np.arange(FRAMES) / PERIOD))
    found = measure(plax(*tracks("lvid", np.full(FRAMES, 100.0), shift=away)))["ivs_amplitude"]
    assert found.value == pytest.approx(8.0, abs=0.5)
    assert found.method == EXCURSION
    assert found.points[0] != found.points[1]


def test_a_movement_is_drawn_as_long_as_it_counts() -> None:
    """The septum comes in by 16 px and slides along itself by 40: the line drawn is that of 16."""
    beat = 0.5 * (1 - np.cos(2 * np.pi * np.arange(FRAMES) / PERIOD))
    near, far = tracks("lvid", np.full(FRAMES, 100.0), shift=16 * beat)
    slid = near.points + np.outer(40 * beat, [1.0, 0.0]).astype(np.float32)
    found = measure(plax(replace(near, points=slid), far))["ivs_amplitude"]
    (x0, y0), (x1, y1) = found.points
    assert np.hypot(x1 - x0, y1 - y0) * 0.5 == pytest.approx(found.value, rel=1e-4)


def test_the_tricuspid_ring_is_followed_across_its_own_line() -> None:
    """Its lateral hinge alone moves, 20 px at right angles to a ring that is drawn aslant."""
    beat = 0.5 * 20 * (1 - np.cos(2 * np.pi * np.arange(FRAMES) / PERIOD))
    septal = np.tile([330.0, 240.0], (FRAMES, 1))
    ring, way = np.array([-0.8, 0.6]), np.array([0.6, 0.8])
    lateral = septal + 80 * ring + np.outer(beat - beat.mean(), way)
    points = tuple(
        PointTrack(name=f"tricuspid_{name}", frames=tuple(range(FRAMES)), seen=0.9,
                   points=at.astype(np.float32), spread=np.ones(FRAMES, np.float32))
        for name, at in (("septal", septal), ("lateral", lateral))
    )  # fmt: skip
    made = replace(plax(*points), id="a4c")
    view = replace(made.recognition.view, label=View.A4C)
    found = measure(replace(made, recognition=replace(made.recognition, view=view)))["tapse"]
    assert found.value == pytest.approx(10.0, abs=0.6)
    assert found.clip == "a4c"
    assert found.interval[0] < 10 < found.interval[1]
    assert measure(plax(*points))["tapse"].reason == "reason.no_view"


def test_what_hardly_changes_is_measured_without_phases_and_says_so() -> None:
    points = (*tracks("ao_root", np.full(FRAMES, 60.0)), *tracks("lvid", np.full(FRAMES, 90.0)))
    found = measure(plax(*points, ed=(), es=()))
    assert found["ao_root"].value == pytest.approx(30)
    assert found["ao_root"].method == WHOLE_BEAT
    assert found["ao_root"].reason == "reason.phase_unknown"
    assert (found["lvedd"].value, found["lvedd"].reason) == (None, "reason.no_phases")


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (plax(), "reason.no_points"),
        (plax(tracks("lvid", beating(100, 70))[0]), "reason.no_points"),
        (
            plax(*tracks("lvid", beating(100, 70)), calibration=Calibration()),
            "reason.no_calibration",
        ),
        (plax(*tracks("lvid", beating(100, 70)), standard=False), "reason.not_standard"),
    ],
)  # fmt: skip
def test_without_points_scale_or_plane_there_is_a_reason(made: ClipAnalysis, reason: str) -> None:
    found = measure(made)["lvedd"]
    assert (found.value, found.reason) == (None, reason)
    assert found.status is MeasurementStatus.MISSING


def test_of_two_clips_the_one_that_shows_the_line_is_measured() -> None:
    blind = replace(plax(), id="other")
    found = measure(blind, plax(*tracks("lvid", beating(100, 70))))
    assert found["lvedd"].clip == "plax"
