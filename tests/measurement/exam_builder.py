"""Clips of an ideal ventricle (a half ellipse cut by a straight valve plane) with known volumes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import ClipAnalysis
from core.domain import (
    Calibration,
    CalibrationSource,
    Judgement,
    Mode,
    Phases,
    Recognition,
    Region,
    RegionLabel,
    Sector,
    SectorKind,
    View,
    ViewResult,
)

WIDTH, HEIGHT = 640, 480


def mm(x: float, y: float | None = None) -> Calibration:
    return Calibration(source=CalibrationSource.DICOM, mm_per_px_x=x, mm_per_px_y=y or x)


@dataclass(frozen=True, kw_only=True)
class Ventricle:
    """Half an ellipsoid of revolution in mm: `radius` at the valve, `length` from valve to apex.

    A round atrium of `atrium` mm radius hangs below the valve, cut off flat there.
    """

    radius: float
    length: float
    atrium: float = 20.0

    @property
    def millilitres(self) -> float:
        return 2 / 3 * np.pi * self.radius**2 * self.length / 1000

    def outlines(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """LV and LA in mm, valve plane on y = 0, apex up (negative y)."""
        half = np.linspace(0, np.pi, 80)
        lv = np.stack([self.radius * np.cos(half), -self.length * np.sin(half)], axis=1)
        la = np.stack([self.atrium * np.cos(half), 1.8 * self.atrium * np.sin(half)], axis=1)
        return lv, la


def regions_of(
    ventricle: Ventricle,
    frame: int,
    *,
    scale: tuple[float, float] = (0.3, 0.3),
    turn_deg: float = 0.0,
    flip: bool = False,
    atrium: bool = True,
) -> tuple[Region, ...]:
    """The regions of one frame in source pixels, turned about the middle of the picture."""
    angle = np.deg2rad(turn_deg)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    lv, la = ventricle.outlines()
    middle = np.array([0.0, -ventricle.length / 4])
    found = []
    for label, outline in ((RegionLabel.LV_CAVITY, lv), (RegionLabel.LA, la)):
        if label is RegionLabel.LA and not atrium:
            continue
        turned = (outline - middle) @ matrix.T
        if flip:
            turned = turned * [-1, 1]
        pixels = turned / scale + [WIDTH / 2, HEIGHT / 2]
        found.append(region(label, frame, pixels))
    return tuple(found)


def region(label: RegionLabel, frame: int, polygon: NDArray[np.floating]) -> Region:
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    return Region(
        frame=frame,
        label=label,
        score=0.9,
        box=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        polygon=polygon.astype(np.float32),
    )


def clip(
    regions: tuple[Region, ...],
    *,
    id: str = "a4c",  # noqa: A002
    view: View = View.A4C,
    frames: int = 2,
    ed: tuple[int, ...] = (0,),
    es: tuple[int, ...] = (1,),
    calibration: Calibration = mm(0.3),  # noqa: B008
    standard: bool = True,
    quality: float = 0.8,
    mode: Mode = Mode.BMODE,
) -> ClipAnalysis:
    edges = ((0.0, 0.0), (WIDTH, 0.0), (WIDTH, HEIGHT), (0.0, HEIGHT))
    return ClipAnalysis(
        id=id,
        source=f"{id}.dcm",
        frames=frames,
        fps=None if frames == 1 else 50.0,
        width=WIDTH,
        height=HEIGHT,
        calibration=calibration,
        recognition=Recognition(
            clip_id=id,
            mode=mode,
            sector=Sector(kind=SectorKind.FAN, box=(0, 0, WIDTH, HEIGHT), outline=edges, score=0.9),
            view=ViewResult(
                label=view, probability=1.0, probabilities={v: float(v is view) for v in View}
            ),
            judgement=Judgement(standard=standard, quality=quality, reasons=()),
            regions=regions,
            phases=Phases(ed=ed, es=es),
        ),
    )


def beat(
    ed: Ventricle, es: Ventricle, first: int = 0, second: int = 1, **how: object
) -> tuple[Region, ...]:
    """Regions of one beat: ED in frame `first`, ES in frame `second`."""
    return (*regions_of(ed, first, **how), *regions_of(es, second, **how))  # type: ignore[arg-type]
