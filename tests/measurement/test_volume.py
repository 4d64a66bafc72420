import numpy as np
import pytest
from exam_builder import Ventricle, regions_of

from core.domain import RegionLabel
from core.measurement.chamber import chamber_of
from core.measurement.geometry import area, centroid, chord_ends, chords, long_axis, resample
from core.measurement.volume import (
    area_length_biplane,
    area_length_single,
    disk_diameters,
    simpson_biplane,
    simpson_single,
)

HEART = Ventricle(radius=24.0, length=85.0)
SCALES = [(0.3, 0.3), (0.2, 0.45)]


def lv_of(ventricle, *, scale=(0.3, 0.3), atrium=True, **how):
    regions = {r.label: r for r in regions_of(ventricle, 0, scale=scale, atrium=atrium, **how)}
    return chamber_of(regions[RegionLabel.LV_CAVITY], regions.get(RegionLabel.LA), scale)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("turn_deg", [0, 35, 90, 180, 250])
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("atrium", [True, False])
def test_disks_give_the_known_volume_however_the_picture_lies(scale, turn_deg, flip, atrium):
    lv = lv_of(HEART, scale=scale, turn_deg=turn_deg, flip=flip, atrium=atrium)
    assert lv.axis.length == pytest.approx(HEART.length, rel=0.03)
    volume = simpson_single(lv.diameters, lv.axis.length) / 1000
    assert volume == pytest.approx(HEART.millilitres, rel=0.03)


def test_two_equal_planes_give_the_volume_of_one():
    lv = lv_of(HEART)
    both = simpson_biplane(lv.diameters, lv.diameters, (lv.axis.length, lv.axis.length))
    assert both == pytest.approx(simpson_single(lv.diameters, lv.axis.length))


def test_two_planes_give_an_elliptic_ventricle_and_the_longer_axis_counts():
    wide, narrow = lv_of(Ventricle(radius=30, length=85)), lv_of(Ventricle(radius=20, length=80))
    lengths = (wide.axis.length, narrow.axis.length)
    volume = simpson_biplane(wide.diameters, narrow.diameters, lengths) / 1000
    assert volume == pytest.approx(2 / 3 * np.pi * 30 * 20 * 85 / 1000, rel=0.04)
    assert volume == pytest.approx(
        simpson_biplane(narrow.diameters, wide.diameters, lengths[::-1]) / 1000
    )


def test_area_length_of_an_ellipse_is_the_ellipsoid():
    a, b = 20.0, 28.0
    ellipse_area = np.pi * a * b
    sphere_like = 4 / 3 * np.pi * a * a * b
    assert area_length_single(ellipse_area, 2 * b) == pytest.approx(sphere_like)
    assert area_length_biplane((ellipse_area, ellipse_area), (2 * b, 2 * b + 5)) == pytest.approx(
        sphere_like
    )


def test_hinges_are_the_ends_of_the_side_that_touches_the_atrium():
    # A square touches its neighbour on the right, though its shape says nothing.
    square = np.array([[0, 0], [60, 0], [60, 60], [0, 60]], dtype=float)
    right = square + np.array([62, 0])
    axis = long_axis(square, neighbour=right)
    assert axis.base == pytest.approx([60, 30], abs=2)
    assert axis.tip[0] == pytest.approx(0, abs=1)


def test_an_overlapping_or_distant_atrium_leaves_the_axis_in_place():
    lv, la = HEART.outlines()
    lengths = [long_axis(lv, neighbour=la + np.array([0, shift])).length for shift in (-4, 0, 3, 8)]
    assert lengths == pytest.approx([HEART.length] * 4, rel=0.05)


def test_an_outline_without_extent_is_refused():
    with pytest.raises(ValueError, match="no area"):
        long_axis(np.array([[0.0, 0.0], [5.0, 5.0], [10.0, 10.0]]))


def test_plane_geometry_of_a_rectangle():
    box = np.array([[0, 0], [40, 0], [40, 10], [0, 10]], dtype=float)
    origin, right = np.array([0.0, 5.0]), np.array([1.0, 0.0])
    assert area(box) == 400
    assert area(box[::-1]) == 400
    assert centroid(box) == pytest.approx([20, 5])
    assert chords(box, origin, right, np.array([1.0, 39.0, 41.0])) == pytest.approx([10, 10, 0])
    ends = chord_ends(box, origin, right, 20.0)
    assert sorted(ends.tolist()) == [[20, 0], [20, 10]]
    assert len(resample(box, 50)) == 50


def test_a_chord_across_a_hollow_counts_only_what_is_inside():
    u_shape = np.array(
        [[0, 0], [10, 0], [10, 20], [20, 20], [20, 0], [30, 0], [30, 30], [0, 30]], dtype=float
    )
    width = chords(u_shape, np.array([0.0, 0.0]), np.array([0.0, 1.0]), np.array([5.0]))
    assert width == pytest.approx([20])


def test_disks_run_from_valve_to_apex():
    lv = lv_of(HEART)
    diameters = disk_diameters(lv.outline, lv.axis)
    assert diameters[0] == pytest.approx(2 * HEART.radius, rel=0.05)
    assert diameters[-1] < diameters[10] < diameters[0]
