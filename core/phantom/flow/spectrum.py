"""Spectral Doppler: the speeds in a gate or along a line over time, as a machine draws them."""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numba
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

# The visible edge of a broadened spectrum lies this many sigmas outside its middle.
_EDGE = 1.6
_WINDOW_S = 0.004
_PARTS = (-0.33, 0.0, 0.33)  # moments within a column


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
    mirror: float = 0.0003
    clutter: float = 0.5


def spectrum(course: Course, scale: Scale, settings: SpectralSettings,
             rng: np.random.Generator) -> NDArray[np.uint8]:  # fmt: skip
    """Grey picture uint8 [height, width] of the strip."""
    columns = np.arange(scale.width, dtype=np.float64) * scale.s_per_px
    power = np.mean([_power(course, columns + shift * scale.s_per_px, scale, settings)
                     for shift in _PARTS], axis=0)  # fmt: skip
    # The machine hears some milliseconds for each column.
    wide = max(_WINDOW_S / scale.s_per_px, 0.3)
    power = np.asarray(cv2.GaussianBlur(power, (0, 0), sigmaX=wide, sigmaY=0.01), np.float64)
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
    out = np.zeros((len(columns), scale.height))
    _add_power(speeds, unrest, weights, scale.baseline, scale.cm_s_per_px, settings.pulsed,
               settings.broadening, settings.fill, out)  # fmt: skip
    return out.T


@numba.njit(cache=True, fastmath=True, nogil=True)
def _add_power(speeds: Any, unrest: Any, weights: Any, baseline: float, step: float, pulsed: bool,
               broadening: float, fill: float, out: Any) -> None:  # fmt: skip
    """Adds to `out` [n, height] what each place [n, G] is heard as."""
    height = out.shape[1]
    span = height * step
    for n in range(speeds.shape[0]):
        for g in range(speeds.shape[1]):
            sign = 1.0 if speeds[n, g] >= 0 else -1.0
            size = abs(speeds[n, g])
            sigma = broadening * size + 0.1 * unrest[n, g] + 0.0035 * span
            # Broadening and eddies fill inwards: the edge stays at the highest speed there is.
            v = max(size - _EDGE * sigma, 0.0)
            loud = weights[n, g] / (sigma + 2.0)
            rest = fill + 0.6 * min(unrest[n, g] / (size + 5.0), 0.5)
            rest *= weights[n, g] / (v + 12.0) * min(1.0, max(0.0, v / 8.0 - 0.5))
            low = math.floor(-4.0 * sigma / step) if rest <= 0 else math.floor(-v / step)
            low = min(low, math.floor(-4.0 * sigma / step))
            middle = baseline - sign * v / step
            for k in range(low, math.ceil(4.0 * sigma / step) + 1):
                # k rows outward of the middle; inward where it is negative
                row = math.floor(middle + 0.5) - int(sign) * k
                away = ((middle - row) * sign) * step
                part = loud * math.exp(-0.5 * (away / sigma) ** 2)
                if away < 0 and rest > 0:
                    below = -away / (v + 1.0)
                    if below < 1:
                        # Slower blood at the gate's edge and in eddies, from nothing to the speed.
                        part += rest * (1 - below) ** 0.7 * min(1.0, (1 - below) * 6)
                if pulsed:  # what is too fast comes in again from the other end
                    row %= height
                if 0 <= row < height:
                    out[n, row] += part


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
        near = np.exp(-(((columns - click) / 0.006) ** 2))[None] * rng.uniform(0.1, 1.0)
        out = out + 0.004 * settings.clutter * near * np.exp(-rows / (0.07 * scale.span_cm_s))
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
    columns = rng.gamma(9.0, 1 / 9.0, (2, 1, power.shape[1]))
    power = power * columns[0] + noise * columns[1] * _speckle(power.shape, rng, looks=0.7)
    power = power * _speckle(power.shape, rng, looks=1.1)
    level = 10 * np.log10(power + 1e-9) + settings.gain_db
    grey = np.clip(1 + (level - 1.0) / settings.dynamic_range_db, 0, 1)
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), sigmaX=0.6, sigmaY=0.5)
    return np.asarray(255 * np.clip(soft, 0, 1) ** 1.2, np.uint8)


def _speckle(shape: tuple[int, ...], rng: np.random.Generator, *, looks: float) -> Field:
    """Chi-squared grain of mean 1, a little longer in time than in speed."""
    grain = rng.gamma(looks, 1 / looks, shape).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grain, (0, 0), sigmaX=0.75, sigmaY=0.45), np.float32)
