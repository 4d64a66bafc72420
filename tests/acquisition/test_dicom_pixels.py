"""Every way in which DICOM stores pixels gives the picture that was stored."""

import io
from pathlib import Path

import gdcm
import numpy as np
import pytest
from made_files import dataset, movie, picture, save
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from core.acquisition.files import read_clip

NATIVE = [
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
]
_GDCM = {
    JPEGBaseline8Bit: gdcm.TransferSyntax.JPEGBaselineProcess1,
    JPEGLosslessSV1: gdcm.TransferSyntax.JPEGLosslessProcess14_1,
    JPEGLSLossless: gdcm.TransferSyntax.JPEGLSLossless,
    JPEG2000Lossless: gdcm.TransferSyntax.JPEG2000Lossless,
    RLELossless: gdcm.TransferSyntax.RLELossless,
}


def recompressed(source: Path, target: Path, syntax: UID) -> Path:
    """`source` in another transfer syntax, by GDCM."""
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(_GDCM[syntax]))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(target))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    return target


@pytest.mark.parametrize("syntax", NATIVE, ids=lambda u: u.keyword)
@pytest.mark.parametrize("colour", [True, False])
def test_uncompressed_pixels_come_back_exactly(tmp_path: Path, syntax: UID, colour: bool) -> None:
    frames = movie(3)
    ds = dataset(frames if colour else np.ascontiguousarray(frames[..., 0]))
    ds.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        ds["PixelData"].VR = "OB"
    clip = read_clip(save(ds, tmp_path / "a.dcm"))
    expected = frames if colour else np.repeat(frames[..., :1], 3, axis=-1)
    assert np.array_equal(clip.frames, expected)


@pytest.mark.parametrize("syntax", list(_GDCM), ids=lambda u: u.keyword)
@pytest.mark.parametrize("colour", [True, False])
def test_compressed_pixels_come_back(tmp_path: Path, syntax: UID, colour: bool) -> None:
    frames = movie(3)
    ds = dataset(frames if colour else np.ascontiguousarray(frames[..., 0]))
    plain = save(ds, tmp_path / "plain.dcm")
    clip = read_clip(recompressed(plain, tmp_path / "packed.dcm", syntax))
    expected = frames if colour else np.repeat(frames[..., :1], 3, axis=-1)
    tolerance = 20 if syntax == JPEGBaseline8Bit else 0
    error = np.abs(clip.frames.astype(int) - expected)
    assert error.max() <= tolerance
    assert error.mean() <= tolerance / 5


@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, RLELossless])
def test_sixteen_bits_in_a_compressed_file_keep_their_grey_levels(
    tmp_path: Path, syntax: UID
) -> None:
    grey = np.ascontiguousarray(picture()[..., 0]).astype(np.uint16) * 16  # 12 bits in use
    plain = save(dataset(grey), tmp_path / "plain.dcm")
    clip = read_clip(recompressed(plain, tmp_path / "packed.dcm", syntax))
    assert np.abs(clip.frames[0, ..., 0].astype(int) - grey / 16).max() <= 1


def test_planar_colour_and_ybr_are_shown_as_rgb(tmp_path: Path) -> None:
    rgb = picture()
    planar = dataset(rgb, PlanarConfiguration=1)
    planar.PixelData = np.ascontiguousarray(rgb.transpose(2, 0, 1)).tobytes()
    assert np.array_equal(read_clip(save(planar, tmp_path / "p.dcm")).frames[0], rgb)

    weights = np.array(
        [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]]
    )  # PS3.3 C.7.6.3.1.2
    ybr = np.clip(np.rint(rgb @ weights.T + [0, 128, 128]), 0, 255).astype(np.uint8)
    full = dataset(ybr, PhotometricInterpretation="YBR_FULL")
    shown = read_clip(save(full, tmp_path / "y.dcm")).frames[0]
    assert np.abs(shown.astype(int) - rgb).max() <= 3


def test_monochrome1_is_inverted(tmp_path: Path) -> None:
    grey = np.ascontiguousarray(picture()[..., 1])
    ds = dataset(grey, PhotometricInterpretation="MONOCHROME1")
    assert np.array_equal(read_clip(save(ds, tmp_path / "m.dcm")).frames[0, ..., 2], 255 - grey)


def test_a_window_sets_black_and_white(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(0, 4096, 32, dtype=np.uint16), (96, 1))
    ds = dataset(ramp, WindowCenter=1000, WindowWidth=500)
    shown = read_clip(save(ds, tmp_path / "w.dcm")).frames[0, 0, :, 0]
    assert shown[ramp[0] < 750].max() == 0
    assert shown[ramp[0] > 1250].min() == 255
    assert abs(int(shown[np.argmin(np.abs(ramp[0].astype(int) - 1000))]) - 128) < 8


def test_signed_pixels_with_rescale_and_window(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(-1000, 1000, 16, dtype=np.int16), (96, 1))
    ds = dataset(ramp, RescaleSlope=2, RescaleIntercept=100, WindowCenter=100, WindowWidth=4000)
    shown = read_clip(save(ds, tmp_path / "s.dcm")).frames[0, 0, :, 0].astype(int)
    assert shown[0] < 3
    assert shown[-1] > 250
    assert (np.diff(shown) >= 0).all()


def palette_dataset(bits: int) -> tuple[Dataset, np.ndarray, np.ndarray]:
    index = np.tile(np.arange(128, dtype=np.uint8 if bits == 8 else np.uint16), (96, 1))
    ds = dataset(index, PhotometricInterpretation="PALETTE COLOR")
    colours = np.stack([np.arange(128) * 2, 255 - np.arange(128), np.arange(128)], axis=-1)
    for name, channel in zip(("Red", "Green", "Blue"), colours.T, strict=True):
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [128, 0, 16])
        table = (channel.astype(np.uint16) * 257).tobytes()
        setattr(ds, f"{name}PaletteColorLookupTableData", table)
    return ds, index, colours


@pytest.mark.parametrize("bits", [8, 16])
def test_a_palette_gives_its_colours(tmp_path: Path, bits: int) -> None:
    ds, index, colours = palette_dataset(bits)
    assert np.array_equal(read_clip(save(ds, tmp_path / "p.dcm")).frames[0], colours[index])


def test_frames_of_several_fragments_are_put_together(tmp_path: Path) -> None:
    frames = movie(3)
    jpeg = [_jpeg(f) for f in frames]
    ds = dataset(frames, PhotometricInterpretation="YBR_FULL_422")
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    for has_bot in (True, False):
        ds.PixelData = encapsulate(jpeg, fragments_per_frame=3, has_bot=has_bot)
        ds["PixelData"].is_undefined_length = True
        clip = read_clip(save(ds, tmp_path / f"f{has_bot}.dcm"))
        assert len(clip) == 3
        assert np.abs(clip.frames.astype(int) - frames).mean() < 6


def _jpeg(pixels: np.ndarray, **options: bool) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=92, **options)
    return out.getvalue()


@pytest.mark.parametrize("marks", ["jfif", "adobe", "none"])
@pytest.mark.parametrize("label", ["YBR_FULL_422", "RGB"])
def test_jpeg_colours_follow_the_stream_whatever_the_label(
    tmp_path: Path, marks: str, label: str
) -> None:
    pixels = echo_like()
    code = _jpeg(pixels)
    jfif = code[2 : 4 + int.from_bytes(code[4:6], "big")]
    assert jfif[4:8] == b"JFIF"
    adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x01"
    code = code.replace(jfif, {"jfif": jfif, "adobe": adobe, "none": b""}[marks], 1)
    assert np.abs(shown(tmp_path, code, label).astype(int) - pixels).mean() < 4


def test_a_jpeg_that_holds_rgb_under_that_label_stays_rgb(tmp_path: Path) -> None:
    pixels = echo_like()
    code = _jpeg(pixels, keep_rgb=True)
    start = code.index(b"\xff\xee")
    code = code[:start] + code[start + 2 + int.from_bytes(code[start + 2 : start + 4], "big") :]
    for name, number in ((b"R", b"\x01"), (b"G", b"\x02"), (b"B", b"\x03")):
        code = code.replace(name + b"\x11\x00", number + b"\x11\x00", 1)
        code = code.replace(name + b"\x00", number + b"\x00", 1)
    assert np.abs(shown(tmp_path, code, "RGB").astype(int) - pixels).mean() < 4


def echo_like() -> np.ndarray:
    """Grey on black with a patch of colour."""
    pixels = np.zeros((96, 128, 3), np.uint8)
    pixels[20:80, 30:100] = picture(60, 70)[..., :1]
    pixels[40:56, 50:66] = (200, 60, 20)
    return pixels


def shown(tmp_path: Path, code: bytes, label: str) -> np.ndarray:
    ds = dataset(echo_like(), PhotometricInterpretation=label)
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    ds.PixelData = encapsulate([code])
    ds["PixelData"].is_undefined_length = True
    return read_clip(save(ds, tmp_path / "a.dcm")).frames[0]
