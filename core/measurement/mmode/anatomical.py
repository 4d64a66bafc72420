"""Anatomical M-mode: what lies on one line of a clip's picture, frame after frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from core.analysis.analysis import ClipAnalysis
from core.domain import View
from core.measurement.caliper import Caliper, Point
from core.measurement.lines import caliper
from core.measurement.pictures import scale_at

#: Beyond each end of the line, in its own lengths: a wall that moves stays on it.
BEYOND = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class MLine:
    """A line of a clip's picture.

    Attributes:
        start, end: (x, y), source px.
        mm: its length; None where the picture has no scale there.
        by_hand: True where it is a caliper that a user laid.
    """

    start: Point
    end: Point
    mm: float | None
    by_hand: bool


def line_for(clip: ClipAnalysis, calipers: Sequence[Caliper]) -> MLine | None:
    """The caliper that was laid last on a clip, or where there is none, in a long-axis view the
    line across the ventricle at its first end-diastole, made longer at both ends; else None."""
    own = [each for each in calipers if each.clip == clip.id]
    if own:
        return _line(clip, own[-1].start, own[-1].end, by_hand=True)
    if clip.recognition.view.label is not View.PLAX:
        return None
    tracks = {track.name: track for track in clip.recognition.points}
    ends = [tracks.get(name) for name in caliper("lvid")]
    if any(track is None for track in ends):
        return None
    at = next(iter(clip.recognition.phases.ed), 0)
    first, second = (
        track.points[int(np.argmin(np.abs(np.array(track.frames) - at)))].astype(np.float64)
        for track in ends
        if track is not None
    )
    way = BEYOND * (second - first)
    return _line(clip, tuple(first - way), tuple(second + way), by_hand=False)


def _line(clip: ClipAnalysis, start: Point, end: Point, *, by_hand: bool) -> MLine:
    ends = np.array([start, end], np.float64)
    scale = scale_at(clip.calibration, ends)
    mm = None if scale is None else float(np.linalg.norm((ends[1] - ends[0]) * scale))
    (x0, y0), (x1, y1) = ends.tolist()
    return MLine(start=(x0, y0), end=(x1, y1), mm=mm, by_hand=by_hand)


def strip_along(frames: NDArray[np.uint8], start: Point, end: Point) -> NDArray[np.uint8]:
    """A column a frame: grey levels uint8 [N, T] of uint8 [T, H, W] along a line at about every
    pixel, from its start at the top; black where it leaves the picture."""
    a, b = np.array(start, np.float64), np.array(end, np.float64)
    steps = max(2, round(float(np.linalg.norm(b - a))))
    places = a + np.linspace(0, 1, steps)[:, None] * (b - a)
    columns = [
        map_coordinates(frame.astype(np.float32), [places[:, 1], places[:, 0]], order=1)
        for frame in frames
    ]
    return np.clip(np.stack(columns, axis=1), 0, 255).astype(np.uint8)
