"""One random short-axis picture of an aortic root with the truth of its valve, for training."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.domain import RegionLabel, View
from core.phantom.cycle import moment
from core.phantom.heart.heart import Heart
from core.phantom.image import (
    LABELS,
    draw_machine,
    draw_window,
    make_screen,
    masks,
    render,
    survey,
)
from core.phantom.patient import Case, HeartPatient, Severity, draw_patient
from core.phantom.probe import random_plane, resting_heart

#: Samples in a row of one patient: other moments, hands and machines.
OF_ONE_ROOT = 6
_TRIES = 6
_SEVERITIES = tuple(Severity)
# Whose valve has three cusps: most healthy, the others with thick or leaking ones, or a wide root.
_THREE = (None, None, Case.AORTIC_STENOSIS, Case.AORTIC_REGURGITATION, Case.AORTIC_DILATATION)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RootSample:
    """One picture.

    Attributes:
        image: uint8 [size, size], black outside the fan.
        centre: (x, y) px of the root's middle.
        diameter: px, the longer side of the root's box.
        cusps: of the valve, 2 or 3.
        opening: of the valve, 0 shut to 1.
        patient: number of the patient.
    """

    image: NDArray[np.uint8]
    centre: tuple[float, float]
    diameter: float
    cusps: int
    opening: float
    patient: int


def render_root(*, seed: int, size: int = 448) -> RootSample:
    """A random patient, every second one with two cusps; a hand that holds PSAX-AV.

    Args:
        seed: of everything.
        size: side of the picture, px.

    Raises:
        RuntimeError: no plane of such a patient shows the root.
    """
    patient = _patient(seed // OF_ONE_ROOT)
    rng = np.random.default_rng((seed, 2727))
    rest = resting_heart(patient)
    for _ in range(_TRIES):
        now = Heart(patient, moment(patient, float(rng.random()), breath=float(rng.random())))
        plane = random_plane(rest, View.PSAX_AV, rng)
        machine = draw_machine(View.PSAX_AV, rng)
        screen = make_screen(machine, width=size, height=size)
        seen = survey(now.scene, plane, machine, now.material)
        root = masks(now.scene, plane, screen, found=seen)[LABELS.index(RegionLabel.AORTA)]
        y, x = np.nonzero(root)
        if len(x) < 50:
            continue
        quality = float(np.clip(patient.quality + rng.normal(0, 0.15), 0, 1))
        window = draw_window(machine, quality, rng)
        polar = render(now.scene, plane, machine, window, material=now.material, found=seen)
        return RootSample(
            image=screen.to_screen(polar),
            centre=(0.5 * float(x.min() + x.max()), 0.5 * float(y.min() + y.max())),
            diameter=float(max(np.ptp(x), np.ptp(y))) + 1,
            cusps=patient.av_cusps,
            opening=now.moment.aortic,
            patient=seed // OF_ONE_ROOT,
        )
    raise RuntimeError("no plane shows the aortic root")


@lru_cache(maxsize=4)
def _patient(number: int) -> HeartPatient:
    rng = np.random.default_rng((number, 2727))
    severity = _SEVERITIES[int(rng.integers(3))]
    if number % 2:
        return draw_patient(number, case=Case.BICUSPID_AORTIC_VALVE, severity=severity)
    case = _THREE[int(rng.integers(len(_THREE)))]
    return draw_patient(number, case=case, severity=None if case is None else severity)
