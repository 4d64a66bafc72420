"""Times and patient of a DICOM file."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_files import dataset, movie, picture, save

from core.acquisition.files import read_clip, read_exam


@pytest.mark.parametrize(
    ("elements", "fps"),
    [
        ({"FrameTime": 20}, 50),
        ({"CineRate": 40}, 40),
        ({"RecommendedDisplayFrameRate": 30}, 30),
        ({"FrameTime": 0, "CineRate": 25}, 25),
        ({"FrameTime": 20, "CineRate": 30}, 50),
        ({"FrameTimeVector": [0, 10, 10, 20]}, 75),
        ({"FrameTimeVector": [0, 0, 0, 0], "CineRate": 60}, 60),
        ({"FrameTimeVector": [0, 10], "FrameTime": 40}, 25),
        ({}, None),
        ({"CineRate": 0}, None),
    ],
)
def test_frame_rate(tmp_path: Path, elements: dict[str, Any], fps: float | None) -> None:
    clip = read_clip(save(dataset(movie(4), **elements), tmp_path / "a.dcm"))
    assert clip.fps == (None if fps is None else pytest.approx(fps))
    assert clip.times_s[0] == 0
    assert (np.diff(clip.times_s) > 0).all()
    if fps is not None:
        assert clip.times_s[-1] == pytest.approx(3 / fps)


def test_a_frame_time_vector_gives_uneven_times(tmp_path: Path) -> None:
    clip = read_clip(save(dataset(movie(3), FrameTimeVector=[0, 10, 30]), tmp_path / "a.dcm"))
    assert clip.times_s == pytest.approx([0, 0.010, 0.040])


def test_a_still_has_no_frame_rate(tmp_path: Path) -> None:
    clip = read_clip(save(dataset(picture(), FrameTime=20), tmp_path / "a.dcm"))
    assert (len(clip), clip.fps, clip.total_frames) == (1, None, 1)


PATIENT = {
    "PatientName": "Doe^Jane=多^珍",
    "PatientID": "77",
    "PatientSex": "F",
    "PatientSize": "1.68",
    "PatientWeight": "61",
    "PatientBirthDate": "19700131",
    "SpecificCharacterSet": "ISO_IR 192",
}


def test_the_patient_comes_with_the_exam(tmp_path: Path) -> None:
    path = save(dataset(picture(), **PATIENT), tmp_path / "a.dcm")
    patient = read_exam([path]).patient
    assert (patient.sex, patient.weight_kg) == ("F", 61)
    assert patient.height_cm == pytest.approx(168)
    assert (patient.name, patient.patient_id, patient.birth_date) == ("多 珍", "77", "1970-01-31")


@pytest.mark.parametrize(
    ("elements", "field", "value"),
    [
        ({"PatientSex": "O"}, "sex", None),
        ({"PatientSize": "0"}, "height_cm", None),
        ({"PatientSize": "168"}, "height_cm", 168),
        ({"PatientSize": "9000"}, "height_cm", None),
        ({"PatientWeight": "-1"}, "weight_kg", None),
        ({"PatientBirthDate": ""}, "birth_date", ""),
    ],
)
def test_impossible_patient_values_are_left_out(
    tmp_path: Path, elements: dict[str, Any], field: str, value: object
) -> None:
    path = save(dataset(picture(), **(PATIENT | elements)), tmp_path / "a.dcm")
    assert getattr(read_exam([path]).patient, field) == value


def test_files_of_two_patients_leave_what_differs_empty(tmp_path: Path) -> None:
    save(dataset(picture(), **PATIENT), tmp_path / "a.dcm")
    save(dataset(picture(), **(PATIENT | {"PatientSex": "M"})), tmp_path / "b.dcm")
    exam = read_exam([tmp_path])
    assert exam.patient.sex is None
    assert exam.patient.patient_id == "77"
    assert any("differ" in line and "sex" in line for line in exam.skipped)
    assert not any("Doe" in line or "多" in line for line in exam.skipped)
