from dataclasses import replace

import numpy as np
import pytest
import report_samples as samples

from core.domain import InputError, MeasurementStatus, Patient, Severity
from core.measurement.catalogue import catalogue
from core.report.build import build_report
from core.report.document import FieldKind
from core.report.table import number, structures


def _row(report, measurement_id):
    return next(row for row in report.rows() if row.id == measurement_id)


def test_each_measurement_of_the_catalogue_has_one_place_in_the_table():
    placed = [id_ for ids in structures().values() for id_ in ids]
    assert sorted(placed) == sorted(catalogue())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_header_shows_the_patient(lang):
    fields = samples.report(lang=lang).fields()
    assert fields["header.patient_name"].value == "Müller Hans"
    assert fields["header.birth_date"].value == "1956-01-31"
    assert fields["header.height"].value == "172"
    assert fields["header.bsa"].value == "1.83"
    assert fields["header.sex"].value == "M"
    assert fields["header.sex"].shown == {"en": "Male", "zh": "男"}[lang]


def test_field_names_are_the_same_in_each_language():
    assert list(samples.report(lang="en").fields()) == list(samples.report(lang="zh").fields())


def test_value_outside_of_its_range_is_marked_in_words_and_severity():
    row = _row(samples.report(), "lvef")
    assert row.field.value == "40"
    assert row.interval == "36–44"
    assert row.normal.startswith("men 52–72 %")
    assert row.assessment.startswith("Moderately abnormal")
    assert "↓" in row.assessment
    assert row.severity is Severity.MODERATE


def test_normal_value_is_not_marked():
    of = samples.analysis(measurements=(samples.measured("lvef", 60.0),))
    row = _row(samples.report(of), "lvef")
    assert row.severity is Severity.INFO
    assert not row.abnormal
    assert row.assessment == "Normal"


def test_value_without_a_range_has_no_assessment():
    of = samples.analysis(measurements=(samples.measured("ivs_amplitude", 5.0),))
    row = _row(samples.report(of), "ivs_amplitude")
    assert (row.normal, row.assessment, row.severity) == ("", "", None)


def test_missing_measurement_gives_its_reason_in_the_readers_language():
    row = _row(samples.report(lang="zh"), "tapse")
    assert row.field.value == ""
    assert "缺少所需成像模式" in row.missing


def test_doubtful_value_carries_its_doubt():
    assert "foreshortened" in _row(samples.report(), "lvesv").note


def test_method_is_told_in_the_readers_language():
    assert _row(samples.report(lang="zh"), "lvef").method == "双平面Simpson法"


def test_value_set_by_hand_is_marked_as_edited():
    hand = samples.measured("lvef", 55.0, status=MeasurementStatus.EDITED)
    assert _row(samples.report(samples.analysis(measurements=(hand,))), "lvef").edited


def test_repeated_ids_get_fields_of_their_own():
    twice = (samples.measured("lvef", 50.0), samples.measured("lvef", 55.0))
    fields = samples.report(samples.analysis(measurements=twice)).fields()
    assert fields["measurement.lvef"].value == "50"
    assert fields["measurement.lvef_2"].value == "55"


def test_software_and_model_versions_are_told():
    lines = "\n".join(samples.report().software)
    assert "0.1.0" in lines
    assert "view 2026.3 (a3f4b5c6)" in lines
    assert "CC-BY-NC-SA-4.0" in lines


def test_unknown_patient_leaves_the_header_empty():
    fields = samples.report(samples.empty_analysis(), patient=Patient()).fields()
    empty = [name for name, field in fields.items() if not field.value]
    assert {"header.patient_name", "header.height", "header.bsa", "header.sex"} <= set(empty)


def test_long_name_is_shortened_to_one_line():
    patient = replace(samples.PATIENT, name="A" * 5000)
    value = samples.report(patient=patient).fields()["header.patient_name"].value
    assert len(value) == 200
    assert value.endswith("…")


def test_kinds_of_fields():
    kinds = {name: field.kind for name, field in samples.report().fields().items()}
    assert kinds["study_quality"] is FieldKind.CHOICE
    assert kinds["reviewed"] is FieldKind.CHECK
    assert kinds["conclusion"] is FieldKind.MULTILINE
    assert kinds["finding.ef_reduced"] is FieldKind.MULTILINE
    assert kinds["measurement.lvef"] is FieldKind.TEXT


def test_unknown_language_is_refused():
    with pytest.raises(InputError, match="fr"):
        samples.report(lang="fr")


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
    ],
)
def test_picture_of_another_kind_is_refused(pixels):
    with pytest.raises(ValueError, match="uint8"):
        build_report(
            samples.analysis(),
            patient=samples.PATIENT,
            pictures=[("x", pixels)],
            lang="en",
            created=samples.CREATED,
        )


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(48.26, "mm", "48.3"), (39.9, "%", "40"), (-0.2, "%", "0"), (1.256, "1", "1.26")],
)
def test_numbers_have_the_decimals_of_their_unit(value, unit, shown):
    assert number(value, unit) == shown
