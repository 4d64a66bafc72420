"""Named points of the heart in the picture, per view or for any plane: NaN where out of it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain import View
from core.phantom.heart.frame import Ring, Vector, u
from core.phantom.heart.heart import Heart
from core.phantom.heart.rings import OUTFLOW_DEG
from core.phantom.probe import Plane, canonical_plane
from core.phantom.truth.cut import hinges, off
from core.phantom.truth.linear import CALIPERS, IN_PLANE_MM

Points = NDArray[np.float64]

#: The diameters of the mitral annulus by the walls they join, and their direction about z.
_MITRAL = (
    ("lateral", "septal", 20.0),
    ("anterior", "inferior", 90.0),
    ("aortic", "posterior", OUTFLOW_DEG),
)
#: Rings whose two points in the plane are told apart by the ring beside them.
_BESIDE = {
    "tricuspid": ("mitral", "septal", "lateral"),
    "aortic": ("mitral", "posterior", "anterior"),
    "sinus": ("mitral", "posterior", "anterior"),
    "stj": ("mitral", "posterior", "anterior"),
    "pulmonary": ("aortic", "medial", "lateral"),
}
#: Points that a picture shows where its plane passes them.
_POINTS = (
    "lv_apex", "lv_apex_epi", "rv_apex", "la_roof", "ra_roof", "papillary_al", "papillary_pm",
    "pa_bifurcation", "arch_top", "hepatic_mouth", "ivc_entry", "coronary_sinus",
)  # fmt: skip


#: Every name that a picture of any view may have, always in this order.
NAMES: tuple[str, ...] = (
    *(f"mitral_{end}" for pair in _MITRAL for end in pair[:2]),
    *(f"{ring}_{end}" for ring, (_, *ends) in _BESIDE.items() for end in ends),
    *_POINTS,
    *(f"{caliper}_{number}" for caliper in CALIPERS for number in (1, 2)),
)


def landmarks(heart: Heart, plane: Plane) -> dict[str, Vector]:
    """Hinge points of the valves, tips and mouths, mm in the heart's frame.

    Always the same names in the same order; NaN [3] where the plane misses the point by more than
    `IN_PLANE_MM` (hinge points lie in the plane itself).
    """
    missing = np.full(3, np.nan)
    found: dict[str, Vector] = {}
    for first, second, _ in _MITRAL:
        found[f"mitral_{first}"] = found[f"mitral_{second}"] = missing
    found |= _mitral(heart.rings["mitral"], plane)
    for name, (beside, near, far) in _BESIDE.items():
        ends = hinges(heart.rings[name], plane)
        if ends is None:
            found[f"{name}_{near}"] = found[f"{name}_{far}"] = missing
            continue
        centre = heart.rings[beside].centre
        inner, outer = sorted(ends, key=lambda end: float(np.linalg.norm(end - centre)))
        found[f"{name}_{near}"], found[f"{name}_{far}"] = inner, outer
    for name in _POINTS:
        point = heart.points[name]
        found[name] = point if abs(off(plane, point)) <= IN_PLANE_MM else missing
    return found


def caliper_ends(heart: Heart, plane: Plane, view: View) -> dict[str, Vector]:
    """End points `<caliper>_1` and `<caliper>_2` of the calipers of a view at this moment.

    They are drawn in the patient's standard plane; NaN where a picture misses them.
    """
    found: dict[str, Vector] = {}
    for name, caliper in CALIPERS.items():
        if caliper.view is not view:
            continue
        ends = caliper.draw(heart, canonical_plane(heart, view))
        for number in (1, 2):
            end = np.full(3, np.nan) if ends is None else ends[number - 1]
            missed = abs(off(plane, end)) > IN_PLANE_MM
            found[f"{name}_{number}"] = np.full(3, np.nan) if missed else end
    return found


def drawn_ends(heart: Heart, plane: Plane, view: View) -> dict[str, Vector]:
    """The same calipers as one would draw them in this very plane, standard or not: a picture that
    has strayed a little is measured all the same, by what it shows."""
    found: dict[str, Vector] = {}
    for name, caliper in CALIPERS.items():
        if caliper.view is not view:
            continue
        ends = caliper.draw(heart, plane)
        for number in (1, 2):
            found[f"{name}_{number}"] = np.full(3, np.nan) if ends is None else ends[number - 1]
    return found


def tracked(hearts: Sequence[Heart], plane: Plane, view: View) -> dict[str, Points]:
    """Landmarks and the view's calipers at each moment: float64 [T, 3], mm, by name.

    What no moment shows is left out.
    """
    each = [landmarks(heart, plane) | caliper_ends(heart, plane, view) for heart in hearts]
    paths = {name: np.stack([at[name] for at in each]) for name in each[0]} if each else {}
    return {name: path for name, path in paths.items() if np.isfinite(path).any()}


def _mitral(ring: Ring, plane: Plane) -> dict[str, Vector]:
    ends = hinges(ring, plane)
    if ends is None:
        return {}
    way = ends[0] - ends[1]
    first, second, degrees = max(_MITRAL, key=lambda each: abs(float(u(each[2]) @ way)))
    if u(degrees) @ way < 0:
        ends = ends[1], ends[0]
    return {f"mitral_{first}": ends[0], f"mitral_{second}": ends[1]}
