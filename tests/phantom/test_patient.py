"""Patients drawn from the population: plausible, as asked for, and the same for a seed."""

from dataclasses import asdict

import numpy as np
import pytest

from core.domain import InputError
from core.phantom.heart.ventricle import edv_ml as edv_of_the_geometry
from core.phantom.patient import HeartPatient, Sex, draw_patient
from core.phantom.patient.grading import (
    aortic_grade,
    aortic_vena_contracta,
    atrioventricular_grade,
    atrioventricular_vena_contracta,
)
from core.phantom.patient.segments import motion_score
from core.phantom.patient.volumes import atrium_ml, edv_ml, with_edv

MANY = [draw_patient(seed) for seed in range(120)]

# ASE/EACVI 2015, men and women: lowest and highest normal.
EDV = {Sex.MALE: (62, 150), Sex.FEMALE: (46, 106)}
EDV_INDEX = {Sex.MALE: (34, 74), Sex.FEMALE: (29, 61)}
EF = {Sex.MALE: (52, 72), Sex.FEMALE: (54, 74)}
SEPTUM = {Sex.MALE: (6, 10), Sex.FEMALE: (6, 9)}


def within(value: float, limits: tuple[float, float], slack: float = 0.0) -> bool:
    return limits[0] * (1 - slack) <= value <= limits[1] * (1 + slack)


def test_healthy_hearts_lie_in_the_guideline_ranges() -> None:
    for p in MANY:
        assert within(edv_ml(p) / p.bsa, EDV_INDEX[p.sex], 0.001)
        assert within(p.ef, EF[p.sex])
        assert within(np.mean(p.segment_wall[7:9]), SEPTUM[p.sex], 0.06)
        assert 16 <= atrium_ml(p.la_radii) / p.bsa <= 34
        assert p.tapse >= 17
        assert p.rv_s_prime >= 9.5
        assert p.tr_vmax_m_s <= 2.8
        assert 2 * p.ivc_radius <= 21
        assert p.ivc_collapse >= 0.5
        assert (p.mr_grade, p.ar_grade, p.tr_grade) == (0, 0, 0)


def test_absolute_volumes_are_normal_in_all_but_unusual_bodies() -> None:
    inside = [within(edv_ml(p), EDV[p.sex]) for p in MANY]
    assert np.mean(inside) > 0.93


def test_sexes_and_bodies_differ_as_they_do() -> None:
    men = [p for p in MANY if p.sex is Sex.MALE]
    women = [p for p in MANY if p.sex is Sex.FEMALE]
    assert 0.35 < len(men) / len(MANY) < 0.65
    for size in (edv_ml, lambda p: p.sinus_radius, lambda p: p.segment_wall[8]):
        assert np.mean([size(p) for p in men]) > 1.05 * np.mean([size(p) for p in women])
    sizes, volumes = [p.bsa for p in MANY], [edv_ml(p) for p in MANY]
    assert np.corrcoef(sizes, volumes)[0, 1] > 0.5


def test_relaxation_slows_with_age() -> None:
    young, old = draw_patient(4, age=25), draw_patient(4, age=80)
    assert young.e_prime_septal > 1.4 * old.e_prime_septal
    assert young.e_a_ratio > 1.4 * old.e_a_ratio


def test_root_tapers_and_widens_in_the_right_places() -> None:
    for p in MANY:
        assert p.lvot_radius < p.annulus_radius < p.sinus_radius
        assert p.stj_radius < p.sinus_radius
        assert p.descending_radius < p.ascending_radius * 1.25


def test_geometries_vary_enough_to_learn_from() -> None:
    for name in ("lv_exponent", "rv_angle", "rv_offset", "lv_length", "ivc_radius"):
        values = [getattr(p, name) for p in MANY]
        assert np.std(values) > 0.015 * np.mean(values)
    bulge = [p.segment_wall[1] / p.segment_wall[7] for p in MANY if p.age > 60]
    assert max(bulge) > 1.1  # some septa are sigmoid


@pytest.mark.parametrize("seed", [1, 8, 23])
def test_expected_volume_is_the_one_of_the_geometry(seed: int) -> None:
    patient = draw_patient(seed)
    assert edv_of_the_geometry(patient) == pytest.approx(edv_ml(patient), rel=0.02)


def test_volume_asked_for_is_the_volume_got() -> None:
    patient = draw_patient(2)
    larger = with_edv(patient, 190.0, sphericity=1.5)
    assert edv_ml(larger) == pytest.approx(190.0, rel=1e-6)
    assert larger.lv_length / (2 * larger.lv_radius) == pytest.approx(1.5)
    assert larger.rv_offset - larger.lv_radius == pytest.approx(
        patient.rv_offset - patient.lv_radius
    )


def test_what_is_asked_for_is_met() -> None:
    asked = {"sex": Sex.FEMALE, "age": 71.0, "height_cm": 158.0, "weight_kg": 61.0, "ef": 38.0,
             "quality": 0.3, "heart_rate": 91.0}  # fmt: skip
    for case in (None, "dilated", "atrial_fibrillation"):
        patient = draw_patient(5, case=case, **asked)
        assert {name: getattr(patient, name) for name in asked} == asked


def test_low_function_shows_in_the_annulus_too() -> None:
    weak, strong = draw_patient(6, ef=25), draw_patient(6, ef=65)
    assert weak.annulus_descent < 0.6 * strong.annulus_descent
    assert weak.e_prime_septal < strong.e_prime_septal


@pytest.mark.parametrize(
    ("wishes", "named"),
    [
        ({"ef": 97}, "ef"),
        ({"heart_rate": 20}, "heart_rate"),
        ({"quality": 1.4}, "quality"),
        ({"age": 7}, "age"),
        ({"height_cm": 80}, "height_cm"),
        ({"weight_kg": 500}, "weight_kg"),
        ({"sex": "X"}, "sex"),
        ({"case": "plague"}, "plague"),
        ({"case": "dilated", "severity": "dire"}, "dire"),
        ({"severity": "mild"}, "case"),
        ({"case": "dilated", "territory": "LAD"}, "infarct"),
        ({"case": "infarct", "depth": 3}, "depth"),
        ({"case": "infarct", "territory": "LMCA"}, "LMCA"),
        ({"case": "infarct", "segments": [17]}, "17"),
        ({"case": "infarct", "segments": [2], "motion": 3.0}, "3"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused_in_a_line(wishes: dict, named: str) -> None:
    with pytest.raises(InputError, match=named) as refused:
        draw_patient(1, **wishes)
    assert "\n" not in str(refused.value)


def test_negative_seed_is_refused() -> None:
    with pytest.raises(InputError, match="Seed -1"):
        draw_patient(-1)


def test_seed_decides_everything() -> None:
    def everything(p: HeartPatient) -> dict:
        return asdict(p)

    assert everything(draw_patient(9)) == everything(draw_patient(9))
    assert draw_patient(9) != draw_patient(10)
    assert draw_patient(9, case="infarct") == draw_patient(9, case="infarct")


def test_wish_leaves_the_rest_of_the_patient_alone() -> None:
    plain, asked = draw_patient(12), draw_patient(12, quality=0.9, heart_rate=88)
    assert plain.lv_length == asked.lv_length
    assert plain.sinus_radius == asked.sinus_radius


def test_grades_change_at_the_guideline_thresholds() -> None:
    assert [atrioventricular_grade(a) for a in (0, 0.19, 0.2, 0.3, 0.4)] == [0, 1, 2, 3, 4]
    assert [aortic_grade(a) for a in (0, 0.09, 0.1, 0.2, 0.3)] == [0, 1, 2, 3, 4]
    assert atrioventricular_vena_contracta(0.4) == pytest.approx(7.0)
    assert aortic_vena_contracta(0.3) == pytest.approx(6.0)


def test_wall_motion_is_scored_in_four_steps() -> None:
    assert [motion_score(m) for m in (1.1, 0.5, 0.0, -0.3)] == [1, 2, 3, 4]
