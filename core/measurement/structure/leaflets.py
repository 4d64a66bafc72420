"""Leaflets over the beat, on lines laid across a valve: an M-mode drawn from a clip.

Where a valve's two hinge points are followed, lines beside the ring, downstream of it, show its
leaflets as an M-mode does: one bright line while they meet, two with blood between them while they
part. What is seen on these lines in mid-systole and in early diastole tells an open valve of this
patient and machine from a closed one; each frame is then the one or the other, and the moment
between them is when it opens or closes. How far they part is measured where that is widest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d, map_coordinates

from core.domain import Clip, FlowSite, Mode, PointTrack, Recognition, Trace, TraceValue, View
from core.measurement.geometry import Points
from core.measurement.lines import caliper
from core.measurement.reasons import NotMeasuredError, Reason

METHOD = "leaflets on lines across the valve over the beat"
PARTING, OPENS, CLOSES = "parting", "opens", "closes"
"""First words of what a clip says of a valve: `parting.mitral` is the widest gap between its
leaflets, source px, with its ends; `opens.mitral` and `closes.mitral` are ms after end-diastole."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Valve:
    """One valve, as one view shows it.

    Attributes:
        view: in which its leaflets are seen to part.
        hinges: names of its two hinge points.
        onward: names of two points whose middle lies downstream of the ring.
        near: part of the ring's diameter, downstream of it, in which closed leaflets meet.
        reach: the same, in which open leaflets are seen.
        opens_in_systole: False for valves between atria and ventricles.
    """

    view: View
    hinges: tuple[str, str]
    onward: tuple[str, str]
    near: tuple[float, float]
    reach: tuple[float, float]
    opens_in_systole: bool


VALVES: Mapping[str, Valve] = {
    "mitral": Valve(
        view=View.PLAX, hinges=("mitral_aortic", "mitral_posterior"), onward=caliper("lvid"),
        near=(0.1, 0.28), reach=(0.15, 0.8), opens_in_systole=False,
    ),
    "aortic": Valve(
        view=View.PLAX, hinges=("aortic_anterior", "aortic_posterior"), onward=caliper("ao_root"),
        near=(0.15, 0.5), reach=(0.15, 0.6), opens_in_systole=True,
    ),
}  # fmt: skip

_LEVELS = np.arange(0.05, 0.85, 0.05)
_ACROSS = np.linspace(-0.65, 0.65, 64)
"""Where lines lie beyond the ring, and places on a line, in diameters of the ring."""
_TRACK_SMOOTH = 1.5  # looked-at frames
# Parts of systole in which a valve surely is in its systolic state, and of diastole likewise.
_MID_SYSTOLE, _EARLY_DIASTOLE, _DIASTOLE = (0.3, 0.75), (0.2, 0.5), (0.3, 0.9)
# A beat without its end lasts so many times its systole.
_BEAT_PER_SYSTOLE = 2.6
# Beyond the beat's end, in parts of systole, a valve may still be closing.
_LATE = 0.3
# From the inflow valve's closure to the R wave's peak, and half of isovolumic contraction, s.
_AFTER_CLOSURE_S, _HALF_ISOVOLUMIC_S = 0.02, 0.025
# Frames of a state lie so far from the other's, in their own spreads, where leaflets are seen.
_LEAST_APART = 2.0
# A gap ends where the echo is so far up from blood to leaflet; of the lines that show one, which.
_EDGE, _TYPICAL_LINE = 0.6, 0.4
_LEAST_FRAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """The lines across one valve, frame by frame.

    Attributes:
        grey: float64 [T, L, N], of each frame, line and place on it.
        middle: float64 [T, 2], px, of the ring.
        along, onward: float64 [T, 2], px, from hinge to hinge and downstream, of the ring's length.
    """

    grey: Floats
    middle: Points
    along: Points
    onward: Points

    def place(self, frame: int, line: int, at: float) -> Points:
        """Source px of a place on a line, in diameters from its middle."""
        return np.asarray(
            self.middle[frame] + _LEVELS[line] * self.onward[frame] + at * self.along[frame]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """Frames of one beat: its end-diastole, its end-systole, the next end-diastole."""

    start: int
    systole_ends: int
    end: int


def read_leaflets(clip: Clip, recognition: Recognition) -> Trace | None:
    """What a grey clip says of the valves that its view shows; None where it shows none, or its
    beat or its rate is not known."""
    view = recognition.view.label
    mine = {name: valve for name, valve in VALVES.items() if valve.view is view}
    beats = beats_of(recognition, len(clip))
    if not mine or not beats or not clip.fps or recognition.mode is not Mode.BMODE:
        return None
    tracks = {track.name: track for track in recognition.points}
    base = Trace(
        mode=Mode.BMODE, view=view, site=FlowSite.UNKNOWN, quality=recognition.judgement.quality
    )
    values: list[TraceValue] = []
    missing: list[tuple[str, str]] = []
    zeros = [float(beat.start) for beat in beats]
    for name, valve in mine.items():
        try:
            sheet = sheet_of(clip, tracks, valve)
            opened = openness(sheet, valve, beats)
        except NotMeasuredError as error:
            missing.append((f"{PARTING}.{name}", error.reason.value))
            continue
        if not valve.opens_in_systole:
            zeros = [end_diastole(opened, beat, clip.fps) for beat in beats]
        values += _values(name, valve, sheet, opened, beats, zeros, clip.fps)
    return replace(base, values=tuple(values), missing=tuple(missing))


def beats_of(recognition: Recognition, length: int) -> list[Beat]:
    """The beats between the marks, and the one that begins with the last, as far as it is shown."""
    marks, ends = sorted(recognition.phases.ed), sorted(recognition.phases.es)
    beats: list[Beat] = []
    for start, following in [*pairwise(marks), *((mark, None) for mark in marks[-1:])]:
        systole = next((es for es in ends if es > start), None)
        if systole is None or (following is not None and systole >= following):
            continue
        end = following or start + round(_BEAT_PER_SYSTOLE * (systole - start))
        beats.append(Beat(start=start, systole_ends=systole, end=min(end, length - 1)))
    return beats


def sheet_of(clip: Clip, tracks: Mapping[str, PointTrack], valve: Valve) -> Sheet:
    """Raises NotMeasuredError where a point is not followed."""
    if any(name not in tracks for name in (*valve.hinges, *valve.onward)):
        raise NotMeasuredError(Reason.NO_POINTS)
    length = len(clip)
    first, second = (_course(tracks[name], length) for name in valve.hinges)
    beyond = sum(_course(tracks[name], length) for name in valve.onward) / 2
    way, middle = second - first, (first + second) / 2
    size = float(np.median(np.linalg.norm(way, axis=1)))
    if size < 4:
        raise NotMeasuredError(Reason.NO_POINTS)
    along = way / np.linalg.norm(way, axis=1, keepdims=True) * size
    onward = np.stack([along[:, 1], -along[:, 0]], axis=1)
    onward *= np.sign(((beyond - middle) * onward).sum(axis=1).mean())
    places = (
        middle[:, None, None]
        + _LEVELS[None, :, None, None] * onward[:, None, None]
        + _ACROSS[None, None, :, None] * along[:, None, None]
    )
    return Sheet(grey=_sampled(clip.frames, places), middle=middle, along=along, onward=onward)


def _sampled(frames: NDArray[np.uint8], places: Floats) -> Floats:
    """A little smoothed grey of RGB uint8 [T, H, W, 3] at places [T, L, N, 2], px; [T, L, N]."""
    height, width = frames.shape[1:3]
    low = np.clip(np.floor(places.min(axis=(0, 1, 2))) - 4, 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(places.max(axis=(0, 1, 2))) + 5, low + 1, (width, height)).astype(int)
    # Only what the lines cross: the whole frame would take many times as long.
    part = frames[:, low[1] : high[1], low[0] : high[0]]
    return np.stack([
        map_coordinates(
            gaussian_filter(frame.mean(axis=2, dtype=np.float32), 0.8),
            [at[..., 1] - low[1], at[..., 0] - low[0]], order=1,
        )
        for frame, at in zip(part, places, strict=True)
    ]).astype(np.float64)  # fmt: skip


def _course(track: PointTrack, length: int) -> Points:
    """A point in every frame, [length, 2]: a little smoothed, and between those looked at."""
    smooth = gaussian_filter1d(track.points.astype(np.float64), _TRACK_SMOOTH, axis=0)
    frames = np.arange(length)
    return np.stack([np.interp(frames, track.frames, smooth[:, axis]) for axis in (0, 1)], axis=1)


def openness(sheet: Sheet, valve: Valve, beats: Sequence[Beat]) -> Floats:
    """How open a valve is in each frame, [T]: 1 as in those in which it surely is, -1 as in those
    in which it surely is not.

    Raises NotMeasuredError where the two do not differ.
    """
    length = len(sheet.grey)
    systole = _within(beats, "systole", _MID_SYSTOLE, length)
    diastole = _within(
        beats, "diastole", _DIASTOLE if valve.opens_in_systole else _EARLY_DIASTOLE, length
    )
    opened, closed = (systole, diastole) if valve.opens_in_systole else (diastole, systole)
    if len(opened) < _LEAST_FRAMES or len(closed) < _LEAST_FRAMES:
        raise NotMeasuredError(Reason.NO_BEATS)
    lines = (valve.near[0] <= _LEVELS) & (valve.near[1] >= _LEVELS)
    # The root of grey levels: a bright calcium does not outshout a thin leaflet.
    seen = np.sqrt(gaussian_filter(sheet.grey[:, lines], (0, 0.5, 1.0))).reshape(length, -1)
    # Of as many places as lines have, noise alone tells the frames apart that it was learnt from:
    # every other frame is told by the rest.
    halves = [(opened[n::2], closed[n::2]) for n in (0, 1)]
    told = [_between(seen, *learnt) for learnt in halves]
    one, other = (
        np.concatenate(
            [score[asked[which]] for score, asked in zip(told, halves[::-1], strict=True)]
        )
        for which in (0, 1)
    )
    spread = np.sqrt((one.var() + other.var()) / 2)
    if one.mean() - other.mean() < _LEAST_APART * spread:
        raise NotMeasuredError(Reason.LEAFLETS_NOT_SEEN)
    return _between(seen, opened, closed)


def _between(seen: Floats, opened: NDArray[np.int64], closed: NDArray[np.int64]) -> Floats:
    """Of frames [T, P]: 1 like the mean of those that are open, -1 like that of the closed ones."""
    one, other = seen[opened], seen[closed]
    apart = one.mean(axis=0) - other.mean(axis=0)
    weight = apart / (one.var(axis=0) + other.var(axis=0) + 4.0)
    score = (seen - (one.mean(axis=0) + other.mean(axis=0)) / 2) @ weight
    return np.asarray(score / max(float(apart @ weight) / 2, 1e-9))


def _within(
    beats: Sequence[Beat], phase: str, part: tuple[float, float], length: int
) -> NDArray[np.int64]:
    frames: set[int] = set()
    for beat in beats:
        a, b = (
            (beat.start, beat.systole_ends) if phase == "systole" else (beat.systole_ends, beat.end)
        )
        first, last = (a + (b - a) * each for each in part)
        frames |= set(range(round(first), max(round(last), round(first) + 1)))
    return np.array(sorted(frame for frame in frames if 0 <= frame < length), np.int64)


def open_span(score: Floats, valve: Valve, beat: Beat) -> tuple[float, float] | None:
    """The frames, and parts of one, between which a valve is open in a beat; None where the clip
    shows only one end of it.

    An inflow valve half closes between its two waves: its first opening and last closing count.
    """
    is_open = score > 0
    systole = beat.systole_ends - beat.start
    if valve.opens_in_systole:
        middle = beat.start + round(systole * sum(_MID_SYSTOLE) / 2)
        first = last = min(middle, len(score) - 1)
        while last + 1 < len(score) and is_open[last + 1]:
            last += 1
    else:
        diastole = beat.end - beat.systole_ends
        first = min(beat.systole_ends + round(diastole * _EARLY_DIASTOLE[0]), len(score) - 1)
        until = min(len(score) - 1, beat.end + round(_LATE * systole))
        last = max((f for f in range(first, until + 1) if is_open[f]), default=first)
    while first > 0 and is_open[first - 1]:
        first -= 1
    if not is_open[first] or first == 0 or last == len(score) - 1:
        return None
    return _crossing(score, first - 1), _crossing(score, last)


def _crossing(score: Floats, before: int) -> float:
    """Where a score crosses zero between a frame and the next."""
    a, b = float(score[before]), float(score[before + 1])
    return before + a / (a - b)


def end_diastole(score: Floats, beat: Beat, fps: float) -> float:
    """Frame, and part of one, of a beat's end-diastole by its inflow valve: just after it closes.

    Where the clip does not show that, it is told from the mark: the chamber stays largest until the
    outflow valve opens, and the mark lies in the middle of that time.
    """
    near = round(_LATE * (beat.systole_ends - beat.start))
    frames = range(max(0, beat.start - near), min(len(score) - 2, beat.start + near) + 1)
    closing = [f for f in frames if score[f] > 0 >= score[f + 1]]
    if closing:
        return _crossing(score, closing[-1]) + _AFTER_CLOSURE_S * fps
    return max(0.0, beat.start - _HALF_ISOVOLUMIC_S * fps)


def _values(
    name: str, valve: Valve, sheet: Sheet, score: Floats, beats: Sequence[Beat],
    zeros: Sequence[float], fps: float,
) -> list[TraceValue]:  # fmt: skip
    spans = [open_span(score, valve, beat) for beat in beats]
    told = [(span, zero) for span, zero in zip(spans, zeros, strict=True) if span is not None]
    values = []
    for word, which in ((OPENS, 0), (CLOSES, 1)):
        times = [1000 * (span[which] - zero) / fps for span, zero in told]
        if times:
            values.append(
                TraceValue(
                    id=f"{word}.{name}",
                    value=float(np.mean(times)),
                    beats=tuple(times),
                    relative_sd=0.0,
                    points=(),
                    method=METHOD,
                    frame=round(told[0][0][which]),
                )
            )
    gap = widest_gap(sheet, valve, score > 0)
    if gap is not None:
        size, frame, ends = gap
        values.append(
            TraceValue(
                id=f"{PARTING}.{name}",
                value=size,
                beats=(size,),
                relative_sd=0.0,
                frame=frame,
                points=tuple((float(x), float(y)) for x, y in ends),
                method=METHOD,
            )
        )
    return values


def widest_gap(
    sheet: Sheet, valve: Valve, is_open: NDArray[np.bool_]
) -> tuple[float, int, Points] | None:
    """(px, frame, its two ends) of the leaflets' widest parting; None where no line shows both.

    Of the lines across the open valve a typical one counts, of the frames the widest.
    """
    opened = np.flatnonzero(is_open)
    if not len(opened):
        return None
    lines = np.flatnonzero((valve.reach[0] <= _LEVELS) & (valve.reach[1] >= _LEVELS))
    third = len(_ACROSS) // 3
    blood = float(np.percentile(sheet.grey[opened][:, lines, third : 2 * third], 25))
    leaflet = np.percentile(sheet.grey[opened][:, lines], 92, axis=(0, 2))
    edges = blood + _EDGE * (leaflet - blood)
    shown = [_typical_run(sheet.grey[frame], lines, edges) for frame in opened]
    rows = [row for row, run in enumerate(shown) if run is not None]
    if not rows:
        return None
    widths = np.array([run[2] - run[1] for run in shown if run is not None])
    steady = gaussian_filter1d(widths, 1.0, mode="nearest")
    best = rows[int(steady.argmax())]
    run = shown[best]
    assert run is not None
    line, low, high = run
    frame, middle, half = int(opened[best]), (low + high) / 2, float(steady.max()) / 2
    ends = np.stack([sheet.place(frame, line, middle + side * half) for side in (-1, 1)])
    return float(np.linalg.norm(ends[1] - ends[0])), frame, ends


def _typical_run(
    grey: Floats, lines: NDArray[np.int64], edges: Floats
) -> tuple[int, float, float] | None:
    """Of one frame [L, N]: the line whose gap is a typical one, and where it begins and ends."""
    found = []
    for line, edge in zip(lines.tolist(), edges.tolist(), strict=True):
        run = _longest_dark(gaussian_filter1d(grey[line], 1.0), edge)
        if run is not None:
            found.append((line, *run))
    if not found:
        return None
    found.sort(key=lambda run: run[2] - run[1])
    return found[round((len(found) - 1) * _TYPICAL_LINE)]


def _longest_dark(profile: Floats, edge: float) -> tuple[float, float] | None:
    """The longest stretch under `edge` between two brighter ones, in diameters from the middle."""
    bright = np.flatnonzero(profile >= edge)
    if len(bright) < 2:
        return None
    gaps = np.diff(bright)
    if gaps.max() < 2:
        return None
    place = int(gaps.argmax())
    step = _ACROSS[1] - _ACROSS[0]
    return (
        float(_ACROSS[bright[place]] + step / 2),
        float(_ACROSS[bright[place + 1]] - step / 2),
    )
