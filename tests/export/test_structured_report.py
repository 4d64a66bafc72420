"""Structured reports: every value arrives, with its code, unit, place and choice."""

from copy import deepcopy
from dataclasses import replace

import export_samples as samples
import highdicom as hd
import pytest
from pydicom.uid import ComprehensiveSRStorage

from core.export.gather import from_store
from core.export.instances import instances_of
from core.export.objects import ObjectKind, objects_of
from core.export.sr.read import values_in
from core.export.sr.take import measurements_of
from core.export.sr.tid5300 import SIMPLIFIED_ADULT_ECHO_SR
from core.language import text
from core.report.record import Signature


def reports(exam, *kinds):
    return list(objects_of(exam, kinds or (ObjectKind.SR, ObjectKind.SR5200)))


def numbers(ds, code):
    return [value for value in values_in(ds) if value.code.value == code]


def texts(ds):
    found = []

    def walk(items):
        for item in items:
            if item.ValueType == "TEXT" and item.ConceptNameCodeSequence[0].CodeValue in (
                "121071",
                "121077",
            ):
                found.append(item.TextValue.replace("\r\n", "\n"))
            walk(item.get("ContentSequence", ()))

    walk(ds.ContentSequence)
    return found


def test_reports_are_of_their_classes_and_templates(exam):
    simplified, words, older = reports(exam)

    assert simplified.SOPClassUID == SIMPLIFIED_ADULT_ECHO_SR
    assert older.SOPClassUID == ComprehensiveSRStorage
    templates = [
        d.ContentTemplateSequence[0].TemplateIdentifier for d in (simplified, words, older)
    ]
    assert templates == ["5300", "2000", "5200"]
    assert simplified.ConceptNameCodeSequence[0].CodeValue == "125200"


def test_dciodvfy_finds_no_error(make_exam, errors):
    """Debian's dciodvfy does not know the Simplified Adult Echo class: it judges that report as the
    Comprehensive SR, which allows all that the smaller class does."""
    for ds in reports(make_exam(what=samples.all_values(), edits={"conclusion": "Normal."})):
        if ds.SOPClassUID == SIMPLIFIED_ADULT_ECHO_SR:
            ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = ComprehensiveSRStorage
        assert errors(ds) == []


def test_dcmtk_reads_every_report_by_the_rules_of_its_class(full_exam, judged):
    """dsrdump refuses a tree that breaks the relationship constraints of its SOP class."""
    for ds in reports(full_exam):
        said = judged(ds, "dsrdump", "+Pl", package="dcmtk")
        for value in values_in(ds):
            assert f'="{value.value:.10g}" ({value.unit},UCUM,' in said, value


def test_highdicom_reads_the_same_values(full_exam):
    exam = full_exam
    simplified, _, older = reports(exam)

    read = hd.sr.ComprehensiveSR.from_dataset(older)
    sequence = hd.sr.ContentSequence.from_sequence(simplified.ContentSequence)
    found = [
        float(item.value)
        for section in sequence
        if section.value_type == hd.sr.ValueTypeValues.CONTAINER
        for item in getattr(section, "ContentSequence", ())
        if item.value_type == hd.sr.ValueTypeValues.NUM
    ]

    assert sorted(found) == sorted(v.final.value for v in exam.measured())
    assert len(read.content) > 0


@pytest.mark.parametrize("kind", [ObjectKind.SR, ObjectKind.SR5200])
def test_every_measurement_comes_back_as_it_went(full_exam, kind):
    exam = full_exam
    ds = reports(exam, kind)[0]

    back = {m.id: m for m in measurements_of(values_in(ds))}

    sent = {v.final.id: v.final for v in exam.measured()}
    assert set(back) == set(sent)
    for id_, measurement in sent.items():
        assert back[id_].value == pytest.approx(measurement.value, abs=1e-9), id_
        assert back[id_].unit == measurement.unit


@pytest.mark.parametrize("kind", [ObjectKind.SR, ObjectKind.SR5200])
def test_clip_frame_and_points_come_back_as_they_went(exam, kind):
    ds = reports(exam, kind)[0]
    clips = {one.sop_instance: clip for clip, one in instances_of(exam).items()}

    back = {m.id: m for m in measurements_of(values_in(ds), clips=clips)}

    for value in exam.measured():
        sent, came = value.final, back[value.final.id]
        assert came.clip == sent.clip
        assert came.frames[:1] == sent.frames[:1]
        assert came.also == sent.also
        assert len(came.points) == len(sent.points)
        for here, there in zip(came.points, sent.points, strict=True):
            assert here == pytest.approx(there, abs=1e-4)


def test_a_core_measurement_has_only_what_its_template_allows(exam):
    (simplified, *_) = reports(exam)
    (core,) = [
        item
        for item in simplified.ContentSequence
        if item.ConceptNameCodeSequence[0].CodeValue == "125301"
    ]

    for item in core.ContentSequence:
        assert {child.RelationshipType for child in item.ContentSequence} <= {
            "INFERRED FROM",
            "HAS PROPERTIES",
        }
        names = [
            child.ConceptNameCodeSequence[0].CodeValue
            for child in item.ContentSequence
            if child.RelationshipType == "HAS PROPERTIES"
        ]
        assert sorted(names) == ["121404", "125309"]


def test_a_measurement_without_core_code_tells_what_it_is(exam):
    (simplified, *_) = reports(exam)

    (excursion,) = numbers(simplified, "ivs_amplitude")

    assert excursion.site.value == "589001"
    assert excursion.property.value == "125327"
    assert excursion.unit == "mm"
    assert excursion.mode.value == "399064001"


def test_the_sites_of_a_machines_template_hold_for_their_sections(exam):
    *_, older = reports(exam)

    (e_wave,) = numbers(older, "18037-2")

    assert e_wave.section.value == "91134007"
    assert e_wave.mode.value == "261199008"
    assert e_wave.flow.value == "263677008"


def test_the_doctors_number_words_and_removal_are_in_every_report(make_exam):
    conclusion = "Mildly reduced.\nControl in 6 months."
    exam = make_exam(
        edits={
            "measurement.lvef": "45",
            "measurement.tapse": "19",
            "measurement.mr_grade": "",
            "measurement.ivs_amplitude": "not seen well",
            "conclusion": conclusion,
        }
    )
    simplified, words, older = reports(exam)

    for ds, code in ((simplified, "79991-6"), (older, "18043-0")):
        (ef,) = numbers(ds, code)
        assert (ef.value, ef.selection.value) == (45.0, "121410")
        (tapse,) = numbers(ds, "77903-3")
        assert tapse.value == 19.0
        assert not numbers(ds, "mr_grade")
        assert not numbers(ds, "ivs_amplitude")
    for ds in (words, older):
        assert conclusion in texts(ds)
        assert "IVS motion amplitude: not seen well" in texts(ds)


def test_a_mean_over_beats_is_said_to_be_one(exam):
    (simplified, *_) = reports(exam)

    assert numbers(simplified, "80070-6")[0].selection.value == "121412"
    assert numbers(simplified, "80007-8")[0].selection.value == "121411"


def test_a_draft_is_preliminary_and_a_signed_report_verified(exam, errors):
    draft = reports(exam, ObjectKind.SR)
    signature = Signature(name="Dr Wang", at=samples.signed_at())
    record = replace(exam.final.record, signed=signature)
    signed = reports(replace(exam, final=replace(exam.final, record=record)), ObjectKind.SR)

    for ds in draft:
        assert (ds.CompletionFlag, ds.VerificationFlag, ds.PreliminaryFlag) == (
            "PARTIAL",
            "UNVERIFIED",
            "PRELIMINARY",
        )
    assert text("export.preliminary", "en") in texts(draft[1])
    for ds in signed:
        assert (ds.CompletionFlag, ds.VerificationFlag) == ("COMPLETE", "VERIFIED")
        assert ds.VerifyingObserverSequence[0].VerifyingObserverName == "Dr Wang"
        # who stands for every value
        assert all(v.selection.value == "121410" for v in values_in(ds))
    assert errors(signed[1]) == []


def test_chinese_words_and_names_arrive(make_exam, judged):
    _, words, _ = reports(make_exam(lang="zh", edits={"conclusion": "左室收缩功能轻度减低。"}))

    said = judged(words, "dsrdump", "+U8", "+Pl", package="dcmtk")

    assert "左室收缩功能轻度减低。" in said
    assert samples.NAME in said


def test_the_same_state_is_the_same_object_and_a_change_is_another(make_exam, store):
    exam = make_exam()
    first = [ds.SOPInstanceUID for ds in reports(exam)]
    again = [ds.SOPInstanceUID for ds in reports(from_store(store, samples.EXAM))]
    store.save_report_edits(samples.EXAM, {"measurement.lvef": "50"})
    changed = [ds.SOPInstanceUID for ds in reports(from_store(store, samples.EXAM))]

    assert first == again
    assert not set(first) & set(changed)


def test_segments_of_the_wall_are_values_of_their_own(make_exam):
    parts = (("basal_anterior", 1.0), ("mid_inferior", 3.0))
    wall = samples.measured("wall_motion", 2.0, clip="clip-002", frames=(0,), parts=parts)
    (simplified, *_) = reports(make_exam(what=samples.analysis((wall,))))

    scores = {v.site.value: v.value for v in numbers(simplified, "segment_score")}

    assert scores == {"264850008": 1.0, "264847005": 3.0}
    assert numbers(simplified, "125202")[0].value == 2.0


def test_reports_refer_to_the_objects_that_go_with_them(exam):
    sent = {ds.SOPInstanceUID for ds in objects_of(exam, (ObjectKind.CLIPS,))}
    (simplified, *_) = reports(exam)

    referred = {
        reference.ReferencedSOPInstanceUID
        for study in simplified.CurrentRequestedProcedureEvidenceSequence
        for series in study.ReferencedSeriesSequence
        for reference in series.ReferencedSOPSequence
    }

    assert referred == sent


def test_a_report_belongs_to_the_study_of_the_clips(exam):
    for ds in reports(exam):
        assert ds.StudyInstanceUID == samples.STUDY_UID
        assert ds.AccessionNumber == "ACC-77"
        assert ds.PatientID == samples.PATIENT.patient_id
        assert str(ds.PatientName) == samples.NAME


def test_an_empty_analysis_still_makes_sound_reports(make_exam, errors):
    bare = replace(samples.analysis(), measurements=(), findings=())
    simplified, words, older = reports(make_exam(what=bare))

    assert values_in(simplified) == ()
    assert errors(words) == errors(older) == []
    other = deepcopy(simplified)
    other.SOPClassUID = other.file_meta.MediaStorageSOPClassUID = ComprehensiveSRStorage
    assert errors(other) == []
