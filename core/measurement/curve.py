"""How large the left ventricle is in each frame: the curve beside the cine."""

from dataclasses import dataclass

import numpy as np

from core.analysis.analysis import ClipAnalysis
from core.domain import RegionLabel
from core.measurement.chamber import chamber_of
from core.measurement.geometry import Points
from core.measurement.pictures import Picture, lv_areas
from core.measurement.reasons import NotMeasuredError
from core.measurement.volume import MM3_PER_ML, simpson_single


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """One value a frame, float64 [frames], NaN where the frame has no LV outline; its unit is
    "mL", or "px2" (an area) where a pixel's size is unknown."""

    values: Points
    unit: str


def lv_curve(clip: ClipAnalysis) -> Curve:
    """Single-plane volume by disks of each frame; the area in px² without a calibration.

    The volume of one plane follows the beat in any long-axis view; it is for the eye, values for
    the report come from `measure_exam`.
    """
    if clip.calibration.mm_per_px is None:
        return Curve(values=lv_areas(clip), unit="px2")
    values = np.full(clip.frames, np.nan)
    for frame in range(clip.frames):
        picture = Picture(clip=clip, frame=frame)
        region = picture.region(RegionLabel.LV_CAVITY)
        scale = None if region is None else picture.scale_of(region)
        if region is None or scale is None:
            continue
        try:
            chamber = chamber_of(region, picture.region(RegionLabel.LA), scale)
        except NotMeasuredError:
            continue
        values[frame] = simpson_single(chamber.diameters, chamber.axis.length) / MM3_PER_ML
    return Curve(values=values, unit="mL")
