"""What recognition says of a clip: view, judgement, regions, phases."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.labels import Mode, RegionLabel, View
from core.domain.sector import Sector


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewResult:
    """Probabilities over all twelve labels; they add up to 1."""

    label: View
    probability: float
    probabilities: dict[View, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Is the plane standard, how good is the picture, and why.

    Attributes:
        standard: True if the plane may be measured.
        quality: 0..1.
        reasons: what was found wanting, ids of the language catalogue (`judge.*`), worst first.
    """

    standard: bool
    quality: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """How to move the probe. Angles in degrees, slide in mm; text by language code."""

    rotate_deg: float
    tilt_deg: float
    rock_deg: float
    slide_mm: tuple[float, float]
    text: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """One structure in one frame, in source pixels.

    Attributes:
        frame: index in the clip.
        label: the structure.
        score: 0..1.
        box: (x0, y0, x1, y1).
        polygon: float32 [N, 2], x and y, closed without repeating the first point, N >= 3.
    """

    frame: int
    label: RegionLabel
    score: float
    box: tuple[float, float, float, float]
    polygon: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """Frame indices of end-diastole and end-systole, one per beat found."""

    ed: tuple[int, ...] = ()
    es: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recognition:
    """All that recognition says of one clip."""

    clip_id: str
    mode: Mode
    sector: Sector
    view: ViewResult
    judgement: Judgement
    guidance: Guidance | None = None
    regions: tuple[Region, ...] = ()
    phases: Phases = Phases()
