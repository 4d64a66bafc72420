"""The scene's program: the same distances on both machines, and true ones."""

import numpy as np
import pytest
import torch

from core.phantom.scene import (
    COLUMNS,
    FAR_MM,
    NEAR_MM,
    ROWS,
    Op,
    Ramp,
    SceneBuilder,
    Structure,
    batch_distances,
    distances,
)


def everything(*, here: bool = True, shift: float = 0.0) -> SceneBuilder:
    """One of each form, so that no form goes unlooked at."""
    builder = SceneBuilder()
    polar = np.linspace(0, np.pi, ROWS)[:, None]
    around = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    table = 30 * (1 + 0.25 * np.cos(polar) ** 2) * (1 + 0.06 * np.sin(polar) * np.cos(2 * around))
    builder.star(Structure.LV, [shift, 0, 40], np.eye(3), table, stretch=1.1)
    builder.half_space(Structure.LV, [0, 0, 10], [0, 0, -1])
    builder.ellipsoid(Structure.RV, [-35, 0, 30], [20, 30, 40])
    builder.reference(Structure.RV, Structure.LV, op=Op.CUT, grow=8.0)
    builder.capsule(Structure.AORTA, [20, 0, -10], [40, 10, -50], 12, 9)
    builder.capsule(Structure.AORTA, [40, 10, -50], [60, -20, -60], 9, 7, blend=5)
    builder.capsule(Structure.IVC, [0, 60, 0], [0, 60, 40], 6, here=here)
    builder.leaflet(Structure.MITRAL_VALVE, [0, 0, 10], np.eye(3), ring=15, pole=14,
                    half_width_deg=30, bend=(12, 9), tip=(15, 14), half_thickness=1.0)  # fmt: skip
    builder.cusp(Structure.AORTIC_VALVE, [20, 0, -10], np.eye(3), commissure=(7, 12), hinge=13,
                 bend=(6, 6), rim=(5, 12), rounding=2.0, half_thickness=0.6)  # fmt: skip
    builder.reference(Structure.SAC, Structure.RV, op=Op.UNION, ramp=Ramp(
        slope=(0.1, 0.0, 0.05), at_origin=4.0, least=1.0, most=6.0))  # fmt: skip
    builder.column(Structure.TORSO, [0, 0, 0], [1, 0, 0], [0, 1, 0], half_widths=(65, 60),
                   exponent=2.5)  # fmt: skip
    builder.wedge(Structure.SEPTAL, [0, 0, 0], [0, 0, 1], [-1, 0, 0], half_angle_deg=60)
    return builder


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    g = np.linspace(-70, 70, 36, dtype=np.float32)
    return np.stack(np.meshgrid(g, g, g, indexing="ij"), -1).reshape(-1, 3)


def test_processor_and_graphics_card_agree(points: np.ndarray) -> None:
    scene = everything().build()
    compiled = distances(scene, points)
    batch = batch_distances([scene], torch.from_numpy(points)[None])
    other = np.stack([value[0].numpy() for value in batch], axis=1)
    near = np.abs(compiled) < 5
    assert near.any(axis=0)[[0, 2, 6, 12, 14, 20, 24, 25]].all()
    assert np.abs(compiled - other)[near].max() < 0.35
    assert np.abs(compiled - other)[np.abs(compiled) < 1].max() < 0.1


def test_what_is_skipped_is_far_indeed(points: np.ndarray) -> None:
    scene = everything().build()
    compiled = distances(scene, points)
    batch = batch_distances([scene], torch.from_numpy(points)[None])
    skipped = compiled[:, Structure.AORTA] == FAR_MM
    assert skipped.any()
    assert batch[Structure.AORTA][0].numpy()[skipped].min() > NEAR_MM


def test_capsule_and_ellipsoid_distances_are_true_near_their_surface() -> None:
    builder = SceneBuilder()
    builder.capsule(Structure.AORTA, [0, 0, 0], [0, 0, 50], 10)
    builder.ellipsoid(Structure.LA, [0, 0, 0], [20, 20, 20])
    ray = np.stack([np.linspace(0, 24, 49), np.zeros(49), np.zeros(49)], axis=1)
    found = distances(builder.build(), ray)
    assert found[:, Structure.AORTA] == pytest.approx(ray[:, 0] - 10, abs=1e-4)
    outside = ray[:, 0] > 15
    assert found[outside, Structure.LA] == pytest.approx(
        ray[outside, 0] - 20, abs=0.1
    )  # an ellipsoid's is true near the surface only


def test_star_distance_is_across_the_surface_not_along_the_ray() -> None:
    """A flat long form: along a slanting ray the radial difference would be far too long."""
    polar = np.linspace(0, np.pi, ROWS)[:, None]
    table = 1 / np.sqrt((np.cos(polar) / 60) ** 2 + (np.sin(polar) / 20) ** 2)
    builder = SceneBuilder()
    builder.star(Structure.LV, [0, 0, 0], np.eye(3), np.repeat(table, COLUMNS, axis=1))
    builder.ellipsoid(Structure.RV, [0, 0, 0], [20, 20, 60])
    z = np.linspace(-46, 46, 41)
    surface = 20 * np.sqrt(1 - (z / 60) ** 2)
    for out in (-2.0, 2.0):
        ray = np.stack([surface + out, 0 * z, z], axis=1)
        found = distances(builder.build(), ray)
        assert found[:, Structure.LV] == pytest.approx(found[:, Structure.RV], abs=0.35)


def test_absent_form_keeps_its_place_in_the_program(points: np.ndarray) -> None:
    with_it, without = everything().build(), everything(here=False, shift=3.0).build()
    assert np.array_equal(with_it.code, without.code)
    assert distances(with_it, points)[:, Structure.IVC].min() < 0
    assert distances(without, points)[:, Structure.IVC].min() > NEAR_MM
    both = batch_distances([with_it, without], torch.from_numpy(points)[None].expand(2, -1, -1))
    assert both[Structure.IVC][0].min() < 0 < NEAR_MM < both[Structure.IVC][1].min()


def test_scenes_of_different_programs_do_not_batch() -> None:
    other = SceneBuilder()
    other.capsule(Structure.LA, [0, 0, 0], [0, 0, 1], 3)
    with pytest.raises(ValueError, match="program"):
        batch_distances([everything().build(), other.build()], torch.zeros(2, 1, 3))
