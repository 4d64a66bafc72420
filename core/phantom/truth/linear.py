"""Calipers: the line that a sonographer draws in a standard view, at any moment of the cycle.

Definitions: Lang et al., chamber quantification, J Am Soc Echocardiogr 2015;28:1-39; Rudski et al.,
right heart, 2010;23:685-713; Mitchell et al., transthoracic protocol, 2019;32:1-64. Lines run from
inner edge to inner edge unless said.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.domain import View
from core.phantom.heart.frame import Vector, unit
from core.phantom.heart.heart import Heart
from core.phantom.probe import Plane
from core.phantom.scene import Structure
from core.phantom.truth import march
from core.phantom.truth.cut import across, hinges, off, onto, turned, within
from core.phantom.truth.value import Ends

#: How far below the annulus the open anterior leaflet's tip hangs, as a part of its length.
TIPS_PART = 0.9
#: Where the sonographer measures the vein: this far below its mouth, mm (guideline: 5 to 30).
IVC_BELOW_MM = 12.0
#: A landmark farther from the plane than this is not in the picture, mm.
IN_PLANE_MM = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caliper:
    """A line of one view.

    Attributes:
        view: the standard view.
        draw: the two end points of a heart in that view's plane, or None where it cannot be drawn.
    """

    view: View
    draw: Callable[[Heart, Plane], Ends | None]


def _ventricle_line(heart: Heart, plane: Plane) -> tuple[Vector, Vector] | None:
    """Centre and direction (to the septum) of the line at the level of the mitral tips."""
    base = onto(plane, heart.rings["mitral"].centre)
    apex = onto(plane, heart.points["lv_apex"])
    part = TIPS_PART * heart.patient.mitral_leaflet_anterior / heart.patient.lv_length
    level = base + part * (apex - base)
    septum = turned(across(plane, apex - base), -plane.down)
    ends = march.span(heart.scene, Structure.LV, level, septum)
    return None if ends is None else (0.5 * (ends[0] + ends[1]), septum)


def lv_diameter(heart: Heart, plane: Plane) -> Ends | None:
    """Septal to posterior endocardium, perpendicular to the long axis, at the mitral tips."""
    line = _ventricle_line(heart, plane)
    if line is None:
        return None
    ends = march.span(heart.scene, Structure.LV, *line)
    return None if ends is None else (ends[1], ends[0])


def septum(heart: Heart, plane: Plane) -> Ends | None:
    """Right to left septal surface on the ventricle's line; trabeculae of the RV left out."""
    return _wall(heart, plane, side=1)


def posterior_wall(heart: Heart, plane: Plane) -> Ends | None:
    """Endocardium to epicardium on the ventricle's line."""
    ends = _wall(heart, plane, side=-1)
    return None if ends is None else (ends[1], ends[0])


def _wall(heart: Heart, plane: Plane, *, side: int) -> Ends | None:
    line = _ventricle_line(heart, plane)
    if line is None:
        return None
    middle, way = line
    inner = march.surface(heart.scene, Structure.LV, middle, side * way)
    outer = march.surface(heart.scene, Structure.LV_EPI, middle, side * way)
    return None if inner is None or outer is None else (outer, inner)


def rv_anteroposterior(heart: Heart, plane: Plane) -> Ends | None:
    """Anterior wall to septum of the RV on the ventricle's line, or the next line toward the
    outflow tract that meets the RV."""
    line = _ventricle_line(heart, plane)
    if line is None:
        return None
    middle, way = line
    toward_base = within(plane, heart.rings["mitral"].centre - heart.points["lv_apex"])
    for shift in (0.0, 5.0, 10.0, 15.0, 20.0, 25.0):
        ends = march.longest_span(
            heart.scene, Structure.RV, middle + shift * toward_base + 45 * way, way, reach=60
        )
        if ends is not None and march.length(ends) > 3:
            return ends[1], ends[0]
    return None


def _ring_line(name: str, structure: Structure) -> Callable[[Heart, Plane], Ends | None]:
    def draw(heart: Heart, plane: Plane) -> Ends | None:
        ring = heart.rings[name]
        if abs(off(plane, ring.centre)) > ring.radius:
            return None
        way = turned(across(plane, ring.axis), -plane.down)
        ends = march.span(
            heart.scene, structure, onto(plane, ring.centre), way, reach=3 * ring.radius
        )
        return None if ends is None else (ends[1], ends[0])

    return draw


def la_anteroposterior(heart: Heart, plane: Plane) -> Ends | None:
    """Back wall of the aortic root to the posterior LA wall, square to the atrium's long axis."""
    root = hinges(heart.rings["aortic"], plane)
    sinus = hinges(heart.rings["sinus"], plane)
    if root is None or sinus is None:
        return None
    mitral = heart.rings["mitral"].centre

    def away(end: Vector) -> float:
        return float(np.linalg.norm(end - mitral))

    behind = min(root, key=away), min(sinus, key=away)
    axis = heart.points["la_roof"] - mitral
    way = turned(across(plane, axis), plane.down)
    start = 0.5 * (behind[0] + behind[1])
    return march.longest_span(heart.scene, Structure.LA, start + 20 * way, way, reach=40)


def rv_basal(heart: Heart, plane: Plane) -> Ends | None:
    """The widest line across the basal third of the RV inflow, along the annulus."""
    annulus = hinges(heart.rings["tricuspid"], plane)
    if annulus is None:
        return None
    mouth, tip = 0.5 * (annulus[0] + annulus[1]), onto(plane, heart.points["rv_apex"])
    way = turned(within(plane, annulus[1] - annulus[0]), plane.right)
    lines = [
        march.longest_span(heart.scene, Structure.RV, mouth + part * (tip - mouth), way, reach=60)
        for part in np.linspace(0.04, 0.34, 11)
    ]
    found = [line for line in lines if line is not None]
    return max(found, key=march.length) if found else None


def ra_major(heart: Heart, plane: Plane) -> Ends | None:
    """Middle of the tricuspid annulus to the RA roof, along the atrium's long axis."""
    ends = hinges(heart.rings["tricuspid"], plane)
    if ends is None:
        return None
    mouth = 0.5 * (ends[0] + ends[1])
    roof = onto(plane, heart.points["ra_roof"])
    top = march.surface(heart.scene, Structure.RA, mouth, roof - mouth)
    return None if top is None else (mouth, top)


def ra_minor(heart: Heart, plane: Plane) -> Ends | None:
    """Free wall to septum through the middle of the long axis, square to it."""
    axis = ra_major(heart, plane)
    if axis is None:
        return None
    way = turned(across(plane, axis[1] - axis[0]), plane.right)
    return march.span(heart.scene, Structure.RA, 0.5 * (axis[0] + axis[1]), way, reach=60)


def vena_cava(heart: Heart, plane: Plane) -> Ends | None:
    """IVC 12 mm below its mouth, square to its long axis."""
    mouth, far = heart.points["ivc_entry"], heart.points["ivc_far"]
    place = mouth + IVC_BELOW_MM * unit(far - mouth)
    way = turned(across(plane, far - mouth), -plane.down)
    ends = march.span(heart.scene, Structure.IVC, onto(plane, place), way, reach=30)
    return None if ends is None else (ends[1], ends[0])


def effusion(heart: Heart, plane: Plane) -> Ends | None:
    """Fluid behind the posterior wall on the ventricle's line: epicardium to pericardium."""
    line = _ventricle_line(heart, plane) if heart.patient.effusion_mm > 0 else None
    if line is None:
        return None
    middle, way = line
    wall = march.surface(heart.scene, Structure.HEART, middle, -way)
    sac = march.surface(heart.scene, Structure.SAC, middle, -way)
    return None if wall is None or sac is None else (wall, sac)


CALIPERS = {
    "lvid": Caliper(view=View.PLAX, draw=lv_diameter),
    "ivs": Caliper(view=View.PLAX, draw=septum),
    "lvpw": Caliper(view=View.PLAX, draw=posterior_wall),
    "rv_ap": Caliper(view=View.PLAX, draw=rv_anteroposterior),
    "ao_root": Caliper(view=View.PLAX, draw=_ring_line("sinus", Structure.AORTA)),
    "asc_aorta": Caliper(view=View.PLAX, draw=_ring_line("ascending", Structure.AORTA)),
    "lvot": Caliper(view=View.PLAX, draw=_ring_line("lvot", Structure.LV)),
    "la_ap": Caliper(view=View.PLAX, draw=la_anteroposterior),
    "effusion": Caliper(view=View.PLAX, draw=effusion),
    "main_pa": Caliper(view=View.PSAX_AV, draw=_ring_line("main_pa", Structure.PULMONARY)),
    "rv_basal": Caliper(view=View.A4C, draw=rv_basal),
    "ra_major": Caliper(view=View.A4C, draw=ra_major),
    "ra_minor": Caliper(view=View.A4C, draw=ra_minor),
    "ivc": Caliper(view=View.SC_IVC, draw=vena_cava),
}
