"""Is the plane standard, how good is the picture, and why.

Every item is something that a sonographer would name; each gives a score from 0 to 1 and, where it
is low, a reason (an id `judge.*` of the language catalogue). An item below its limit that makes
the plane unfit to measure is blocking: the plane is then not standard, however good the rest is.
Where the plane itself was estimated, it must also be likely to be a standard one.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain import (
    PLANE_TOLERANCE,
    JudgedItem,
    Judgement,
    Mode,
    PlaneEstimate,
    Region,
    Sector,
    SectorKind,
    View,
    ViewResult,
)
from core.recognition.guidance import STANDARD_FROM
from core.recognition.items import Item, shown
from core.recognition.look import FrameLook
from core.recognition.seen import anatomy

MIN_PROBABILITY = 0.6
MIN_QUALITY = 0.4
MIN_CONTRAST = 0.12
MIN_PICTURE = 0.35
SHORTEST = {View.A4C: 0.9, View.A2C: 0.9, View.A3C: 0.9, View.A5C: 0.8}
"""Apparent over true length of the left ventricle, at least. A5C is not for volumes."""
UNKNOWN_FROM = 2.0
"""Tolerances of spread from which it is not told how far off a plane is."""


def judge(
    *,
    view: ViewResult,
    mode: Mode,
    sector: Sector,
    squares: NDArray[np.uint8],
    regions: Sequence[Region] | None,
    steady: float = 1.0,
    plane: PlaneEstimate | None = None,
    picture: float | None = None,
) -> Judgement:
    """Judges one frame or one clip.

    Args:
        view: what the view model says.
        mode: what kind of picture it is.
        sector: where it lies.
        squares: uint8 [N, S, S], the sector's pictures looked at.
        regions: regions found, in source pixels; None where they were not looked for.
        steady: part of the frames that agree on the view, 0..1.
        plane: where the plane lies; None where that is not known. One of another view counts as
            none.
        picture: quality of the picture as such, 0..1; None where it was not looked at.
    """
    if sector.kind is SectorKind.NONE:  # then nothing else can be said of it
        return Judgement(standard=False, quality=0.0, reasons=("judge.no_sector",))
    if plane is not None and plane.view is not view.label:
        plane = None
    items = [*_basics(view, mode, steady)]
    if regions is not None:
        items += anatomy(view.label, sector, regions)
    items.append(_gain(squares))
    if picture is not None:
        items.append(Item("picture", picture, "judge.poor_picture", MIN_PICTURE))
    fit = _together([item.score for item in shown(items)]) >= MIN_QUALITY
    if plane is not None:
        items += _plane(plane)
    bars = shown(items)
    low = sorted((item for item in items if item.low), key=lambda item: item.score)
    reasons = list(dict.fromkeys(item.reason for item in low))
    near = plane is None or plane.standard >= STANDARD_FROM
    if not near and not any(item.reason in _OFF for item in low):
        reasons.append("judge.off_plane")
    quality = _together([bar.score for bar in bars])
    if plane is not None:  # the bars say what is wrong; how likely it is the plane counts as much
        quality = float(np.sqrt(quality * np.clip(plane.standard, 0, 1)))
    return Judgement(
        standard=near and fit and not any(item.blocks for item in low),
        quality=round(quality, 4),
        reasons=tuple(reasons),
        items=bars,
    )


def evidence(look: FrameLook) -> float:
    """Probability that a frame's plane is a standard one; 0 where something else forbids it."""
    plane, judgement = look.plane, look.judgement
    if plane is None or plane.view is not look.view.label:
        return float(judgement.standard)
    if not judgement.standard and plane.standard >= STANDARD_FROM:
        return 0.0
    return plane.standard


def plane_items(plane: PlaneEstimate) -> tuple[JudgedItem, ...]:
    """The bars that an estimated plane gives."""
    return shown(list(_plane(plane)))


def _together(scores: Sequence[float]) -> float:
    """The geometric mean: one thing very wrong is not made good by the others."""
    return float(np.exp(np.log(np.clip(scores, 0.02, 1)).mean()))


def _basics(view: ViewResult, mode: Mode, steady: float) -> Iterable[Item]:
    if mode not in (Mode.BMODE, Mode.COLOR):
        yield Item("view", 0.0, "judge.not_a_plane", 0.5, blocks=True)
    if view.label is View.OTHER:
        yield Item("view", 0.0, "judge.not_a_standard_view", 0.5, blocks=True)
    else:
        score = view.probability
        yield Item("view", score, "judge.view_uncertain", MIN_PROBABILITY, blocks=True)
        yield Item("view", steady, "judge.view_unsteady", 0.6, blocks=True)


def _gain(squares: NDArray[np.uint8]) -> Item:
    """Grey levels inside the sector: neither nearly black, nor white, nor flat."""
    # Counted, not sorted: this is done on each live frame.
    levels = np.bincount(squares.reshape(-1), minlength=256)
    levels[0] = 0
    inside = int(levels.sum())
    if inside < 0.05 * max(1, squares.size):
        return Item("gain", 0.0, "judge.too_dark", 0.5, blocks=True)
    low, high = np.searchsorted(levels.cumsum(), (0.1 * inside, 0.95 * inside)) / 255
    if low > 0.55:
        return Item("gain", float((1 - low) / 0.45), "judge.too_bright", 0.7)
    if high < 0.25:
        return Item("gain", float(high / 0.25), "judge.too_dark", 0.7)
    spread = float(high - low)
    return Item("gain", min(1.0, spread / (2 * MIN_CONTRAST)), "judge.low_contrast", 0.5)


_OFF = {"judge.rotated", "judge.tilted", "judge.rocked", "judge.misplaced"}
_PARTS = (
    ("rotation", "judge.rotated", ("rotate_deg",)),
    ("tilt", "judge.tilted", ("tilt_deg",)),
    ("rock", "judge.rocked", ("rock_deg",)),
    ("position", "judge.misplaced", ("slide_x_mm", "slide_y_mm", "press_mm")),
)


def _plane(plane: PlaneEstimate) -> Iterable[Item]:
    """How far the plane is off, where that is known, and whether the ventricle is cut short."""
    limits = PLANE_TOLERANCE.get(plane.view)
    if limits is None:
        return
    for name, reason, moves in _PARTS:
        limit = limits.degrees if moves[0].endswith("_deg") else limits.mm
        if max(plane.spread[move] for move in moves) > UNKNOWN_FROM * limit:
            continue
        off = max(abs(getattr(plane, move)) for move in moves) / limit
        yield Item(name, 1 / (1 + off**2), reason, 0.5)  # half at the tolerance
    shortest = SHORTEST.get(plane.view)
    if plane.foreshortening is not None and shortest is not None:
        score = float(np.clip((plane.foreshortening - 0.6) / 0.4, 0, 1))
        yield Item("foreshortening", score, "judge.foreshortened", (shortest - 0.6) / 0.4)
