"""Calibration and mode that a DICOM file declares, for the clip and for each frame."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydicom.dataset import Dataset

from core.acquisition.dicom_data import DicomData
from core.acquisition.regions import (
    UltrasoundRegion,
    declared_mode,
    main_region,
    read_regions,
)
from core.domain import Calibration, CalibrationSource, Mode

_ENHANCED_US_VOLUME = "1.2.840.10008.5.1.4.1.1.6.2"
_TISSUE_DOPPLER = re.compile(r"\b(TDI|DTI|TVI|DMI|tissue\s+(doppler|velocity))\b", re.IGNORECASE)
_DESCRIPTIONS = ("SeriesDescription", "ProtocolName", "ImageComments", "AcquisitionDescription")
# Image Type value 4, PS3.3 C.8.5.6.1.1: what was acquired, as bits; the most telling first.
_IMAGE_TYPE_MODES = (
    (0x0008, Mode.PW),
    (0x0004, Mode.CW),
    (0x0002, Mode.MMODE),
    (0x0010, Mode.COLOR),
    (0x0001, Mode.BMODE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the file says of its pixels' size and of its mode.

    Attributes:
        calibration: of the main region, or NONE with reasons.
        per_frame: one per frame where they differ; else empty.
        regions: every calibrated region, for a picture of several.
        mode: declared mode.
    """

    calibration: Calibration
    per_frame: tuple[Calibration, ...]
    regions: tuple[Calibration, ...]
    mode: Mode


def read_declared(data: DicomData, width: int, height: int, indices: Sequence[int]) -> Declared:
    """Calibration and mode of the frames numbered `indices`, of `width` x `height` pixels."""
    regions, reasons = read_regions(_items(data.ds, "SequenceOfUltrasoundRegions"), width, height)
    main = main_region(regions, width, height)
    calibration = _of(main, reasons, data)
    per_frame = _per_frame(data, calibration, width, height, indices)
    mode = declared_mode(regions, main)
    if mode is Mode.UNKNOWN:
        mode = _image_type_mode(data)
    if mode in (Mode.PW, Mode.COLOR, Mode.UNKNOWN) and _says_tissue_doppler(data):
        mode = Mode.TDI
    dicom = CalibrationSource.DICOM
    return Declared(
        calibration=per_frame[0] if per_frame else calibration,
        per_frame=per_frame if len({_key(c) for c in per_frame}) > 1 else (),
        regions=tuple(r.calibration for r in regions if r.calibration.source is dicom),
        mode=mode,
    )


def _of(main: UltrasoundRegion | None, reasons: tuple[str, ...], data: DicomData) -> Calibration:
    if main is not None and main.calibration.source is CalibrationSource.DICOM:
        return main.calibration
    if not reasons:
        reasons = (_nothing_said(data),)
    return Calibration(source=CalibrationSource.NONE, reasons=reasons)


def _nothing_said(data: DicomData) -> str:
    if data.get("PixelSpacing") is not None:
        # The ultrasound IODs (PS3.3 A.6, A.7) have no Pixel Spacing: one figure cannot hold for a
        # screen of several regions, and what writers put there is not defined.
        return (
            "no ultrasound region with a size; Pixel Spacing alone is not defined for "
            "ultrasound pictures and is not used"
        )
    return "the DICOM file has no ultrasound region with a size"


def _per_frame(
    data: DicomData, calibration: Calibration, width: int, height: int, indices: Sequence[int]
) -> tuple[Calibration, ...]:
    """One calibration per frame from the functional groups; empty where there are none."""
    groups = _items(data.ds, "PerFrameFunctionalGroupsSequence")
    groups = [groups[i] for i in indices] if len(groups) > max(indices) else []
    shared = _items(data.ds, "SharedFunctionalGroupsSequence")[:1]
    volume = str(data.get("SOPClassUID", "")) == _ENHANCED_US_VOLUME
    found = [_group(g, width, height, volume) for g in groups]
    if not any(found):
        common = _group(shared[0], width, height, volume) if shared else None
        return (common,) * len(indices) if common else ()
    # A frame that says nothing of itself has what holds for all; never another frame's figures.
    return tuple(c or calibration for c in found)


def _group(group: Dataset, width: int, height: int, volume: bool) -> Calibration | None:
    items = _items(group, "SequenceOfUltrasoundRegions")
    if items:
        regions, reasons = read_regions(items, width, height)
        main = main_region(regions, width, height)
        if main is not None and main.calibration.source is CalibrationSource.DICOM:
            return main.calibration
        return Calibration(reasons=reasons)
    measures = _items(group, "PixelMeasuresSequence")
    # Only the Enhanced US Volume IOD defines Pixel Measures for ultrasound (PS3.3 C.7.6.16.2.1).
    if not volume or not measures:
        return None
    try:
        row_mm, column_mm = (float(v) for v in measures[0].PixelSpacing)
    except Exception:  # pydicom converts on access and raises anything on a damaged value
        return None
    if not (0.005 <= row_mm <= 5 and 0.005 <= column_mm <= 5):
        return Calibration(reasons=(f"Pixel Spacing {row_mm:g} x {column_mm:g} mm is refused",))
    return Calibration(source=CalibrationSource.DICOM, mm_per_px_x=column_mm, mm_per_px_y=row_mm)


def _image_type_mode(data: DicomData) -> Mode:
    kinds = data.get("ImageType", [])
    try:
        bits = int(str(kinds[3]), 16)
    except (IndexError, TypeError, ValueError):
        return Mode.UNKNOWN
    return next((mode for bit, mode in _IMAGE_TYPE_MODES if bits & bit), Mode.UNKNOWN)


def _says_tissue_doppler(data: DicomData) -> bool:
    return any(_TISSUE_DOPPLER.search(str(data.get(k, ""))) for k in _DESCRIPTIONS)


def _items(ds: Dataset, keyword: str) -> Sequence[Dataset]:
    try:
        value: Any = ds.get(keyword)
        return [item for item in value or () if isinstance(item, Dataset)]
    except Exception:  # pydicom parses a sequence on access and raises anything on a damaged one
        return []


def _key(calibration: Calibration) -> Calibration:
    return replace(calibration, reasons=())
