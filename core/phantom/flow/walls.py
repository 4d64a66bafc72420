"""Where the walls lie along the line of an M-mode: the truth of its trace."""

import numpy as np
from numpy.typing import NDArray

from core.phantom.flow.gate import Gate, septal_way
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.readings import Reading, plain
from core.phantom.flow.site import Site
from core.phantom.scene import Structure, distances

Curve = NDArray[np.float64]

_STEP_MM = 0.1
_LEAST_ROOT_MM = 15.0  # a shorter run only grazes the root
# Cavity or lumen by site, with the names of its near and far side.
_CAVITIES: dict[Site, tuple[tuple[Structure, str, str], ...]] = {
    Site.LV: (
        (Structure.LV, "septum_left", "posterior_endocardium"),
        (Structure.LV_EPI, "septum_right", "posterior_epicardium"),
        (Structure.RV, "rv_near", "rv_far"),
    ),
    Site.MITRAL_LEAFLETS: (
        (Structure.LV_EPI, "septum_right", "posterior_epicardium"),
        (Structure.RV, "rv_near", "rv_far"),
    ),
    Site.AORTIC_ROOT: (
        (Structure.AORTA, "root_near", "root_far"),
        (Structure.LA, "la_near", "la_far"),
    ),
    Site.IVC: ((Structure.IVC, "ivc_near", "ivc_far"),),
}


def walls(pulse: Pulse, gate: Gate, site: Site, times: Curve, *,
          depth_mm: float) -> dict[str, Curve]:  # fmt: skip
    """Depths (mm) of the walls along a line.

    Args:
        pulse: the heart over time.
        gate: the line.
        site: what is looked at.
        times: float64 [N], s.
        depth_mm: of the picture.

    Returns:
        float64 [N] by name; NaN where the line misses the structure. For the RV annulus the depth
        of the annulus itself, under "annulus".
    """
    known: dict[tuple[int, int], dict[str, float]] = {}
    depth = np.arange(4.0, depth_mm, _STEP_MM)
    points = np.asarray(gate.start + depth[:, None] * gate.beam, np.float32)
    rows = []
    for time_s in times:
        heart, _, key = pulse.moment(float(time_s))
        if key not in known:
            if site is Site.RV_ANNULUS:
                ring = heart.rings["tricuspid"]
                place = ring.centre + ring.radius * septal_way(heart)
                known[key] = {"annulus": float((place - gate.start) @ gate.beam)}
            else:
                solid = distances(heart.scene, points)
                known[key] = _crossings(solid, depth, site)
        rows.append(known[key])
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _crossings(solid: NDArray[np.float32], depth: Curve, site: Site) -> dict[str, float]:
    """First and last depth inside the longest run through each cavity."""
    found: dict[str, float] = {}
    for structure, near, far in _CAVITIES.get(site, ()):
        value = solid[:, structure].astype(np.float64)
        inside = np.concatenate([[False], value < 0, [False]])
        starts = np.flatnonzero(inside[1:] & ~inside[:-1])
        ends = np.flatnonzero(~inside[1:] & inside[:-1]) - 1
        found[near] = found[far] = float("nan")
        if len(starts):
            longest = int((ends - starts).argmax())
            found[near] = _zero(value, depth, int(starts[longest]), -1)
            found[far] = _zero(value, depth, int(ends[longest]), 1)
    return found


def _zero(value: Curve, depth: Curve, index: int, step: int) -> float:
    """Depth where the distance passes 0 between a sample inside and its neighbour outside."""
    other = index + step
    if not 0 <= other < len(value):
        return float(depth[index])
    part = value[index] / (value[index] - value[other])
    return float(depth[index] + np.clip(part, 0, 1) * (depth[other] - depth[index]))


def wall_readings(site: Site, depths: dict[str, Curve], times: Curve,
                  pulse: Pulse) -> dict[str, Reading]:  # fmt: skip
    """Diameters and excursions by id, mm, as read on the trace."""
    found: dict[str, float] = {}
    ed = np.array([pulse.place(float(t))[1] for t in times])
    at_ed = np.minimum(ed, 1 - ed) < 0.02
    if site is Site.LV:
        cavity = depths["posterior_endocardium"] - depths["septum_left"]
        found["lvedd"] = float(np.nanmean(cavity[at_ed]))
        found["lvesd"] = float(np.nanmin(cavity))
        found["ivsd"] = float(np.nanmean((depths["septum_left"] - depths["septum_right"])[at_ed]))
        back = depths["posterior_epicardium"] - depths["posterior_endocardium"]
        found["lvpwd"] = float(np.nanmean(back[at_ed]))
        found["ivs_amplitude"] = float(np.ptp(depths["septum_left"]))
        found["rv_ap"] = float(np.nanmean((depths["rv_far"] - depths["rv_near"])[at_ed]))
    elif site is Site.RV_ANNULUS:
        found["tapse"] = float(np.ptp(depths["annulus"]))
    elif site is Site.AORTIC_ROOT:
        root = (depths["root_far"] - depths["root_near"])[at_ed]
        found["ao_root"] = float(np.nanmean(np.where(root > _LEAST_ROOT_MM, root, np.nan)))
        found["la_ap"] = float(np.nanmax(depths["la_far"] - depths["la_near"]))
    elif site is Site.IVC:
        lumen = depths["ivc_far"] - depths["ivc_near"]
        found["ivc"] = float(np.nanmax(lumen))
        found["ivc_minimum"] = float(np.nanmin(lumen))
    return {name: plain(value) for name, value in found.items() if np.isfinite(value)}
