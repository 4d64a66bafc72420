"""The picture of the probe on the chest stands where the virtual patients' probes stand."""

import numpy as np
import pytest

from app.live.poses import POSES
from core.domain import View
from core.phantom.heart.torso import torso_of
from core.phantom.patient import draw_patient
from core.phantom.probe import STANDARD_VIEWS, canonical_plane, resting_heart, window_of


@pytest.fixture(scope="module")
def patient():
    return draw_patient(104, quality=0.8)


@pytest.mark.parametrize("view", STANDARD_VIEWS)
def test_a_pose_is_that_of_a_virtual_patient(patient, view: View):
    heart, torso = resting_heart(patient), torso_of(patient)
    plane, pose = canonical_plane(heart, view), POSES[view]
    place = torso.axes @ (plane.origin - torso.centre)
    assert np.linalg.norm(place - pose.at) < 40
    for mine, true in ((pose.right, plane.right), (pose.down, plane.down)):
        assert np.linalg.norm(mine) == pytest.approx(1.0, abs=0.02)
        assert np.array(mine) @ (torso.axes @ true) > np.cos(np.deg2rad(25))
    assert np.dot(pose.right, pose.down) == pytest.approx(0.0, abs=0.03)
    assert pose.window == window_of(view).value


def test_there_is_a_pose_for_each_view_that_can_be_asked_for():
    assert set(POSES) == set(View) - {View.OTHER}
