"""One DICOM frame's bytes to RGB of 8 bits, as a viewer would show it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels import apply_color_lut, get_decoder
from pydicom.uid import (
    JPEG2000,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

from core.acquisition.codestream import declared_size
from core.acquisition.dicom_data import DicomData
from core.acquisition.dicom_grey import show_grey
from core.acquisition.eight_bit import to_rgb
from core.acquisition.gdcm_process import GdcmProcess
from core.acquisition.lossy_jpeg import LossyJpeg
from core.domain import InputError

_LOSSY_JPEG = {JPEGBaseline8Bit, JPEGExtended12Bit}
_JPEG_2000 = {JPEG2000, JPEG2000Lossless}
_LOSSLESS_JPEG = {JPEGLossless, JPEGLosslessSV1, JPEGLSLossless, JPEGLSNearLossless}
_GREY = ("MONOCHROME1", "MONOCHROME2")
_COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")


class FramePixels:
    """Turns frames of one DICOM file into RGB.

    Grey values go through modality and VOI transformation (PS3.3 C.11.1, C.11.2), palettes through
    their tables, YBR colour spaces to RGB. Without a window, grey deeper than 8 bits is shown over
    the bits in use in the first frame.

    Raises:
        InputError: the pixel format cannot be shown.
    """

    def __init__(self, data: DicomData, name: str) -> None:
        self._data = data
        self._name = name
        self._size = (data.number("Columns") or 0, data.number("Rows") or 0)
        self._photometric = str(data.get("PhotometricInterpretation", ""))
        samples = data.number("SamplesPerPixel") or 1
        if not self._photometric:
            self._photometric = "RGB" if samples == 3 else "MONOCHROME2"
        self._bits = data.number("BitsAllocated") or 0
        if self._bits not in (8, 16, 32):
            raise InputError(
                f"{name}: {self._bits}-bit DICOM pixels cannot be shown: export 8 or 16 bits"
            )
        if self._photometric not in (*_GREY, *_COLOUR, "PALETTE COLOR"):
            raise InputError(
                f"{name}: DICOM colours of kind {self._photometric[:20]} cannot be shown: "
                "export RGB or grey"
            )
        stored = data.number("BitsStored") or self._bits
        self._options: dict[str, Any] = {
            "transfer_syntax_uid": data.syntax,
            "rows": self._size[1],
            "columns": self._size[0],
            "number_of_frames": 1,
            "samples_per_pixel": samples,
            "photometric_interpretation": self._photometric,
            "bits_allocated": self._bits,
            "bits_stored": min(stored, self._bits),
            "pixel_representation": data.number("PixelRepresentation") or 0,
            "pixel_keyword": "PixelData",
            "pixel_vr": data.pixel_vr if data.pixel_vr in ("OB", "OW") else "OW",
        }
        if samples > 1:
            self._options["planar_configuration"] = data.number("PlanarConfiguration") or 0
        self._table: NDArray[np.uint8] | None = None
        self._first = 0
        self._jpeg = LossyJpeg(labelled_rgb=self._photometric == "RGB")
        self._gdcm = GdcmProcess()

    def close(self) -> None:
        """Ends the decoder's process, where one was needed."""
        self._gdcm.close()

    @property
    def native_bytes(self) -> int:
        """Bytes of one uncompressed frame."""
        width, height = self._size
        samples = int(self._options["samples_per_pixel"])
        if self._photometric == "YBR_FULL_422":  # two pixels share Cb and Cr, PS3.3 C.7.6.3.1.2
            return width * height * 2
        return width * height * samples * self._bits // 8

    def rgb(self, frame: bytes) -> NDArray[np.uint8]:
        """The frame as uint8 [H, W, 3].

        Raises:
            InputError: its size contradicts the data set.
            Exception: the decoders' own, of many kinds, for damaged data.
        """
        stored = self._decode(frame)
        if stored.ndim == 3 and self._photometric in _COLOUR:
            return self._eight_bits(stored)
        return self._grey_or_palette(stored)

    def _decode(self, frame: bytes) -> NDArray[Any]:
        decoder = get_decoder(self._data.syntax)
        if decoder.is_encapsulated:
            size = declared_size(frame)
            if size is not None and size != self._size:
                raise InputError(
                    f"{self._name}: the compressed picture says {size[0]}x{size[1]} pixels, "
                    f"the data set {self._size[0]}x{self._size[1]}: export it again"
                )
            return self._decompress(frame)
        return decoder.as_array(frame, index=0, **self._options)[0]

    def _decompress(self, frame: bytes) -> NDArray[Any]:
        syntax, wrapped = self._data.syntax, _encapsulate(frame)
        decoder = get_decoder(syntax)
        # Pillow where it can: in this process, and it survives damage. It cannot read 12-bit JPEG
        # and deep colour in JPEG 2000, and no lossless JPEG.
        try:
            if syntax in _LOSSY_JPEG:
                return self._jpeg.decode(frame)
            if syntax in _JPEG_2000:
                return decoder.as_array(
                    wrapped, index=0, decoding_plugin="pillow", **self._options
                )[0]
        except Exception:
            return self._gdcm.decode(wrapped, self._options)
        if syntax in _LOSSLESS_JPEG:
            return self._gdcm.decode(wrapped, self._options)
        return decoder.as_array(wrapped, index=0, **self._options)[0]

    def _eight_bits(self, colour: NDArray[Any]) -> NDArray[np.uint8]:
        if colour.dtype == np.uint8:
            return colour
        top = (1 << int(self._options["bits_stored"])) - 1
        return (colour.astype(np.float32) * (255.0 / top)).clip(0, 255).astype(np.uint8)

    def _grey_or_palette(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        if stored.dtype.itemsize > 2:
            return to_rgb(self._grey(stored, stored))
        if self._table is None:
            # Every stored value that can occur goes through the chain once.
            info = np.iinfo(stored.dtype)
            self._first = int(info.min)
            values = np.arange(info.min, int(info.max) + 1, dtype=np.int64).astype(stored.dtype)
            if self._photometric == "PALETTE COLOR":
                self._table = _palette(values, self._data)
            else:
                self._table = self._grey(values, stored)
        picked = self._table[stored.astype(np.intp) - self._first]
        return picked if picked.ndim == 3 else to_rgb(picked)

    def _grey(self, stored: NDArray[Any], sample: NDArray[Any]) -> NDArray[np.uint8]:
        inverse = (
            self._photometric == "MONOCHROME1"
            or self._data.get("PresentationLUTShape") == "INVERSE"
        )
        return show_grey(stored, self._data, inverse=inverse, sample=sample)


def _palette(values: NDArray[Any], data: DicomData) -> NDArray[np.uint8]:
    colours = apply_color_lut(values[None, :], data.ds)[0][:, :3]
    # Tables of "16 bits" that hold 8-bit entries occur (PS3.3 C.7.6.3.1.6 forbids them).
    shift = 8 if colours.dtype.itemsize == 2 and int(colours.max()) > 255 else 0
    return (colours >> shift).astype(np.uint8)


def _encapsulate(frame: bytes) -> bytes:
    """One frame as encapsulated pixel data: an empty offset table and one item (PS3.5 A.4)."""
    frame += b"\x00" * (len(frame) % 2)
    item = b"\xfe\xff\x00\xe0"
    return item + bytes(4) + item + len(frame).to_bytes(4, "little") + frame
