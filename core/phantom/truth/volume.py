"""Volumes: the true ones, and what biplane disks would make of the two canonical cuts.

Disks after Lang et al., J Am Soc Echocardiogr 2015;28:1-39: 20 of equal height along the axis from
the middle of the mitral annulus to the farthest point of the cut.
"""

import numpy as np
from numpy.typing import NDArray

from core.domain import View
from core.measurement.volume import DISKS, simpson_biplane
from core.phantom.heart.frame import Vector
from core.phantom.heart.heart import Heart
from core.phantom.probe import Plane
from core.phantom.scene import Structure, distances
from core.phantom.truth import march
from core.phantom.truth.cut import across, hinges, onto

STEP_MM = 0.5


def long_axis(heart: Heart, structure: Structure, plane: Plane) -> tuple[Vector, Vector] | None:
    """Middle of the mitral annulus and the farthest point of a left chamber, within the plane."""
    ends = hinges(heart.rings["mitral"], plane)
    if ends is None:
        return None
    base = 0.5 * (ends[0] + ends[1])
    if structure is Structure.LA:
        # Not into a vein: toward the roof between their mouths.
        roof = onto(plane, heart.points["la_roof"])
        top = march.surface(heart.scene, structure, base, roof - base)
        return None if top is None else (base, top)
    onward = heart.rings["mitral"].axis
    # The apex is the farthest that a fan of rays reaches.
    side = across(plane, onward)
    angles = np.deg2rad(np.linspace(-35, 35, 71))
    reach = np.arange(0.0, 150.0, STEP_MM)
    ways = np.cos(angles)[:, None] * onward + np.sin(angles)[:, None] * side
    points = base + reach[None, :, None] * ways[:, None, :]
    d = distances(heart.scene, points.reshape(-1, 3))[:, structure].reshape(points.shape[:2])
    # The annulus itself may lie a hair outside the chamber: the first millimetres do not end a ray.
    outside = (d >= 0) & (reach > 6)
    last = np.where(outside.any(axis=1), outside.argmax(axis=1), 0)
    best = int(last.argmax())
    if last[best] == 0:
        return None
    return base, points[best, last[best]]


def disks(
    heart: Heart, structure: Structure, plane: Plane
) -> tuple[NDArray[np.float64], float] | None:
    """Diameters of the 20 disks, mm, and the length of their axis; None where there is no cut."""
    axis = long_axis(heart, structure, plane)
    if axis is None:
        return None
    base, tip = axis
    levels = (np.arange(DISKS) + 0.5) / DISKS
    way = across(plane, tip - base)
    t = np.arange(-60.0, 60.0, STEP_MM)
    points = base + levels[:, None, None] * (tip - base) + t[None, :, None] * way
    found = distances(heart.scene, points.reshape(-1, 3))[:, structure].reshape(points.shape[:2])
    share = np.clip(0.5 - found / STEP_MM, 0, 1) * _whole(found < 0, int(np.abs(t).argmin()))
    return np.asarray(share.sum(axis=1) * STEP_MM, np.float64), float(np.linalg.norm(tip - base))


def _whole(inside: NDArray[np.bool_], middle: int) -> NDArray[np.bool_]:
    """Of each row the piece about its middle, its edges included: no vein, no tract beside it."""
    right = np.cumsum(~inside[:, middle:], axis=1) <= 1
    left = np.cumsum(~inside[:, middle::-1], axis=1) <= 1
    return np.concatenate([left[:, :0:-1], right], axis=1)


def biplane_ml(heart: Heart, structure: Structure, planes: dict[View, Plane]) -> float | None:
    """Volume by disks from the A4C and A2C cuts, mL."""
    cuts = [disks(heart, structure, planes[view]) for view in (View.A4C, View.A2C)]
    if cuts[0] is None or cuts[1] is None:
        return None
    (first, height), (second, other) = cuts[0], cuts[1]
    return simpson_biplane(first, second, (height, other)) / 1000
