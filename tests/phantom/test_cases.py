"""Diseases: graded by the guideline, worse from mild to severe, felt by the whole heart."""

from collections.abc import Callable

import numpy as np
import pytest

from core.language import both
from core.phantom.cycle import figures_of, flows_of
from core.phantom.patient import Case, HeartPatient, HeartRhythm, Severity, Sex, draw_patient
from core.phantom.patient.segments import TERRITORY_SEGMENTS, motion_score
from core.phantom.patient.volumes import atrium_ml, edv_ml

SEEDS = (3, 8, 14)
SEVERITIES = tuple(Severity)
Measure = Callable[[HeartPatient], float]


def figures(patient: HeartPatient):
    edv = edv_ml(patient)
    return figures_of(patient, flows_of(patient, edv_ml=edv, esv_ml=edv * (1 - patient.ef / 100)))


def septum(p: HeartPatient) -> float:
    return max(p.segment_wall[7:9])


def la_index(p: HeartPatient) -> float:
    return atrium_ml(p.la_radii) / p.bsa


# Case, what grows with its severity.
WORSE: list[tuple[Case, Measure]] = [
    (Case.DILATED, edv_ml),
    (Case.DILATED, lambda p: -p.ef),
    (Case.DILATED, lambda p: p.mitral_tenting_mm),
    (Case.HYPERTROPHIC_SEPTAL, septum),
    (Case.HYPERTROPHIC_SEPTAL, lambda p: septum(p) / p.segment_wall[10]),
    (Case.HYPERTROPHIC_CONCENTRIC, lambda p: p.segment_wall[10]),
    (Case.INFARCT, lambda p: -min(p.segment_motion)),
    (Case.INFARCT, lambda p: -p.ef),
    (Case.TAKOTSUBO, lambda p: -p.segment_motion[14]),
    (Case.AORTIC_STENOSIS, lambda p: -p.ava_cm2),
    (Case.AORTIC_STENOSIS, lambda p: -p.av_opening),
    (Case.AORTIC_STENOSIS, lambda p: p.cusp_thickness),
    (Case.AORTIC_STENOSIS, septum),
    (Case.BICUSPID_AORTIC_VALVE, lambda p: p.ascending_radius),
    (Case.AORTIC_REGURGITATION, lambda p: p.ar_eroa_cm2),
    (Case.AORTIC_REGURGITATION, edv_ml),
    (Case.AORTIC_REGURGITATION, lambda p: p.systolic_bp - p.diastolic_bp),
    (Case.MITRAL_STENOSIS, lambda p: -p.mva_cm2),
    (Case.MITRAL_STENOSIS, la_index),
    (Case.MITRAL_REGURGITATION_FUNCTIONAL, lambda p: p.mr_orifice_mm),
    (Case.MITRAL_REGURGITATION_FUNCTIONAL, la_index),
    (Case.MITRAL_PROLAPSE, lambda p: p.mitral_prolapse_mm),
    (Case.MITRAL_PROLAPSE, edv_ml),
    (Case.TRICUSPID_REGURGITATION, lambda p: p.tr_eroa_cm2),
    (Case.TRICUSPID_REGURGITATION, lambda p: atrium_ml(p.ra_radii)),
    (Case.PULMONARY_HYPERTENSION, lambda p: p.tr_vmax_m_s),
    (Case.PULMONARY_HYPERTENSION, lambda p: p.septal_flattening),
    (Case.PULMONARY_HYPERTENSION, lambda p: -p.tapse),
    (Case.RV_DILATATION, lambda p: p.rv_radii[0]),
    (Case.ATRIAL_SEPTAL_DEFECT, lambda p: p.asd_mm),
    (Case.ATRIAL_SEPTAL_DEFECT, lambda p: p.rv_radii[0]),
    (Case.VENTRICULAR_SEPTAL_DEFECT, lambda p: p.vsd_mm),
    (Case.VENTRICULAR_SEPTAL_DEFECT, edv_ml),
    (Case.PERICARDIAL_EFFUSION, lambda p: p.effusion_mm),
    (Case.TAMPONADE, lambda p: p.tamponade),
    (Case.TAMPONADE, lambda p: -edv_ml(p)),
    (Case.AORTIC_DILATATION, lambda p: p.ascending_radius),
    (Case.ATRIAL_FIBRILLATION, la_index),
]


@pytest.mark.parametrize(("case", "measure"), WORSE)
def test_disease_gets_worse_with_its_severity(case: Case, measure: Measure) -> None:
    for seed in SEEDS:
        steps = [measure(draw_patient(seed, case=case, severity=s)) for s in SEVERITIES]
        assert steps[0] < steps[1] < steps[2]


@pytest.mark.parametrize("case", list(Case))
def test_every_case_differs_from_health_and_is_named_in_both_languages(case: Case) -> None:
    healthy, ill = draw_patient(3), draw_patient(3, case=case)
    assert ill.case is case
    assert ill.severity is Severity.MODERATE
    assert ill != healthy
    assert set(both(f"case.{case}")) == {"en", "zh"}


@pytest.mark.parametrize("case", list(Case))
@pytest.mark.parametrize("severity", SEVERITIES)
def test_circulation_goes_on_in_every_case(case: Case, severity: Severity) -> None:
    for seed in SEEDS:
        patient = draw_patient(seed, case=case, severity=severity)
        found = figures(patient)
        # A cardiac index under about 1 L/min/m2 is not lived with.
        assert found.forward_volume * patient.heart_rate / patient.bsa > 1000
        assert patient.diastolic_bp < patient.systolic_bp
        assert len(patient.segment_wall) == len(patient.segment_motion) == 16
        assert 15 <= patient.ef <= 75


@pytest.mark.parametrize("seed", SEEDS)
def test_aortic_stenosis_has_jet_gradient_and_area_of_its_grade(seed: int) -> None:
    jets = {Severity.MILD: (2.0, 3.0), Severity.MODERATE: (2.9, 4.0), Severity.SEVERE: (4.0, 6.0)}
    areas = {Severity.MILD: (1.3, 2.4), Severity.MODERATE: (0.95, 1.5), Severity.SEVERE: (0.3, 1)}
    for severity in SEVERITIES:
        patient = draw_patient(seed, case=Case.AORTIC_STENOSIS, severity=severity)
        found = figures(patient)
        assert jets[severity][0] <= found.av_vmax <= jets[severity][1]
        assert areas[severity][0] <= found.av_area <= areas[severity][1]
    assert found.av_mean_gradient >= 38


@pytest.mark.parametrize(
    ("case", "grade"),
    [
        (Case.MITRAL_REGURGITATION_FUNCTIONAL, lambda p: p.mr_grade),
        (Case.MITRAL_PROLAPSE, lambda p: p.mr_grade),
        (Case.AORTIC_REGURGITATION, lambda p: p.ar_grade),
        (Case.TRICUSPID_REGURGITATION, lambda p: p.tr_grade),
    ],
)
def test_regurgitation_has_the_grade_of_its_severity(case: Case, grade: Measure) -> None:
    for seed in SEEDS:
        grades = [grade(draw_patient(seed, case=case, severity=s)) for s in SEVERITIES]
        assert grades[0] == 1
        assert grades[1] in (2, 3)
        assert grades[2] == 4


@pytest.mark.parametrize("sex", list(Sex))
def test_dilated_heart_has_volume_and_function_of_its_grade(sex: Sex) -> None:
    volumes = {Sex.MALE: (151, 175, 200), Sex.FEMALE: (107, 121, 130)}[sex]
    for floor, severity in zip(volumes, SEVERITIES, strict=True):
        patient = draw_patient(5, sex=sex, case=Case.DILATED, severity=severity)
        assert edv_ml(patient) > floor
    assert patient.ef < 30
    assert patient.lv_length / patient.lv_radius < 3.0  # rounder than a healthy 3.5


@pytest.mark.parametrize("territory", list(TERRITORY_SEGMENTS))
def test_infarct_stays_in_its_territory(territory: str) -> None:
    patient = draw_patient(4, case=Case.INFARCT, territory=territory)
    hurt = {n for n in range(1, 17) if motion_score(patient.segment_motion[n - 1]) > 1}
    assert hurt == set(TERRITORY_SEGMENTS[territory])


@pytest.mark.parametrize("segment", range(1, 17))
def test_any_segment_can_be_infarcted_in_any_way(segment: int) -> None:
    for motion, score in ((0.5, 2), (0.0, 3), (-0.3, 4)):
        patient = draw_patient(
            4, case=Case.INFARCT, severity="severe", segments=[segment], motion=motion
        )
        scores = [motion_score(m) for m in patient.segment_motion]
        assert scores[segment - 1] == score
        assert sum(s > 1 for s in scores) == 1
    healthy = draw_patient(4)
    assert patient.segment_wall[segment - 1] < healthy.segment_wall[segment - 1]


def test_bicuspid_valve_has_two_cusps() -> None:
    assert draw_patient(1, case=Case.BICUSPID_AORTIC_VALVE).av_cusps == 2


def test_fibrillation_is_a_rhythm() -> None:
    patient = draw_patient(1, case=Case.ATRIAL_FIBRILLATION)
    assert patient.rhythm is HeartRhythm.AF


def test_shunts_carry_more_blood_to_the_lungs() -> None:
    for case in (Case.ATRIAL_SEPTAL_DEFECT, Case.VENTRICULAR_SEPTAL_DEFECT):
        healthy, ill = draw_patient(2), draw_patient(2, case=case, severity="severe")
        assert ill.qp_qs > 2
        assert ill.pa_radius > 1.2 * healthy.pa_radius


def test_tamponade_fills_the_caval_vein_and_hurries_the_heart() -> None:
    patient = draw_patient(7, case=Case.TAMPONADE, severity="severe")
    assert 2 * patient.ivc_radius > 21
    assert patient.ivc_collapse < 0.5
    assert patient.heart_rate > 100


def test_ranges_of_chance_leave_patients_different() -> None:
    areas = [draw_patient(s, case=Case.MITRAL_STENOSIS).mva_cm2 for s in range(12)]
    assert np.std(areas) > 0.05
