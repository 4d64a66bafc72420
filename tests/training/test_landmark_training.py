"""Pictures with their points, as the landmark network is trained and scored on them."""

import numpy as np
import pytest

from core.domain import View
from core.phantom.sample import render_points
from core.phantom.truth.landmarks import NAMES
from core.recognition.landmark_net import SIDE
from core.recognition.landmarks import POINTS_OF_VIEW
from core.training.landmarks import (
    POINTS,
    Cut,
    cut_out,
    errors_of,
    even_cut,
    random_cut,
    scores_of,
)
from core.training.points import ROTATION, PointSample, PointSet


@pytest.fixture(scope="module")
def samples() -> PointSet:
    return PointSet(count=8, seed=41)


def spotted(*places: tuple[float, float]) -> PointSample:
    """A dark picture with a bright spot at each point."""
    image = np.full((384, 384), 20, np.uint8)
    points = np.full((len(NAMES), 2), np.nan, np.float32)
    for name, (x, y) in zip(POINTS, places, strict=False):
        image[round(y) - 3 : round(y) + 4, round(x) - 3 : round(x) + 4] = 250
        points[NAMES.index(name)] = x, y
    return PointSample(image=image, points=points, mm_per_px=0.5)


def test_what_is_looked_for_in_a_view_is_learnt() -> None:
    assert {name for names in POINTS_OF_VIEW.values() for name in names} <= set(POINTS)
    assert set(POINTS_OF_VIEW) <= set(ROTATION)


def test_a_picture_has_the_points_of_its_view_within_its_fan(samples: PointSet) -> None:
    plax = next(i for i in range(len(samples)) if samples.view(i) is View.PLAX)
    sample = samples[plax]
    found = {
        name: sample.points[NAMES.index(name)]
        for name in ("lvid_1", "lvid_2", "ivs_1", "ivs_2", "lvpw_1", "lvpw_2")
    }
    assert all(np.isfinite(point).all() for point in found.values())
    # Septum, cavity and posterior wall hang together along one line.
    assert found["ivs_2"] == pytest.approx(found["lvid_1"], abs=2.0)
    assert found["lvpw_1"] == pytest.approx(found["lvid_2"], abs=2.0)
    assert found["ivs_1"][1] < found["lvid_1"][1] < found["lvid_2"][1] < found["lvpw_2"][1]
    assert not np.isfinite(sample.points[NAMES.index("ra_major_1")]).any()


def test_the_same_seed_gives_the_same_picture(samples: PointSet) -> None:
    again, points, _ = render_points(samples.view(0), seed=41, size=384)
    assert (again == samples[0].image).all()
    assert points["lvid_1"] == pytest.approx(samples[0].points[NAMES.index("lvid_1")], abs=0.01)


def test_points_move_with_the_cut() -> None:
    sample = spotted((120, 150), (250, 260))
    rng = np.random.default_rng(3)
    for _ in range(20):
        square, points = cut_out(sample, random_cut(sample, rng))
        assert square.shape == (SIDE, SIDE)
        for x, y in points[np.isfinite(points).all(axis=1)]:
            # Bright at the point, wherever the cut has put it.
            near = square[max(0, int(y) - 1) : int(y) + 3, max(0, int(x) - 1) : int(x) + 3]
            assert near.max() > 120


def test_a_point_that_the_cut_leaves_out_is_not_there() -> None:
    square, points = cut_out(spotted((60, 60), (300, 300)), Cut(x=60, y=60, side=100))
    assert np.isfinite(points[0]).all()
    assert points[0] == pytest.approx(((SIDE - 1) / 2,) * 2, abs=0.01)
    assert not np.isfinite(points[1]).any()
    assert square.max() > 200


def test_errors_are_millimetres_of_the_patient(samples: PointSet) -> None:
    """Points that are all said to lie five pixels of the cut to the right."""
    truths: list[np.ndarray] = []

    def shifted(squares: np.ndarray) -> np.ndarray:
        return np.stack([truths.pop(0) + np.array([5, 0]) for _ in squares]).astype(np.float32)

    for i in range(len(samples)):
        truths.append(np.nan_to_num(cut_out(samples[i], even_cut(samples[i]))[1]))
    errors = errors_of(shifted, samples)
    sides = [even_cut(samples[i]).side for i in range(len(samples))]
    least = min(5 * s / SIDE * samples[i].mm_per_px for i, s in enumerate(sides))
    most = max(5 * s / SIDE * samples[i].mm_per_px for i, s in enumerate(sides))
    every = np.concatenate(list(errors.values()))
    assert every.min() == pytest.approx(least, rel=1e-3)
    assert every.max() == pytest.approx(most, rel=1e-3)
    assert scores_of(errors)["lvid_1"]["count"] >= 1
