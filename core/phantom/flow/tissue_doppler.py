"""Tissue Doppler: how fast the annulus moves along the beam."""

import numpy as np

from core.domain import Mode
from core.phantom.flow.gate import Gate, target_of
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.site import Site

_HALF_STEP_S = 0.008


def annulus_speed(pulse: Pulse, site: Site, gate: Gate, time_s: float) -> float:
    """Speed in cm/s of a place on the annulus, positive toward the probe.

    Args:
        pulse: the heart over time.
        site: which annulus.
        gate: only its beam counts: the machine tracks no tissue, but the wall is all alike there.
        time_s: when.
    """
    before, after = max(time_s - _HALF_STEP_S, 0.0), time_s + _HALF_STEP_S
    places = [target_of(pulse.moment(t)[0], Mode.TDI, site) for t in (before, after)]
    way = float(np.dot(places[1] - places[0], gate.beam))
    return -0.1 * way / (after - before)
