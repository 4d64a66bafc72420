"""End-diastole and end-systole from the curve of the left ventricle's area."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from core.domain import Phases

Curve = NDArray[np.float64]

SLOWEST_BPM, FASTEST_BPM = 35.0, 180.0
# Share of a beat over which the curve is smoothed (standard deviation): first to tell the beats
# apart, then to place the extremes, which strong smoothing would shift off the steep systole.
_SMOOTH_FIND, _SMOOTH_PLACE = 0.06, 0.025
# A beat's systole must take at least this share of the usual swing; an early beat fills less.
_PROMINENCE = 0.35
# A curve that swings less than this share of its middle is no beat.
_LEAST_SWING = 0.05
# At the border of a clip an extreme counts if it comes this near (in shares of the swing) to the
# usual level: a clip often starts exactly at end-diastole.
_BORDER = 0.12
# Diastole ends in a plateau: the last local maximum within this share of the swing is its end.
_PLATEAU = 0.06
# A beat of at least so many frames lets one choose between neighbours of an extreme.
_FRAMES_TO_CHOOSE = 20


def find_phases(areas: Curve, fps: float | None) -> Phases:
    """Find ED and ES of each beat.

    Args:
        areas: float64 [T], area of the LV cavity in each frame in any unit; NaN where unknown.
        fps: frames a second; None where unknown (the beat is then found from the curve alone).

    Returns:
        Frames of ED and of ES, each rising, each a frame whose area is known. Empty for a still and
        for a curve without a beat. A beat that the clip cuts off gives only the phase it shows.
    """
    areas = np.asarray(areas, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(areas))
    if len(known) < 4:
        return Phases()
    first, last = int(known[0]), int(known[-1])
    curve = np.interp(np.arange(first, last + 1), known, areas[known])
    period = _period(curve, fps)
    rough = gaussian_filter1d(curve, max(_SMOOTH_FIND * period, 0.5), mode="nearest")
    fine = gaussian_filter1d(curve, max(_SMOOTH_PLACE * period, 0.4), mode="nearest")
    low, high = np.percentile(fine, [3, 97])
    swing = float(high - low)
    if swing < _LEAST_SWING * np.median(curve) or _is_noise(curve):
        return Phases()
    systoles = _systoles(rough, fine, period, swing)
    ed, es = _place(fine, systoles, period, swing)
    far = _far_from_known(known - first, len(curve), period)
    marks = [
        [_steadiest(frame, curve, fine, period) for frame in frames if not far[frame]]
        for frames in (ed, es)
    ]
    return Phases(ed=_snap(marks[0], known, first), es=_snap(marks[1], known, first))


def _is_noise(curve: Curve) -> bool:
    """True if neighbouring frames have no more in common than in white noise."""
    centred = curve - curve.mean()
    power = float((centred**2).sum())
    if power == 0:
        return True
    likeness = float((centred[1:] * centred[:-1]).sum()) / power
    # Three standard deviations of white noise; in a short clip half a beat looks like no more.
    return likeness < min(0.4, 0.05 + 3 / np.sqrt(len(curve)))


def _period(curve: Curve, fps: float | None) -> float:
    """Frames of one beat: the strongest rhythm of the curve that a heart can have."""
    length = len(curve)
    shortest, longest = 4.0, float(2 * length)
    if fps is not None and fps > 0:
        shortest = max(shortest, 60 / FASTEST_BPM * fps)
        longest = min(longest, 60 / SLOWEST_BPM * fps)
    if shortest >= longest:
        return shortest
    spectrum_length = 16 * length
    centred = (curve - curve.mean()) * np.hanning(length + 2)[1:-1]
    power = np.abs(np.fft.rfft(centred, spectrum_length))
    periods = spectrum_length / np.maximum(np.arange(len(power)), 1)
    allowed = (periods >= shortest) & (periods <= longest)
    allowed[0] = False
    if not allowed.any():
        return shortest
    return float(periods[int(np.argmax(np.where(allowed, power, -1.0)))])


def _systoles(rough: Curve, fine: Curve, period: float, swing: float) -> list[int]:
    """Frames of the minima, one a beat."""
    padded = np.concatenate([[rough.max() + swing], rough, [rough.max() + swing]])
    found, _ = find_peaks(-padded, prominence=_PROMINENCE * swing, distance=max(2, 0.35 * period))
    reach = max(1, round(0.08 * period))
    placed = []
    for frame in found - 1:
        start = max(0, frame - reach)
        placed.append(start + int(np.argmin(fine[start : frame + reach + 1])))
    return placed


def _place(
    fine: Curve, systoles: list[int], period: float, swing: float
) -> tuple[list[int], list[int]]:
    """ED before, between and after the systoles; both lists without what the border cuts off."""
    last = len(fine) - 1
    ed = [_diastole(fine, a, b, swing) for a, b in pairwise(systoles)]
    if systoles and systoles[0] > 0:
        start = max(0, systoles[0] - round(0.7 * period))
        ed.insert(0, _diastole(fine, start, systoles[0], swing))
    if systoles and systoles[-1] < last:
        ed.append(_diastole(fine, systoles[-1], last, swing))
    inner_ed = [float(fine[f]) for f in ed if 0 < f < last]
    inner_es = [float(fine[f]) for f in systoles if 0 < f < last]
    top = float(np.median(inner_ed)) if inner_ed else float(fine.max())
    bottom = float(np.median(inner_es)) if inner_es else float(fine.min())
    kept_ed = [f for f in ed if 0 < f < last or fine[f] >= top - _BORDER * swing]
    kept_es = [f for f in systoles if 0 < f < last or fine[f] <= bottom + _BORDER * swing]
    return [f for f in kept_ed if fine[f] - bottom >= _PROMINENCE * swing], kept_es


def _diastole(fine: Curve, start: int, stop: int, swing: float) -> int:
    """The last local maximum near the highest level between two frames."""
    part = fine[start : stop + 1]
    best = int(np.argmax(part))
    padded = np.concatenate([[-np.inf], part, [-np.inf]])
    peaks, _ = find_peaks(padded)
    late = [p - 1 for p in peaks if part[p - 1] >= part[best] - _PLATEAU * swing]
    return start + max([best, *late])


def _steadiest(frame: int, curve: Curve, fine: Curve, period: float) -> int:
    """The frame beside an extreme whose own area agrees best with the smooth curve.

    Volumes rest on the outline of this one frame; one frame beside the extreme the heart has hardly
    moved, while an outline may err by several percent.
    """
    reach = 1 if period >= _FRAMES_TO_CHOOSE else 0
    near = np.arange(max(0, frame - reach), min(len(curve), frame + reach + 1))
    cost = np.abs(curve[near] - fine[near]) + 3 * np.abs(fine[near] - fine[frame])
    return int(near[np.argmin(cost)])


def _far_from_known(known: NDArray[np.intp], length: int, period: float) -> NDArray[np.bool_]:
    """True where the nearest frame with an area is too far to say where an extreme lies."""
    frames = np.arange(length)
    right = np.clip(np.searchsorted(known, frames), 0, len(known) - 1)
    left = np.clip(right - 1, 0, len(known) - 1)
    nearest = np.minimum(np.abs(known[right] - frames), np.abs(known[left] - frames))
    return nearest > max(2.0, 0.08 * period)


def _snap(frames: list[int], known: NDArray[np.intp], first: int) -> tuple[int, ...]:
    """The nearest frames with an area, in the clip's own numbers, each once."""
    return tuple(
        dict.fromkeys(int(known[np.argmin(np.abs(known - (frame + first)))]) for frame in frames)
    )
