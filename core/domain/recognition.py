"""What recognition says of a clip: view, judgement, regions, phases."""

from collections.abc import Mapping
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
class PlaneEstimate:
    """Where the plane of one frame, or on average of a clip, lies against the standard one.

    The six movements are those that would make it standard, told by the hand that holds the probe:
    the signs are `core.phantom.probe.plane.Offset`'s.

    Attributes:
        view: whose standard plane is meant.
        standard: probability that the plane is a standard one, 0..1.
        rotate_deg, tilt_deg, rock_deg: degrees.
        slide_x_mm, slide_y_mm, press_mm: mm.
        spread: standard deviation of each of the six, by the same names.
        foreshortening: apparent over true length of the left ventricle; None where the view is not
            apical.
    """

    view: View
    standard: float
    rotate_deg: float
    tilt_deg: float
    rock_deg: float
    slide_x_mm: float
    slide_y_mm: float
    press_mm: float
    spread: Mapping[str, float]
    foreshortening: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedItem:
    """One thing that a sonographer would look at: a bar of the quality display.

    Attributes:
        name: id of the language catalogue (`judge.item.*`).
        score: 0..1.
        limit: the score below which the item is wanting.
        reason: what is wrong, id of the catalogue (`judge.*`); None where nothing is.
    """

    name: str
    score: float
    limit: float
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Is the plane standard, how good is the picture, and why.

    Attributes:
        standard: True if the plane may be measured.
        quality: 0..1.
        reasons: what was found wanting, ids of the language catalogue (`judge.*`), worst first.
        items: what the quality is made of, in the order in which it is shown.
    """

    standard: bool
    quality: float
    reasons: tuple[str, ...]
    items: tuple[JudgedItem, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointTrack:
    """A named point over a clip, in source pixels: an end of a caliper, a hinge, the apex.

    Attributes:
        name: as the landmark model names it (`lvid_1`).
        frames: indices in the clip, rising.
        points: float32 [N, 2], x and y in each of them.
        spread: float32 [N], how far each may be off, px (standard deviation of one axis).
        seen: 0..1, the chance that the point is in the picture.
    """

    name: str
    frames: tuple[int, ...]
    points: NDArray[np.float32]
    spread: NDArray[np.float32]
    seen: float


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
    points: tuple[PointTrack, ...] = ()
    phases: Phases = Phases()
