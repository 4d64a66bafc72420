"""Spectral Doppler: the speeds in a gate or along a line over time, as a machine draws them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

# The visible edge of a broadened spectrum lies this many sigmas outside its middle.
_EDGE = 2.3
_WINDOW_S = 0.004
_PARTS = (-0.33, 0.0, 0.33)  # moments within a column
_CHUNK = 64  # columns worked on at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The two axes of a strip.

    Attributes:
        width, height: px.
        baseline: row where the speed is 0, px from the strip's top (may be a fraction).
        cm_s_per_px: > 0; speed rises upwards.
        s_per_px: > 0; column x shows the time x * s_per_px.
    """

    width: int
    height: int
    baseline: float
    cm_s_per_px: float
    s_per_px: float

    def row_of(self, speed_cm_s: float) -> float:
        """Row (px, strip's own) of a speed."""
        return self.baseline - speed_cm_s / self.cm_s_per_px

    def speed_of(self, row: float) -> float:
        """Speed at a row."""
        return (self.baseline - row) * self.cm_s_per_px

    def column_of(self, time_s: float) -> float:
        """Column of a time since the strip's start."""
        return time_s / self.s_per_px

    @property
    def seconds(self) -> float:
        """Length of the strip."""
        return self.width * self.s_per_px

    @property
    def span_cm_s(self) -> float:
        """From the lowest to the highest speed: twice the Nyquist speed of a pulsed strip."""
        return self.height * self.cm_s_per_px


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """What a gate or line hears over time, speeds positive toward the probe.

    Attributes:
        times: float64 [K], s, rising.
        speeds: float32 [K, G], cm/s, by place in the gate.
        unrest: float32 [K, G], cm/s.
        weights: float32 [K, G], how loud each place is.
        clicks: float64 [C], times of valves that open or shut.
    """

    times: NDArray[np.float64]
    speeds: Field
    unrest: Field
    weights: Field
    clicks: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectralSettings:
    """How the strip is set up.

    Attributes:
        pulsed: speeds beyond the strip wrap round; else they are cut off.
        wall_filter_cm_s: of the black gap at the baseline.
        broadening: sigma of the spectrum as a part of the speed.
        fill: loudness of the speeds below the main one (0 clean window, 1 filled).
        gain_db: of the display.
        dynamic_range_db: from black to white.
        noise_db: of the background against a loud signal.
        mirror: part of the power that leaks to the other side of the baseline.
        clutter: loudness of walls and valves beside the baseline.
    """

    pulsed: bool
    wall_filter_cm_s: float = 5.0
    broadening: float = 0.028
    fill: float = 0.3
    gain_db: float = 0.0
    dynamic_range_db: float = 38.0
    noise_db: float = -33.0
    mirror: float = 0.001
    clutter: float = 0.5


def spectrum(course: Course, scale: Scale, settings: SpectralSettings,
             rng: np.random.Generator) -> NDArray[np.uint8]:  # fmt: skip
    """Grey picture uint8 [height, width] of the strip."""
    columns = np.arange(scale.width) * scale.s_per_px
    power = np.concatenate([
        np.mean([_power(course, columns[start : start + _CHUNK] + shift * scale.s_per_px, scale,
                        settings) for shift in _PARTS], axis=0)
        for start in range(0, scale.width, _CHUNK)
    ], axis=1)  # fmt: skip
    # The machine hears some milliseconds for each column.
    power = cv2.GaussianBlur(
        power, (0, 0), sigmaX=max(_WINDOW_S / scale.s_per_px, 0.3), sigmaY=0.01
    )
    power += _clutter(course, columns, scale, settings, rng)
    power = power + settings.mirror * _mirrored(power, scale)
    power *= _wall_filter(scale, settings)[:, None]
    return _display(power, settings, rng)


def _power(course: Course, columns: NDArray[np.float64], scale: Scale,
           settings: SpectralSettings) -> NDArray[np.float64]:  # fmt: skip
    """Mean power [height, n] of the blood in some columns."""
    speeds, unrest, weights = (
        _between(course.times, values, columns)
        for values in (course.speeds, course.unrest, course.weights)
    )
    size = np.abs(speeds)
    sigma = settings.broadening * size + 0.1 * unrest + 0.35 * scale.cm_s_per_px + 0.5
    # Broadening and eddies fill inwards: the edge stays at the highest speed that there is.
    middle = np.sign(speeds) * np.maximum(size - _EDGE * sigma, 0.0)
    rows = (scale.baseline - np.arange(scale.height)) * scale.cm_s_per_px
    power = np.zeros((scale.height, len(columns)))
    for place in range(speeds.shape[1]):
        v, s, w = middle[:, place], sigma[:, place], weights[:, place]
        away = rows[:, None] - v[None]
        if settings.pulsed:
            away = (away + 0.5 * scale.span_cm_s) % scale.span_cm_s - 0.5 * scale.span_cm_s
        power += w / (s + 2.0) * np.exp(-0.5 * (away / s) ** 2)
        # Slower blood at the gate's edge and in eddies: from nothing up to the speed itself.
        below = np.where(v >= 0, -away, away) / (np.abs(v) + 1.0)
        inside = np.clip(1 - below, 0, 1) * (below > 0) * np.clip((1 - below) * 6, 0, 1)
        level = settings.fill + 0.6 * np.minimum(unrest[:, place] / (size[:, place] + 5.0), 0.5)
        power += w * level / (np.abs(v) + 12.0) * inside**0.7 * np.clip(np.abs(v) / 8 - 0.5, 0, 1)
    return power


def _between(times: NDArray[np.float64], values: Field,
             wanted: NDArray[np.float64]) -> NDArray[np.float64]:  # fmt: skip
    """Linear interpolation of [K, G] in time."""
    right = np.clip(np.searchsorted(times, wanted), 1, len(times) - 1)
    part = np.clip((wanted - times[right - 1]) / (times[right] - times[right - 1]), 0, 1)
    return np.asarray(values[right - 1] * (1 - part)[:, None] + values[right] * part[:, None])


def _clutter(
    course: Course, columns: NDArray[np.float64], scale: Scale, settings: SpectralSettings,
    rng: np.random.Generator,
) -> NDArray[np.float64]:  # fmt: skip
    """Walls beside the baseline, now louder, now softer; valves as thin lines when they move."""
    rows = np.abs((scale.baseline - np.arange(scale.height)) * scale.cm_s_per_px)[:, None]
    drift = rng.standard_normal(max(len(columns) // 9, 4)).astype(np.float32)[None]
    loud = np.exp(0.5 * cv2.resize(drift, (len(columns), 1), interpolation=cv2.INTER_CUBIC))
    reach = (3.0 + 0.022 * scale.span_cm_s) * loud**0.5
    out = 0.010 * settings.clutter * loud * np.exp(-((rows / reach) ** 2))
    for click in course.clicks:
        near = np.exp(-(((columns - click) / 0.005) ** 2))[None]
        out = out + 0.006 * settings.clutter * near * np.exp(-rows / (0.11 * scale.span_cm_s))
    return np.asarray(out)


def _mirrored(power: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """The power turned over at the baseline."""
    source = np.round(2 * scale.baseline - np.arange(scale.height)).astype(int)
    there = (source >= 0) & (source < scale.height)
    out = np.zeros_like(power)
    out[there] = power[source[there]]
    return out


def _wall_filter(scale: Scale, settings: SpectralSettings) -> NDArray[np.float64]:
    speed = np.abs((scale.baseline - np.arange(scale.height)) * scale.cm_s_per_px)
    return np.asarray(speed**4 / (speed**4 + settings.wall_filter_cm_s**4 + 1e-9))


def _display(power: NDArray[np.float64], settings: SpectralSettings,
             rng: np.random.Generator) -> NDArray[np.uint8]:  # fmt: skip
    """Speckle of the estimate, receiver noise and the machine's grey map."""
    loud = float(np.percentile(power.max(axis=0), 70)) + 1e-9
    power = power / loud
    noise = 10 ** (settings.noise_db / 10)
    power = power + noise * _speckle(power.shape, rng, looks=1.5) * rng.gamma(
        8.0, 1 / 8.0, (1, power.shape[1])
    )
    power = power * _speckle(power.shape, rng, looks=2.2)
    level = 10 * np.log10(power + 1e-9) + settings.gain_db
    grey = np.clip(1 + (level - 1.0) / settings.dynamic_range_db, 0, 1)
    grey = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), sigmaX=0.7, sigmaY=0.55)
    return np.asarray(255 * np.clip(grey, 0, 1) ** 1.25, np.uint8)


def _speckle(shape: tuple[int, ...], rng: np.random.Generator, *, looks: float) -> Field:
    """Chi-squared grain of mean 1, a little longer in time than in speed."""
    grain = rng.gamma(looks, 1 / looks, shape).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grain, (0, 0), sigmaX=0.8, sigmaY=0.5), np.float32)
