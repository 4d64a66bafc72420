"""Stored grey values of a DICOM picture to 0..255: modality, window, inversion."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels import apply_modality_lut, apply_voi

from core.acquisition.dicom_data import DicomData
from core.acquisition.eight_bit import full_range


def show_grey(
    stored: NDArray[Any], data: DicomData, *, inverse: bool, sample: NDArray[Any]
) -> NDArray[np.uint8]:
    """Stored values as they are shown (PS3.3 C.11.1 modality, C.11.2 VOI, C.7.6.3.1.2).

    Args:
        stored: values of any shape.
        data: the file; its first window or look-up table is used.
        inverse: True for MONOCHROME1.
        sample: pixels whose values tell the range in use where the file has no window.

    Returns:
        uint8 of the same shape.
    """
    try:
        shown = _voi(stored, data)
    except Exception:  # a damaged window or table is no reason to refuse the picture
        shown = None
    if shown is None:
        shown = _over_used_range(stored, sample)
    grey = (np.clip(shown, 0, 1) * 255 + 0.5).astype(np.uint8)
    return 255 - grey if inverse else grey


def _voi(stored: NDArray[Any], data: DicomData) -> NDArray[np.floating[Any]] | None:
    """0..1 by the file's own VOI table or window; None where it has neither."""
    ds = data.ds
    if data.get("VOILUTSequence"):
        bits = int(ds.VOILUTSequence[0].LUTDescriptor[2])
        return apply_voi(apply_modality_lut(stored, ds), ds) / float((1 << bits) - 1)
    centre, width = _first(data.get("WindowCenter")), _first(data.get("WindowWidth"))
    if centre is None or width is None or width < 1:
        return None
    values = np.asarray(apply_modality_lut(stored, ds), np.float32)
    function = str(data.get("VOILUTFunction", "LINEAR")).upper()
    if function == "SIGMOID":
        return 1 / (1 + np.exp(-4 * (values - centre) / width))
    if function == "LINEAR_EXACT" or width == 1:
        return (values - centre) / width + 0.5
    return (values - (centre - 0.5)) / (width - 1) + 0.5


def _over_used_range(stored: NDArray[Any], sample: NDArray[Any]) -> NDArray[np.floating[Any]]:
    low, high = float(np.nanmin(sample)), float(np.nanmax(sample))
    if low >= 0 and sample.dtype.kind in "ui":
        low, high = 0.0, float(full_range(int(high)))
    return (stored.astype(np.float32) - low) / ((high - low) or 1.0)


def _first(value: Any) -> float | None:
    if value is None:
        return None
    return float(value[0] if hasattr(value, "__getitem__") else value)
