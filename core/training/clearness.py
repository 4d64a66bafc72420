"""How good a virtual picture is: what an eye can see of it, known because the truth is known."""

import numpy as np
from numpy.typing import NDArray

from core.domain import RegionLabel
from core.phantom.image import LABELS
from core.phantom.image.survey import Survey

_BLOOD = [
    LABELS.index(label)
    for label in (
        RegionLabel.LV_CAVITY, RegionLabel.RV_CAVITY, RegionLabel.LA, RegionLabel.RA,
        RegionLabel.AORTA, RegionLabel.MAIN_PA, RegionLabel.IVC,
    )
]  # fmt: skip
_FLUID = [*_BLOOD, LABELS.index(RegionLabel.PERICARDIAL_EFFUSION)]
_NEAR_MM = 12.0  # how far from blood a wall is looked at
_BLOCKS = (4, 6)  # beams and depths: gain differs from place to place, and an eye allows for it
_LEAST = 20  # pixels of wall and of blood for a block to count
_LEAST_ALL = 200
# A cavity that stands out by this part of full scale is as plain as it gets.
_FULL_CONTRAST = 0.3
# Between what noise alone gives and what the best virtual pictures reach.
_SEPARATION = (0.2, 0.88)
_WINDOW_WEIGHT = 0.35


def picture_quality(polar: NDArray[np.uint8], found: Survey, *, window: float) -> float:
    """0..1: two thirds what can be told apart in the picture, one third the acoustic window.

    Args:
        polar: uint8 [beams, samples], the picture before scan conversion.
        found: the survey of its plane, which knows where blood is.
        window: quality of the acoustic window that it was made through, 0..1.

    What can be told apart is the geometric mean of two numbers over the borders of blood: how
    surely one grey level says wall or blood there (rank statistic: noise, haze and shadow spoil
    it), and by how much they differ (a washed-out map spoils it). NaN where too little blood is in
    the plane to say.
    """
    seen = _told_apart(polar, found)
    if seen is None:
        return float("nan")
    separation, contrast = seen
    low, high = _SEPARATION
    clear = np.clip((separation - low) / (high - low), 0, 1)
    plain = np.clip(contrast / _FULL_CONTRAST, 0, 1)
    return float((1 - _WINDOW_WEIGHT) * np.sqrt(clear * plain) + _WINDOW_WEIGHT * window)


def _told_apart(polar: NDArray[np.uint8], found: Survey) -> tuple[float, float] | None:
    """Separation (0 chance to 1) and contrast (parts of full scale) of walls against blood."""
    fields = found.labels
    rows, columns = fields.shape[:2]
    grey = polar[: 2 * rows : 2, : 2 * columns : 2]
    nearest = fields[..., _BLOOD].min(axis=-1)
    blood = nearest < 0
    wall = (nearest < _NEAR_MM) & ~(fields[..., _FLUID] < 0).any(axis=-1)
    separation = contrast = weight = 0.0
    for i in np.array_split(np.arange(rows), _BLOCKS[0]):
        for j in np.array_split(np.arange(columns), _BLOCKS[1]):
            block = (slice(i[0], i[-1] + 1), slice(j[0], j[-1] + 1))
            here, there = grey[block][wall[block]], grey[block][blood[block]]
            count = min(len(here), len(there))
            if count < _LEAST:
                continue
            separation += count * separation_of(here, there)
            contrast += count * float(np.median(here) - np.median(there)) / 255
            weight += count
    return None if weight < _LEAST_ALL else (separation / weight, contrast / weight)


def separation_of(bright: NDArray[np.uint8], dark: NDArray[np.uint8]) -> float:
    """-1..1: how much likelier one of `bright` [N] is over one of `dark` [M] than under it."""
    above = np.bincount(bright, minlength=256).astype(float)
    below = np.bincount(dark, minlength=256).astype(float)
    rank = np.cumsum(below) - below / 2
    return float(2 * (above * rank).sum() / (above.sum() * below.sum()) - 1)
