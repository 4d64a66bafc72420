"""FHIR and the table say what the report says."""

import base64
import csv
import io
from dataclasses import replace

import export_samples as samples
import pytest
from fhir.resources.bundle import Bundle

from core.export.csv_table import COLUMNS, csv_bytes
from core.export.fhir import fhir_bundle
from core.report.record import ReportStatus, Signature


def resources(bundle, kind):
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def observation(bundle, id_):
    (found,) = [o for o in resources(bundle, "Observation") if o["identifier"][0]["value"] == id_]
    return found


def rows(exam):
    return {r["id"]: r for r in csv.DictReader(io.StringIO(csv_bytes(exam).decode("utf-8-sig")))}


def test_the_bundle_is_sound_r5(exam, full_exam):
    for one in (exam, full_exam):
        bundle = fhir_bundle(one, pdf=b"%PDF-1.7")

        assert Bundle.model_validate(bundle).get_resource_type() == "Bundle"


def test_references_lead_to_resources_of_the_bundle(exam):
    bundle = fhir_bundle(exam)
    known = {entry["fullUrl"] for entry in bundle["entry"]}
    (report,) = resources(bundle, "DiagnosticReport")

    referred = [r["reference"] for r in (*report["result"], report["subject"], *report["study"])]

    assert set(referred) <= known
    assert len(known) == len(bundle["entry"])


def test_values_units_and_codes_are_the_reports(full_exam):
    bundle = fhir_bundle(full_exam)

    for value in full_exam.measured():
        quantity = observation(bundle, value.final.id)["valueQuantity"]
        assert quantity["value"] == value.final.value
        assert quantity["system"] == "http://unitsofmeasure.org"
    coding = observation(bundle, "lvedd")["code"]["coding"][0]
    assert coding["system"] == "http://loinc.org"
    assert coding["code"] == "80007-8"


def test_the_doctors_changes_are_in_fhir_and_table(make_exam):
    edits = {
        "measurement.lvef": "45",
        "measurement.ivs_amplitude": "=normal",
        "measurement.mr_grade": "",
        "conclusion": "轻度减低。",
    }
    exam = make_exam(edits=edits, lang="zh")
    bundle = fhir_bundle(exam)
    table = rows(exam)

    ef = observation(bundle, "lvef")
    assert ef["valueQuantity"]["value"] == 45.0
    assert "39.9" in ef["note"][-1]["text"]
    assert observation(bundle, "ivs_amplitude")["valueString"] == "=normal"
    assert not [
        o for o in resources(bundle, "Observation") if o["identifier"][0]["value"] == "mr_grade"
    ]
    (report,) = resources(bundle, "DiagnosticReport")
    assert "轻度减低。" in report["conclusion"]
    assert (table["lvef"]["value"], table["lvef"]["measured_value"]) == ("45", "39.9")
    assert table["lvef"]["status"] == "edited"
    # no spreadsheet takes a doctor's words for a formula
    assert table["ivs_amplitude"]["reason"] == "'=normal"
    assert table["mr_grade"]["value"] == ""


@pytest.mark.parametrize(
    ("version", "signed", "status"),
    [
        (1, False, "preliminary"),
        (1, True, "final"),
        (2, True, "amended"),
        (2, False, "preliminary"),
    ],
)
def test_status_follows_the_signature(exam, version, signed, status):
    signature = Signature(name="Dr Wang", at=samples.signed_at()) if signed else None
    record = replace(
        exam.final.record,
        version=version,
        signed=signature,
        status=ReportStatus.SIGNED if signed else ReportStatus.DRAFT,
    )
    bundle = fhir_bundle(replace(exam, final=replace(exam.final, record=record)))

    (report,) = resources(bundle, "DiagnosticReport")
    assert report["status"] == status
    assert {o["status"] for o in resources(bundle, "Observation")} == {status}
    assert ("resultsInterpreter" in report) == signed


def test_the_printed_report_is_attached(exam):
    (report,) = resources(fhir_bundle(exam, pdf=b"%PDF-1.7 \x00"), "DiagnosticReport")

    form = report["presentedForm"][0]
    assert base64.b64decode(form["data"]) == b"%PDF-1.7 \x00"


def test_the_same_state_gives_the_same_ids(exam):
    assert fhir_bundle(exam) == fhir_bundle(exam)


def test_the_table_has_every_measurement_and_its_names(exam, full_exam):
    table = rows(full_exam)

    assert tuple(table) == samples.ALL_IDS
    assert tuple(next(iter(table.values()))) == COLUMNS
    assert table["lvedd"]["name_zh"] == "左室舒末内径"
    assert csv_bytes(full_exam).startswith(b"\xef\xbb\xbf")
    assert rows(exam)["tapse"]["reason"].startswith("No clip")
    for row in table.values():
        assert None not in row


def test_the_table_names_no_patient(exam):
    words = csv_bytes(exam).decode("utf-8-sig")

    for secret in ("小明", "Zhang", samples.PATIENT.patient_id):
        assert secret not in words
