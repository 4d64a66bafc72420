"""The cardiac cycle: what moves when.

Time is a phase from 0 to 1, end-diastole (mitral closure) at 0. Systole takes a third of the beat
at 60 a minute and a larger part at higher rates.
"""

from dataclasses import dataclass

import numpy as np

from core.phantom.old_patient import HeartPatient


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The heart's state at one phase.

    Attributes:
        contraction: 0 at end-diastole, 1 at end-systole.
        descent, rv_descent: of the mitral and tricuspid annulus toward the apex, mm.
        lv_radius_scale, wall_scale, rv_scale, la_scale, ivc_scale: factors on end-diastolic sizes.
        mitral, tricuspid, aortic, pulmonary: opening of each valve, 0 closed to 1 open.
        torsion_deg: twist of the apex against the base.
    """

    contraction: float
    descent: float
    rv_descent: float
    lv_radius_scale: float
    wall_scale: float
    rv_scale: float
    la_scale: float
    ivc_scale: float
    mitral: float
    tricuspid: float
    aortic: float
    pulmonary: float
    torsion_deg: float


def systole_part(heart_rate: float) -> float:
    """End-systole as a part of the beat (Weissler's regression of ejection time on rate)."""
    beat_ms = 60_000 / heart_rate
    return float(np.clip((440 - 1.7 * heart_rate + 40) / beat_ms, 0.25, 0.55))


def contraction(phase: float, es: float) -> float:
    """0..1: ejection to `es`, relaxation, early filling, diastasis and the atrial kick."""
    phase = phase % 1.0
    if phase < es:
        x = phase / es
        return float(np.sin(0.5 * np.pi * np.clip((x - 0.06) / 0.88, 0, 1)) ** 1.4)
    x = (phase - es) / (1 - es)
    early = 1 - 0.74 * _smooth((x - 0.10) / 0.36)
    kick = 0.26 * _smooth((x - 0.74) / 0.24)
    return float(early - kick)


def _smooth(x: float) -> float:
    x = float(np.clip(x, 0, 1))
    return x * x * (3 - 2 * x)


def moment(patient: HeartPatient, phase: float, *, breath: float = 0.0) -> Moment:
    """The state at a phase; `breath`: 0 end-expiration to 1 inspiration."""
    es = systole_part(patient.heart_rate)
    c = contraction(phase, es)
    shortening = patient.shortening
    filling = (phase % 1.0 - es) / (1 - es) if phase % 1.0 >= es else -1.0
    early = _bump(filling, 0.08, 0.42)
    late = _bump(filling, 0.72, 1.0)
    mitral = max(early, 0.75 * late, 0.25 if 0.42 <= filling <= 0.72 else 0.0)
    ejecting = _bump((phase % 1.0) / es, 0.08, 0.97) if filling < 0 else 0.0
    return Moment(
        contraction=c,
        descent=patient.annulus_descent * c,
        rv_descent=patient.tapse * c,
        lv_radius_scale=1 - shortening * c,
        wall_scale=1 + 0.40 * c * patient.shortening / 0.27,
        rv_scale=1 - 0.20 * c,
        la_scale=0.86 + 0.14 * c,
        ivc_scale=1 - patient.ivc_collapse * breath,
        mitral=mitral,
        tricuspid=mitral,
        aortic=min(1.0, 1.4 * ejecting),
        pulmonary=min(1.0, 1.4 * ejecting),
        torsion_deg=10.0 * c,
    )


def _bump(x: float, start: float, end: float) -> float:
    """Rises from 0 at `start` to 1 and falls to 0 at `end`."""
    if not start < x < end:
        return 0.0
    return float(np.sin(np.pi * (x - start) / (end - start)) ** 0.6)
