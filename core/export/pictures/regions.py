"""Our calibrations as DICOM's Sequence of Ultrasound Regions (PS3.3 C.8.5.5)."""

from dataclasses import replace

from pydicom.dataset import Dataset

from core.acquisition.regions import CM_TO_MM, S_TO_MS, DataType, SpatialFormat, Unit
from core.domain import Calibration, Clip, Mode

_TRACES = {
    Mode.PW: DataType.PW_DOPPLER,
    Mode.TDI: DataType.PW_DOPPLER,
    Mode.CW: DataType.CW_DOPPLER,
}


def regions_of(
    clip: Clip, *, used: Calibration | None, mode: Mode, scale: tuple[float, float] = (1.0, 1.0)
) -> list[Dataset]:
    """Items for every part of the picture whose scale is known; none where nothing is.

    Args:
        clip: with the regions that its source named.
        used: the calibration that measurements used (set by hand or read from the drawn scale);
            counts where the source named none.
        mode: of the clip.
        scale: what x and y of the clip were multiplied by in the picture that the regions go with.
    """
    known = [c for c in clip.regions if _format(c) is not None]
    if not known:
        known = [c for c in (used, clip.calibration) if c is not None and _format(c) is not None][
            :1
        ]
    size = clip.width * scale[0], clip.height * scale[1]
    return [_region(_scaled(c, clip, scale), mode, size, alone=len(known) == 1) for c in known]


def _format(calibration: Calibration) -> SpatialFormat | None:
    if calibration.has_mm:
        return SpatialFormat.TWO_D
    if calibration.ms_per_px is None:
        return None
    if calibration.mm_per_px_y is not None:
        return SpatialFormat.M_MODE
    return None if calibration.cm_s_per_px is None else SpatialFormat.SPECTRAL


def _scaled(calibration: Calibration, clip: Clip, scale: tuple[float, float]) -> Calibration:
    """The same region in a picture that was resized."""
    x, y = scale
    box = calibration.box or (0.0, 0.0, float(clip.width), float(clip.height))

    def per(value: float | None, factor: float) -> float | None:
        return None if value is None else value / factor

    return replace(
        calibration,
        mm_per_px_x=per(calibration.mm_per_px_x, x),
        mm_per_px_y=per(calibration.mm_per_px_y, y),
        cm_s_per_px=per(calibration.cm_s_per_px, y),
        ms_per_px=per(calibration.ms_per_px, x),
        box=(box[0] * x, box[1] * y, box[2] * x, box[3] * y),
        zero_y=None if calibration.zero_y is None else calibration.zero_y * y,
    )


def _region(
    calibration: Calibration, mode: Mode, size: tuple[float, float], *, alone: bool
) -> Dataset:
    """One item; both corners are inside the region (C.8.5.5.1.14)."""
    kind = _format(calibration)
    assert calibration.box is not None
    x0, y0, x1, y1 = (round(edge) for edge in calibration.box)
    ds = Dataset()
    ds.RegionSpatialFormat = int(kind or SpatialFormat.NONE)
    ds.RegionFlags = 0
    ds.RegionLocationMinX0, ds.RegionLocationMinY0 = max(x0, 0), max(y0, 0)
    ds.RegionLocationMaxX1 = min(x1, round(size[0])) - 1
    ds.RegionLocationMaxY1 = min(y1, round(size[1])) - 1
    if kind is SpatialFormat.TWO_D:
        ds.RegionDataType = int(
            DataType.COLOR_FLOW if mode is Mode.COLOR and alone else DataType.TISSUE
        )
        ds.PhysicalUnitsXDirection = ds.PhysicalUnitsYDirection = int(Unit.CENTIMETRES)
        ds.PhysicalDeltaX = _cm(calibration.mm_per_px_x)
        ds.PhysicalDeltaY = _cm(calibration.mm_per_px_y)
        return ds
    assert calibration.ms_per_px is not None
    ds.PhysicalUnitsXDirection = int(Unit.SECONDS)
    ds.PhysicalDeltaX = calibration.ms_per_px / S_TO_MS
    if calibration.zero_y is not None:
        # Counted from the region's own corner (C.8.5.5.1.7).
        ds.ReferencePixelX0 = 0
        ds.ReferencePixelY0 = round(calibration.zero_y) - ds.RegionLocationMinY0
        ds.ReferencePixelPhysicalValueX = ds.ReferencePixelPhysicalValueY = 0.0
    if kind is SpatialFormat.M_MODE:
        ds.RegionDataType = int(DataType.TISSUE)
        ds.PhysicalUnitsYDirection = int(Unit.CENTIMETRES)
        ds.PhysicalDeltaY = _cm(calibration.mm_per_px_y)
        return ds
    ds.RegionDataType = int(_TRACES.get(mode, DataType.PW_DOPPLER))
    ds.PhysicalUnitsYDirection = int(Unit.CM_PER_S)
    # Rows run downwards, velocities upwards.
    assert calibration.cm_s_per_px is not None
    ds.PhysicalDeltaY = -calibration.cm_s_per_px
    return ds


def _cm(mm: float | None) -> float:
    assert mm is not None
    return mm / CM_TO_MM
