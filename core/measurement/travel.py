"""How far a wall or a ring moves over the beat, from the points that the landmark model found.

Septum: Lang et al., ASE/EACVI chamber quantification, JASE 2015;28:1-39. TAPSE: Rudski et al., JASE
2010;23:685-713; in the four-chamber picture itself, without the M-mode line that the guideline
draws through the same place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter1d

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, View
from core.measurement.geometry import Points
from core.measurement.lines import Ends, best_ends, caliper
from core.measurement.pictures import Picture, scale_at
from core.measurement.reasons import NotMeasuredError, Reason
from core.measurement.result import measured, missing
from core.measurement.uncertainty import length_interval

EXCURSION = "excursion over the beat"

# A track is smoothed over so many of its pictures (standard deviation) before its extremes are
# taken, which noise would else move apart.
_SMOOTH = 1.0
_LEAST_PICTURES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """One movement.

    Attributes:
        names: of the two points; of which `moving` (0 or 1) is followed.
        view: in which it is taken.
        along: the two points over the beat, [N, 2, 2] mm -> the direction that counts, [2], of
            length 1.
    """

    names: tuple[str, str]
    view: View
    moving: int
    along: Callable[[Points], Points]


def _through(pair: Points) -> Points:
    """From the first point to the second, at the beat's start."""
    return _unit(pair[0, 1] - pair[0, 0])


def _across(pair: Points) -> Points:
    """At right angles to the line between the two points, as it lies on average: a ring's way."""
    x, y = _unit((pair[:, 1] - pair[:, 0]).mean(axis=0))
    return np.array([y, -x])


TRAVELS: Mapping[str, Travel] = {
    "ivs_amplitude": Travel(names=caliper("lvid"), view=View.PLAX, moving=0, along=_through),
    "tapse": Travel(
        names=("tricuspid_septal", "tricuspid_lateral"), view=View.A4C, moving=1, along=_across
    ),
}


def travels(clips: Sequence[ClipAnalysis]) -> tuple[Measurement, ...]:
    """All of `TRAVELS`, each with a value or the reason why not."""
    return tuple(_travel(clips, name, travel) for name, travel in TRAVELS.items())


def _travel(clips: Sequence[ClipAnalysis], measurement_id: str, travel: Travel) -> Measurement:
    try:
        ends = best_ends(clips, travel.view, travel.names)
        beats = _beats(ends)
        if not beats:
            raise NotMeasuredError(Reason.NO_PHASES)
    except NotMeasuredError as error:
        return missing(measurement_id, error.reason)
    found = [_excursion(ends, rows, travel) for rows in beats]
    lengths = [length for length, *_ in found]
    length, low, high, along = found[0]
    # Drawn as long as it counts: what the point moves to the side is not in the value.
    start = ends.mm[low, travel.moving]
    scale = np.array(scale_at(ends.clip.calibration, ends.px.reshape(-1, 2)))
    return measured(
        measurement_id,
        float(np.mean(lengths)),
        interval=length_interval(lengths, float(ends.sd_mm.mean()) / 2),
        method=EXCURSION,
        pictures=[Picture(clip=ends.clip, frame=ends.frames[row]) for row in (low, high)],
        points=np.stack([start, start + length * along]) / scale,
    )


def _excursion(ends: Ends, rows: list[int], travel: Travel) -> tuple[float, int, int, Points]:
    """Way of the moving point over one beat, mm, the rows of its extremes, and the direction from
    the one to the other."""
    along = travel.along(ends.mm[rows])
    places = ends.mm[rows, travel.moving] @ along
    depths = gaussian_filter1d(places, _SMOOTH, mode="nearest")
    low, high = int(np.argmin(depths)), int(np.argmax(depths))
    return float(depths[high] - depths[low]), rows[low], rows[high], along


def _beats(ends: Ends) -> list[list[int]]:
    """Rows of each whole beat, from one end-diastole to the next; of a clip with one beat from the
    first mark on, where an end-systole follows."""
    marks = sorted(ends.clip.recognition.phases.ed)
    bounds = list(pairwise(marks))
    if not bounds and marks and any(es > marks[0] for es in ends.clip.recognition.phases.es):
        bounds = [(marks[0], ends.frames[-1])]
    frames = np.asarray(ends.frames)
    beats = [np.flatnonzero((frames >= a) & (frames <= b)).tolist() for a, b in bounds]
    return [rows for rows in beats if len(rows) >= _LEAST_PICTURES]


def _unit(way: Points) -> Points:
    return np.asarray(way / np.linalg.norm(way))
