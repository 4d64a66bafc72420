"""Video inside DICOM."""

from pathlib import Path

import numpy as np
import pytest
from made_files import movie, region, save, video, with_regions
from pydicom.encaps import encapsulate

from core.acquisition.files import read_clip
from core.domain import InputError, Mode


@pytest.mark.parametrize(
    ("syntax", "suffix", "codec"),
    [
        ("1.2.840.10008.1.2.4.100", "mpg", "mpeg2video"),
        ("1.2.840.10008.1.2.4.102", "mp4", "libx264"),
        ("1.2.840.10008.1.2.4.102", "ts", "libx264"),
        ("1.2.840.10008.1.2.4.103", "h264", "libx264"),
    ],
)
def test_a_video_transfer_syntax_is_decoded_with_its_calibration(
    tmp_path: Path, syntax: str, suffix: str, codec: str
) -> None:
    frames = movie(8)
    stream = video(tmp_path / f"v.{suffix}", frames, codec=codec).read_bytes()
    ds = with_regions(region(), count=8, CineRate=25)
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PhotometricInterpretation = "YBR_PARTIAL_420"
    ds.PixelData = encapsulate([stream], fragments_per_frame=2)
    ds["PixelData"].is_undefined_length = True
    clip = read_clip(save(ds, tmp_path / "a.dcm"))
    assert clip.frames.shape == frames.shape
    assert np.abs(clip.frames.astype(int) - frames).mean() < 16
    assert clip.fps == pytest.approx(25, rel=0.01)
    assert clip.calibration.mm_per_px == pytest.approx((0.5, 0.4))
    assert clip.mode is Mode.BMODE


def test_a_damaged_video_inside_dicom_is_refused(tmp_path: Path) -> None:
    ds = with_regions(region(), count=8)
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.102"
    ds.PixelData = encapsulate([bytes(range(256)) * 8])
    ds["PixelData"].is_undefined_length = True
    with pytest.raises(InputError, match="damaged or cut off"):
        read_clip(save(ds, tmp_path / "a.dcm"))
