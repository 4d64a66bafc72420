"""The rules: what each disease is called, from which values, and what stays unsaid."""

from typing import Any

import pytest
import yaml
from exam_values import MAN, UNKNOWN, WOMAN, values

from core.domain import Patient, Severity
from core.language import catalogue as texts
from core.measurement.catalogue import catalogue
from core.measurement.segments import SEGMENTS
from core.report.conditions import Facts, decide
from core.report.findings import criteria, find, headline, in_order, rules
from core.report.quantities import FORMULAS, quantities
from core.report.ranges import reference_for
from core.report.rhythm import Rhythm, rhythm_of
from core.report.sources import source_words, sources

SINUS = {"e_vmax": 80.0, "a_vmax": 60.0, "e_a_ratio": 1.3}


def ids(patient: Patient = MAN, rhythm: Rhythm | None = None, **given: Any) -> set[str]:
    return {f.id for f in find(values(**given), patient, rhythm=rhythm)}


def looked_at(condition: Any) -> set[str]:
    """All quantities that a condition names, those of its criteria too."""
    if isinstance(condition, str):
        return looked_at(criteria()[condition])
    if "of" in condition:
        return {condition["of"]}
    parts = next((v for v in condition.values() if isinstance(v, list)), [])
    return set().union(*(looked_at(part) for part in parts if not _is_word(part)), set())


def _is_word(part: Any) -> bool:
    return isinstance(part, str) and part not in criteria()


def test_every_rule_is_whole():
    known = {*catalogue(), *(f.id for f in FORMULAS), "atrial_defect", "ventricular_defect"}
    for rule in rules():
        assert {f"finding.{rule.id}"} <= texts().keys()
        assert rule.source in sources()
        assert looked_at(rule.when) | set(rule.tell) <= known
        assert (rule.severity is None) == bool(rule.severity_of)
        told = rule.tell or looked_at(rule.when)
        assert {f"quantity.{id_}" for id_ in told} <= texts().keys()
        decide(rule.when, Facts(quantities={}, patient=MAN, rhythm=None, criteria=criteria()))
    assert len({rule.id for rule in rules()}) == len(rules())


def test_every_range_has_a_source_with_an_edition():
    for quantity in {*catalogue(), *(f.id for f in FORMULAS)}:
        reference = reference_for(quantity, MAN)
        if reference is not None:
            assert reference.edition in reference.full_source
            assert reference.source


@pytest.mark.parametrize("patient", [MAN, WOMAN, UNKNOWN])
def test_rules_that_speak_of_the_same_thing_never_speak_together(patient):
    groups = {rule.id: rule.one_of for rule in rules() if rule.one_of}
    for number in (0.0, 1.0, 2.0, 4.0, 17.0, 30.0, 55.0, 90.0, 160.0, 300.0):
        found = find(values(**dict.fromkeys(catalogue(), number)), patient)
        spoken = [groups[f.id] for f in found if f.id in groups]
        assert len(set(spoken)) == len(spoken)


def test_a_finding_rests_only_on_what_was_measured():
    for measured in (SINUS, {"lvedd": 60.0}, {"av_vmax": 4.4, "av_area": 0.7}, {"ivc": 25.0}):
        for finding in find(values(**measured), MAN):
            assert finding.because
            assert set(finding.because) <= measured.keys()


@pytest.mark.parametrize(
    ("walls", "expected", "severity"),
    [
        ({"lvedd": 48.0, "ivsd": 9.0, "lvpwd": 9.0}, "geometry_normal", Severity.INFO),
        ({"lvedd": 42.0, "ivsd": 10.0, "lvpwd": 10.0}, "remodelling_concentric", Severity.MILD),
        ({"lvedd": 48.0, "ivsd": 14.0, "lvpwd": 14.0}, "hypertrophy_concentric", Severity.MODERATE),
        ({"lvedd": 66.0, "ivsd": 10.0, "lvpwd": 10.0}, "hypertrophy_eccentric", Severity.MODERATE),
        ({"ivsd": 18.0, "lvpwd": 9.0}, "walls_severe", Severity.SEVERE),
    ],
)
def test_hypertrophy_by_mass_and_relative_thickness(walls, expected, severity):
    found = {f.id: f for f in find(values(**walls), MAN)}
    assert found[expected].severity is severity
    assert found[expected].because == tuple(id_ for id_ in catalogue() if id_ in walls)


def test_mass_is_that_of_the_cube_formula():
    # 0.8 * 1.04 * ((4.8 + 1.0 + 1.0)^3 - 4.8^3) + 0.6 = 170.2 g
    mass = quantities(values(lvedd=48.0, ivsd=10.0, lvpwd=10.0), MAN)["lv_mass"]
    assert mass.value == pytest.approx(170.2, abs=0.1)


def test_shortening_and_fraction_come_from_the_two_diameters():
    found = quantities(values(lvedd=50.0, lvesd=32.0), MAN)
    assert found["fractional_shortening"].value == pytest.approx(36.0)
    # 7 / (2.4 + 5.0) * 5.0^3 = 118.2 mL; 7 / (2.4 + 3.2) * 3.2^3 = 41.0 mL
    assert found["ef_teichholz"].value == pytest.approx(65.4, abs=0.1)
    assert "ef_teichholz" not in quantities(values(lvedd=40.0, lvesd=44.0), MAN)
    assert "lvef" not in found


RELAXED = {"e_prime_septal": 9.0, "e_prime_lateral": 12.0}
STIFF = {"e_prime_septal": 4.0, "e_prime_lateral": 5.0}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({**SINUS, **RELAXED, "tr_vmax": 2.4}, "diastole_normal"),
        ({**SINUS, **RELAXED}, "diastole_normal"),
        ({**SINUS, **STIFF, "tr_vmax": 3.1}, "diastole_grade_2"),
        ({**SINUS, **STIFF, "tr_vmax": 3.1, "e_a_ratio": 2.4}, "diastole_grade_3"),
        # e' alone is low: the atrium decides, and without it nothing does.
        ({**SINUS, **STIFF, "e_vmax": 50.0, "tr_vmax": 2.2}, "diastole_open"),
        (
            {**SINUS, **STIFF, "e_vmax": 50.0, "e_a_ratio": 0.7, "la_volume": 55.0},
            "diastole_grade_1",
        ),
        (
            {**SINUS, **STIFF, "e_vmax": 50.0, "e_a_ratio": 0.7, "la_volume": 90.0},
            "diastole_grade_2",
        ),
    ],
)
def test_diastolic_function_in_two_steps(given, expected):
    assert {id_ for id_ in ids(**given) if id_.startswith("diastole")} == {expected}


def test_diastolic_function_is_not_told_from_one_criterion_or_without_an_a_wave():
    assert ids(e_vmax=80.0, a_vmax=60.0, e_a_ratio=1.3) == set()
    assert ids(e_vmax=80.0, e_prime_septal=4.0, tr_vmax=2.0) == {"ph_low"}


def test_atrial_fibrillation_has_criteria_of_its_own():
    given = {"e_vmax": 110.0, "e_prime_septal": 6.0, "tr_vmax": 3.0, "e_dt": 150.0}
    fibrillates = Rhythm.ATRIAL_FIBRILLATION
    assert "diastole_af_raised" in ids(rhythm=fibrillates, **given)
    calm = {"e_vmax": 70.0, "e_prime_septal": 9.0, "tr_vmax": 2.2, "e_dt": 200.0}
    assert "diastole_af_normal" in ids(rhythm=fibrillates, **calm)
    assert not any(id_.startswith("diastole_grade") for id_ in ids(rhythm=fibrillates, **given))


@pytest.mark.parametrize(
    ("words", "rhythm"),
    [
        ("AF, 88/min", Rhythm.ATRIAL_FIBRILLATION),
        ("心房颤动 90次/分", Rhythm.ATRIAL_FIBRILLATION),
        ("sinus 62", Rhythm.SINUS),
        ("窦性心律", Rhythm.SINUS),
        ("after AF, now sinus rhythm", None),
        ("72/min", None),
    ],
)
def test_rhythm_is_read_from_the_head_of_the_report(words, rhythm):
    assert rhythm_of(words) is rhythm


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"av_vmax": 1.4}, "as_none"),
        ({"av_vmax": 2.8}, "as_mild"),
        ({"av_vmax": 3.4, "av_mean_gradient": 28.0}, "as_moderate"),
        ({"av_vmax": 3.96}, "as_severe"),  # read as 4.0, as the guideline is
        ({"av_vmax": 3.2, "av_mean_gradient": 42.0}, "as_severe"),
        ({"av_vmax": 5.2}, "as_very_severe"),
        ({"av_vmax": 3.1, "av_mean_gradient": 25.0, "av_area": 0.8}, "as_discordant"),
        ({"av_area": 0.8}, "as_severe_by_area"),
        ({"av_vmax": 4.4, "av_area": 1.4}, "as_severe"),
    ],
)
def test_aortic_stenosis(given, expected):
    assert {id_ for id_ in ids(**given) if id_.startswith("as_")} == {expected}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"mv_area": 0.9}, "ms_severe"),
        ({"mv_area": 1.4}, "ms_moderate"),
        ({"mv_area": 4.5}, "ms_none"),
        ({"mr_grade": 4.0}, "mr_severe"),
        ({"ar_grade": 2.0}, "ar_moderate"),
        ({"tr_grade": 1.0}, "tr_mild"),
        ({"mr_grade": 0.0}, "mr_none"),
        ({"av_cusps": 2.0}, "av_bicuspid"),
        ({"pericardial_effusion": 0.0}, "effusion_none"),
        ({"pericardial_effusion": 6.0}, "effusion_small"),
        ({"pericardial_effusion": 25.0}, "effusion_large"),
        ({"septal_defect": (8.0, {"atrial": 8.0, "ventricular": 0.0})}, "atrial_defect"),
        ({"septal_defect": (5.0, {"atrial": 0.0, "ventricular": 5.0})}, "ventricular_defect"),
        ({"septal_defect": 5.0}, "septal_defect"),
        ({"septal_defect": 0.0}, "septa_closed"),
        ({"tr_vmax": 3.6}, "ph_high"),
        ({"tr_vmax": 3.0}, "ph_intermediate"),
        ({"tr_vmax": 3.0, "main_pa": 28.0}, "ph_signs"),
        ({"ivc": (24.0, {"minimum": 18.0})}, "ra_pressure_high"),
        ({"ivc": (15.0, {"minimum": 5.0})}, "ra_pressure_normal"),
        ({"ivc": 24.0}, "ivc_wide"),
        ({"lvedd": 55.0}, "lvedd_normal"),
    ],
)
def test_each_thing_has_its_words(given, expected):
    assert expected in ids(**given)


def test_body_size_speaks_where_it_decides():
    small = Patient(sex="F", height_cm=148, weight_kg=42)
    assert {"lvedd_normal", "lvedd_large_for_size"} <= ids(small, lvedd=51.0)
    large = Patient(sex="M", height_cm=200, weight_kg=130)
    assert {"lvedd_mild", "lvedd_normal_for_size"} <= ids(large, lvedd=60.0)


def test_pressure_of_the_right_ventricle_needs_that_of_the_atrium():
    found = quantities(values(tr_vmax=3.0), MAN)
    assert found["tr_gradient"].value == pytest.approx(36.0)
    assert "rvsp" not in found
    whole = quantities(values(tr_vmax=3.0, ivc=(24.0, {"minimum": 20.0})), MAN)
    assert whole["rvsp"].value == pytest.approx(51.0)
    assert not whole["rvsp"].verified


def test_wall_motion_names_segments_how_many_were_seen_and_the_usual_artery():
    scores = dict.fromkeys(SEGMENTS, 1.0) | {"mid_anterior": 2.0, "apical_anterior": 3.0}
    del scores["basal_inferior"]
    (finding,) = find(values(wall_motion=(1.2, scores)), MAN)
    assert finding.id == "wall_motion_mild"
    for words in ("hypokinetic: mid anterior", "akinetic: apical anterior", "15 of 16", "LAD"):
        assert words in finding.text["en"]
    for words in ("运动减低：中间段前壁", "无运动：心尖段前壁"):
        assert words in finding.text["zh"]


def test_sentences_tell_their_values_with_units():
    found = {f.id: f for f in find(values(av_vmax=3.4, av_mean_gradient=28.0), MAN)}
    assert "Vmax 3.4 m/s, mean gradient 28 mmHg" in found["as_moderate"].text["en"]
    assert headline(found["as_moderate"], "zh") == "主动脉瓣中度狭窄"


def test_recalled_cut_offs_are_known_as_such():
    verified = {f.id: f.verified for f in find(values(mv_area=1.2, av_vmax=4.2), MAN)}
    assert verified == {"ms_moderate": False, "as_severe": True}


def test_findings_come_in_the_order_of_the_rules():
    found = find(values(mr_grade=2.0, lvef=35.0, av_vmax=4.2), MAN)
    assert in_order(reversed(found)) == found
    assert [f.id for f in found] == ["lvef_moderate", "as_severe", "mr_moderate"]


def test_a_condition_that_is_written_wrong_is_an_error():
    facts = Facts(
        quantities=quantities(values(lvef=35.0), MAN), patient=MAN, rhythm=None, criteria={}
    )
    for wrong in ("{of: lvef}", "no_such_criterion", "{some: []}"):
        with pytest.raises((KeyError, ValueError)):
            decide(yaml.safe_load(wrong), facts)


def test_what_a_reader_should_know_of_a_source_is_told_in_both_languages():
    full = sources()["ra2010"].full
    assert source_words(full, "en").endswith("replaces it; its tables were not at hand)")
    assert source_words(full, "zh").endswith("（已被2025年指南取代，其数值表未能取得）")
    assert source_words("A hospital's own rule", "zh") == "A hospital's own rule"
