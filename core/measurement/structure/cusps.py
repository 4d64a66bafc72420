"""How many cusps the aortic valve has, from its closed frames in PSAX-AV.

A closed valve with three cusps shows three commissures that meet in the middle, one with two a
single line. Every frame is looked at in a cut round the root; those in which the valve is closed
vote, each by how surely it is closed.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import (
    Clip,
    FlowSite,
    Mode,
    Recognition,
    Region,
    RegionLabel,
    Trace,
    TraceValue,
    View,
)
from core.measurement.reasons import Reason
from core.recognition.cusp_net import AROUND, CLASSES, cut_round

METHOD = "closed-valve commissure pattern"
Look = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Cuts uint8 [N, 64, 64] to probabilities float32 [N, 3] in the order of `CLASSES`."""

_MOST_FRAMES = 40
_LEAST_CLOSED, _LEAST_FRAMES = 0.5, 2
#: Between these chances of two cusps the count is not told.
UNSURE = (0.35, 0.65)
#: Beyond these the count is sure: its interval is the count alone.
_SURE = (0.1, 0.9)


def read_cusps(clip: Clip, recognition: Recognition, look: Look) -> Trace | None:
    """The cusp count of a PSAX-AV clip; None where the clip shows another view.

    Args:
        clip: its pixels.
        recognition: view, judgement and the root's outlines.
        look: the cusp model.
    """
    if recognition.view.label is not View.PSAX_AV:
        return None
    if not recognition.judgement.standard:
        return _missing(Reason.NOT_STANDARD)
    roots = {
        region.frame: region
        for region in recognition.regions
        if region.label is RegionLabel.AORTA and 0 <= region.frame < len(clip)
    }
    if len(roots) < _LEAST_FRAMES:
        return _missing(Reason.NO_REGIONS)
    chance, frame = chance_of_two(clip, roots, look)
    if frame is None:
        return _missing(Reason.VALVE_NOT_CLOSED)
    if UNSURE[0] < chance < UNSURE[1]:
        return _missing(Reason.CUSPS_UNSURE)
    value = TraceValue(
        id="av_cusps", value=2.0 if chance > 0.5 else 3.0, beats=(chance,), relative_sd=0.0,
        points=tuple((float(x), float(y)) for x, y in roots[frame].polygon), method=METHOD,
    )  # fmt: skip
    return Trace(
        mode=Mode.BMODE, view=View.PSAX_AV, site=FlowSite.AORTIC, frame=frame, values=(value,),
        quality=recognition.judgement.quality,
    )  # fmt: skip


def chance_of_two(clip: Clip, roots: dict[int, Region], look: Look) -> tuple[float, int | None]:
    """(chance that the valve has two cusps, the frame that says so best); (0.5, None) where too few
    frames show it closed."""
    shown = sorted(roots)
    shown = shown[:: max(1, len(shown) // _MOST_FRAMES)]
    boxes = np.array([roots[number].box for number in shown])
    # The root hardly changes its size: one width, each frame's own place.
    width = AROUND * float(np.median((boxes[:, 2:] - boxes[:, :2]).max(axis=1)))
    cuts = np.stack([
        cut_round(
            np.asarray(cv2.cvtColor(clip.frames[number], cv2.COLOR_RGB2GRAY), np.uint8),
            (box[:2] + box[2:]) / 2, max(width, 8.0),
        )
        for number, box in zip(shown, boxes, strict=True)
    ])  # fmt: skip
    found = look(cuts)
    closed = 1 - found[:, CLASSES.index("open")]
    if (closed > _LEAST_CLOSED).sum() < _LEAST_FRAMES:
        return 0.5, None
    two, three = (np.clip(found[:, CLASSES.index(n)], 1e-3, 1) for n in ("bicuspid", "tricuspid"))
    weight = np.where(closed > _LEAST_CLOSED, closed, 0.0)
    mean = float((weight * np.log(two / three)).sum() / weight.sum())
    return float(1 / (1 + np.exp(-mean))), shown[int(closed.argmax())]


def count_interval(chance: float, value: float) -> tuple[float, float]:
    """90 % interval of a count from the chance that it is two."""
    return (value, value) if not _SURE[0] < chance < _SURE[1] else (2.0, 3.0)


def _missing(reason: Reason) -> Trace:
    return Trace(
        mode=Mode.BMODE, view=View.PSAX_AV, site=FlowSite.AORTIC,
        missing=(("av_cusps", reason.value),),
    )  # fmt: skip
