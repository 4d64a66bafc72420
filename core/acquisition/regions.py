"""Calibration from DICOM's Sequence of Ultrasound Regions (PS3.3 C.8.5.5)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from pydicom.dataset import Dataset

from core.domain import Calibration, CalibrationSource, Mode

CM_TO_MM = 10.0
S_TO_MS = 1000.0
# A pixel below 5 um or a region wider than 60 cm is a mistake in the units, not a heart.
_MIN_MM_PER_PX = 0.005
_MAX_REGION_MM = 600.0
# A trace (spectrum, M-mode) this large is what the picture was taken for, not a strip beside it.
_MIN_TRACE_AREA = 0.12


class SpatialFormat(IntEnum):
    """Region Spatial Format (0018,6012), C.8.5.5.1.1."""

    NONE = 0
    TWO_D = 1
    M_MODE = 2
    SPECTRAL = 3
    WAVE_FORM = 4
    GRAPHICS = 5


class DataType(IntEnum):
    """Region Data Type (0018,6014), C.8.5.5.1.2, as far as pictures of the heart have them."""

    TISSUE = 1
    COLOR_FLOW = 2
    PW_DOPPLER = 3
    CW_DOPPLER = 4


class Unit(IntEnum):
    """Physical Units X/Y Direction (0018,6024/6026), C.8.5.5.1.15, those used here."""

    SECONDS = 4
    CENTIMETRES = 3
    CM_PER_S = 7


_PICTURES = (SpatialFormat.TWO_D, SpatialFormat.M_MODE, SpatialFormat.SPECTRAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class UltrasoundRegion:
    """One usable region of the picture.

    Attributes:
        spatial_format: (0018,6012).
        data_type: (0018,6014).
        calibration: source DICOM with the region's box, or NONE with the reason.
    """

    spatial_format: int
    data_type: int
    calibration: Calibration

    @property
    def area(self) -> float:
        """Pixels of the region's box."""
        x0, y0, x1, y1 = self.calibration.box or (0, 0, 0, 0)
        return (x1 - x0) * (y1 - y0)

    @property
    def mode(self) -> Mode:
        """What the region's picture is."""
        if self.spatial_format == SpatialFormat.M_MODE:
            return Mode.MMODE
        return {
            DataType.TISSUE: Mode.BMODE,
            DataType.COLOR_FLOW: Mode.COLOR,
            DataType.PW_DOPPLER: Mode.PW,
            DataType.CW_DOPPLER: Mode.CW,
        }.get(self.data_type, Mode.UNKNOWN)  # type: ignore[call-overload, no-any-return]


def read_regions(
    items: Sequence[Dataset], width: int, height: int
) -> tuple[tuple[UltrasoundRegion, ...], tuple[str, ...]]:
    """The picture regions among the sequence's items, and why others were refused.

    One region that reaches outside the picture refuses them all: the picture was then scaled or
    cropped after the machine wrote its figures, and no millimetre of it can be trusted.

    Args:
        items: of (0018,6011).
        width, height: of the picture, pixels.
    """
    regions: list[UltrasoundRegion] = []
    reasons: list[str] = []
    for number, item in enumerate(items, 1):
        spatial, data_type = _whole(item, "RegionSpatialFormat"), _whole(item, "RegionDataType")
        shows_picture = spatial in _PICTURES
        box = _box(item)
        if box is None:
            if shows_picture:
                reasons.append(f"ultrasound region {number} has no valid box")
            continue
        # The last column is x1; some machines write the width itself (one past it).
        if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height:
            return (), (
                f"DICOM calibration refused: ultrasound region {number} reaches to "
                f"({box[2]:g}, {box[3]:g}) but the picture is {width}x{height}: "
                "it was scaled or cropped after the machine wrote its figures",
            )
        if spatial is None or not shows_picture:
            continue
        edge = (box[0], box[1], min(box[2] + 1, width), min(box[3] + 1, height))
        calibration = _calibration(item, spatial, edge, number)
        reasons += calibration.reasons
        regions.append(
            UltrasoundRegion(
                spatial_format=spatial, data_type=data_type or 0, calibration=calibration
            )
        )
    return tuple(regions), tuple(reasons)


def main_region(
    regions: Sequence[UltrasoundRegion], width: int, height: int
) -> UltrasoundRegion | None:
    """The region that the picture was taken for: a large trace, else the largest 2-D one.

    Of 2-D regions of one picture (tissue, and colour flow inside it) the largest calibrated one
    counts.
    """
    traces = [
        r
        for r in regions
        if r.spatial_format != SpatialFormat.TWO_D and r.area >= _MIN_TRACE_AREA * width * height
    ]
    pool = traces or [r for r in regions if r.spatial_format == SpatialFormat.TWO_D]
    if not pool:
        return None
    calibrated = CalibrationSource.DICOM
    return max(pool, key=lambda r: (r.calibration.source is calibrated, r.area))


def declared_mode(regions: Sequence[UltrasoundRegion], main: UltrasoundRegion | None) -> Mode:
    """Mode of the picture: of its main region, colour where a colour region lies in 2-D."""
    if main is None:
        return Mode.UNKNOWN
    if main.spatial_format == SpatialFormat.TWO_D and any(
        r.mode is Mode.COLOR and r.spatial_format == SpatialFormat.TWO_D for r in regions
    ):
        return Mode.COLOR
    return main.mode


def _calibration(
    item: Dataset, spatial: int, box: tuple[float, float, float, float], number: int
) -> Calibration:
    """Figures of one region; what is missing, zero, of another unit or absurd is refused."""
    none = Calibration(source=CalibrationSource.NONE, box=box)
    units = _whole(item, "PhysicalUnitsXDirection"), _whole(item, "PhysicalUnitsYDirection")
    dx, dy = _real(item, "PhysicalDeltaX"), _real(item, "PhysicalDeltaY")
    wanted: tuple[Unit, Unit] = {
        SpatialFormat.TWO_D: (Unit.CENTIMETRES, Unit.CENTIMETRES),
        SpatialFormat.M_MODE: (Unit.SECONDS, Unit.CENTIMETRES),
        SpatialFormat.SPECTRAL: (Unit.SECONDS, Unit.CM_PER_S),
    }[SpatialFormat(spatial)]
    if spatial == SpatialFormat.SPECTRAL and dy is not None:
        dy = abs(dy)  # velocity rises upwards on most machines: the increment per row is negative
    problems = []
    for axis, delta, unit, want in zip("xy", (dx, dy), units, wanted, strict=True):
        if unit != want:
            problems.append(f"its {axis} unit has code {unit}, not {int(want)}")
        elif delta is None or delta <= 0:
            problems.append(f"its {axis} increment is {delta if delta is not None else 'missing'}")
    if not problems and dx is not None and dy is not None:
        result = _figures(spatial, dx, dy, box)
        if spatial != SpatialFormat.TWO_D:
            result = replace(result, zero_y=_zero_row(item, box))
        if _sane(result):
            return result
        problems.append(f"its increments {dx:g} x {dy:g} are no size of a heart's picture")
    text = f"ultrasound region {number} refused: {' and '.join(problems)}"
    return replace(none, reasons=(text,))


def _figures(
    spatial: int, dx: float, dy: float, box: tuple[float, float, float, float]
) -> Calibration:
    base = Calibration(source=CalibrationSource.DICOM, box=box)
    if spatial == SpatialFormat.TWO_D:
        return replace(base, mm_per_px_x=dx * CM_TO_MM, mm_per_px_y=dy * CM_TO_MM)
    if spatial == SpatialFormat.M_MODE:
        return replace(base, ms_per_px=dx * S_TO_MS, mm_per_px_y=dy * CM_TO_MM)
    return replace(base, ms_per_px=dx * S_TO_MS, cm_s_per_px=dy)


def _zero_row(item: Dataset, box: tuple[float, float, float, float]) -> float | None:
    """Row of the physical value 0 (C.8.5.5.1.7: the reference pixel counts from the region's
    corner); None where it is not said or lies outside the region."""
    pixel, delta = _real(item, "ReferencePixelY0"), _real(item, "PhysicalDeltaY")
    value = _real(item, "ReferencePixelPhysicalValueY") or 0.0
    if pixel is None or not delta:
        return None
    row = box[1] + pixel - value / delta
    return row if box[1] - 1 <= row <= box[3] + 1 else None


def _sane(calibration: Calibration) -> bool:
    x0, y0, x1, y1 = calibration.box or (0, 0, 0, 0)
    sides = ((calibration.mm_per_px_x, x1 - x0), (calibration.mm_per_px_y, y1 - y0))
    return all(
        mm is None or (mm >= _MIN_MM_PER_PX and mm * pixels <= _MAX_REGION_MM)
        for mm, pixels in sides
    )


def _box(item: Dataset) -> tuple[float, float, float, float] | None:
    """(x0, y0, x1, y1), both corners inside the region (C.8.5.5.1.14)."""
    names = ("MinX0", "MinY0", "MaxX1", "MaxY1")
    x0, y0, x1, y1 = (_real(item, f"RegionLocation{name}") for name in names)
    if x0 is None or y0 is None or x1 is None or y1 is None or x1 <= x0 or y1 <= y0:
        return None
    return x0, y0, x1, y1


def _real(item: Dataset, keyword: str) -> float | None:
    try:
        value: Any = item.get(keyword)
        number = None if value is None else float(value)
    except Exception:  # pydicom converts on access and raises anything on a damaged value
        return None
    return number if number is not None and math.isfinite(number) else None


def _whole(item: Dataset, keyword: str) -> int | None:
    value = _real(item, keyword)
    return None if value is None else int(value)
