"""Ideal ventricles whose walls come in by known parts of their radius."""

import numpy as np
import pytest
from exam_builder import clip, region

from core.domain import Patient, Phases, RegionLabel, View
from core.measurement import measure_exam
from core.measurement.motion.course import along, contraction
from core.measurement.motion.score import score_of
from core.measurement.motion.walls import long_axis_walls, short_axis_walls
from core.measurement.segments import SEGMENTS, segment_scores

SCALE = 0.3
COURSE = 0.5 - 0.5 * np.cos(np.linspace(0, 2 * np.pi, 21))
RIGHT, LEFT = 0.30, 0.02


def apical(frame, right=RIGHT, left=LEFT, shift=(0.0, 0.0)):
    """Half an ellipse that grows shorter, its two walls come in by their own parts but for the
    valve's ring, and all of it is shifted."""
    c = COURSE[frame]
    half = np.linspace(0, np.pi, 240)
    x, y = 24 * np.cos(half), -85 * (1 - 0.13 * c) * np.sin(half)
    inward = c * np.minimum(1.0, np.sin(half) / 0.1)
    x = x * (1 - np.where(x > 0, right, left) * inward)
    lv = np.stack([x, y], axis=1)
    la = np.stack([20 * np.cos(half), 36 * np.sin(half)], axis=1)
    outlines = {
        RegionLabel.LV_CAVITY: lv, RegionLabel.LV_MYOCARDIUM: lv * [1.35, 1.1], RegionLabel.LA: la
    }  # fmt: skip
    return tuple(
        region(label, frame, (outline + np.array(shift) * c) / SCALE + [320, 300])
        for label, outline in outlines.items()
    )


def film(view, **walls):
    regions = tuple(r for frame in range(len(COURSE)) for r in apical(frame, **walls))
    return clip(regions, view=view, id=str(view).lower(), frames=len(COURSE), es=(10,))


def test_each_wall_comes_in_by_its_own_part():
    walls = long_axis_walls(film(View.A4C))
    assert walls.excursion[:3] == pytest.approx([LEFT] * 3, abs=0.04)
    assert walls.excursion[3:] == pytest.approx([RIGHT] * 3, abs=0.04)


def test_a_heart_that_is_shifted_as_a_whole_moves_no_wall():
    still = long_axis_walls(film(View.A4C))
    shifted = long_axis_walls(film(View.A4C, shift=(7.0, -5.0)))
    assert shifted.excursion == pytest.approx(still.excursion, abs=0.01)


def test_in_a_short_axis_a_standing_wall_borrows_no_motion_from_the_other():
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    regions = []
    for frame, c in enumerate(COURSE):
        radius = 22 * (1 - 0.35 * c * (np.cos(turn) > 0))
        ring = np.stack([np.cos(turn), -np.sin(turn)], axis=1)
        for label, size in ((RegionLabel.LV_CAVITY, radius), (RegionLabel.LV_MYOCARDIUM, 32.0)):
            outline = ring * np.broadcast_to(size, turn.shape)[:, None] / SCALE + [320, 240]
            regions.append(region(label, frame, outline))
    own = clip(tuple(regions), view=View.PSAX_PM, frames=len(COURSE), es=(10,))
    walls = short_axis_walls(own, np.array([0.0, np.pi]))
    assert walls.excursion == pytest.approx([0.35, 0.0], abs=0.04)


def test_single_wrong_frames_do_not_bend_the_line():
    values = (10 - 3 * COURSE)[:, None].copy()
    values[4] = 40.0
    start, change = along(COURSE, values)
    assert (start[0], change[0]) == pytest.approx((10.0, -3.0), abs=0.3)


def test_a_ventricle_that_does_not_change_has_no_course():
    assert contraction(np.full(20, 900.0), Phases(ed=(0,), es=(10,))) is None


def test_scores_follow_how_far_a_wall_comes_in():
    assert [score_of(part) for part in (0.3, 0.1, 0.0, -0.1)] == [1, 2, 3, 4]


def test_an_exam_scores_the_segments_that_it_shows_and_says_by_what():
    clips = (film(View.A4C, left=-0.02), film(View.A2C, left=0.30))
    found = next(m for m in measure_exam(clips, Patient()) if m.id == "wall_motion")
    scores = segment_scores(found.parts)
    assert len(scores) == 12
    assert scores["mid_inferoseptal"] >= 3
    assert scores["mid_anterior"] == 1
    assert found.value == pytest.approx(np.mean(list(scores.values())))
    assert found.interval[0] <= found.value <= found.interval[1]
    assert found.part("mid_inferoseptal.excursion") < found.part("mid_anterior.excursion")


def test_what_the_walls_sweep_is_one_outline_open_at_the_valve():
    exam = measure_exam([film(View.A4C), film(View.A2C), film(View.A3C)], Patient())
    points = np.array(next(m for m in exam if m.id == "wall_motion").points)
    half = len(points) // 2
    at_ed, at_es = points[:half], points[half:][::-1]
    assert half == 6
    # From the valve up one wall and down the other, the inner side within the outer one.
    assert at_ed[:, 1].argmin() in (2, 3)
    assert len(set(np.sign(np.diff(at_ed[:, 0])))) == 1
    middle = at_ed[:, 0].mean()
    assert (abs(at_es[:, 0] - middle) < abs(at_ed[:, 0] - middle) + 1).all()


def test_one_view_shows_too_few_segments_for_an_index():
    found = next(m for m in measure_exam((film(View.A4C),), Patient()) if m.id == "wall_motion")
    assert (found.value, found.reason) == (None, "reason.few_segments")


def test_without_apical_or_short_axis_views_no_segment_is_scored():
    found = next(m for m in measure_exam((), Patient()) if m.id == "wall_motion")
    assert (found.value, found.reason) == (None, "reason.no_view")
    assert not set(SEGMENTS) & {name for name, _ in found.parts}
