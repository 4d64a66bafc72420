"""8-bit JPEG frames inside DICOM, with the colours that their writer meant."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import core.acquisition.quiet  # noqa: F401  (silences the decoders)


class LossyJpeg:
    """Decodes the frames of one file.

    The stream's own marks (JFIF, Adobe, component names) tell whether it holds RGB or YCbCr, and
    without any it is YCbCr. Only a markless stream that the data set labels RGB is doubtful: some
    writers mean it, many store YCbCr under that label. The first frame decides then.

    Args:
        labelled_rgb: True if Photometric Interpretation is RGB.
    """

    def __init__(self, *, labelled_rgb: bool) -> None:
        self._doubtful = labelled_rgb
        self._is_rgb: bool | None = None

    def decode(self, frame: bytes) -> NDArray[np.uint8]:
        """One frame, uint8 [H, W] or RGB [H, W, 3].

        Raises:
            Exception: Pillow's own, of many kinds, for damaged or 12-bit data.
        """
        with Image.open(io.BytesIO(frame), formats=("JPEG",)) as image:
            if len(image.getbands()) == 1:
                return np.asarray(image)
            marked = "jfif" in image.info or "adobe_transform" in image.info
            if not self._doubtful or marked or self._is_rgb is False:
                return np.asarray(image.convert("RGB"))
            image.draft("YCbCr", image.size)  # the stored channels, as they are
            stored = np.asarray(image)
        if self._is_rgb is None:
            self._is_rgb = not looks_like_ybr(stored)
            if not self._is_rgb:
                return self.decode(frame)
        return stored


def looks_like_ybr(stored: NDArray[np.uint8]) -> bool:
    """True if the channels, uint8 [H, W, 3], are those of YCbCr: ultrasound is black and grey.

    Grey has equal channels in RGB, and chroma of 128 in YCbCr; the reading under which the
    picture has less colour is the right one.
    """
    channels = stored.reshape(-1, 3).astype(np.int16)
    as_rgb = np.abs(channels[:, 1:] - channels[:, :1]).mean()
    as_ybr = np.abs(channels[:, 1:] - 128).mean()
    return bool(as_ybr < as_rgb)
