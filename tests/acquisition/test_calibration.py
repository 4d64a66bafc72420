"""Calibration by hand, and which calibration counts."""

from pathlib import Path

import numpy as np
import pytest
from made_files import movie, region, save, with_regions
from test_regions import spectrum

from core.acquisition import calibration as module
from core.acquisition.calibration import (
    choose_calibration,
    manual_depth,
    manual_mm_per_px,
    manual_two_points,
)
from core.acquisition.files import read_clip
from core.domain import Calibration, CalibrationSource, Clip, InputError, Sector, SectorKind

FAN = Sector(kind=SectorKind.FAN, box=(12, 6, 118, 90), outline=(), score=0.9)


def test_two_points_and_a_length() -> None:
    calibration = manual_two_points((10, 10), (40, 50), 25)
    assert calibration.source is CalibrationSource.MANUAL
    assert calibration.mm_per_px == pytest.approx((0.5, 0.5))


def test_a_depth_is_the_sectors_height() -> None:
    calibration = manual_depth(FAN, 168)
    assert calibration.mm_per_px == pytest.approx((2, 2))
    assert calibration.box == FAN.box


def test_a_pixel_size_for_both_axes_or_each() -> None:
    assert manual_mm_per_px(0.3).mm_per_px == (0.3, 0.3)
    assert manual_mm_per_px(0.3, 0.2).mm_per_px == (0.3, 0.2)


@pytest.mark.parametrize(
    "call",
    [
        lambda: manual_two_points((1, 1), (2, 2), 10),
        lambda: manual_two_points((1, 1), (90, 2), 0),
        lambda: manual_two_points((1, 1), (90, 2), float("nan")),
        lambda: manual_two_points((float("inf"), 1), (90, 2), 10),
        lambda: manual_depth(FAN, -1),
        lambda: manual_depth(FAN, 5000),
        lambda: manual_depth(
            Sector(kind=SectorKind.NONE, box=(0, 0, 9, 9), outline=(), score=0), 100
        ),
        lambda: manual_mm_per_px(0),
        lambda: manual_mm_per_px(0.3, -0.3),
        lambda: manual_mm_per_px(float("nan")),
    ],
)
def test_what_cannot_be_a_size_is_refused(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError):
        call()


@pytest.fixture
def scale(monkeypatch: pytest.MonkeyPatch) -> Calibration:
    """What the screen's depth scale says, in this test."""
    answer = Calibration(source=CalibrationSource.SCALE, mm_per_px_x=0.7, mm_per_px_y=0.7)
    monkeypatch.setattr(module, "read_depth_scale", lambda frames, sector: answer)
    return answer


def plain_clip() -> Clip:
    return Clip(
        id="a", source="a", frames=movie(2), times_s=np.arange(2) / 25, fps=25, total_frames=2
    )


def test_manual_comes_before_dicom_before_the_scale(tmp_path: Path, scale: Calibration) -> None:
    dicom = read_clip(save(with_regions(region()), tmp_path / "a.dcm"))
    manual = manual_mm_per_px(0.25)
    assert choose_calibration(dicom, FAN, manual) is manual
    assert choose_calibration(dicom, FAN, None) == dicom.calibration
    assert choose_calibration(plain_clip(), FAN, None) == scale


def test_refused_dicom_figures_fall_back_to_the_scale_and_say_so(
    tmp_path: Path, scale: Calibration
) -> None:
    clip = read_clip(save(with_regions(region(RegionLocationMaxX1=500)), tmp_path / "a.dcm"))
    chosen = choose_calibration(clip, FAN, None)
    assert chosen.source is CalibrationSource.SCALE
    assert any("scaled or cropped" in line for line in chosen.reasons)


def test_without_any_scale_there_are_reasons_and_no_millimetres(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    none = Calibration(reasons=("no scale is drawn",))
    monkeypatch.setattr(module, "read_depth_scale", lambda frames, sector: none)
    chosen = choose_calibration(plain_clip(), FAN, None)
    assert not chosen.has_mm
    assert chosen.reasons == ("no scale is drawn",)


def test_regions_that_do_not_lie_on_the_picture_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = Calibration(reasons=("no scale is drawn",))
    monkeypatch.setattr(module, "read_depth_scale", lambda frames, sector: none)
    small = region(RegionLocationMaxX1=40, RegionLocationMaxY1=30)
    clip = read_clip(save(with_regions(small), tmp_path / "a.dcm"))
    chosen = choose_calibration(clip, FAN, None)
    assert not chosen.has_mm
    assert "do not lie on" in chosen.reasons[0]


def test_the_region_under_the_sector_counts(tmp_path: Path, scale: Calibration) -> None:
    tissue = region(RegionLocationMaxY1=49)
    clip = read_clip(save(with_regions(tissue, spectrum()), tmp_path / "a.dcm"))
    above = Sector(kind=SectorKind.FAN, box=(15, 8, 110, 45), outline=(), score=0.9)
    below = Sector(kind=SectorKind.STRIP, box=(0, 52, 127, 95), outline=(), score=0.9)
    assert choose_calibration(clip, above, None).mm_per_px == pytest.approx((0.5, 0.4))
    assert choose_calibration(clip, below, None).cm_s_per_px == pytest.approx(2.5)


def test_a_clip_whose_pixel_size_changes_has_none_as_a_whole(scale: Calibration) -> None:
    a, b = (
        Calibration(source=CalibrationSource.DICOM, mm_per_px_x=s, mm_per_px_y=s)
        for s in (0.3, 0.5)
    )
    clip = Clip(
        id="a",
        source="a",
        frames=movie(2),
        times_s=np.arange(2) / 25,
        fps=25,
        total_frames=2,
        calibration=a,
        calibrations=(a, b),
    )
    chosen = choose_calibration(clip, FAN, None)
    assert not chosen.has_mm
    assert "changes within the clip" in chosen.reasons[0]
    assert choose_calibration(clip, FAN, manual_mm_per_px(0.4)).mm_per_px == (0.4, 0.4)
