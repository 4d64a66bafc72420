"""Ribs, cartilage and breastbone as chains of rods under the skin, with the windows between them.

The fourth space lies where the parasternal window is and the fifth where the apex comes near the
skin, as a sonographer finds them by hand; the other ribs follow at their usual distances.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.phantom.heart.frame import Vector, Z, u
from core.phantom.heart.torso import Torso, torso_of
from core.phantom.patient import HeartPatient

RIB_MM = 4.0  # radius
STERNUM_MM = 15.0  # half width
_MANUBRIUM_MM = 18.0  # of the breastbone that leans back over the bend of the chest
_FIRST, _LAST = 2, 7
# Heights of the sternal ends of ribs 2 to 7 against the third space, and how far apart they lie
# at the side, for a body of 172 cm (Gray's Anatomy: the spaces are widest in front and above).
_STERNAL = {2: 42.0, 3: 15.5, 4: -12.5, 5: -33.0, 6: -46.0, 7: -54.0}
_SIDE_STEP = 30.0
_RISE_MM = 22.0  # from the lowest place back up to the side of the chest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rod:
    """One straight piece; radius in mm."""

    start: Vector
    end: Vector
    radius: float


@lru_cache(maxsize=64)
def rods_of(patient: HeartPatient) -> tuple[Rod, ...]:
    """Ribs of the left and right side and the breastbone's edges; always the same number."""
    torso = torso_of(patient)
    size = patient.height_cm / 172
    depth = rib_depth(torso)
    inner = patient.lv_length * 0.3 * Z
    window_up = _space_at(torso, inner, u(146), depth)[1]
    apex_left, apex_up = _space_at(torso, inner, Z, depth)
    apex_deg = _angle(torso, apex_left)
    edge_deg = _angle(torso, STERNUM_MM + 1)
    # From the breastbone by way of the apex to the side: short pieces, for the chest is round.
    angles = np.array([edge_deg, 0.5 * (edge_deg + apex_deg), apex_deg, 0.5 * apex_deg + 50, 100.0])
    rods: list[Rod] = []
    for rib in range(_FIRST, _LAST + 1):
        sternal = window_up + _STERNAL[rib] * size
        low = min(apex_up + (5.5 - rib) * _SIDE_STEP * size, sternal - 4.0)
        side = low + _RISE_MM * size
        heights = np.array(
            [sternal, 0.5 * (sternal + low) - 3.0, low, 0.6 * low + 0.4 * side, side]
        )
        for sign in (1.0, -1.0):
            # The right side is seen only from below and above: its outer part is left out.
            count = len(angles) if sign > 0 else 3
            rods += _chain(torso, sign * angles[:count], heights[:count], depth)
    top, end = float(torso.local(torso.notch)[2]), window_up + (_STERNAL[7] + 4.0) * size
    over = torso.notch + _MANUBRIUM_MM * size * torso.slope
    for edge in (-0.55 * STERNUM_MM, 0.55 * STERNUM_MM):
        bottom, bend = (_under(torso, torso.front(edge, z), depth) for z in (end, top - 2.0))
        upper = over + edge * torso.axes[0] - depth * torso.slant
        rods.append(Rod(start=bend, end=bottom, radius=0.5 * STERNUM_MM))
        rods.append(Rod(start=bend, end=upper, radius=0.5 * STERNUM_MM))
    return tuple(rods)


def rib_depth(torso: Torso) -> float:
    """Of a rib's middle under the skin, mm."""
    return torso.fat_mm + 0.5 + RIB_MM


def rib_distance(rods: tuple[Rod, ...], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of points [..., 3] to the nearest rod's surface, mm, negative inside: [...]."""
    start = np.stack([rod.start for rod in rods])
    way = np.stack([rod.end for rod in rods]) - start
    radius = np.array([rod.radius for rod in rods])
    away = np.asarray(points, np.float64)[..., None, :] - start
    t = np.clip((away * way).sum(-1) / (way * way).sum(-1), 0, 1)
    return np.asarray((np.linalg.norm(away - t[..., None] * way, axis=-1) - radius).min(-1))


def _chain(torso: Torso, angles: NDArray[np.float64], heights: NDArray[np.float64],
           depth: float) -> list[Rod]:  # fmt: skip
    places = [
        _under(torso, torso.around(a, h), depth) for a, h in zip(angles, heights, strict=True)
    ]
    return [Rod(start=a, end=b, radius=RIB_MM) for a, b in pairwise(places)]


def _under(torso: Torso, skin: Vector, depth: float) -> Vector:
    return skin + depth * torso.normal(skin)


def _space_at(torso: Torso, inner: Vector, way: Vector, depth: float) -> tuple[float, float]:
    """Left of the midline, and up: where a ray from inside passes between the ribs."""
    skin = torso.project(inner, way)
    steep = max(float(-(way @ torso.normal(skin))), 0.3)
    local = torso.local(skin - depth / steep * way)
    return float(local[0]), float(local[2])


def _angle(torso: Torso, left: float) -> float:
    """Of the front of the chest at `left` of the midline, seen from its axis, degrees."""
    return float(np.rad2deg(np.arctan2(left, _forward(torso, left))))


def _forward(torso: Torso, left: float) -> float:
    """How far in front of the column's axis the skin is at `left` of the midline."""
    a, b = torso.half_widths
    part = min(abs(left) / a, 0.98)
    return float(b * (1 - part**torso.exponent) ** (1 / torso.exponent))
