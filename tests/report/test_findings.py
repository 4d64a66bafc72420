import pytest

from core.domain import Measurement, MeasurementStatus, Patient, Severity
from core.measurement.catalogue import catalogue
from core.report.findings import find
from core.report.ranges import grade, reference_for, reference_text, with_references

MAN = Patient(sex="M", height_cm=180, weight_kg=80)
WOMAN = Patient(sex="F", height_cm=165, weight_kg=60)
UNKNOWN = Patient()


def value_of(measurement_id, value, reason=None):
    return Measurement(
        id=measurement_id,
        value=value,
        unit=catalogue()[measurement_id].unit,
        method="m",
        status=MeasurementStatus.MISSING if value is None else MeasurementStatus.AUTO,
        reason=reason,
    )


def found(measurement_id, value, patient):
    return [f.id for f in find([value_of(measurement_id, value)], patient)]


@pytest.mark.parametrize(
    ("patient", "value", "expected"),
    [
        (MAN, 52.0, "normal"),
        (MAN, 51.6, "normal"),
        (MAN, 51.4, "mild"),
        (WOMAN, 53.0, "mild"),
        (WOMAN, 54.0, "normal"),
        (MAN, 40.0, "moderate"),
        (MAN, 30.0, "moderate"),
        (MAN, 29.0, "severe"),
        (MAN, 80.0, None),
        (UNKNOWN, 35.0, "moderate"),
        (UNKNOWN, 53.0, None),
    ],
)
def test_ejection_fraction_is_graded_by_sex(patient, value, expected):
    assert grade("lvef", value, patient).grade == expected


def test_a_range_by_body_surface_needs_the_body_surface():
    assert grade("la_volume", 80.0, UNKNOWN) is None
    assert grade("la_volume", 60.0, MAN).grade == "normal"
    assert grade("la_volume", 60.0, MAN).compared == round(60.0 / MAN.bsa_m2)
    assert grade("la_volume", 100.0, MAN).grade == "severe"


def test_nothing_is_graded_without_a_range_or_a_value():
    assert grade("e_vmax", 80.0, MAN) is None
    assert reference_for("e_vmax", MAN) is None
    assert grade("lvef", None, MAN) is None


def test_a_reference_carries_its_source_and_says_what_is_not_verified():
    reference = reference_for("lvef", UNKNOWN)
    assert reference.text("en") == "men 52–72 %; women 54–74 % (ASE/EACVI 2015)"
    assert reference.text("zh") == "男 52–72 %；女 54–74 %（ASE/EACVI 2015）"
    assert "not verified" in reference_for("lvesv", MAN).text("en")
    assert reference_text(value_of("lvef", 35.0), MAN, "en").endswith("grade not verified")
    assert "not verified" not in reference_text(value_of("lvef", 60.0), MAN, "en")


def test_measurements_get_grade_and_reference_also_where_the_value_is_missing():
    filled = with_references([value_of("lvef", 35.0), value_of("lvedv", None)], MAN)
    assert filled[0].grade == "moderate"
    assert filled[1].grade is None
    assert filled[1].reference == "men 62–150 mL (ASE/EACVI 2015)"
    assert with_references(filled, MAN) == filled


@pytest.mark.parametrize(
    ("measurement_id", "value", "expected", "severity"),
    [
        ("lvef", 60.0, "lvef_normal", Severity.INFO),
        ("lvef", 78.0, "lvef_high", Severity.INFO),
        ("lvef", 45.0, "lvef_mild", Severity.MILD),
        ("lvef", 35.0, "lvef_moderate", Severity.MODERATE),
        ("lvef", 20.0, "lvef_severe", Severity.SEVERE),
        ("lvedv", 100.0, "lvedv_normal", Severity.INFO),
        ("lvedv", 40.0, "lvedv_small", Severity.INFO),
        ("lvedv", 160.0, "lvedv_mild", Severity.MILD),
        ("lvedv", 190.0, "lvedv_moderate", Severity.MODERATE),
        ("lvedv", 230.0, "lvedv_severe", Severity.SEVERE),
        ("la_volume", 75.0, "la_volume_mild", Severity.MILD),
        ("la_volume", 120.0, "la_volume_severe", Severity.SEVERE),
        ("ra_area", 15.0, "ra_area_normal", Severity.INFO),
        ("ra_area", 25.0, "ra_area_large", Severity.MILD),
        ("rv_basal", 45.0, "rv_basal_large", Severity.MILD),
        ("lvedd", 66.0, "lvedd_moderate", Severity.MODERATE),
        ("ivsd", 15.0, "walls_moderate", Severity.MODERATE),
        ("tapse", 14.0, "rv_function_reduced", Severity.MILD),
        ("ao_root", 43.0, "ao_root_large", Severity.MILD),
        ("main_pa", 24.0, "main_pa_large", Severity.MILD),
    ],
)
def test_a_rule_says_what_the_value_means(measurement_id, value, expected, severity):
    (finding,) = find([value_of(measurement_id, value)], MAN)
    assert (finding.id, finding.severity) == (expected, severity)
    assert finding.because == (measurement_id,)
    assert finding.edition in finding.source
    assert finding.edition
    assert set(finding.text) == {"en", "zh"}


def test_nothing_is_said_of_what_was_not_measured():
    missing = [value_of(m, None, "reason.no_view") for m in catalogue()]
    assert find(missing, MAN) == ()
    assert find([], MAN) == ()


def test_nothing_is_said_where_the_unknown_sex_would_decide():
    assert found("lvef", 53.0, UNKNOWN) == []
    assert found("lvef", 35.0, UNKNOWN) == ["lvef_moderate"]


def test_a_recalled_cut_off_is_said_to_be_so_and_a_read_one_is_not():
    (mild,) = find([value_of("lvef", 45.0)], MAN)
    (normal,) = find([value_of("lvef", 60.0)], MAN)
    assert not mild.verified
    assert normal.verified


def test_a_doubtful_value_makes_a_doubtful_sentence():
    (finding,) = find([value_of("lvef", 45.0, "reason.foreshortened")], MAN)
    assert "Doubtful" in finding.text["en"]
    assert "存疑" in finding.text["zh"]
