"""Files of the virtual heart read back as what they are."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from core.acquisition.files import read_clip
from core.domain import Mode, Patient, RegionLabel, View
from core.measurement.catalogue import catalogue
from core.phantom import Offset, PhantomClip, render_clip, writers
from core.phantom.truth_file import truth_document
from core.phantom.writers import write_dicom, write_mp4, write_truth


@pytest.fixture(scope="module")
def phantom() -> PhantomClip:
    return render_clip(
        View.A4C, seed=4, frames=4, fps=25, size=(322, 241), offset=Offset(tilt_deg=3)
    )


def test_dicom_reads_back_with_its_region_rate_and_pixels(
    phantom: PhantomClip, tmp_path: Path
) -> None:
    path = write_dicom(phantom, tmp_path / "a.dcm", patient=Patient(sex="F", height_cm=165))
    ds = pydicom.dcmread(path)
    assert ds.SOPClassUID == "1.2.840.10008.5.1.4.1.1.3.1"
    assert str(ds.PatientName) == "Virtual^Heart"
    assert ds.PatientSex == "F"
    assert float(ds.PatientSize) == 1.65
    (region,) = ds.SequenceOfUltrasoundRegions
    assert region.PhysicalUnitsXDirection == region.PhysicalUnitsYDirection == 3
    assert region.PhysicalDeltaX * 10 == pytest.approx(phantom.truth.mm_per_px)
    x0, y0, x1, y1 = phantom.box
    assert (region.RegionLocationMinX0, region.RegionLocationMinY0) == (x0, y0)
    assert (region.RegionLocationMaxX1, region.RegionLocationMaxY1) == (x1 - 1, y1 - 1)
    clip = read_clip(path)
    assert clip.frames.shape == phantom.clip.frames.shape
    assert clip.fps == pytest.approx(25)
    assert clip.mode is Mode.BMODE
    assert clip.calibration.mm_per_px == pytest.approx(phantom.clip.calibration.mm_per_px)
    assert np.abs(clip.frames.astype(int) - phantom.clip.frames).mean() < 3


def test_the_same_clip_is_the_same_dicom_object(phantom: PhantomClip, tmp_path: Path) -> None:
    first = write_dicom(phantom, tmp_path / "a.dcm").read_bytes()
    assert write_dicom(phantom, tmp_path / "b.dcm").read_bytes() == first


def validator_errors(path: Path) -> list[str]:
    tool = shutil.which("dciodvfy")
    if tool is None:
        if os.environ.get("CI"):
            pytest.fail("dciodvfy (Debian package dicom3tools) is missing")
        pytest.skip("dciodvfy (Debian package dicom3tools) is not installed")
    done = subprocess.run([tool, path], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert "USMultiFrameImage" in said
    return [line for line in said.splitlines() if line.startswith("Error")]


def test_the_validator_finds_no_error(phantom: PhantomClip, tmp_path: Path) -> None:
    path = write_dicom(phantom, tmp_path / "a.dcm", patient=Patient(sex="M", weight_kg=70))
    assert validator_errors(path) == []


def test_mp4_of_an_odd_size_loses_only_its_last_row(phantom: PhantomClip, tmp_path: Path) -> None:
    clip = read_clip(write_mp4(phantom, tmp_path / "a.mp4"))
    assert clip.frames.shape == (4, 240, 322, 3)
    assert clip.fps == pytest.approx(25)
    # the chroma of the thin ECG line is all that the coding may visibly change
    assert np.abs(clip.frames.astype(int) - phantom.clip.frames[:, :240]).mean() < 4


def test_truth_holds_the_contracts_names_and_its_masks(
    phantom: PhantomClip, tmp_path: Path
) -> None:
    truth_path, masks_path = write_truth(phantom, tmp_path / "a.mp4")
    assert truth_path.name == "a.mp4.truth.json"
    truth = json.loads(truth_path.read_text())
    assert truth["view"] == "A4C"
    assert truth["standard"] is True
    assert truth["pose"] == {
        "rotate_deg": 0, "tilt_deg": 3, "rock_deg": 0, "slide_mm": [0, 0], "press_mm": 0,
    }  # fmt: skip
    assert truth["correction"]["tilt_deg"] == pytest.approx(-3, abs=0.2)
    assert truth["calibration"]["mm_per_px_x"] == phantom.truth.mm_per_px
    assert {row["id"]: row["unit"] for row in truth["measurements"]}["lvef"] == "%"
    assert all(len(places) == 4 for places in truth["landmarks"].values())
    assert truth["seed"] == 4
    assert masks_path is not None
    assert truth["masks"] == masks_path.name
    with np.load(masks_path, allow_pickle=False) as archive:
        table = list(archive["labels"])
        assert table == ["", *(label.value for label in RegionLabel)]
        whole = archive["masks"]
        assert whole.dtype == np.uint8
        assert whole.shape == (4, 241, 322)
        cavity = phantom.masks[RegionLabel.LV_CAVITY]
        assert np.array_equal(archive["lv_cavity"] > 0, cavity)
        painted = whole == table.index("lv_cavity")
        assert painted.any()
        assert not (painted & ~cavity).any()
        # the septum is part of the myocardium: whole in its own mask, on top in the map
        assert (archive["ivs"] <= archive["lv_myocardium"]).all()
        assert (whole == table.index("ivs")).any()


def test_every_measurement_of_the_list_is_in_the_truth_in_its_unit(phantom: PhantomClip) -> None:
    rows = truth_document(phantom, masks_name=None)["measurements"]
    units = {row["id"]: row["unit"] for row in rows}
    assert units == {name: entry.unit for name, entry in catalogue().items()}


@pytest.mark.parametrize("mode", [Mode.COLOR, Mode.PW, Mode.MMODE])
def test_regions_of_a_mode_are_written_as_the_standard_wants(mode: Mode, tmp_path: Path) -> None:
    view = View.PLAX if mode is Mode.MMODE else View.A4C
    made = render_clip(view, seed=4, mode=mode, frames=1, size=(480, 360), masks=False)
    path = write_dicom(made, tmp_path / "a.dcm")
    items = pydicom.dcmread(path).SequenceOfUltrasoundRegions
    assert len(items) == len(made.regions)
    main, first = items[0], made.regions[0]
    spatial, kind, units, falls = {
        Mode.COLOR: (1, 2, (3, 3), False),
        Mode.PW: (3, 3, (4, 7), True),
        Mode.MMODE: (2, 1, (4, 3), False),
    }[mode]
    assert (main.RegionSpatialFormat, main.RegionDataType) == (spatial, kind)
    assert (main.PhysicalUnitsXDirection, main.PhysicalUnitsYDirection) == units
    assert (main.PhysicalDeltaY < 0) == falls
    assert main.RegionLocationMinY0 + main.ReferencePixelY0 == round(first.reference[1])
    read = read_clip(path)
    assert read.mode is mode
    assert read.calibration.ms_per_px == made.clip.calibration.ms_per_px
    assert validator_errors(path) == []


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    phantom: PhantomClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(writers.dicom, "write", full)
    with pytest.raises(OSError, match="no space"):
        write_dicom(phantom, path)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.dcm"]
