"""DICOM calibration: figures per region with their units, and no wrong millimetre."""

from pathlib import Path
from typing import Any

import pytest
from made_files import dataset, movie, picture, region, save, with_regions
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from core.acquisition.files import read_clip
from core.domain import CalibrationSource, Mode


def test_anisotropic_tissue_region_gives_its_millimetres_and_box(tmp_path: Path) -> None:
    clip = read_clip(save(with_regions(region()), tmp_path / "a.dcm"))
    assert clip.calibration.source is CalibrationSource.DICOM
    assert clip.calibration.mm_per_px == pytest.approx((0.5, 0.4))
    assert clip.calibration.box == (10, 5, 120, 91)
    assert clip.mode is Mode.BMODE
    assert clip.notes == ()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"RegionLocationMaxX1": 129}, "scaled or cropped"),
        ({"RegionLocationMaxY1": 400}, "scaled or cropped"),
        ({"PhysicalDeltaX": 0.0}, "increment is 0"),
        ({"PhysicalDeltaY": -0.04}, "increment is -0.04"),
        ({"PhysicalDeltaX": None}, "missing"),
        ({"PhysicalUnitsXDirection": 4}, "unit has code 4"),
        ({"PhysicalUnitsYDirection": 0}, "unit has code 0"),
        ({"PhysicalDeltaX": 5.0, "PhysicalDeltaY": 5.0}, "no size of a heart"),
        ({"PhysicalDeltaX": 1e-5}, "no size of a heart"),
        ({"RegionLocationMaxX1": 10}, "no valid box"),
    ],
)
def test_figures_that_cannot_be_right_are_refused_with_a_reason(
    tmp_path: Path, changes: dict[str, Any], word: str
) -> None:
    clip = read_clip(save(with_regions(region(**changes)), tmp_path / "a.dcm"))
    assert clip.calibration.source is CalibrationSource.NONE
    assert not clip.calibration.has_mm
    assert any(word in line for line in clip.calibration.reasons)
    assert any(word in line for line in clip.notes)


def test_one_region_outside_the_picture_spoils_them_all(tmp_path: Path) -> None:
    outside = region(RegionSpatialFormat=4, RegionLocationMaxY1=200)
    clip = read_clip(save(with_regions(region(), outside), tmp_path / "a.dcm"))
    assert clip.calibration.source is CalibrationSource.NONE
    assert clip.regions == ()


def test_a_region_that_names_the_width_as_its_last_column_is_read(tmp_path: Path) -> None:
    clip = read_clip(save(with_regions(region(RegionLocationMaxX1=128)), tmp_path / "a.dcm"))
    assert clip.calibration.box == (10, 5, 128, 91)


def spectrum(**changes: Any) -> Dataset:
    values = {
        "RegionSpatialFormat": 3,
        "RegionDataType": 3,
        "RegionLocationMinX0": 0,
        "RegionLocationMaxX1": 127,
        "RegionLocationMinY0": 50,
        "RegionLocationMaxY1": 95,
        "PhysicalUnitsXDirection": 4,
        "PhysicalUnitsYDirection": 7,
        "PhysicalDeltaX": 0.01,
        "PhysicalDeltaY": -2.5,
    }
    return region(**(values | changes))


def test_a_spectrum_gives_velocity_and_time_and_no_length(tmp_path: Path) -> None:
    tissue = region(RegionLocationMaxY1=49)
    clip = read_clip(save(with_regions(tissue, spectrum()), tmp_path / "a.dcm"))
    assert clip.mode is Mode.PW
    assert clip.calibration.cm_s_per_px == pytest.approx(2.5)
    assert clip.calibration.ms_per_px == pytest.approx(10)
    assert not clip.calibration.has_mm
    assert [c.has_mm for c in clip.regions] == [True, False]


@pytest.mark.parametrize(
    ("items", "elements", "mode"),
    [
        ([spectrum(RegionDataType=4)], {}, Mode.CW),
        ([spectrum()], {"SeriesDescription": "TDI lateral"}, Mode.TDI),
        ([region(), region(RegionDataType=2, RegionLocationMaxX1=60)], {}, Mode.COLOR),
        ([region()], {}, Mode.BMODE),
        ([], {"ImageType": ["ORIGINAL", "PRIMARY", "", "0002"]}, Mode.MMODE),
        ([], {}, Mode.UNKNOWN),
    ],
)
def test_the_mode_follows_what_the_file_declares(
    tmp_path: Path, items: list[Dataset], elements: dict[str, Any], mode: Mode
) -> None:
    ds = with_regions(*items, **elements) if items else dataset(picture(), **elements)
    assert read_clip(save(ds, tmp_path / "a.dcm")).mode is mode


def test_m_mode_gives_depth_and_time(tmp_path: Path) -> None:
    strip = spectrum(
        RegionSpatialFormat=2, RegionDataType=1, PhysicalUnitsYDirection=3, PhysicalDeltaY=0.03
    )
    clip = read_clip(save(with_regions(strip), tmp_path / "a.dcm"))
    assert clip.mode is Mode.MMODE
    assert clip.calibration.mm_per_px_y == pytest.approx(0.3)
    assert clip.calibration.ms_per_px == pytest.approx(10)
    assert not clip.calibration.has_mm


def test_of_several_tissue_regions_the_largest_counts(tmp_path: Path) -> None:
    small = region(RegionLocationMaxX1=40, PhysicalDeltaX=0.02, PhysicalDeltaY=0.02)
    clip = read_clip(save(with_regions(small, region()), tmp_path / "a.dcm"))
    assert clip.calibration.mm_per_px == pytest.approx((0.5, 0.4))


def test_pixel_spacing_alone_gives_no_millimetres(tmp_path: Path) -> None:
    ds = dataset(picture(), PixelSpacing=[0.3, 0.3])
    clip = read_clip(save(ds, tmp_path / "a.dcm"))
    assert not clip.calibration.has_mm
    assert "Pixel Spacing" in clip.calibration.reasons[0]


def test_regions_that_differ_by_frame_calibrate_each_frame(tmp_path: Path) -> None:
    ds = dataset(movie(3))
    groups = []
    for delta in (0.05, 0.05, 0.03):
        group = Dataset()
        item = region(PhysicalDeltaX=delta, PhysicalDeltaY=delta)
        group.SequenceOfUltrasoundRegions = Sequence([item])
        groups.append(group)
    ds.PerFrameFunctionalGroupsSequence = Sequence(groups)
    clip = read_clip(save(ds, tmp_path / "a.dcm"))
    widths = [clip.calibration_at(i).mm_per_px_x for i in range(3)]
    assert widths == pytest.approx([0.5, 0.5, 0.3])


def test_an_enhanced_ultrasound_volume_has_its_pixel_measures(tmp_path: Path) -> None:
    ds = dataset(movie(2))
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.6.2"
    measures, shared = Dataset(), Dataset()
    measures.PixelSpacing = [0.4, 0.6]  # row spacing first: y, then x
    shared.PixelMeasuresSequence = Sequence([measures])
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    clip = read_clip(save(ds, tmp_path / "a.dcm"))
    assert clip.calibration.mm_per_px == pytest.approx((0.6, 0.4))
    assert clip.calibrations == ()
