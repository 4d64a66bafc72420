"""The windows of the chest wall: where on the skin a plane can look between the ribs."""

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.domain import View
from core.phantom.heart.frame import Vector, unit
from core.phantom.heart.ribs import Rod, rib_distance
from core.phantom.heart.torso import Torso

# Clearance between the middle beams and the nearest rib that needs no further search, mm: half of
# a phased probe's face along a space.
CLEAR_MM = 7.0
_MIDDLE = np.deg2rad([-10.0, 0.0, 10.0])  # the middle beams, which no rib may stop
_UNDER_SKIN_MM = np.arange(2.0, 44.0, 2.0)


class Window(StrEnum):
    """Where the probe stands."""

    PARASTERNAL = "parasternal"
    APICAL = "apical"
    SUBCOSTAL = "subcostal"
    SUPRASTERNAL = "suprasternal"


_WINDOWS = {
    View.PLAX: Window.PARASTERNAL,
    View.PSAX_AV: Window.PARASTERNAL,
    View.PSAX_MV: Window.PARASTERNAL,
    View.PSAX_PM: Window.PARASTERNAL,
    View.A4C: Window.APICAL,
    View.A5C: Window.APICAL,
    View.A2C: Window.APICAL,
    View.A3C: Window.APICAL,
    View.SC4C: Window.SUBCOSTAL,
    View.SC_IVC: Window.SUBCOSTAL,
    View.SSN: Window.SUPRASTERNAL,
}

# Part of the skin, in chest coordinates (mm left of the midline; mm above the mitral valve), where
# the probe of a window stands.
_ZONES = {
    Window.PARASTERNAL: ((24.0, 75.0), (-30.0, 62.0)),
    Window.APICAL: ((40.0, 160.0), (-110.0, -20.0)),
    Window.SUBCOSTAL: ((-45.0, 30.0), (-130.0, -66.0)),
    Window.SUPRASTERNAL: ((-22.0, 22.0), (88.0, 106.0)),
}


def window_of(view: View) -> Window:
    """The window of a standard view; `View.OTHER` has none and raises KeyError."""
    return _WINDOWS[view]


def skin_place(torso: Torso, rods: tuple[Rod, ...], window: Window, *, target: ArrayLike,
               normal: ArrayLike, ideal: ArrayLike, reach_deg: float = 70.0) -> Vector:  # fmt: skip
    """The place on the skin from which a plane is best seen.

    Args:
        target: a point of the plane that the middle beam runs to.
        normal: of the plane.
        ideal: direction from the target in which the probe would stand if it could choose.
        reach_deg: how far from the ideal it may go.

    Returns:
        A skin point in the plane: within the window's part of the skin and clear of ribs, and as
        near as that allows to the ideal direction.
    """
    n = unit(normal)
    wanted = np.asarray(ideal, np.float64)
    first = unit(wanted - (wanted @ n) * n)
    second = np.cross(n, first)
    angles = np.deg2rad(np.arange(-reach_deg, reach_deg + 0.01, 0.5))
    ways = np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * second
    skin = torso.project(np.asarray(target, np.float64), ways)
    local = torso.local(skin)
    (left, right), (low, high) = _ZONES[window]
    outside = _beyond(local[:, 0], left, right) + _beyond(local[:, 2], low, high)
    blocked = _blocked(rods, skin, [
        np.cos(angles + beam)[:, None] * first + np.sin(angles + beam)[:, None] * second
        for beam in _MIDDLE
    ])  # fmt: skip
    cost = np.rad2deg(np.abs(angles)) + 8.0 * outside + 6.0 * blocked
    return np.asarray(skin[int(np.argmin(cost))])


def costal_place(torso: Torso, rods: tuple[Rod, ...], *, target: ArrayLike, hinge: ArrayLike,
                 normal: ArrayLike) -> Vector:  # fmt: skip
    """The place under the breastbone from which a plane about a hinge is best seen.

    Args:
        target: a point of the hinge that the middle beam runs to.
        hinge: direction of a line that the plane must hold.
        normal: of the plane that would be held if the ribs left the choice.

    Returns:
        A skin point: clear of ribs, and the plane through it and the hinge turned as little as that
        allows from the one wanted.
    """
    (left, right), (low, high) = _ZONES[Window.SUBCOSTAL]
    x, z = np.meshgrid(np.arange(left, right, 5.0), np.arange(low, high, 3.0), indexing="ij")
    skin = torso.front(x.ravel(), z.ravel())
    ways = skin - np.asarray(target, np.float64)
    ways = ways / np.linalg.norm(ways, axis=-1, keepdims=True)
    normals = np.cross(np.broadcast_to(np.asarray(hinge, np.float64), ways.shape), ways)
    normals = normals / np.linalg.norm(normals, axis=-1, keepdims=True)
    turned = np.rad2deg(np.arccos(np.clip(np.abs(normals @ unit(normal)), 0, 1)))
    aside = np.cross(normals, ways)
    blocked = _blocked(rods, skin, [np.cos(beam) * ways + np.sin(beam) * aside for beam in _MIDDLE])
    cost = turned + 0.15 * np.abs(x.ravel()) + 3.0 * blocked
    return np.asarray(skin[int(np.argmin(cost))])


def clearance(rods: tuple[Rod, ...], origin: ArrayLike, down: ArrayLike) -> float:
    """How far the middle beam passes from the nearest rib in its first 44 mm, mm."""
    path = np.asarray(origin) + _UNDER_SKIN_MM[:, None] * unit(down)
    return float(rib_distance(rods, path).min())


def _beyond(x: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    return np.maximum(np.maximum(low - x, x - high), 0.0)


def _blocked(rods: tuple[Rod, ...], skin: NDArray[np.float64],
             outward: list[NDArray[np.float64]]) -> NDArray[np.float64]:  # fmt: skip
    """Mm that ribs lack of being clear of the middle beams, summed: skin [N, 3], N directions."""
    lacking = np.zeros(len(skin))
    for ways in outward:
        path = skin[:, None, :] - _UNDER_SKIN_MM[None, :, None] * ways[:, None, :]
        lacking += np.maximum(CLEAR_MM - rib_distance(rods, path).min(axis=1), 0.0)
    return lacking
