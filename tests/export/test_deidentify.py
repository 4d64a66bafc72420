"""De-identification: nothing that tells who it is, and what is needed still there."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import export_samples as samples
import numpy as np
import pikepdf
import pydicom
import pytest
from pydicom.dataset import Dataset
from pypdf import PdfReader

from core.acquisition.files import read_clip
from core.domain import InputError
from core.export.csv_table import csv_bytes
from core.export.deidentify import (
    Choice,
    Choices,
    Pseudonyms,
    choices_of,
    deidentified,
    nameless,
    pseudonyms,
)
from core.export.deidentify.objects import kinds
from core.export.deidentify.pixels import clean_clip
from core.export.deidentify.scrub import scrubbed
from core.export.fhir import fhir_bundle
from core.export.objects import ObjectKind, objects_of, pdf_of
from core.export.sr.read import values_in
from core.report.record import ReportStatus, Signature

NAMES = Pseudonyms(b"k" * 32)
SECRETS = (
    "Zhang", "Xiaoming", "小明", "张", samples.PATIENT.patient_id, "ACC-77", "Elsewhere", "Doe",
    "Smith", "SN-4711", "Secret", "OTHER-1", "Wang", samples.EXAM, samples.STUDY_UID,
)  # fmt: skip
DATES = ("1956", "20260301", "2026-03-01", "20260302")
WORDS = {"conclusion": "Zhang Xiaoming (0000471123) has a reduced EF.", "measurement.lvef": "45"}


@pytest.fixture(scope="module")
def marked_exam(exam):
    """The exam with a doctor's words and signature in it."""
    record = replace(
        exam.final.record,
        status=ReportStatus.SIGNED,
        signed=Signature(name="Dr Wang", at=samples.signed_at()),
        edits=exam.final.record.edits.changed(WORDS),
    )
    return replace(exam, final=replace(exam.final, record=record))


def everything(exam, choices):
    """All that an export writes, as text: DICOM without pixels, FHIR, table, PDF."""
    told = []
    for ds in objects_of(exam, tuple(ObjectKind), deidentify=choices, names=NAMES):
        slim = Dataset()
        slim.update({e.tag: e for e in ds if e.tag.group != 0x7FE0 and e.VR != "OB"})
        told.append(slim.to_json() + str(ds.file_meta))
    clean = nameless(exam, choices, NAMES)
    told.append(str(fhir_bundle(clean)))
    told.append(csv_bytes(clean).decode("utf-8-sig"))
    told.append(words_of_pdf(pdf_of(clean, form=True)))
    return "\n".join(told)


def words_of_pdf(pdf):
    """Strings, streams and information of a PDF; texts are read from its form fields."""
    reader = PdfReader(io.BytesIO(pdf))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        inside = "\n".join(str(obj) for obj in opened.objects)
    return "\n".join(
        (*(page.extract_text() for page in reader.pages), str(reader.metadata), inside)
    )


@pytest.mark.parametrize("profile", ["remove", "pseudonymise"])
def test_nothing_that_is_written_tells_who_it_is(marked_exam, profile):
    told = everything(marked_exam, choices_of(profile))

    kept = {"SN-4711"} if profile == "pseudonymise" else set()
    for secret in set(SECRETS) - kept:
        assert secret.lower() not in told.lower(), secret
    for date in DATES:
        assert not re.search(rf"(?<![\d.]){date}", told), date


def test_values_stay_and_the_removed_is_said_to_be_removed(marked_exam):
    objects = list(
        objects_of(marked_exam, (ObjectKind.SR,), deidentify=choices_of("remove"), names=NAMES)
    )

    sent = {v.code.value: v.value for v in values_in(objects[0])}
    assert sent["80007-8"] == 48.3
    assert sent["79991-6"] == 45.0
    for ds in objects:
        assert ds.PatientIdentityRemoved == "YES"
        assert ds.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
        assert ds.LongitudinalTemporalInformationModified == "REMOVED"
        assert str(ds.PatientName) == ""


def test_what_is_written_stays_sound(marked_exam, errors):
    kinds_ = (ObjectKind.CLIPS, ObjectKind.KEY_IMAGES, ObjectKind.SR5200, ObjectKind.PDF)
    for profile in ("remove", "pseudonymise"):
        chosen = choices_of(profile)
        for ds in objects_of(marked_exam, kinds_, deidentify=chosen, names=NAMES):
            assert errors(ds) == [], ds.SOPClassUID.name


def test_the_name_burned_into_a_picture_is_blanked_and_the_heart_is_not(marked_exam, tmp_path):
    chosen = choices_of("remove")
    for kind in (ObjectKind.CLIPS, ObjectKind.KEY_IMAGES):
        ds = next(objects_of(marked_exam, (kind,), deidentify=chosen, names=NAMES))
        path = tmp_path / "clean.dcm"
        ds.save_as(path, enforce_file_format=True)
        clip = read_clip(path)
        scale = clip.width / samples.WIDTH
        top = clip.frames[:, round(6 * scale) : round(15 * scale), round(40 * scale) :]
        middle = clip.frames[:, round(90 * scale), round(80 * scale)]
        assert top.max() < 40
        assert middle.min() > 60
        assert ds.BurnedInAnnotation == "NO"


def test_the_scale_of_the_picture_survives(marked_exam, tmp_path):
    ds = next(
        objects_of(marked_exam, (ObjectKind.CLIPS,), deidentify=choices_of("remove"), names=NAMES)
    )
    path = tmp_path / "clean.dcm"
    ds.save_as(path, enforce_file_format=True)

    assert read_clip(path).calibration.mm_per_px == pytest.approx((samples.MM_PER_PX,) * 2)
    assert ds.SequenceOfUltrasoundRegions[0].ReferencePixelX0 == 72


def test_without_a_known_picture_area_all_is_blanked():
    clip = replace(samples.recording(), calibration=samples.Calibration(), regions=())

    assert clean_clip(clip, None).frames.max() == 0


def test_pseudonyms_are_the_same_for_the_same_patient_alone():
    patient = samples.PATIENT
    other = replace(patient, patient_id="7")

    assert NAMES.patient(patient) == NAMES.patient(replace(patient, name="Zhang"))
    assert NAMES.patient(patient) != NAMES.patient(other)
    assert NAMES.patient(patient) != Pseudonyms(b"o" * 32).patient(patient)
    assert NAMES.uid("1.2.3") == NAMES.uid("1.2.3") != NAMES.uid("1.2.4")
    assert str(NAMES.uid("1.2.3")).startswith("2.25.")
    assert timedelta(days=1) <= NAMES.shift(patient) <= timedelta(days=3650)
    assert "kkk" not in repr(NAMES)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    first = pseudonyms(tmp_path)

    assert pseudonyms(tmp_path) == first
    (path,) = (tmp_path / "keys").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert len(first.key) == 32
    path.write_bytes(b"short")
    with pytest.raises(InputError, match="damaged"):
        pseudonyms(tmp_path)


def test_days_of_a_patient_keep_their_distance(marked_exam):
    chosen = choices_of("pseudonymise")
    clean = nameless(marked_exam, chosen, NAMES)

    shift = NAMES.shift(samples.PATIENT)
    assert marked_exam.taken - clean.taken == shift
    assert marked_exam.signed.at - clean.signed.at == shift
    assert clean.signed.name == "ANONYMOUS"


def test_kept_words_lose_the_patient_and_nothing_else(marked_exam):
    clean = nameless(marked_exam, choices_of("pseudonymise"), NAMES)

    assert clean.report.conclusion.value == "[…] […] ([…]) has a reduced EF."


def test_each_kind_of_fact_can_be_kept(marked_exam):
    chosen = choices_of("remove", ["dates", "body", "uids", "people"])
    clean = nameless(marked_exam, chosen, NAMES)

    assert clean.study.study_date == "20260301"
    assert clean.study.study_uid == samples.STUDY_UID
    assert clean.study.referring_physician == "Smith^Adam"
    assert (clean.patient.sex, clean.patient.height_cm) == ("M", 172.0)
    assert clean.patient.name == clean.patient.patient_id == ""


@pytest.mark.parametrize(("profile", "keep"), [("hide", ()), ("remove", ("names",))])
def test_an_unknown_profile_or_kind_is_refused(profile, keep):
    with pytest.raises(InputError, match=r"give|use"):
        choices_of(profile, keep)


def test_only_known_elements_of_a_header_stay(tmp_path):
    ds = pydicom.dcmread(samples.machine_file(tmp_path / "a.dcm"))

    clean = deidentified(ds, Choices(), NAMES)
    all_kept = replace(
        Choices(), **dict.fromkeys(("dates", "device", "body", "people", "words"), Choice.KEEP)
    )
    most = deidentified(ds, all_kept, NAMES)

    assert "PatientAddress" not in most
    assert "OtherPatientIDsSequence" not in most
    assert "PixelData" not in most
    assert not any(element.tag.is_private for element in most)
    assert str(most.StudyDescription) == "Echo of […] […]"
    assert clean.SOPInstanceUID != ds.SOPInstanceUID
    assert clean.Rows == ds.Rows
    assert "Manufacturer" not in clean
    assert ds.PatientName == samples.NAME  # the one given is not changed


def test_every_kind_in_the_table_is_a_choice():
    assert set(kinds().values()) - {"picture"} <= set(Choices.__dataclass_fields__)


def test_words_are_scrubbed_whatever_their_case():
    assert scrubbed("ROE and roe, Roebuck", ("Roe",)) == "[…] and […], […]buck"
    assert scrubbed("Straße", ("STRASSE",)) == "Straße"


def test_pixels_of_the_picture_are_untouched():
    clip = samples.recording()
    sector = samples.facts("a", samples.View.A4C, clip.mode, clip.calibration).recognition.sector

    clean = clean_clip(clip, sector)

    np.testing.assert_array_equal(clean.frames[:, 60:100, 70:90], clip.frames[:, 60:100, 70:90])
    assert clip.frames[0, :18].max() == 255
    assert clean.frames[0, :18].max() == 0
