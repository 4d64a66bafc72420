"""Which view a plane is nearest to, whether it is standard, and what would make it so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.domain import View
from core.phantom.heart.frame import Vector
from core.phantom.heart.heart import Heart
from core.phantom.heart.torso import torso_of
from core.phantom.patient import HeartPatient
from core.phantom.probe.canonical import STANDARD_VIEWS, TIP_PART, canonical_plane, resting_heart
from core.phantom.probe.content import Content, apparent_length, content_of
from core.phantom.probe.plane import NAMES, Offset, Plane, offset_between
from core.phantom.probe.tolerance import TOLERANCES, Tolerance
from core.phantom.scene import Structure

# Farther than so many tolerances from every standard plane a picture is none of the views.
OTHER_FROM = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseTruth:
    """The truth about a plane.

    Attributes:
        view: nearest standard view, or OTHER (or the view that was asked about).
        standard: whether it is within the tolerance and shows what it must, and no more.
        offset: the movement that makes it the standard plane, in the plane's own picture; its signs
            are `Offset`'s. Of the nearest view also where `view` is OTHER.
        angle_deg: between the two planes.
        distance_mm: from the plane to what the standard plane is aimed at.
        farness: of the picture from the standard one, in tolerances.
        foreshortening: apparent over true length of the LV; None where the view is not apical.
        visible: structures that can be seen.
    """

    view: View
    standard: bool
    offset: Offset
    angle_deg: float
    distance_mm: float
    farness: float
    foreshortening: float | None
    visible: frozenset[Structure]


def nearest_view(heart: Heart, plane: Plane) -> tuple[View, float]:
    """The standard view whose picture is most like the plane's, and how far off, in tolerances."""
    far = {view: _farness(heart, plane, view)[0] for view in STANDARD_VIEWS}
    view = min(far, key=far.__getitem__)
    return view, far[view]


def view_of(heart: Heart, plane: Plane) -> View:
    """The view that the plane shows more or less; OTHER where it is like none."""
    view, farness = nearest_view(heart, plane)
    return view if farness < OTHER_FROM else View.OTHER


def assess(heart: Heart, plane: Plane, *, view: View | None = None) -> PoseTruth:
    """The truth about a plane.

    Args:
        heart: at any moment; planes are judged on the heart at rest.
        plane: as the probe is held.
        view: the standard view to judge it by; None for the nearest one.
    """
    rest = resting_heart(heart.patient)
    near, far = (view, 0.0) if view is not None else nearest_view(rest, plane)
    limits = TOLERANCES[near]
    farness, angle, distance = _farness(rest, plane, near)
    offset = offset_between(torso_of(rest.patient), plane, canonical_plane(rest, near))
    content = content_of(rest, plane)
    shortened = None if limits.true_length is None else foreshortening(rest, plane)
    standard = (
        tolerances_off(offset, limits) <= 1.0
        and _shows(content, _best_content(rest.patient, near), limits)
        and (shortened is None or shortened >= (limits.true_length or 0.0))
    )
    named = near if view is not None or far < OTHER_FROM else View.OTHER
    return PoseTruth(
        view=named, standard=standard, offset=offset, angle_deg=angle, distance_mm=distance,
        farness=farness, foreshortening=shortened, visible=content.visible,
    )  # fmt: skip


@lru_cache(maxsize=256)
def _best_content(patient: HeartPatient, view: View) -> Content:
    """Of the standard plane itself."""
    rest = resting_heart(patient)
    return content_of(rest, canonical_plane(rest, view))


def _shows(content: Content, best: Content, limits: Tolerance) -> bool:
    """Whether what is needed is seen and what is forbidden is not.

    A sick heart may leave no plane without a forbidden structure, or hide a needed one: what the
    standard plane itself cannot do is not asked of the hand.
    """
    lost = set(limits.needs) & (best.visible - content.visible)
    return not lost and not any(content.exceeds(best, s) for s in limits.forbids)


def tolerances_off(offset: Offset, limits: Tolerance) -> float:
    """The largest of the six movements, in tolerances."""
    return max(
        abs(getattr(offset, name)) / (limits.degrees if name.endswith("deg") else limits.mm)
        for name in NAMES
    )


def foreshortening(heart: Heart, plane: Plane) -> float:
    """Apparent over true length of the left ventricle; 1 is true, 0 not cut."""
    rest = resting_heart(heart.patient)
    true = float(np.linalg.norm(rest.points["lv_apex"] - rest.rings["mitral"].centre))
    return min(apparent_length(rest, plane) / true, 1.0)


def _farness(heart: Heart, plane: Plane, view: View) -> tuple[float, float, float]:
    """Tolerances, degrees between the planes, and mm from the plane to the view's aim.

    Unlike the hand's offset it does not mind from where on the skin the same cut is seen, up to
    where the window itself is another.
    """
    limits = TOLERANCES[view]
    standard = canonical_plane(heart, view)
    aim = _AIMS[view](heart)
    angle = float(np.rad2deg(np.arccos(np.clip(plane.normal @ standard.normal, -1, 1))))
    distance = abs(float((aim - plane.origin) @ plane.normal))
    here, there = plane.locate(aim), standard.locate(aim)
    # Where in the picture the aim lies: off to a side it is no longer what is looked at.
    bearing = np.rad2deg(np.arctan2(here[0], here[2]) - np.arctan2(there[0], there[2]))
    turned = np.rad2deg(
        np.arccos(np.clip(_flat(plane.right, standard.normal) @ standard.right, -1, 1))
    )
    away = float(np.linalg.norm(plane.origin - standard.origin))
    parts = (
        angle / limits.degrees,
        distance / (2.0 * limits.mm),
        abs(float(bearing)) / (1.5 * limits.degrees),
        float(turned) / (2.0 * limits.degrees),
        away / (3.0 * limits.mm),
    )
    return max(parts), angle, distance


def _flat(v: Vector, normal: Vector) -> Vector:
    flat = v - (v @ normal) * normal
    return flat / max(float(np.linalg.norm(flat)), 1e-9)


def _crux(heart: Heart) -> Vector:
    """Between the two inflow valves."""
    mitral, tricuspid = heart.rings["mitral"].centre, heart.rings["tricuspid"].centre
    return mitral + 0.4 * (tricuspid - mitral)


def _along(heart: Heart, mm: float) -> Vector:
    mitral = heart.rings["mitral"].centre
    way = heart.points["lv_apex"] - mitral
    return np.asarray(mitral + mm * way / np.linalg.norm(way))


def _papillary(heart: Heart) -> Vector:
    middle = 0.5 * (heart.points["papillary_al"] + heart.points["papillary_pm"])
    return _along(heart, float(middle[2] - heart.rings["mitral"].centre[2]))


def _between_valves(heart: Heart) -> Vector:
    return 0.5 * (heart.rings["mitral"].centre + heart.rings["aortic"].centre)


_AIMS: Mapping[View, Callable[[Heart], Vector]] = {
    View.PLAX: _between_valves,
    View.PSAX_AV: lambda heart: heart.rings["aortic"].centre,
    View.PSAX_MV: lambda heart: _along(heart, TIP_PART * heart.patient.mitral_leaflet_anterior),
    View.PSAX_PM: _papillary,
    View.A4C: _crux,
    View.A5C: lambda heart: heart.rings["aortic"].centre,
    View.A2C: lambda heart: heart.rings["mitral"].centre,
    View.A3C: _between_valves,
    View.SC4C: _crux,
    View.SC_IVC: lambda heart: (
        heart.points["ivc_entry"] + 0.3 * (heart.points["ivc_far"] - heart.points["ivc_entry"])
    ),
    View.SSN: lambda heart: heart.points["arch_top"],
}
