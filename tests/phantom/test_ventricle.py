"""The left ventricle: the volume, wall and motion that were asked for."""

from dataclasses import replace

import numpy as np
import pytest

from core.phantom.cycle import moment, timing_of
from core.phantom.heart.frame import Z, u
from core.phantom.heart.ventricle import (
    add_ventricle,
    edv_ml,
    segment_field,
    ventricle,
)
from core.phantom.patient import HeartPatient, draw_patient
from core.phantom.scene import Scene, SceneBuilder, Structure, distances

STEP_MM = 1.25


def es_phase(patient: HeartPatient) -> float:
    times = np.linspace(0, 1, 201)
    return float(times[np.argmax([moment(patient, t).contraction for t in times])])


def scene_at(patient: HeartPatient, phase: float) -> Scene:
    now = moment(patient, phase)
    lv = ventricle(patient, now)
    builder = SceneBuilder()
    axis = -0.766 * Z + 0.643 * u(148)
    add_ventricle(builder, patient, now, lv, 23 * u(148) + Z * (lv.base - 4), axis)
    return builder.build()


def voxels(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    g = np.arange(-56, 56, STEP_MM)
    z = np.arange(-14, 130, STEP_MM)
    points = np.stack(np.meshgrid(g, g, z, indexing="ij"), -1).reshape(-1, 3)
    return points, distances(scene, points)


@pytest.mark.parametrize("ef", [25.0, 45.0, 65.0])
def test_ejection_fraction_of_the_shapes_is_the_one_asked_for(ef: float) -> None:
    patient = draw_patient(11, ef=ef)
    volumes = []
    for phase in (0.0, es_phase(patient)):
        _, found = voxels(scene_at(patient, phase))
        volumes.append((found[:, Structure.LV] < 0).sum() * STEP_MM**3 / 1000)
    edv, esv = volumes
    assert edv == pytest.approx(edv_ml(patient), rel=0.02)
    assert 100 * (edv - esv) / edv == pytest.approx(ef, abs=0.02 * 100)


def test_volume_follows_the_cycle_exactly() -> None:
    patient = draw_patient(5)
    edv = edv_ml(patient)
    for phase in np.linspace(0, 1, 9):
        now = moment(patient, float(phase))
        wanted = edv * (1 - patient.ef / 100 * now.contraction)
        assert ventricle(patient, now).volume_ml() == pytest.approx(wanted, rel=1e-3)


def test_wall_is_as_thick_as_asked_segment_by_segment() -> None:
    patient = draw_patient(3)
    thick = replace(patient, trabeculation=0.0, segment_wall=(9.0,) * 6 + (16.0,) * 2 + (9.0,) * 8)
    scene = scene_at(thick, 0.0)
    lv = ventricle(thick, moment(thick, 0.0))
    z = lv.base + 0.52 * lv.length
    for angle, wanted in ((330.0, 9.0), (30.0, 9.0), (105.0, 16.0)):
        ray = np.arange(0, 70, 0.1)[:, None] * u(angle) + Z * z
        found = distances(scene, ray)
        wall = (found[:, Structure.LV_EPI] < 0) & (found[:, Structure.LV] > 0)
        assert wall.sum() * 0.1 == pytest.approx(wanted, abs=0.9)


def test_muscle_keeps_its_volume_and_thickens() -> None:
    patient = draw_patient(7, ef=60)
    muscle = []
    for phase in (0.0, es_phase(patient)):
        points, found = voxels(scene_at(patient, phase))
        wall = (found[:, Structure.LV_EPI] < 0) & (found[:, Structure.LV] > 0)
        muscle.append(float((wall & (points[:, 2] > 0)).sum()))
    still = ventricle(patient, moment(patient, 0.0))
    squeezed = ventricle(patient, moment(patient, es_phase(patient)))
    assert muscle[1] == pytest.approx(muscle[0], rel=0.12)
    assert squeezed.thickness[10:30].mean() > 1.25 * still.thickness[10:30].mean()


def test_only_the_infarcted_segments_stand_still() -> None:
    patient = draw_patient(9, ef=50)
    motion = [1.0] * 16
    motion[3] = motion[9] = 0.0  # inferior, basal and middle
    ill = replace(patient, segment_motion=tuple(motion), trabeculation=0.0)
    ed, es = (ventricle(ill, moment(ill, p)) for p in (0.0, es_phase(ill)))
    part = 0.42

    def lost(angle: float) -> float:
        before = ed.radius(np.deg2rad(angle), ed.base + part * ed.length)
        after = es.radius(np.deg2rad(angle), es.base + part * es.length)
        return 1 - after / before

    assert abs(lost(270.0)) < 0.02
    assert lost(90.0) > 0.2


def test_dyskinetic_segment_bulges() -> None:
    patient = draw_patient(9, ef=45)
    ill = replace(patient, segment_motion=(1.0,) * 12 + (-0.3,) * 4)
    ed, es = (ventricle(ill, moment(ill, p)) for p in (0.0, es_phase(ill)))
    assert es.endo[30:40].mean() > ed.endo[30:40].mean()


def test_flat_septum_leaves_the_volume_and_makes_a_d() -> None:
    patient = replace(draw_patient(4), septal_flattening=0.9, trabeculation=0.0)
    now = moment(patient, es_phase(patient))
    lv = ventricle(patient, now)
    z = lv.base + 0.4 * lv.length
    toward, across = lv.radius(np.deg2rad(190.0), z), lv.radius(np.deg2rad(280.0), z)
    assert toward < 0.8 * across
    wanted = edv_ml(patient) * (1 - patient.ef / 100 * now.contraction)
    assert lv.volume_ml() == pytest.approx(wanted, rel=1e-3)


def test_segment_field_gives_each_segment_its_value() -> None:
    values = tuple(float(n) for n in range(16))
    field = segment_field(values)
    columns = field.shape[1]
    assert field[2, round(90 / 360 * columns)] == pytest.approx(0.0, abs=0.01)
    assert field[15, round(270 / 360 * columns)] == pytest.approx(9.0, abs=0.3)
    assert field[-3, 0] == pytest.approx(15.0, abs=0.01)


def test_valve_timing_agrees_with_the_volumes() -> None:
    patient = draw_patient(6)
    timing = timing_of(patient)
    assert 0 < es_phase(patient) * timing.rr_ms < 0.7 * timing.rr_ms
    for phase in np.linspace(0, 0.999, 80):
        now, later = moment(patient, float(phase)), moment(patient, float(phase) + 0.004)
        change = later.contraction - now.contraction
        if now.aortic > 0.5:
            assert change > -1e-3  # blood leaves while the aortic valve is open
        if now.mitral > 0.5:
            assert change < 1e-3
