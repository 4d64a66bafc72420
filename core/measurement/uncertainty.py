"""90 % intervals: first estimated, then set by what was measured on virtual patients.

The estimate knows what the outline may be wrong by and how much the beats differ. `errors.yaml`
(written by `echolab evaluate intervals`) holds how far the truth lay from the values that the same
method gave in patients whose truth is known; where it knows a method, the interval is its own:

    value - below * scale  to  value + above * scale

with a scale of 1 (`by: absolute`), the value (`by: relative`) or half the estimated interval
(`by: spread`). A method that it does not know keeps the estimate, and `error_of` is None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import sqrt
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import yaml

from core.domain import Measurement

# Relative standard deviation of an outlined area and of a long axis: the upper end of what one
# reader differs by when measuring the same recording again (coefficient of variation 3-6 %,
# PubMed 9076390).
AREA_SD = 0.06
LENGTH_SD = 0.03
# ED and ES outlines of one beat err alike (same window, same reader): correlation of their errors.
PHASE_CORRELATION = 0.5
# Two-sided 90 % of a normal distribution.
_Z90 = 1.645

# A disk volume goes with A² / L of one plane, and with A1 A2 / L of two.
VOLUME_SD_SINGLE = sqrt((2 * AREA_SD) ** 2 + LENGTH_SD**2)
VOLUME_SD_BIPLANE = sqrt(2 * AREA_SD**2 + LENGTH_SD**2)

Scale = Literal["absolute", "relative", "spread"]
SCALES: tuple[Scale, ...] = ("absolute", "relative", "spread")
#: Stands for all methods of a measurement, where one alone was measured too seldom.
ANY_METHOD = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """How far the truth lay from the values of one method, 90 % of the time.

    Attributes:
        by: what `below` and `above` are multiplied by.
        below, above: in scales; neither negative.
        n: values that it was measured on.
    """

    by: Scale
    below: float
    above: float
    n: int

    def interval(self, value: float, estimate: tuple[float, float]) -> tuple[float, float]:
        """Around a value whose estimated interval is `estimate`."""
        scale = scale_of(self.by, value, estimate)
        return value - self.below * scale, value + self.above * scale


Errors = Mapping[str, Mapping[str, Error]]
NO_ERRORS: Errors = MappingProxyType({})


def scale_of(by: Scale, value: float, estimate: tuple[float, float]) -> float:
    """What an error is told in: 1, the value, or half the estimated interval."""
    if by == "absolute":
        return 1.0
    return abs(value) if by == "relative" else 0.5 * (estimate[1] - estimate[0])


@cache
def shipped_errors() -> Errors:
    """Errors by measurement and method, as `errors.yaml` holds them."""
    return read_errors(yaml.safe_load((files(__package__) / "errors.yaml").read_text("utf-8")))


def read_errors(content: Mapping[str, Any]) -> Errors:
    """Errors by measurement and method; KeyError, TypeError or ValueError where it is no such
    content."""
    found: dict[str, dict[str, Error]] = {}
    for name, methods in content["errors"].items():
        for method, row in methods.items():
            by, below, above = row["by"], float(row["below"]), float(row["above"])
            if by not in SCALES or below < 0 or above < 0:
                raise ValueError(f"{name}, {method}: no usable error")
            error = Error(by=by, below=below, above=above, n=int(row["n"]))
            found.setdefault(name, {})[method] = error
    return found


def error_of(measurement_id: str, method: str, errors: Errors | None = None) -> Error | None:
    """What is known of a method's errors; None where it was not measured often enough."""
    known = (shipped_errors() if errors is None else errors).get(measurement_id, {})
    return known.get(method) or known.get(ANY_METHOD)


def calibrated(
    measurements: Sequence[Measurement], errors: Errors | None = None
) -> tuple[Measurement, ...]:
    """The measurements with their intervals set by what is known of their methods' errors.

    Args:
        measurements: with estimated intervals; those without one stay as they are.
        errors: None: the shipped ones.
    """
    return tuple(_calibrated(each, errors) for each in measurements)


def _calibrated(measurement: Measurement, errors: Errors | None) -> Measurement:
    value, estimate = measurement.value, measurement.interval
    if value is None or estimate is None:
        return measurement
    error = error_of(measurement.id, measurement.method, errors)
    if error is None:
        return measurement
    low, high = error.interval(value, estimate)
    most = 100.0 if measurement.unit == "%" else float("inf")
    return replace(measurement, interval=(max(low, 0.0), min(high, most)))


def interval(values: Sequence[float], relative_sd: float) -> tuple[float, float]:
    """Estimated 90 % interval of the mean of `values`, one a beat.

    The outline's error is common to the beats and does not average out; the beats' spread does.
    """
    mean = float(np.mean(values))
    return _around(mean, relative_sd * abs(mean), values, low=0.0)


def ejection_interval(
    fractions: Sequence[float], fraction: float, volume_sd: float
) -> tuple[float, float]:
    """Estimated 90 % interval of an ejection fraction in percent, within 0..100.

    Args:
        fractions: one a beat, percent.
        fraction: the value reported, percent.
        volume_sd: relative standard deviation of either volume.
    """
    ratio_sd = volume_sd * sqrt(2 - 2 * PHASE_CORRELATION)
    low, high = _around(fraction, (100 - fraction) * ratio_sd, fractions, low=0.0)
    return low, min(high, 100.0)


def length_interval(lengths: Sequence[float], sd_mm: float) -> tuple[float, float]:
    """Estimated 90 % interval of the mean of `lengths` (mm, one a beat).

    Args:
        lengths: one a beat.
        sd_mm: how far the line's ends let its length be off, common to the beats.
    """
    return _around(float(np.mean(lengths)), sd_mm, lengths, low=0.0)


def _around(
    value: float, outline_sd: float, values: Sequence[float], *, low: float
) -> tuple[float, float]:
    beats = len(values)
    beat_sd = float(np.std(values, ddof=1)) / sqrt(beats) if beats > 1 else 0.0
    half = _Z90 * sqrt(outline_sd**2 + beat_sd**2)
    return max(value - half, low), value + half
