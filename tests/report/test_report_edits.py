import json

import pytest
import report_samples as samples

from core.domain import InputError, Severity
from core.report.edits import ReportEdits, apply, differences


def _row(report, measurement_id):
    return next(row for row in report.rows() if row.id == measurement_id)


def test_edits_survive_json():
    edits = ReportEdits({"conclusion": "左室扩大\nline", "reviewed": "Yes"})
    again = ReportEdits.from_json(json.loads(json.dumps(edits.to_json())))
    assert dict(again.values) == dict(edits.values)


@pytest.mark.parametrize("data", [None, [], {"a": 1}, {"a": None}, "text", {1: "a"}])
def test_other_json_is_refused(data):
    with pytest.raises(InputError, match="report edits"):
        ReportEdits.from_json(data)


def test_edits_cannot_be_changed_in_place():
    given = {"conclusion": "a"}
    edits = ReportEdits(given)
    given["conclusion"] = "b"
    assert edits.values["conclusion"] == "a"
    with pytest.raises(TypeError):
        edits.values["conclusion"] = "c"
    assert edits.changed({"conclusion": "d"}).values["conclusion"] == "d"
    assert edits.values["conclusion"] == "a"


def test_words_of_the_doctor_stand_in_the_report():
    edits = {
        "header.hospital": "医院 Hospital",
        "conclusion": "a\nb",
        "finding.ef_reduced": "Own words.",
        "study_quality": "good",
        "reviewed": "Yes",
        "physician_name": "Dr. A",
    }
    fields = samples.report(edits=edits).fields()
    assert {name: fields[name].value for name in edits} == edits
    assert fields["study_quality"].shown == "Good"


def test_edited_value_loses_its_interval_and_is_assessed_anew():
    row = _row(samples.report(edits={"measurement.lvef": "60"}), "lvef")
    assert row.edited
    assert (row.interval, row.method) == ("", "")
    assert row.severity is Severity.INFO
    assert row.normal


def test_words_in_the_place_of_a_value_are_not_assessed():
    row = _row(samples.report(edits={"measurement.lvef": "about half"}), "lvef")
    assert row.field.value == "about half"
    assert row.severity is None


def test_same_value_is_no_edit():
    row = _row(samples.report(edits={"measurement.lvef": "40"}), "lvef")
    assert not row.edited
    assert row.interval


def test_value_given_by_hand_ends_being_missing():
    row = _row(samples.report(edits={"measurement.tapse": "21"}), "tapse")
    assert row.field.value == "21"
    assert row.edited
    assert not row.missing


def test_emptied_value_is_missing_by_hand():
    row = _row(samples.report(edits={"measurement.lvef": ""}), "lvef")
    assert row.field.value == ""
    assert row.missing == "removed by hand"
    assert not row.edited


def test_emptied_finding_goes():
    assert samples.report(edits={"finding.ef_reduced": "  "}).findings == ()


def test_names_that_the_report_lacks_change_nothing():
    plain, edited = samples.report(), samples.report(edits={"finding.gone": "x"})
    assert edited.fields() == plain.fields()


def test_control_characters_and_line_breaks_leave_a_one_line_field():
    edits = {"physician_name": " Dr.\x00\nA\r\nB\ud800 ", "conclusion": "a\r\nb\tc\x07"}
    fields = samples.report(edits=edits).fields()
    assert fields["physician_name"].value == "Dr. A B"
    assert fields["conclusion"].value == "a\nb c"


@pytest.mark.parametrize(
    "edits",
    [{"study_quality": "superb"}, {"reviewed": "maybe"}, {"physician_name": "x" * 201}],
)
def test_edit_that_does_not_fit_is_refused_by_name(edits):
    (name,) = edits
    with pytest.raises(InputError, match=name):
        samples.report(edits=edits)


def test_differences_name_what_changed_and_nothing_else():
    report = samples.report()
    fields = {name: field.value for name, field in report.fields().items()}
    fields |= {"conclusion": "new\n", "measurement.lvef": "55", "unknown": "x"}
    found = differences(report, fields)
    assert [(d.name, d.before, d.after) for d in found] == [
        ("measurement.lvef", "40", "55"),
        ("conclusion", "1. The ejection fraction is reduced.", "new"),
    ]
    assert found[0].label == "LV ejection fraction"


def test_differences_applied_leave_no_difference():
    report = samples.report()
    fields = {"conclusion": "new", "measurement.lvef": "55", "reviewed": "Yes"}
    edits = ReportEdits({d.name: d.after for d in differences(report, fields)})
    assert differences(apply(report, edits), fields) == ()
