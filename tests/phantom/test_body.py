"""The chest around the heart: its depth under the skin, free windows, the breath."""

from dataclasses import replace

import numpy as np
import pytest

from core.domain import View
from core.phantom.cycle import moment
from core.phantom.heart.body import torso_of
from core.phantom.heart.frame import POSTERIOR, SUPERIOR, Z
from core.phantom.heart.heart import Heart
from core.phantom.heart.ribs import rib_distance, rods_of
from core.phantom.patient import draw_patient
from core.phantom.probe import canonical_plane, resting_heart
from core.phantom.sample import _patient
from core.phantom.scene import Structure, distances

SEEDS = (0, 1, 5)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_apex_lies_near_the_skin_and_the_front_a_little_deeper(seed):
    heart = resting_heart(draw_patient(seed))
    torso = torso_of(heart.patient)
    assert 8 < -torso.level(heart.points["lv_apex_epi"]) < 24
    plane = canonical_plane(heart, View.PLAX)
    path = plane.origin + np.arange(0.0, 80.0, 0.5)[:, None] * plane.down
    sac = distances(heart.scene, path)[:, Structure.SAC]
    first = 0.5 * np.flatnonzero(sac < 0)[0]
    assert 12 < first < 45


def test_a_heart_too_large_for_its_chest_gets_a_larger_one():
    # Training pictures 9001728 to 9001775 are of this patient, whose chest could not be fitted.
    patient = _patient(187_536)
    torso = torso_of(patient)
    assert np.isfinite(torso.half_widths).all()
    heart = resting_heart(patient)
    assert torso.level(heart.points["lv_apex_epi"]) < 0


def test_a_larger_heart_makes_a_broader_chest():
    small, large = (replace(draw_patient(3), lv_length=length) for length in (80.0, 100.0))
    assert torso_of(large).half_widths[0] > torso_of(small).half_widths[0]


def test_a_heavier_patient_has_the_heart_deeper():
    thin = draw_patient(3, height_cm=175.0, weight_kg=62.0)
    heavy = draw_patient(3, height_cm=175.0, weight_kg=105.0)
    deep = [-torso_of(p).level(Z * 60.0) for p in (thin, heavy)]
    assert deep[1] > deep[0] + 4


def test_the_scene_has_the_same_skin_as_the_analytic_one():
    heart = resting_heart(draw_patient(1))
    torso = torso_of(heart.patient)
    rng = np.random.default_rng(0)
    inside = rng.uniform(-40, 40, (60, 3))
    skin = torso.project(inside, rng.normal(size=(60, 3)))
    assert np.abs(torso.level(skin)).max() < 1e-6
    assert np.abs(distances(heart.scene, skin)[:, Structure.TORSO]).max() < 0.05


def test_a_ray_that_misses_the_body_gives_the_place_nearest_to_it():
    torso = torso_of(draw_patient(1))
    start = torso.world([400.0, 0.0, 0.0])
    place = torso.project(start, torso.axes[1])
    assert torso.local(place) == pytest.approx([400.0, 0.0, 0.0], abs=1.0)


def test_the_normal_points_into_the_body():
    torso = torso_of(draw_patient(2))
    skin = torso.front(np.array([-60.0, 0.0, 60.0]), np.array([-90.0, 0.0, 100.0]))
    for place in skin:
        assert torso.level(place + 2.0 * torso.normal(place)) < -1.0


@pytest.mark.parametrize("seed", SEEDS)
def test_ribs_lie_under_the_skin_and_outside_the_heart(seed):
    heart = resting_heart(draw_patient(seed))
    torso = torso_of(heart.patient)
    rods = rods_of(heart.patient)
    middles = np.stack([0.5 * (rod.start + rod.end) for rod in rods])
    depth = -torso.level(middles)
    assert depth.min() > 2
    assert depth.max() < 35
    assert rib_distance(rods, middles).max() < 0
    near = middles[:, None, :] + np.random.default_rng(0).uniform(-8, 8, (1, 200, 3))
    inside = distances(heart.scene, near.reshape(-1, 3)) < 0
    assert inside[:, Structure.RIB].sum() > 100
    assert not (inside[:, Structure.RIB] & inside[:, Structure.SAC]).any()


def test_every_patient_has_the_same_number_of_ribs():
    assert len({len(rods_of(draw_patient(seed))) for seed in range(4)}) == 1


def test_the_liver_goes_down_and_the_lung_comes_in_with_a_breath():
    patient = draw_patient(1)
    out, deep = (Heart(patient, moment(patient, 0.0, breath=b)) for b in (0.0, 1.0))
    torso = torso_of(patient)
    rng = np.random.default_rng(1)
    box = torso.world(rng.uniform((-80, -80, -140), (120, 60, 100), (20000, 3)))
    away = [distances(heart.scene, box) for heart in (out, deep)]
    inside = [d < 0 for d in away]
    heights = [(box[i[:, Structure.LIVER]] @ SUPERIOR).mean() for i in inside]
    assert heights[1] < heights[0] - 4
    # Lung in front of the heart, where the windows are.
    front = box @ POSTERIOR < -45
    lung = [int((i[:, Structure.LUNG] & front).sum()) for i in inside]
    assert lung[1] > lung[0]
    assert np.array_equal(*(d[:, Structure.TORSO] for d in away))


def test_a_poor_window_has_more_lung_in_front_of_the_heart():
    places = np.random.default_rng(2).uniform((-80, -110, -60), (120, -20, 60), (20000, 3))
    lung = []
    for quality in (0.0, 1.0):
        heart = resting_heart(draw_patient(1, quality=quality))
        box = torso_of(heart.patient).world(places)
        lung.append(int((distances(heart.scene, box)[:, Structure.LUNG] < 0).sum()))
    assert lung[0] > 1.1 * lung[1]


def test_no_lung_lies_in_the_heart_the_liver_or_the_great_vessels():
    heart = resting_heart(draw_patient(4))
    box = np.random.default_rng(3).uniform(-120, 120, (30000, 3))
    inside = distances(heart.scene, box) < 0
    lung = inside[:, Structure.LUNG]
    assert lung.sum() > 1000
    for other in (Structure.SAC, Structure.LIVER, Structure.AORTA, Structure.DESCENDING):
        assert not (lung & inside[:, other]).any()
