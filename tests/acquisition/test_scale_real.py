"""Depth scales of real screens, against the file's own calibration or the depth written on it."""

import csv
from pathlib import Path

import pytest

from core.acquisition.files import read_clip
from core.acquisition.scale import read_depth_scale
from core.acquisition.sector import find_sector
from core.domain import CalibrationSource

pytestmark = pytest.mark.data
DEPTHS = Path(__file__).with_name("scale_reference.csv")


def test_agrees_with_the_calibration_of_dicom_files(shared_data: Path) -> None:
    read = 0
    for file in sorted(shared_data.glob("dicom-*/*.dcm")):
        clip = read_clip(file)
        if clip.calibration.source is not CalibrationSource.DICOM:
            continue
        truth = clip.calibration.mm_per_px
        drawn = read_depth_scale(clip.frames[:8], find_sector(clip.frames)).mm_per_px
        if drawn is not None and truth is not None:
            read += 1
            assert drawn[1] == pytest.approx(truth[1], rel=0.01), file.name
    assert read >= 2


def test_agrees_with_the_depth_written_on_the_screen(shared_data: Path) -> None:
    """The depth in cm was read by eye; the fan's height is it to within the face's curvature."""
    with DEPTHS.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if (shared_data / row["file"]).exists()]
    assert rows
    read = 0
    for row in rows:
        frames = read_clip(shared_data / row["file"]).frames
        sector = find_sector(frames)
        mm_per_px = read_depth_scale(frames[:8], sector).mm_per_px
        if mm_per_px is not None:
            read += 1
            depth = sector.height * mm_per_px[1] / 10
            assert depth == pytest.approx(float(row["depth_cm"]), rel=0.06), row["file"]
    assert read >= len(rows) // 3
