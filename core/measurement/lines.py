"""Linear measurements between the points that the landmark model found.

Source of the methods: Lang et al., ASE/EACVI chamber quantification, JASE 2015;28:1-39; Mitchell et
al., transthoracic protocol, JASE 2019;32:1-64; effusion: Adler et al., Eur Heart J 2015;36:2921-64.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Literal

import numpy as np

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, View
from core.measurement.geometry import Points
from core.measurement.pictures import Picture, clips_of, scale_at
from core.measurement.reasons import NotMeasuredError, Reason
from core.measurement.result import measured, missing
from core.measurement.uncertainty import length_interval

At = Literal["ed", "es", "ejection"]

# Points of the frames beside a phase are averaged with its own: the heart has hardly moved.
_BESIDE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One linear measurement.

    Attributes:
        caliper: its ends are the points `<caliper>_1` and `<caliper>_2`.
        view: in which it is taken.
        at: end-diastole, end-systole or the middle of ejection.
        method: in English.
        steady: True where it changes so little over the beat that it may be taken without phases.
    """

    caliper: str
    view: View
    at: At
    method: str
    steady: bool = False


LINES: Mapping[str, Line] = {
    "lvedd": Line(caliper="lvid", view=View.PLAX, at="ed", method="linear at ED"),
    "lvesd": Line(caliper="lvid", view=View.PLAX, at="es", method="linear at ES"),
    "ivsd": Line(caliper="ivs", view=View.PLAX, at="ed", method="linear at ED"),
    "lvpwd": Line(caliper="lvpw", view=View.PLAX, at="ed", method="linear at ED"),
    "rv_ap": Line(caliper="rv_ap", view=View.PLAX, at="ed", method="linear at ED"),
    "ao_root": Line(caliper="ao_root", view=View.PLAX, at="ed", method="linear at ED", steady=True),
    "asc_aorta": Line(
        caliper="asc_aorta", view=View.PLAX, at="ed", method="linear at ED", steady=True
    ),
    "lvot_diameter": Line(
        caliper="lvot", view=View.PLAX, at="ejection", method="linear in mid-systole", steady=True
    ),
    "la_ap": Line(caliper="la_ap", view=View.PLAX, at="es", method="linear at ES"),
    "main_pa": Line(
        caliper="main_pa", view=View.PSAX_AV, at="ed", method="linear at ED", steady=True
    ),
    "pericardial_effusion": Line(
        caliper="effusion", view=View.PLAX, at="ed", method="linear at ED", steady=True
    ),
    "rv_basal": Line(caliper="rv_basal", view=View.A4C, at="ed", method="linear at ED"),
    "ra_major": Line(caliper="ra_major", view=View.A4C, at="es", method="linear at ES"),
    "ra_minor": Line(caliper="ra_minor", view=View.A4C, at="es", method="linear at ES"),
}
WHOLE_BEAT = "linear, averaged over the beat"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ends:
    """A line's two ends over a clip.

    Attributes:
        clip: whose.
        frames: indices, rising.
        px: float64 [N, 2, 2], the ends in source pixels.
        mm: float64 [N, 2, 2], the same in mm.
        sd_mm: float64 [N], how far the length may be off.
    """

    clip: ClipAnalysis
    frames: tuple[int, ...]
    px: Points
    mm: Points
    sd_mm: Points

    @property
    def lengths(self) -> Points:
        """float64 [N], mm."""
        return np.asarray(np.linalg.norm(self.mm[:, 1] - self.mm[:, 0], axis=1))


def linear(clips: Sequence[ClipAnalysis]) -> tuple[Measurement, ...]:
    """All of `LINES`, each with a value or the reason why not."""
    return tuple(_line(clips, measurement_id, line) for measurement_id, line in LINES.items())


def caliper(name: str) -> tuple[str, str]:
    """Names of a caliper's two ends."""
    return f"{name}_1", f"{name}_2"


def ends_of(clip: ClipAnalysis, names: tuple[str, str]) -> Ends:
    """Two points over one clip.

    Raises:
        NotMeasuredError: they were not found, or the clip has no scale there.
    """
    tracks = {track.name: track for track in clip.recognition.points}
    first, second = (tracks.get(name) for name in names)
    if first is None or second is None or first.frames != second.frames:
        raise NotMeasuredError(Reason.NO_POINTS)
    px = np.stack([first.points, second.points], axis=1).astype(np.float64)
    scale = scale_at(clip.calibration, px.reshape(-1, 2))
    if scale is None:
        raise NotMeasuredError(Reason.NO_CALIBRATION)
    spread = np.hypot(first.spread, second.spread).astype(np.float64) * hypot(*scale) / hypot(1, 1)
    return Ends(clip=clip, frames=first.frames, px=px, mm=px * scale, sd_mm=spread)


def best_ends(clips: Sequence[ClipAnalysis], view: View, names: tuple[str, str]) -> Ends:
    """Two points in the best clip of the view that shows them.

    Raises:
        NotMeasuredError: no clip of the view may be measured, or none shows the points.
    """
    furthest = Reason.NO_VIEW
    for clip in clips_of(clips, view):
        try:
            return ends_of(clip, names)
        except NotMeasuredError as error:
            furthest = max(furthest, error.reason, key=lambda reason: reason.depth)
    raise NotMeasuredError(furthest)


def _line(clips: Sequence[ClipAnalysis], measurement_id: str, line: Line) -> Measurement:
    try:
        ends = best_ends(clips, line.view, caliper(line.caliper))
        moments = _moments(ends.clip, line.at)
        if not moments and not line.steady:
            raise NotMeasuredError(Reason.NO_PHASES)
    except NotMeasuredError as error:
        return missing(measurement_id, error.reason)
    near = [rows for moment in moments if (rows := _near(ends.frames, moment))]
    if not near:
        # Where the beat is not known the whole clip is averaged, and the value says so.
        near = [list(range(len(ends.frames)))]
    lengths = [float(ends.lengths[rows].mean()) for rows in near]
    shown = near[0][len(near[0]) // 2]
    return measured(
        measurement_id,
        float(np.mean(lengths)),
        interval=length_interval(lengths, float(ends.sd_mm[near[0]].mean())),
        method=line.method if moments else WHOLE_BEAT,
        pictures=[Picture(clip=ends.clip, frame=ends.frames[r[len(r) // 2]]) for r in near],
        points=ends.px[shown],
        doubt=None if moments else Reason.PHASE_UNKNOWN,
    )


def _moments(clip: ClipAnalysis, at: At) -> list[float]:
    """Frames of a phase, one a beat; the middle of ejection is halfway from ED to ES."""
    phases = clip.recognition.phases
    if at == "ed":
        return [float(frame) for frame in phases.ed]
    if at == "es":
        return [float(frame) for frame in phases.es]
    found = []
    for start in phases.ed:
        ends = [frame for frame in phases.es if frame > start]
        if ends:
            found.append((start + min(ends)) / 2)
    return found


def _near(frames: Sequence[int], moment: float) -> list[int]:
    """Rows of the frames within `_BESIDE` of a moment; the nearest one where it is not far."""
    gaps = np.abs(np.asarray(frames) - moment)
    rows = np.flatnonzero(gaps <= _BESIDE + 0.5)
    if len(rows):
        return [int(row) for row in rows]
    step = np.median(np.diff(frames)) if len(frames) > 1 else 1.0
    nearest = int(np.argmin(gaps))
    return [nearest] if gaps[nearest] <= step else []
