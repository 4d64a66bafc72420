"""What a perfect reader measures on a strip: peaks and integrals of the envelope, beat by beat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.domain import Mode
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.site import Site

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of a strip.

    Attributes:
        value: mean over the beats, in the unit of the list of measurements.
        beats: of each whole beat in the strip.
        times: s, of each beat's peak (or of the start, where an integral is read).
        speeds: cm/s at those times, signed: up is positive.
    """

    value: float
    beats: tuple[float, ...]
    times: tuple[float, ...]
    speeds: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Peak:
    """Which part of the beat (phases, from timing) and which side of the baseline."""

    name: str
    sign: float
    window: str
    factor: float = 1.0  # cm/s to the unit of the measurement


# Of each picture: what is read on it. Windows are named in `_window`.
_PEAKS: Mapping[tuple[Mode, Site], tuple[_Peak, ...]] = MappingProxyType(
    {
        (Mode.PW, Site.MITRAL): (_Peak(name="e_vmax", sign=1, window="early"),
                                 _Peak(name="a_vmax", sign=1, window="late")),
        (Mode.PW, Site.TRICUSPID): (_Peak(name="tricuspid_e", sign=1, window="early"),),
        (Mode.PW, Site.LVOT): (_Peak(name="lvot_vmax", sign=-1, window="ejection"),),
        (Mode.PW, Site.PULMONARY): (_Peak(name="pulmonary_vmax", sign=-1, window="ejection"),),
        (Mode.CW, Site.PULMONARY): (_Peak(name="pulmonary_vmax", sign=-1, window="ejection"),),
        (Mode.CW, Site.AORTIC): (
            _Peak(name="av_vmax", sign=-1, window="ejection", factor=0.01),
            _Peak(name="ar_vmax", sign=1, window="diastole", factor=0.01),
        ),
        (Mode.CW, Site.TRICUSPID): (_Peak(name="tr_vmax", sign=-1, window="systole", factor=0.01),),
        (Mode.CW, Site.MITRAL): (
            _Peak(name="mr_vmax", sign=-1, window="systole", factor=0.01),
            _Peak(name="mitral_vmax", sign=1, window="diastole", factor=0.01),
        ),
        (Mode.TDI, Site.SEPTAL_ANNULUS): (_Peak(name="e_prime_septal", sign=-1, window="early"),),
        (Mode.TDI, Site.LATERAL_ANNULUS): (
            _Peak(name="e_prime_lateral", sign=-1, window="early"),
        ),
        (Mode.TDI, Site.RV_ANNULUS): (_Peak(name="rv_s_prime", sign=1, window="ejection"),),
    }
)  # fmt: skip
_LEAK_CM_S = {"ar_vmax": 150.0, "mr_vmax": 200.0, "tr_vmax": 100.0}  # slower is no leak


def read_strip(mode: Mode, site: Site, *, pulse: Pulse, seconds: float, times: Curve,
               envelope: Callable[[float], Curve]) -> dict[str, Reading]:  # fmt: skip
    """Reads every whole beat of a strip.

    Args:
        mode, site: of the picture.
        pulse: for the beats and their phases.
        seconds: length of the strip.
        times: float64 [K], s.
        envelope: by the side of the baseline (1 or -1) the fastest speed [K] there, cm/s, >= 0.

    Returns:
        readings by id; what leaks not has none.
    """
    found: dict[str, Reading] = {}
    for peak in _PEAKS.get((mode, site), ()):
        curve = np.asarray(envelope(peak.sign), np.float64)
        places = []
        for start, end in _whole_beats(pulse, seconds):
            low, high = _window(pulse, peak.window, start, end)
            inside = np.flatnonzero((times >= low) & (times <= high))
            if len(inside):
                places.append(int(inside[curve[inside].argmax()]))
        values = [float(curve[place]) * peak.factor for place in places]
        if not places or max(curve[place] for place in places) < _LEAK_CM_S.get(peak.name, 1.0):
            continue
        found[peak.name] = Reading(
            value=float(np.mean(values)),
            beats=tuple(values),
            times=tuple(float(times[place]) for place in places),
            speeds=tuple(float(peak.sign * curve[place]) for place in places),
        )
    _derive(found, mode, site, pulse, seconds, times, envelope)
    return found


def _derive(found: dict[str, Reading], mode: Mode, site: Site, pulse: Pulse, seconds: float,
            times: Curve, envelope: Callable[[float], Curve]) -> None:  # fmt: skip
    """Ratios, integrals and gradients of the same envelopes."""
    if {"e_vmax", "a_vmax"} <= set(found):
        found["e_a_ratio"] = plain(found["e_vmax"].value / found["a_vmax"].value)
    if (mode, site) not in ((Mode.PW, Site.LVOT), (Mode.CW, Site.AORTIC)):
        return
    curve = np.asarray(envelope(-1.0), np.float64)
    integrals, gradients = [], []
    for start, end in _whole_beats(pulse, seconds):
        low, high = _window(pulse, "ejection", start, end)
        inside = (times >= low) & (times <= high)
        open_ = inside & (curve > 0.08 * curve[inside].max(initial=1.0))
        integrals.append(float(np.trapezoid(curve[inside], times[inside])))
        gradients.append(float(np.mean(4 * (curve[open_] / 100) ** 2)) if open_.any() else 0.0)
    if site is Site.LVOT:
        found["lvot_vti"] = plain(float(np.mean(integrals)), integrals)
    else:
        found["av_vti"] = plain(float(np.mean(integrals)), integrals)
        found["av_mean_gradient"] = plain(float(np.mean(gradients)), gradients)
        found["av_peak_gradient"] = plain(4 * found["av_vmax"].value ** 2)


def plain(value: float, beats: list[float] | None = None) -> Reading:
    """A reading that has no place on the strip."""
    return Reading(value=value, beats=tuple(beats or (value,)), times=(), speeds=())


def _whole_beats(pulse: Pulse, seconds: float) -> list[tuple[float, float]]:
    """Start and end of the beats that lie in the strip; the first if none is whole."""
    pairs = list(zip(pulse.beats[:-1], pulse.beats[1:], strict=True))
    whole = [(float(a), float(b)) for a, b in pairs if a >= 0 and b <= seconds]
    return whole or [(float(a), float(b)) for a, b in pairs if b > 0][:1]


def _window(pulse: Pulse, name: str, start: float, end: float) -> tuple[float, float]:
    """Start and end in s of a part of a beat."""
    index = int(np.searchsorted(pulse.beats, 0.5 * (start + end), side="right") - 1)
    low, high = pulse.windows(index)[name]
    return start + low, start + high
