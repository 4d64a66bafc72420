"""The cut of the heart by an image plane: the directions a sonographer lays calipers along."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.phantom.heart.frame import Ring, Vector, unit
from core.phantom.probe import Plane
from core.phantom.scene import Scene, Structure, distances


def onto(plane: Plane, point: Vector) -> Vector:
    """The plane's point nearest to `point`."""
    return point - ((point - plane.origin) @ plane.normal) * plane.normal


def off(plane: Plane, point: Vector) -> float:
    """Signed distance of a point from the plane, mm."""
    return float((point - plane.origin) @ plane.normal)


def within(plane: Plane, direction: Vector) -> Vector:
    """The direction as it is seen in the plane, at length one."""
    return unit(direction - (direction @ plane.normal) * plane.normal)


def across(plane: Plane, direction: Vector) -> Vector:
    """The plane's direction square to `direction`, toward the probe's left or up: see `turned`."""
    return unit(np.cross(plane.normal, within(plane, direction)))


def turned(direction: Vector, toward: Vector) -> Vector:
    """The direction or its opposite, whichever goes with `toward`."""
    return direction if direction @ toward >= 0 else -direction


def hinges(ring: Ring, plane: Plane) -> tuple[Vector, Vector] | None:
    """The two points in which the plane cuts the ring; None if it misses it."""
    normal = plane.normal
    inward = normal - (normal @ ring.axis) * ring.axis  # the plane's normal within the ring's disc
    steep = float(np.linalg.norm(inward))
    if steep < 1e-6:
        return None
    x = inward / steep
    shift = -off(plane, ring.centre) / steep
    if abs(shift) >= ring.radius:
        return None
    half = float(np.sqrt(ring.radius**2 - shift**2))
    y = np.cross(ring.axis, x)
    middle = ring.centre + shift * x
    return middle - half * y, middle + half * y


def lattice(
    plane: Plane, middle: Vector, *, half: float, step: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points [N, N, 3] of a square lattice of the plane about `middle`, and its coordinates [N]."""
    places = np.arange(-half, half + step / 2, step)
    points = (
        onto(plane, middle)
        + places[:, None, None] * plane.down
        + places[None, :, None] * plane.right
    )
    return points, places


def planimetry(
    scene: Scene, structure: Structure, plane: Plane, inside: Vector, *,
    without: Sequence[Structure] = (), half: float = 60.0, step: float = 0.5,
) -> float:  # fmt: skip
    """Area of the structure's cut, cm2: cells count by the share that the outline leaves them.

    Args:
        scene: the heart.
        structure: what is outlined.
        plane: of the picture.
        inside: a point about which the square is laid.
        without: structures that the outline leaves out although they run into this one.
        half: half side of the square, mm.
        step: side of a cell, mm.
    """
    points, _ = lattice(plane, inside, half=half, step=step)
    found = distances(scene, points.reshape(-1, 3)).astype(np.float64)
    d = found[:, structure]
    for other in without:
        d = np.maximum(d, -found[:, other])
    return float(np.clip(0.5 - d / step, 0, 1).sum() * step**2 / 100)
