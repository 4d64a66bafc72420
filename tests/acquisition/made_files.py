"""DICOM, video and picture files that tests make for themselves."""

from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

US_MULTI_FRAME = "1.2.840.10008.5.1.4.1.1.3.1"


def picture(height: int = 96, width: int = 128, *, seed: int = 0) -> NDArray[np.uint8]:
    """A smooth colour picture, uint8 [H, W, 3]: lossy codecs keep it within a few grey values."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    channels = [
        128 + 90 * np.sin(x / 23 + seed) * np.cos(y / 31),
        128 + 80 * np.cos(x / 29 + y / 37 + seed),
        128 + 70 * np.sin(y / 19 - seed),
    ]
    return np.stack(channels, axis=-1).astype(np.uint8)


def movie(count: int, height: int = 96, width: int = 128) -> NDArray[np.uint8]:
    """uint8 [T, H, W, 3]."""
    return np.stack([picture(height, width, seed=i) for i in range(count)])


def dataset(pixels: NDArray[Any], **elements: Any) -> Dataset:
    """An ultrasound data set of `pixels`: [H, W], [T, H, W] grey or [..., 3] RGB."""
    colour = pixels.shape[-1] == 3
    shape = pixels.shape[:-1] if colour else pixels.shape
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = US_MULTI_FRAME
    ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    ds.SOPClassUID = US_MULTI_FRAME
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID
    ds.Modality = "US"
    ds.Rows, ds.Columns = shape[-2:]
    if len(shape) == 3:
        ds.NumberOfFrames = shape[0]
    ds.SamplesPerPixel = 3 if colour else 1
    ds.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        ds.PlanarConfiguration = 0
    bits = pixels.dtype.itemsize * 8
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = bits, bits, bits - 1
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    data = pixels.tobytes()
    ds.PixelData = data + b"\x00" * (len(data) % 2)
    ds["PixelData"].VR = "OB" if bits == 8 else "OW"
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def save(ds: Dataset, path: Path) -> Path:
    """Writes `ds` as a DICOM file in the syntax of its file meta."""
    syntax = UID(ds.file_meta.TransferSyntaxUID)
    ds.save_as(
        path,
        enforce_file_format=True,
        implicit_vr=syntax.is_implicit_VR,
        little_endian=syntax.is_little_endian,
    )
    return path


def region(**changes: Any) -> Dataset:
    """One item of the Sequence of Ultrasound Regions: tissue, 0.05 cm a pixel, in 128x96."""
    item = Dataset()
    values: dict[str, Any] = {
        "RegionSpatialFormat": 1,
        "RegionDataType": 1,
        "RegionFlags": 0,
        "RegionLocationMinX0": 10,
        "RegionLocationMinY0": 5,
        "RegionLocationMaxX1": 119,
        "RegionLocationMaxY1": 90,
        "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3,
        "PhysicalDeltaX": 0.05,
        "PhysicalDeltaY": 0.04,
    }
    for keyword, value in (values | changes).items():
        if value is not None:
            setattr(item, keyword, value)
    return item


def with_regions(*items: Dataset, count: int = 1, **elements: Any) -> Dataset:
    """A data set of 128x96 with these regions."""
    ds = dataset(movie(count) if count > 1 else picture(), **elements)
    ds.SequenceOfUltrasoundRegions = Sequence(items)
    return ds


def video(
    path: Path,
    frames: NDArray[np.uint8],
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    fps: int = 25,
) -> Path:
    """Writes `frames` as a video; the container goes by the suffix."""
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = pix_fmt
        for pixels in frames:
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
