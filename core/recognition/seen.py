"""What the regions say of a picture: is all there that the view shows, whole and well placed."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from core.domain import Region, RegionLabel, Sector, View
from core.measurement.geometry import area, centroid
from core.recognition.items import Item

_R = RegionLabel
VITAL: Mapping[View, tuple[RegionLabel, ...]] = {
    View.A4C: (_R.LV_CAVITY, _R.LV_MYOCARDIUM, _R.LA),
    View.A2C: (_R.LV_CAVITY, _R.LV_MYOCARDIUM, _R.LA),
}
"""Without these a plane cannot be measured."""
REQUIRED: Mapping[View, tuple[RegionLabel, ...]] = {
    View.PLAX: (_R.LV_CAVITY, _R.LA, _R.AORTA, _R.MITRAL_VALVE, _R.AORTIC_VALVE),
    View.PSAX_AV: (_R.AORTIC_VALVE, _R.LA, _R.RV_CAVITY),
    View.PSAX_MV: (_R.LV_CAVITY, _R.MITRAL_VALVE, _R.RV_CAVITY),
    View.PSAX_PM: (_R.LV_CAVITY, _R.PAPILLARY_MUSCLE),
    View.A4C: (*VITAL[View.A4C], _R.RV_CAVITY, _R.RA),
    View.A5C: (_R.LV_CAVITY, _R.RV_CAVITY, _R.AORTIC_VALVE),
    View.A2C: (*VITAL[View.A2C], _R.MITRAL_VALVE),
    View.A3C: (_R.LV_CAVITY, _R.LA, _R.MITRAL_VALVE, _R.AORTIC_VALVE),
    View.SC4C: (_R.LV_CAVITY, _R.RV_CAVITY, _R.LA, _R.RA),
    View.SC_IVC: (_R.IVC, _R.RA),
    View.SSN: (_R.AORTA,),
}
"""What a plane must show (ASE 2019, Mitchell: description of each view)."""
APICAL = (View.A4C, View.A5C, View.A2C, View.A3C)
_OUTFLOW = frozenset({_R.MAIN_PA, _R.PULMONARY_VALVE})
_SHORT_AXIS = _OUTFLOW | {_R.RA, _R.AORTA, _R.AORTIC_VALVE, _R.IVC}
NEVER: Mapping[View, frozenset[RegionLabel]] = {
    View.PLAX: _OUTFLOW | {_R.RA, _R.IVC},
    View.PSAX_AV: frozenset({_R.PAPILLARY_MUSCLE, _R.IVC}),
    View.PSAX_MV: _SHORT_AXIS,
    View.PSAX_PM: _SHORT_AXIS | {_R.LA},
    **dict.fromkeys(APICAL, _OUTFLOW | {_R.IVC}),
    View.SC4C: _OUTFLOW,
    View.SC_IVC: _OUTFLOW | {_R.PAPILLARY_MUSCLE, _R.MITRAL_VALVE},
    View.SSN: frozenset({_R.IVC, _R.PAPILLARY_MUSCLE, _R.MITRAL_VALVE, _R.TRICUSPID_VALVE}),
}
"""What lies far from the planes of a view: where it is outlined, something else was meant."""
_WHOLE_HEART = (*APICAL, View.PLAX, View.PSAX_MV, View.PSAX_PM)


def possible(label: View, regions: Sequence[Region]) -> list[Region]:
    """The regions without those that a picture of this view cannot show."""
    never = NEVER.get(label, frozenset())
    return [region for region in regions if region.label not in never]


def anatomy(label: View, sector: Sector, regions: Sequence[Region]) -> Iterable[Item]:
    """Are the structures of this view there, whole, and of a plausible shape."""
    if label not in REQUIRED:
        return
    yield from _structures(label, regions)
    if not regions:
        return
    cavities = [r for r in regions if r.label is _R.LV_CAVITY]
    if cavities and label in APICAL:
        inside = 1 - float(np.median([_cut_off(r, sector) for r in cavities]))
        yield Item("centring", inside, "judge.lv_cut_off", 0.8)
        slim = float(np.median([_slimness(r) for r in cavities]))
        # A ventricle cut across its long axis looks round; real ones are over 1.4 times as long as
        # wide.
        yield Item("foreshortening", min(1.0, slim / 1.4), "judge.foreshortened", 0.85)
        lean = _lean_deg(regions)
        if lean is not None:
            upright = float(np.clip((70 - lean) / 40, 0, 1))
            yield Item("view", upright, "judge.not_apical", 0.5, blocks=True)
    if label in _WHOLE_HEART:
        yield Item("centring", _centred(regions, sector), "judge.off_centre", 0.6)
        if cavities:
            large = float(np.median([_share(r, sector) for r in cavities]))
            yield Item("depth", min(1.0, large / 0.04), "judge.too_deep", 0.8)
        atria = [r for r in regions if r.label is _R.LA]
        if atria:
            whole = 1 - float(np.median([_at_far_edge(r, sector) for r in atria]))
            yield Item("depth", whole, "judge.too_shallow", 0.85)


def _structures(label: View, regions: Sequence[Region]) -> Iterable[Item]:
    """One vital structure missing blocks; of the others one is named, the worst."""
    frames = len({region.frame for region in regions}) or 1
    seen = {
        structure: min(
            1.0, sum(region.score for region in regions if region.label is structure) / frames
        )
        for structure in REQUIRED[label]
    }
    vital = VITAL.get(label, ())
    for structure in vital:
        reason = f"judge.missing.{structure.value}"
        yield Item("structures", seen[structure], reason, 0.5, blocks=True)
    rest = {structure: score for structure, score in seen.items() if structure not in vital}
    if rest:
        worst = min(rest, key=rest.__getitem__)
        # Small ones come and go with the beat: what counts is how much of all is there.
        mean = float(np.mean(list(seen.values())))
        yield Item("structures", mean, f"judge.missing.{worst.value}", 0.5)


def _centred(regions: Sequence[Region], sector: Sector) -> float:
    """1 where the structures' common centre lies within a tenth of the width from the middle."""
    x0, _, x1, _ = sector.box
    polygons = [np.asarray(region.polygon, np.float64) for region in regions]
    sizes = np.array([area(polygon) for polygon in polygons])
    if sizes.sum() <= 0:
        return 1.0
    across = np.array([centroid(polygon)[0] for polygon in polygons])
    off = abs(float(sizes @ across / sizes.sum()) - (x0 + x1) / 2) / max(sector.width, 1)
    return float(np.clip(1.25 - 2.5 * off, 0, 1))


def _cut_off(region: Region, sector: Sector) -> float:
    """Part of the outline that lies on the border of the sector's box, 0..1."""
    x0, y0, x1, y1 = sector.box
    margin = 0.01 * max(sector.width, sector.height)
    x, y = region.polygon[:, 0], region.polygon[:, 1]
    touching = (x < x0 + margin) | (x > x1 - margin) | (y < y0 + margin) | (y > y1 - margin)
    return float(touching.mean())


def _at_far_edge(region: Region, sector: Sector) -> float:
    """Part of the outline that lies on the sector's far end, 0..1."""
    margin = 0.015 * max(sector.width, sector.height)
    return float((region.polygon[:, 1] > sector.box[3] - margin).mean())


def _lean_deg(regions: Sequence[Region]) -> float | None:
    """Angle of the line from the left atrium to the left ventricle against straight up, degrees.

    From the apex the ventricle lies over the atrium; in a parasternal or subcostal picture, which
    may look alike to the view model, it lies beside it. None where no frame shows both.
    """
    ventricles, atria = (
        {r.frame: centroid(np.asarray(r.polygon, np.float64)) for r in regions if r.label is label}
        for label in (_R.LV_CAVITY, _R.LA)
    )
    angles = []
    for frame in ventricles.keys() & atria.keys():
        across, down = ventricles[frame] - atria[frame]
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
