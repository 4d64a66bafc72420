"""Leaflets: thin sheets between hinge, belly and tip, that swing with the cycle."""

import numpy as np

from core.phantom.space import Array, Points, Vector

FAR = np.float32(99.0)


def _segment(w: Array, z: Array, start: tuple[Array, Array], end: tuple[Array, Array]) -> Array:
    """Distance in the (w, z) plane to a segment whose ends vary with the sample."""
    ax, az = end[0] - start[0], end[1] - start[1]
    ox, oz = w - start[0], z - start[1]
    t = (ox * ax + oz * az) / (ax * ax + az * az + np.float32(1e-6))
    np.clip(t, 0, 1, out=t)
    ox = ox - t * ax
    oz = oz - t * az
    found: Array = np.sqrt(ox * ox + oz * oz)
    return found


def inflow_valve(
    p: Points,
    *,
    centre: Vector,
    forward: Vector,
    across: Vector,
    radius: float,
    long_leaf: float,
    short_leaf: float,
    opening: float,
) -> Array:
    """Unsigned distance to the two leaflets of a mitral (or, simplified, tricuspid) valve.

    Args:
        p: sample points.
        centre: of the orifice; `forward`: unit vector into the ventricle; `across`: unit vector in
            the orifice plane towards the hinge of the longer leaflet.
        radius: of the orifice, mm.
        long_leaf, short_leaf: leaflet lengths as parts of the orifice's diameter.
        opening: 0 closed .. 1 wide open.
    """
    side = np.cross(forward, across)
    f = np.float32
    x, y, z = p.x - f(centre[0]), p.y - f(centre[1]), p.z - f(centre[2])
    depth = x * f(forward[0]) + y * f(forward[1]) + z * f(forward[2])
    w = x * f(across[0]) + y * f(across[1]) + z * f(across[2])
    s = x * f(side[0]) + y * f(side[1]) + z * f(side[2])
    close = (depth > -6) & (depth < 2.4 * radius) & (np.abs(s) < 1.02 * radius)
    close &= np.abs(w) < 1.3 * radius
    found = np.full(p.x.shape, FAR, np.float32)
    if not close.any():
        return found
    depth, w, s = depth[close], w[close], s[close]
    half = np.sqrt(np.clip(1 - (s / f(radius)) ** 2, 0.02, 1))  # 1 in the middle, 0 at the ends
    hinge = f(radius) * half
    meet = -0.3 * hinge  # coaptation lies towards the short leaflet's hinge
    swing = f(opening)
    drop = f(2 * radius) * half
    shut_depth = f(0.28 * radius) * (0.5 + 0.5 * half)
    # the long leaflet
    tip_w = meet * (1 - swing) + f(0.75) * hinge * swing
    tip_z = shut_depth * (1 - swing) + f(long_leaf) * drop * swing
    mid_w = f(0.35) * hinge * (1 - swing) + f(0.62) * hinge * swing
    mid_z = f(0.7) * shut_depth * (1 - swing) + f(0.45 * long_leaf) * drop * swing
    zero = np.zeros_like(hinge)
    a = np.minimum(
        _segment(w, depth, (hinge, zero), (mid_w, mid_z)),
        _segment(w, depth, (mid_w, mid_z), (tip_w, tip_z)),
    )
    # the short leaflet
    tip_w = meet * (1 - swing) - f(0.82) * hinge * swing
    tip_z = (shut_depth + 2) * (1 - swing) + f(short_leaf) * drop * swing
    mid_w = f(-0.7) * hinge * (1 - swing) - f(0.95) * hinge * swing
    mid_z = f(0.8) * shut_depth * (1 - swing) + f(0.5 * short_leaf) * drop * swing
    b = np.minimum(
        _segment(w, depth, (-hinge, zero), (mid_w, mid_z)),
        _segment(w, depth, (mid_w, mid_z), (tip_w, tip_z)),
    )
    found[close] = np.minimum(a, b)
    return found


def outflow_valve(
    p: Points, *, centre: Vector, forward: Vector, mark: Vector, radius: float, opening: float
) -> Array:
    """Unsigned distance to three cusps of a semilunar valve.

    Args:
        p: sample points.
        centre: of the ring; `forward`: unit vector with the flow; `mark`: any vector that points to
            the first commissure.
        radius: of the ring, mm.
        opening: 0 closed (three lines that meet) .. 1 open (a rounded triangle by the wall).
    """
    f = np.float32
    x, y, z = p.x - f(centre[0]), p.y - f(centre[1]), p.z - f(centre[2])
    along = x * f(forward[0]) + y * f(forward[1]) + z * f(forward[2])
    first = mark - (mark @ forward) * forward
    first = first / np.linalg.norm(first)
    second = np.cross(forward, first)
    a = x * f(first[0]) + y * f(first[1]) + z * f(first[2])
    b = x * f(second[0]) + y * f(second[1]) + z * f(second[2])
    close = (along > -4) & (along < 1.6 * radius) & (a * a + b * b < (1.3 * radius) ** 2)
    found = np.full(p.x.shape, FAR, np.float32)
    if not close.any():
        return found
    along, a, b = along[close], a[close], b[close]
    r = np.sqrt(a * a + b * b)
    angle = np.arctan2(b, a)
    sector = np.mod(angle, f(2 * np.pi / 3)) - f(np.pi / 3)  # 0 in the middle of a cusp
    top = f(0.85 * radius)
    # free edge: straight lines between the commissures when open, the lines themselves when shut
    edge_open = f(0.72 * radius) * (1 + 0.12 * np.cos(3 * sector))
    beyond = np.maximum(np.maximum(along - top, -along), 0)
    sheet_open = np.hypot(np.abs(r - edge_open), beyond)
    to_line = r * np.sin(f(np.pi / 3) - np.abs(sector))
    low = f(0.3 * radius)
    beyond = np.maximum(np.maximum(along - top, low - along), 0)
    edge_shut = np.hypot(np.abs(to_line), beyond)
    # bellies hang from the wall to the meeting lines
    belly = low - f(0.22 * radius) * np.sin(np.pi * np.clip(r / f(radius), 0, 1)) * np.cos(
        1.5 * sector
    )
    sheet_shut = np.abs(along - belly) + np.maximum(r - f(radius), 0)
    shut = np.minimum(edge_shut, sheet_shut + f(0.4))
    found[close] = sheet_open * f(opening) + shut * f(1 - opening) if 0 < opening < 1 else (
        shut if opening <= 0 else sheet_open
    )
    return found
