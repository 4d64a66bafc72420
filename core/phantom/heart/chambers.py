"""The atria at a moment: as wide as makes them hold what the cycle says."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.cycle import moment as moment_of
from core.phantom.heart.bodies import (
    Chamber,
    left_body,
    left_body_ml,
    right_body,
    right_body_ml,
    septum_beside,
)
from core.phantom.patient import HeartPatient
from core.phantom.patient.volumes import atrium_ml

_ROUNDS = 2  # of fitting; one more changes a volume by less than a part in 500
_FIT_STEP_MM = 2.5


@lru_cache(maxsize=8)
def left(patient: HeartPatient, moment: Moment) -> Chamber:
    """The left atrium's body."""
    return left_body(patient, moment, widen=_left_fit(patient).at(moment.la_scale))


@lru_cache(maxsize=8)
def right(patient: HeartPatient, moment: Moment) -> Chamber:
    """The right atrium's body, on the other side of the septum."""
    widen = _right_fit(patient).at(moment.ra_scale)
    return right_body(patient, moment, septum=septum_distance(patient, moment), widen=widen)


def septum_distance(patient: HeartPatient, moment: Moment) -> float:
    """Of the septum's left face from the long axis, mm."""
    return septum_beside(patient, left(patient, moment))


def la_volume_ml(patient: HeartPatient, moment: Moment) -> float:
    """Of the left atrium's body, from the roof to the mitral plane, without appendage and veins."""
    return left_body_ml(patient, moment, left(patient, moment))


def ra_volume_ml(patient: HeartPatient, moment: Moment) -> float:
    """Of the right atrium's body, from the roof to the tricuspid plane, without its appendage."""
    septum = septum_distance(patient, moment)
    return right_body_ml(patient, moment, right(patient, moment), septum)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """Factors on an atrium's width at its smallest and at its largest."""

    scale: float
    small: float
    large: float

    def at(self, scale: float) -> float:
        return float(np.interp(scale, (self.scale, 1.0), (self.small, self.large)))


@lru_cache(maxsize=64)
def _left_fit(patient: HeartPatient) -> _Fit:
    scale = (1 - patient.la_emptying) ** (1 / 3)

    def volume(moment: Moment, widen: float) -> float:
        body = left_body(patient, moment, widen=widen)
        return left_body_ml(patient, moment, body, step=_FIT_STEP_MM)

    full = atrium_ml(patient.la_radii)
    small, large = _extremes(patient)
    return _Fit(scale=scale, small=_solve(volume, small, full * scale**3),
                large=_solve(volume, large, full))  # fmt: skip


@lru_cache(maxsize=64)
def _right_fit(patient: HeartPatient) -> _Fit:
    scale = (1 - patient.ra_emptying) ** (1 / 3)

    def volume(moment: Moment, widen: float) -> float:
        septum = septum_distance(patient, moment)
        body = right_body(patient, moment, septum=septum, widen=widen)
        return right_body_ml(patient, moment, body, septum, step=_FIT_STEP_MM)

    full = atrium_ml(patient.ra_radii)
    small, large = _extremes(patient)
    return _Fit(scale=scale, small=_solve(volume, small, full * scale**3),
                large=_solve(volume, large, full))  # fmt: skip


def _extremes(patient: HeartPatient) -> tuple[Moment, Moment]:
    """The moments of the emptiest and of the fullest atria."""
    still = moment_of(patient, 0.0)
    small = replace(still, contraction=0.0, descent=0.0, rv_descent=0.0,
                    la_scale=(1 - patient.la_emptying) ** (1 / 3),
                    ra_scale=(1 - patient.ra_emptying) ** (1 / 3))  # fmt: skip
    large = replace(still, contraction=1.0, descent=patient.annulus_descent,
                    rv_descent=patient.tapse, la_scale=1.0, ra_scale=1.0)  # fmt: skip
    return small, large


def _solve(volume: Callable[[Moment, float], float], moment: Moment, wanted_ml: float) -> float:
    """The width's factor that gives the volume, which goes about with its square."""
    widen = 1.0
    for _ in range(_ROUNDS):
        widen *= float(np.clip((wanted_ml / volume(moment, widen)) ** 0.5, 0.8, 1.25))
    return widen
