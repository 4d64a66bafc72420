"""Frames as JPEG baseline pixel data (PS3.5 8.2.1)."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate

_QUALITY = 95


def fill_pixels(ds: Dataset, frames: Iterable[NDArray[np.uint8]]) -> None:
    """Image pixel module (C.7.6.3) with `frames` (uint8 [H, W, 3], RGB, of one size).

    Raises:
        OSError: a frame cannot be coded.
    """
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        _QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    ]
    coded: list[bytes] = []
    plain = 0
    height = width = 0
    for frame in frames:
        done, data = cv2.imencode(".jpg", np.ascontiguousarray(frame[..., ::-1]), options)
        if not done:
            raise OSError("a frame could not be encoded as JPEG")
        coded.append(data.tobytes())
        plain += frame.nbytes
        height, width = int(frame.shape[0]), int(frame.shape[1])
    ds.SamplesPerPixel = 3
    ds.PhotometricInterpretation = "YBR_FULL_422"
    ds.PlanarConfiguration = 0
    ds.Rows, ds.Columns = height, width
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.LossyImageCompression = "01"
    ds.LossyImageCompressionRatio = f"{plain / sum(map(len, coded)):.2f}"
    ds.LossyImageCompressionMethod = "ISO_10918_1"
    ds.PixelData = encapsulate(coded)
    ds["PixelData"].VR = "OB"
