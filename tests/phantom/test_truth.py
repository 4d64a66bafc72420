"""The truth of a patient: lines end on structures, and what was asked is what is measured."""

import numpy as np
import pytest

from core.domain import View
from core.measurement.catalogue import catalogue
from core.phantom.heart.heart import Heart
from core.phantom.patient import Case, HeartPatient, Severity, draw_patient
from core.phantom.patient.segments import motion_score
from core.phantom.scene import Structure, distances
from core.phantom.truth import landmarks, patient_measurements
from core.phantom.truth.cut import off
from core.phantom.truth.linear import CALIPERS
from core.phantom.truth.subject import Subject

SEEDS = (1, 2, 5)
#: The structures whose surfaces a caliper's first and second end lie on.
SURFACES = {
    "lvid": (Structure.LV, Structure.LV),
    "ivs": (Structure.LV_EPI, Structure.LV),
    "lvpw": (Structure.LV, Structure.LV_EPI),
    "rv_ap": (Structure.RV, Structure.RV),
    "ao_root": (Structure.AORTA, Structure.AORTA),
    "asc_aorta": (Structure.AORTA, Structure.AORTA),
    "lvot": (Structure.LV, Structure.LV),
    "la_ap": (Structure.LA, Structure.LA),
    "effusion": (Structure.HEART, Structure.SAC),
    "main_pa": (Structure.PULMONARY, Structure.PULMONARY),
    "rv_basal": (Structure.RV, Structure.RV),
    "ra_minor": (Structure.RA, Structure.RA),
    "ivc": (Structure.IVC, Structure.IVC),
}


@pytest.fixture(scope="module", params=SEEDS)
def subject(request: pytest.FixtureRequest) -> Subject:
    return Subject(draw_patient(request.param))


@pytest.fixture(scope="module")
def wet() -> Subject:
    return Subject(draw_patient(4, case=Case.PERICARDIAL_EFFUSION, severity=Severity.SEVERE))


def _off_surface(heart: Heart, point: np.ndarray, structure: Structure) -> float:
    # asked among neighbours, so that no form near the point is left out
    around = point + np.linspace(-0.01, 0.01, 16)[:, None]
    return float(np.abs(distances(heart.scene, around)[:, structure]).min())


@pytest.mark.parametrize("at", ["ed", "es"])
@pytest.mark.parametrize("name", [name for name in SURFACES if name != "effusion"])
def test_calipers_end_on_the_surfaces_in_the_plane(name: str, at: str, subject: Subject) -> None:
    heart, plane = subject.hearts[at], subject.planes[CALIPERS[name].view]
    ends = CALIPERS[name].draw(heart, plane)
    assert ends is not None
    for end, structure in zip(ends, SURFACES[name], strict=True):
        assert _off_surface(heart, end, structure) < 0.5
        assert abs(off(plane, end)) < 1e-6


def test_fluid_lies_between_the_heart_and_its_sac(wet: Subject) -> None:
    ends = CALIPERS["effusion"].draw(wet.hearts["ed"], wet.planes[View.PLAX])
    assert ends is not None
    for end, structure in zip(ends, SURFACES["effusion"], strict=True):
        assert _off_surface(wet.hearts["ed"], end, structure) < 0.5
    depth = patient_measurements(wet.patient)["pericardial_effusion"].value
    assert depth == pytest.approx(wet.patient.effusion_mm, rel=0.2)


def test_every_measurement_of_the_list_has_a_value_in_its_unit(subject: Subject) -> None:
    found = patient_measurements(subject.patient)
    assert list(found) == list(catalogue())
    assert all(found[name].unit == entry.unit for name, entry in catalogue().items())
    missing = {name for name, each in found.items() if each.value is None}
    assert missing <= {"tr_vmax"}, "a valve that does not leak has no regurgitant jet"


@pytest.mark.parametrize("ef", [22, 45, 60, 72])
def test_the_ejection_fraction_asked_for_is_the_true_one(ef: float) -> None:
    patient = draw_patient(3, ef=ef)
    found = patient_measurements(patient)
    assert found["lvef"].value == pytest.approx(ef, abs=0.2)
    assert found["lvef"].parts["biplane"] == pytest.approx(ef, abs=4)
    biplane = found["lvedv"].parts["biplane"]
    assert biplane == pytest.approx(found["lvedv"].value, rel=0.08)


def test_what_was_drawn_is_what_is_measured(subject: Subject) -> None:
    patient = subject.patient
    found = {name: each.value for name, each in patient_measurements(patient).items()}
    assert found["tapse"] == pytest.approx(patient.tapse, rel=0.02)
    assert found["ao_root"] == pytest.approx(2 * patient.sinus_radius, rel=0.05)
    assert found["asc_aorta"] == pytest.approx(2 * patient.ascending_radius, rel=0.05)
    assert found["main_pa"] == pytest.approx(2 * patient.pa_radius, rel=0.06)
    assert found["ivc"] == pytest.approx(2 * patient.ivc_radius, rel=0.02)
    assert found["lvpwd"] == pytest.approx(patient.segment_wall[4], rel=0.08)
    assert found["av_cusps"] == patient.av_cusps
    assert found["mv_area"] == patient.mva_cm2


def test_sizes_of_healthy_hearts_are_those_of_the_guidelines(subject: Subject) -> None:
    found = {name: each.value for name, each in patient_measurements(subject.patient).items()}
    ranges = {
        "lvedd": (36, 60), "lvesd": (20, 42), "ivsd": (5, 12), "lvpwd": (5, 12),
        "ivs_amplitude": (3, 10), "la_ap": (24, 42), "la_volume": (25, 85), "rv_ap": (7, 32),
        "rv_basal": (20, 43), "lvot_diameter": (14, 27), "e_vmax": (40, 120), "lvot_vti": (12, 28),
        "av_vmax": (0.7, 1.8), "e_dt": (120, 260), "wall_motion": (1, 1.05),
    }  # fmt: skip
    off_range = {
        name: found[name] for name, (low, high) in ranges.items() if not low <= found[name] <= high
    }
    assert off_range == {}


@pytest.mark.parametrize("severity", [Severity.MODERATE, Severity.SEVERE])
def test_walls_that_do_not_move_are_scored_so(severity: Severity) -> None:
    patient = draw_patient(7, case=Case.INFARCT, severity=severity)
    scores = patient_measurements(patient)["wall_motion"].parts.values()
    asked = [motion_score(motion) for motion in patient.segment_motion]
    assert max(scores) == max(asked)
    assert np.abs(np.array(list(scores)) - asked).max() <= 1


def test_valves_open_when_blood_passes_and_no_wider_than_their_ring(subject: Subject) -> None:
    parts = patient_measurements(subject.patient)["valve_opening"].parts
    es = subject.phases["es"] * subject.times_ms[-1] / subject.beat[-1].moment.phase
    assert 0 < parts["aortic_opens_ms"] < parts["aortic_closes_ms"] <= es + 30
    assert es < parts["mitral_opens_ms"] < parts["mitral_closes_ms"]
    assert 8 < parts["aortic_mm"] < 2 * subject.patient.annulus_radius
    assert 10 < parts["mitral_mm"] < 2.2 * subject.patient.mitral_ring


def test_stenosis_and_holes_show_in_the_numbers() -> None:
    tight = patient_measurements(
        draw_patient(7, case=Case.AORTIC_STENOSIS, severity=Severity.SEVERE)
    )
    assert tight["av_area"].value < 1.0
    assert tight["av_mean_gradient"].value > 40
    hole = draw_patient(7, case=Case.ATRIAL_SEPTAL_DEFECT, severity=Severity.SEVERE)
    assert patient_measurements(hole)["septal_defect"].value == hole.asd_mm > 0


@pytest.mark.parametrize(
    ("view", "seen", "unseen"),
    [
        (View.A4C, {"mitral_lateral", "mitral_septal", "tricuspid_lateral", "lv_apex"},
         "stj_anterior"),
        (View.A2C, {"mitral_anterior", "mitral_inferior", "lv_apex"}, "tricuspid_lateral"),
        (View.PLAX, {"mitral_aortic", "mitral_posterior", "aortic_anterior", "stj_posterior"},
         "mitral_lateral"),
    ],
)  # fmt: skip
def test_landmarks_are_named_by_what_the_plane_cuts(
    view: View, seen: set[str], unseen: str, subject: Subject
) -> None:
    plane = subject.planes[view]
    found = landmarks(subject.hearts["ed"], plane)
    for name in seen:
        assert np.isfinite(found[name]).all()
        assert abs(off(plane, found[name])) <= 3
    assert np.isnan(found[unseen]).all()


def test_the_lateral_wall_is_on_the_right_of_the_four_chamber_view(subject: Subject) -> None:
    plane = subject.planes[View.A4C]
    found = landmarks(subject.hearts["ed"], plane)
    places = [plane.locate(found[name])[0] for name in (
        "tricuspid_lateral", "tricuspid_septal", "mitral_septal", "mitral_lateral")]  # fmt: skip
    assert places == sorted(places)


def test_measuring_is_repeatable(subject: Subject) -> None:
    patient: HeartPatient = subject.patient
    first = {name: each.value for name, each in patient_measurements(patient).items()}
    patient_measurements.cache_clear()
    again = {name: each.value for name, each in patient_measurements(patient).items()}
    assert first == again
