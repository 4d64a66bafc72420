"""Is the plane standard, how good is the picture, and why.

Every item is something that a sonographer would name; each gives a score from 0 to 1 and, where it
is low, a reason (an id `judge.*` of the language catalogue). An item below its limit that makes
the plane unfit to measure is blocking: the plane is then not standard, however good the rest is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import (
    Judgement,
    Mode,
    Region,
    RegionLabel,
    Sector,
    SectorKind,
    View,
    ViewResult,
)
from core.measurement.geometry import area, centroid

# What a plane must show to be measured (ASE 2019, Mitchell: description of each view). Only
# structures that the region model finds reliably stand here; its card gives the figures.
REQUIRED: Mapping[View, tuple[RegionLabel, ...]] = {
    View.A4C: (RegionLabel.LV_CAVITY, RegionLabel.LV_MYOCARDIUM, RegionLabel.LA),
    View.A2C: (RegionLabel.LV_CAVITY, RegionLabel.LV_MYOCARDIUM, RegionLabel.LA),
}
MIN_PROBABILITY = 0.6
MIN_QUALITY = 0.4
MIN_CONTRAST = 0.12


@dataclass(frozen=True, slots=True)
class Item:
    """One thing judged: its score 0..1, the reason when it is low, whether it then blocks."""

    score: float
    reason: str
    limit: float
    blocks: bool


def judge(
    *,
    view: ViewResult,
    mode: Mode,
    sector: Sector,
    squares: NDArray[np.uint8],
    regions: Sequence[Region] | None,
    steady: float = 1.0,
) -> Judgement:
    """Judges one frame or one clip.

    Args:
        view: what the view model says.
        mode: what kind of picture it is.
        sector: where it lies.
        squares: uint8 [N, S, S], the sector's pictures looked at.
        regions: regions found, in source pixels; None where they were not looked for.
        steady: part of the frames that agree on the view, 0..1.
    """
    if sector.kind is SectorKind.NONE:  # then nothing else can be said of it
        return Judgement(standard=False, quality=0.0, reasons=("judge.no_sector",))
    items = [*_basics(view, mode, steady), _gain(squares)]
    if regions is not None:
        items += _anatomy(view.label, sector, regions)
    low = sorted((item for item in items if item.score < item.limit), key=lambda i: i.score)
    # The geometric mean: one thing very wrong is not made good by the others.
    scores = np.clip([item.score for item in items], 0.02, 1)
    quality = float(np.exp(np.log(scores).mean()))
    blocked = any(item.blocks for item in low)
    return Judgement(
        standard=not blocked and quality >= MIN_QUALITY,
        quality=round(quality, 4),
        reasons=tuple(item.reason for item in low),
    )


def _basics(view: ViewResult, mode: Mode, steady: float) -> Iterable[Item]:
    if mode not in (Mode.BMODE, Mode.COLOR):
        yield Item(0.0, "judge.not_a_plane", 0.5, True)
    if view.label is View.OTHER:
        yield Item(0.0, "judge.not_a_standard_view", 0.5, True)
    else:
        yield Item(view.probability, "judge.view_uncertain", MIN_PROBABILITY, True)
        yield Item(steady, "judge.view_unsteady", 0.6, True)


def _gain(squares: NDArray[np.uint8]) -> Item:
    """Grey levels inside the sector: neither nearly black, nor white, nor flat."""
    inside = squares[squares > 0]
    share = inside.size / max(1, squares.size)
    if inside.size == 0 or share < 0.05:
        return Item(0.0, "judge.too_dark", 0.5, True)
    low, high = np.percentile(inside, (10, 95)) / 255
    if low > 0.55:
        return Item(float((1 - low) / 0.45), "judge.too_bright", 0.7, False)
    if high < 0.25:
        return Item(float(high / 0.25), "judge.too_dark", 0.7, False)
    spread = float(high - low)
    return Item(min(1.0, spread / (2 * MIN_CONTRAST)), "judge.low_contrast", 0.5, False)


def _anatomy(label: View, sector: Sector, regions: Sequence[Region]) -> Iterable[Item]:
    """Are the structures of this view there, whole, and of a plausible shape."""
    required = REQUIRED.get(label, ())
    if not required:
        return
    frames = len({region.frame for region in regions}) or 1
    for structure in required:
        mine = [region for region in regions if region.label is structure]
        seen = sum(region.score for region in mine) / frames
        yield Item(seen, f"judge.missing.{structure.value}", 0.5, True)
    cavities = [r for r in regions if r.label is RegionLabel.LV_CAVITY]
    if cavities:
        inside = 1 - float(np.median([_cut_off(r, sector) for r in cavities]))
        yield Item(inside, "judge.lv_cut_off", 0.8, False)
        slim = float(np.median([_slimness(r) for r in cavities]))
        # A ventricle cut across its long axis looks round; real ones are over 1.4 times as long as
        # wide.
        yield Item(min(1.0, slim / 1.4), "judge.foreshortened", 0.85, False)
        lean = _lean_deg(regions)
        if lean is not None:
            yield Item(float(np.clip((70 - lean) / 40, 0, 1)), "judge.not_apical", 0.5, True)
        large = float(np.median([_share(r, sector) for r in cavities]))
        yield Item(min(1.0, large / 0.04), "judge.too_deep", 0.8, False)


def _cut_off(region: Region, sector: Sector) -> float:
    """Part of the outline that lies on the border of the sector's box, 0..1."""
    x0, y0, x1, y1 = sector.box
    margin = 0.01 * max(sector.width, sector.height)
    x, y = region.polygon[:, 0], region.polygon[:, 1]
    touching = (x < x0 + margin) | (x > x1 - margin) | (y < y0 + margin) | (y > y1 - margin)
    return float(touching.mean())


def _lean_deg(regions: Sequence[Region]) -> float | None:
    """Angle of the line from the left atrium to the left ventricle against straight up, degrees.

    From the apex the ventricle lies over the atrium; in a parasternal or subcostal picture, which
    may look alike to the view model, it lies beside it. None where no frame shows both.
    """
    angles = []
    for frame in {region.frame for region in regions}:
        centres = {
            region.label: centroid(np.asarray(region.polygon, np.float64))
            for region in regions
            if region.frame == frame
        }
        if RegionLabel.LV_CAVITY in centres and RegionLabel.LA in centres:
            across, down = centres[RegionLabel.LV_CAVITY] - centres[RegionLabel.LA]
            angles.append(abs(np.degrees(np.arctan2(across, -down))))
    return float(np.median(angles)) if angles else None


def _slimness(region: Region) -> float:
    """Ratio of the outline's principal axes, >= 1."""
    values = np.linalg.eigvalsh(np.cov(region.polygon.T.astype(np.float64)))
    return float(np.sqrt(values[1] / max(values[0], 1e-9)))


def _share(region: Region, sector: Sector) -> float:
    """Area of the outline over the area of the sector's outline."""
    whole = area(np.array(sector.outline, np.float64))
    return area(np.asarray(region.polygon, np.float64)) / max(whole, 1.0)
