"""Valves: how far the leaflets part, and when."""

from collections.abc import Sequence

import numpy as np

from core.domain import View
from core.phantom.heart.frame import unit
from core.phantom.heart.heart import Heart
from core.phantom.probe import Plane
from core.phantom.scene import Structure, distances
from core.phantom.truth.cut import across, onto, turned
from core.phantom.truth.march import STEP_MM
from core.phantom.truth.value import Ends

#: Valve: its ring, its leaflets, and the view in which a sonographer sees them part.
VALVES = {
    "mitral": ("mitral", Structure.MITRAL_VALVE, View.PLAX),
    "aortic": ("aortic", Structure.AORTIC_VALVE, View.PLAX),
    "tricuspid": ("tricuspid", Structure.TRICUSPID_VALVE, View.A4C),
    "pulmonary": ("pulmonary", Structure.PULMONARY_VALVE, View.PSAX_AV),
}
#: A valve counts as open above this opening (0..1).
OPEN_ABOVE = 0.05


def separation(heart: Heart, valve: str, plane: Plane) -> Ends | None:
    """The narrowest gap between two leaflets in the plane, inner edge to inner edge.

    Lines square to the blood's way are laid through the ring's axis at every half millimetre from
    the ring to where the leaflets end; the shortest that meets a leaflet on both sides counts.
    """
    name, structure, _ = VALVES[valve]
    ring = heart.rings[name]
    side = turned(across(plane, ring.axis), -plane.down)
    onward = turned(unit(np.cross(side, plane.normal)), ring.axis)
    levels = np.arange(1.0, 2.2 * ring.radius, 0.5)
    t = np.arange(0.0, 1.3 * ring.radius, STEP_MM)
    middle = onto(plane, ring.centre)
    centres = middle + levels[:, None] * onward
    halves = []
    for way in (side, -side):
        points = centres[:, None, :] + t[None, :, None] * way
        d = distances(heart.scene, points.reshape(-1, 3))[:, structure].reshape(len(levels), -1)
        touched = d < 0
        halves.append(np.where(touched.any(axis=1), t[touched.argmax(axis=1)], np.inf))
    width = halves[0] + halves[1]
    level = int(width.argmin())
    if not np.isfinite(width[level]):
        return None
    return centres[level] + halves[0][level] * side, centres[level] - halves[1][level] * side


def open_times_ms(
    openings: Sequence[float], times_ms: Sequence[float]
) -> tuple[float, float] | None:
    """When a valve first opens and last closes within a beat, ms after end-diastole.

    Args:
        openings: 0..1 at `times_ms`, rising times of one beat.
        times_ms: of the samples.
    """
    is_open = np.asarray(openings) > OPEN_ABOVE
    if not is_open.any():
        return None
    times = np.asarray(times_ms, np.float64)
    first, last = int(is_open.argmax()), len(times) - 1 - int(is_open[::-1].argmax())
    return float(times[first]), float(times[min(last + 1, len(times) - 1)])
