"""A doctor's word on a value reaches everything that follows from it."""

import pytest
import report_samples as samples
from exam_values import values

from core.domain import MeasurementStatus, Patient
from core.report.corrected import final_analysis, final_patient
from core.report.edits import NO_EDITS, ReportEdits
from core.report.findings import find
from core.report.ranges import with_references


def analysed(**given):
    measured = with_references(values(**given), samples.PATIENT)
    return samples.analysis(measurements=measured, findings=find(measured, samples.PATIENT))


def final(analysis, patient=samples.PATIENT, **edits):
    words = ReportEdits({name.replace("__", "."): value for name, value in edits.items()})
    return final_analysis(analysis, final_patient(patient, words), words)


def said(analysis):
    return [f.id for f in analysis.findings]


def one(analysis, measurement_id):
    return next(m for m in analysis.measurements if m.id == measurement_id)


def test_without_a_word_nothing_changes():
    analysis = analysed(lvef=35.0, mr_grade=2.0)
    same = final_analysis(analysis, samples.PATIENT, NO_EDITS)
    assert same.measurements == analysis.measurements
    assert same.findings == analysis.findings


def test_a_corrected_value_changes_the_finding_and_leaves_the_others():
    analysis = analysed(lvef=35.0, mr_grade=2.0)
    corrected = final(analysis, measurement__lvef="60")
    assert said(analysis) == ["lvef_moderate", "mr_moderate"]
    assert said(corrected) == ["lvef_normal", "mr_moderate"]
    ef = one(corrected, "lvef")
    assert (ef.value, ef.status, ef.interval) == (60.0, MeasurementStatus.EDITED, None)
    assert ef.grade == "normal"


def test_findings_never_contradict_each_other_after_a_correction():
    analysis = analysed(av_mean_gradient=28.0)
    assert said(analysis) == ["as_moderate"]
    corrected = final(analysed(av_mean_gradient=28.0, av_vmax=3.2), measurement__av_vmax="4.6")
    assert said(corrected) == ["as_severe"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [("", "reason.rejected"), ("not seen well", "not seen well"), ("-4", "-4")],
)
def test_a_value_that_is_taken_back_says_nothing_more(words, reason):
    corrected = final(analysed(lvef=35.0, mr_grade=2.0), measurement__lvef=words)
    ef = one(corrected, "lvef")
    assert (ef.value, ef.status, ef.reason) == (None, MeasurementStatus.MISSING, reason)
    assert said(corrected) == ["mr_moderate"]


def test_the_value_as_it_is_shown_is_no_correction():
    analysis = analysed(lvef=35.2)
    assert one(final(analysis, measurement__lvef="35"), "lvef").value == 35.2


def test_a_finding_of_no_rule_stays():
    analysis = samples.analysis()
    corrected = final(analysis, measurement__lvedv="120")
    assert "ef_reduced" in said(corrected)


def test_sex_and_size_from_the_head_decide_on_ranges():
    analysis = analysed(lvef=53.0)
    assert said(analysis) == ["lvef_normal"]
    assert said(final(analysis, header__sex="F")) == ["lvef_mild"]
    tall = final_patient(Patient(), ReportEdits({"header.height": "180 cm", "header.weight": "80"}))
    assert tall.bsa_m2 == pytest.approx(2.0, abs=0.01)
    kept = final_patient(samples.PATIENT, ReportEdits({"header.height": "tall"}))
    assert kept.height_cm == samples.PATIENT.height_cm


def test_fibrillation_in_the_head_changes_the_criteria():
    analysis = analysed(e_vmax=110.0, a_vmax=60.0, e_a_ratio=1.8, e_prime_septal=6.0, e_dt=140.0)
    assert "diastole_af_raised" in said(final(analysis, header__rhythm="房颤 90"))


def test_the_doctors_words_replace_a_finding_and_empty_ones_remove_it():
    analysis = analysed(lvef=35.0, mr_grade=2.0)
    corrected = final(analysis, finding__lvef_moderate="EF low.", finding__mr_moderate="  ")
    assert [f.text for f in corrected.findings] == [{"en": "EF low.", "zh": "EF low."}]


def test_the_sheets_say_what_the_final_values_say():
    analysis = analysed(lvef=35.0)
    report = samples.report(analysis, edits={"measurement.lvef": "60"})
    assert [row.id for row in report.findings] == ["lvef_normal"]
    assert report.conclusion.value == "No abnormality among what was measured."
    before = samples.report(analysis)
    assert before.conclusion.value.startswith("1. Left ventricular ejection fraction is moderately")
