"""Bodies for the 3-D picture: closed, the right way out, of the right size, in body coordinates."""

import numpy as np
import pytest

from core.phantom.heart.body import torso_of
from core.phantom.patient import draw_patient
from core.phantom.probe import resting_heart
from core.phantom.probe.meshes import heart_meshes, to_body, torso_mesh
from core.phantom.probe.surface import surface_of
from core.phantom.scene import Structure, distances


@pytest.fixture(scope="module")
def heart():
    return resting_heart(draw_patient(1))


def volume(mesh):
    """mm3, positive where the triangles face outward."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def open_edges(mesh):
    """Number of edges without a neighbour that runs the other way."""
    pairs = np.concatenate([mesh.faces[:, [i, (i + 1) % 3]] for i in range(3)])
    return len({tuple(p) for p in pairs.tolist()} ^ {tuple(p[::-1]) for p in pairs.tolist()})


def test_a_sampled_ball_becomes_a_closed_ball():
    axis = np.arange(-30.0, 31.0, 3.0)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
    values = np.linalg.norm(grid - [2.0, -1.0, 3.0], axis=-1) - 20.0
    mesh = surface_of(values, origin=np.full(3, -30.0), spacing=3.0)
    assert open_edges(mesh) == 0
    assert volume(mesh) == pytest.approx(4 / 3 * np.pi * 20**3, rel=0.03)
    away = np.linalg.norm(mesh.vertices - [2.0, -1.0, 3.0], axis=1) - 20.0
    assert np.abs(away).max() < 1.0


def test_nothing_has_no_triangles():
    mesh = surface_of(np.full((5, 5, 5), 9.0), origin=np.zeros(3), spacing=4.0)
    assert mesh.faces.shape == (0, 3)


def test_the_heart_s_surfaces_lie_on_its_structures(heart):
    meshes = heart_meshes(heart, (Structure.LV, Structure.LA))
    body = np.linalg.inv(to_body(np.eye(3)))
    for structure, mesh in meshes.items():
        assert len(mesh.faces) > 300
        away = distances(heart.scene, mesh.vertices @ body)[:, structure]
        assert np.percentile(np.abs(away), 95) < 2.0
    assert volume(meshes[Structure.LV]) / 1000 == pytest.approx(heart.lv_volume_ml(), rel=0.15)


def test_the_torso_is_closed_and_faces_outward(heart):
    mesh = torso_mesh(torso_of(heart.patient))
    assert 4e6 < volume(mesh) < 3e7
    assert mesh.faces.max() < len(mesh.vertices)
