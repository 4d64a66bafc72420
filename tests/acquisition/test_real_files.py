"""Every real file is read, or refused with one line; the machines' own figures come out right."""

from pathlib import Path

import pytest

from core.acquisition.files import read_clip
from core.domain import CalibrationSource, InputError

pytestmark = pytest.mark.data
_TEXT = {".md", ".csv", ".tsv", ".txt"}
_EACH = 40  # of a folder with thousands of pictures alike


def test_each_file_is_read_or_refused_with_one_line(shared_data: Path) -> None:
    wrong = []
    for folder in sorted({p.parent for p in shared_data.rglob("*") if p.is_file()}):
        files = sorted(p for p in folder.iterdir() if p.is_file())
        for path in files[:: max(1, len(files) // _EACH)]:
            try:
                clip = read_clip(path)
                usable = len(clip) == len(clip.times_s) == clip.total_frames
            except InputError as error:
                usable = path.suffix in _TEXT and "\n" not in str(error)
            if not usable:
                wrong.append(str(path.relative_to(shared_data)))
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "mm_per_px", "fps"),
    [
        ("dicom-echo/pydicomdata_color3d_jpeg_baseline_A4C.dcm", (0.5105, 0.5105), 30.0),
        ("dicom-echo/orthanc_Issue16_HP_paediatric.dcm", (0.2857, 0.2286), 33.3),
        ("dicom-ood-negatives/pydicomdata_ALOKA_pelvis.dcm", (0.3827, 0.3827), None),
    ],
)
def test_the_machines_calibration(
    shared_data: Path, name: str, mm_per_px: tuple[float, float], fps: float | None
) -> None:
    clip = read_clip(shared_data / name)
    assert clip.calibration.source is CalibrationSource.DICOM
    assert clip.calibration.mm_per_px == pytest.approx(mm_per_px, abs=1e-4)
    assert clip.fps == (None if fps is None else pytest.approx(fps, abs=0.05))


@pytest.mark.parametrize(
    "name",
    [
        "dicom-echo/pydicom_examples_ybr_color_A4C.dcm",
        "dicom-ood-negatives/pydicom_examples_palette_OB.dcm",
    ],
)
def test_tags_of_another_picture_size_give_no_millimetres(shared_data: Path, name: str) -> None:
    clip = read_clip(shared_data / name)
    assert not clip.calibration.has_mm
    assert "scaled or cropped" in clip.notes[0]
