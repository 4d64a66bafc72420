"""Rays and planes find the surfaces of simple forms where they are known to be."""

import numpy as np
import pytest

from core.phantom.heart.frame import Ring
from core.phantom.probe import Plane
from core.phantom.scene import Op, Scene, SceneBuilder, Structure
from core.phantom.truth import cut, march

X, Y, Z = np.eye(3)
PLANE = Plane(origin=np.array([0.0, 0.0, -50.0]), down=Z, right=X)


@pytest.fixture(scope="module")
def scene() -> Scene:
    """A ball of 20 mm as ventricle, and two balls on the x axis as one atrium."""
    builder = SceneBuilder()
    builder.ellipsoid(Structure.LV, np.zeros(3), (20, 20, 20))
    builder.ellipsoid(Structure.LA, -30 * X, (8, 8, 8))
    builder.ellipsoid(Structure.LA, 40 * X, (12, 12, 12))
    builder.half_space(Structure.LA, 46 * X, X, op=Op.KEEP)
    return builder.build()


@pytest.mark.parametrize("shift", [0.0, 5.0, 12.0])
def test_a_span_is_the_chord_of_the_ball(scene: Scene, shift: float) -> None:
    ends = march.span(scene, Structure.LV, np.array([3.0, shift, 0.0]), X)
    assert ends is not None
    half = np.sqrt(400 - shift**2)
    np.testing.assert_allclose(ends[0], [-half, shift, 0], atol=0.05)
    np.testing.assert_allclose(ends[1], [half, shift, 0], atol=0.05)
    assert march.length(ends) == pytest.approx(2 * half, abs=0.1)


def test_no_span_starts_outside_or_leaves_by_no_wall(scene: Scene) -> None:
    assert march.span(scene, Structure.LV, 25 * X, X) is None
    assert march.span(scene, Structure.LV, np.zeros(3), X, reach=15) is None


def test_the_longest_of_two_pieces_is_taken_and_ends_at_the_cut(scene: Scene) -> None:
    ends = march.longest_span(scene, Structure.LA, np.zeros(3), X)
    assert ends is not None
    np.testing.assert_allclose([ends[0][0], ends[1][0]], [28, 46], atol=0.05)


def test_a_surface_is_met_from_within(scene: Scene) -> None:
    out = march.surface(scene, Structure.LV, np.zeros(3), Y)
    assert out is not None
    np.testing.assert_allclose(out, [0, 20, 0], atol=0.05)


def test_a_plane_cuts_a_ring_in_two_points_on_both() -> None:
    ring = Ring(centre=np.array([2.0, 4.0, 1.0]), axis=Z, radius=10.0)
    ends = cut.hinges(ring, PLANE)
    assert ends is not None
    for end in ends:
        assert np.linalg.norm(end - ring.centre) == pytest.approx(10)
        assert cut.off(PLANE, end) == pytest.approx(0, abs=1e-9)
    assert abs(ends[0][0] - ends[1][0]) == pytest.approx(2 * np.sqrt(100 - 16))


def test_a_plane_beside_a_ring_or_along_it_has_no_hinges() -> None:
    assert cut.hinges(Ring(centre=11 * Y, axis=Z, radius=10.0), PLANE) is None
    assert cut.hinges(Ring(centre=0 * Y, axis=Y, radius=10.0), PLANE) is None


def test_planimetry_gives_the_area_of_the_disc(scene: Scene) -> None:
    area = cut.planimetry(scene, Structure.LV, PLANE, np.array([3.0, 0.0, 2.0]), half=30)
    assert area == pytest.approx(np.pi * 4, rel=0.005)
