"""Tissue Doppler: how fast the annulus moves along the beam."""

from core.domain import InputError
from core.phantom.flow.gate import Gate
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.site import Site

# The wall that a site lies in, and the ring along whose axis it moves.
_WALLS = {
    Site.SEPTAL_ANNULUS: ("septal", "mitral"),
    Site.LATERAL_ANNULUS: ("lateral", "mitral"),
    Site.RV_ANNULUS: ("rv", "tricuspid"),
}


def annulus_speed(pulse: Pulse, site: Site, gate: Gate, time_s: float) -> tuple[float, float]:
    """Speeds in cm/s of a place on the annulus: along the beam, positive toward the probe, and
    along its own way, positive toward the apex.

    Args:
        pulse: the heart over time.
        site: which annulus.
        gate: its beam counts.
        time_s: when.

    Raises:
        InputError: the site is no annulus.
    """
    if site not in _WALLS:
        raise InputError(f"simulate: {site.value} is no annulus")
    wall, ring = _WALLS[site]
    index, phase = pulse.place(time_s)
    speed = pulse.tissue_at(phase, 0 if pulse.same else index)[wall]
    heart, _, _ = pulse.moment(time_s)
    return -speed * float(heart.rings[ring].axis @ gate.beam), speed
