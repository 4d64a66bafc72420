"""Left-ventricular area curves with known phases."""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator


def area_curve(
    *,
    bpm: float | tuple[float, ...],
    fps: float,
    seconds: float,
    start: float = 0.0,
    change: float = 0.4,
    noise: float = 0.0,
    seed: int = 0,
) -> tuple[NDArray[np.float64], list[float], list[float]]:
    """A curve with ejection, rapid filling, diastasis and atrial kick, and its true phases.

    Args:
        bpm: heart rate, or one rate a beat (repeated) for an arrhythmia.
        fps: frames a second.
        seconds: length.
        start: part of the first beat (0..1, from ED) at which the clip starts.
        change: part of the area lost in systole.
        noise: standard deviation of white noise, as a part of the end-diastolic area.
        seed: of the noise.

    Returns:
        (areas [T], ED, ES) with ED and ES in fractional frames that lie within the clip.
    """
    rates = (bpm,) if isinstance(bpm, int | float) else bpm
    frames = int(seconds * fps)
    times = np.arange(frames) / fps
    areas = np.empty(frames)
    ed: list[float] = []
    es: list[float] = []
    beat_start, index = -start * 60 / rates[0], 0
    while beat_start < times[-1]:
        length = 60 / rates[index % len(rates)]
        # Systole shortens less than diastole when the heart is fast (Bazett's square root).
        systole = 0.33 * np.sqrt(length)
        rest = length - systole
        shape = PchipInterpolator(
            [0, 0.5 * systole, systole, systole + 0.35 * rest, systole + 0.7 * rest, length],
            [1, 1 - 0.6 * change, 1 - change, 1 - 0.3 * change, 1 - 0.22 * change, 1],
        )
        inside = (times >= beat_start) & (times < beat_start + length)
        areas[inside] = shape(times[inside] - beat_start)
        ed.append(beat_start * fps)
        es.append((beat_start + systole) * fps)
        beat_start, index = beat_start + length, index + 1
    ed.append(beat_start * fps)
    rng = np.random.default_rng(seed)
    areas = 1000 * (areas + noise * rng.standard_normal(frames))
    return areas, [f for f in ed if -0.5 <= f < frames], [f for f in es if f < frames and f >= 0]
