"""Clips and key pictures as DICOM: pixels, times and regions kept."""

import subprocess
from dataclasses import replace

import export_samples as samples
import numpy as np
import pydicom
import pytest
from judges import tool

from core.acquisition.files import read_clip
from core.domain import CalibrationSource, Mode
from core.export.gather import from_store
from core.export.objects import ObjectKind, objects_of, pdf_of


def saved(ds, folder):
    path = folder / "object.dcm"
    ds.save_as(path, enforce_file_format=True)
    return path


def clips(exam):
    return list(objects_of(exam, (ObjectKind.CLIPS,)))


def test_a_clip_that_came_as_dicom_goes_as_it_came(exam, tmp_path):
    original = pydicom.dcmread(samples.machine_file(tmp_path / "machine.dcm"))

    sent = clips(exam)[0]

    assert sent == original
    assert sent.PixelData == original.PixelData


def test_dciodvfy_finds_no_error_in_clips_and_key_pictures(exam, errors):
    objects = list(objects_of(exam, (ObjectKind.CLIPS, ObjectKind.KEY_IMAGES, ObjectKind.PDF)))

    assert [ds.SOPClassUID.name for ds in objects[:3]] == [
        "Ultrasound Multi-frame Image Storage",
        "Ultrasound Multi-frame Image Storage",
        "Ultrasound Image Storage",
    ]
    for ds in objects:
        assert errors(ds) == [], ds.SOPClassUID.name


def test_a_recording_is_read_back_with_its_scale_and_times(exam, tmp_path):
    taken = samples.recording()

    back = read_clip(saved(clips(exam)[1], tmp_path))

    assert back.calibration.source is CalibrationSource.DICOM
    assert back.calibration.mm_per_px == pytest.approx((0.8, 0.9))
    assert back.calibration.box == taken.calibration.box
    assert back.mode is Mode.BMODE
    np.testing.assert_allclose(back.times_s, taken.times_s, atol=1e-3)
    # JPEG, and said to be: near, not the same
    assert np.abs(back.frames.astype(int) - taken.frames).mean() < 4


def test_a_spectrum_is_read_back_with_velocity_and_time(exam, tmp_path):
    back = read_clip(saved(clips(exam)[2], tmp_path))

    assert back.mode is Mode.PW
    assert back.calibration.cm_s_per_px == pytest.approx(2.5)
    assert back.calibration.ms_per_px == pytest.approx(5.0)
    assert back.calibration.zero_y == pytest.approx(95.0)
    assert back.calibration.mm_per_px is None


def test_a_clip_without_scale_gets_no_region(store, tmp_path):
    samples.fill(store, tmp_path)
    bare = replace(samples.recording(), calibration=samples.Calibration())
    store.add_recording(samples.EXAM, bare)

    sent = clips(from_store(store, samples.EXAM))[-1]

    assert "SequenceOfUltrasoundRegions" not in sent


def test_lengths_can_be_measured_on_a_key_picture(exam):
    picture = next(objects_of(exam, (ObjectKind.KEY_IMAGES,)))

    (region,) = picture.SequenceOfUltrasoundRegions
    # the picture is drawn four times as large: a pixel is a quarter of a millimetre and a bit
    factor = picture.Columns / samples.WIDTH
    assert 10 * region.PhysicalDeltaX == pytest.approx(samples.MM_PER_PX / factor)
    assert region.RegionLocationMaxX1 < picture.Columns
    assert region.RegionLocationMaxY1 < picture.Rows
    assert picture.SourceImageSequence[0].ReferencedSOPInstanceUID == f"{samples.STUDY_UID}.1.1"


def test_a_clip_of_another_patient_goes_under_the_exams_own(store, tmp_path):
    """An archive files by patient and study: what was corrected here must hold there."""
    samples.fill(store, tmp_path)
    store.update_patient(samples.EXAM, replace(samples.PATIENT, patient_id="NEW-1"))

    first = clips(from_store(store, samples.EXAM))[0]

    assert first.PatientID == "NEW-1"
    assert first.SOPInstanceUID != f"{samples.STUDY_UID}.1.1"
    assert first.PixelData == samples.pixels().tobytes()


def test_a_clip_dropped_on_an_exam_without_a_name_keeps_its_own(store, tmp_path):
    samples.fill(store, tmp_path)
    store.update_patient(samples.EXAM, replace(samples.PATIENT, name="", patient_id=""))
    exam = from_store(store, samples.EXAM)

    clip, *_ = clips(exam)
    report = next(objects_of(exam, (ObjectKind.SR,)))

    assert clip.SOPInstanceUID == f"{samples.STUDY_UID}.1.1"
    assert report.PatientID == clip.PatientID == samples.PATIENT.patient_id
    assert report.PatientName == clip.PatientName


def test_the_encapsulated_report_is_the_printed_one(exam, tmp_path):
    (ds,) = objects_of(exam, (ObjectKind.PDF,))

    pdf = ds.EncapsulatedDocument[: ds.EncapsulatedDocumentLength]
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    done = subprocess.run([tool("qpdf", "qpdf"), "--check", path], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    assert pdf == pdf_of(exam)
    assert pdf.startswith(b"%PDF")
    assert len(ds.EncapsulatedDocument) % 2 == 0


def test_objects_of_the_same_state_are_the_same(exam):
    first = [ds.SOPInstanceUID for ds in objects_of(exam, tuple(ObjectKind))]

    assert first == [ds.SOPInstanceUID for ds in objects_of(exam, tuple(ObjectKind))]
    assert len(set(first)) == len(first)
