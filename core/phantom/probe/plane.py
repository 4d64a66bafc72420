"""The image plane of a probe, and the six movements of the hand that holds it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.phantom.heart.frame import Vector, unit
from core.phantom.heart.torso import Torso

NAMES = ("rotate_deg", "tilt_deg", "rock_deg", "slide_x_mm", "slide_y_mm", "press_mm")


@dataclass(frozen=True, kw_only=True, eq=False)  # without slots: its axes are asked for often
class Plane:
    """An image plane in the heart's frame, mm.

    Attributes:
        origin: centre of the probe's face.
        down: unit vector along the middle beam.
        right: unit vector to the right of the picture.
    """

    origin: Vector
    down: Vector
    right: Vector

    @cached_property
    def normal(self) -> Vector:
        """Unit vector out of the picture toward who looks at it."""
        return np.cross(self.down, self.right)

    @cached_property
    def axes(self) -> NDArray[np.float64]:
        """Columns right, normal, down: a right-handed turn."""
        return np.stack([self.right, self.normal, self.down], axis=1)

    def locate(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Picture coordinates [..., 3] of points: to the right, out of the picture, deep; mm."""
        return (np.asarray(points, np.float64) - self.origin) @ self.axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """A movement of the probe, told by the hand that holds it.

    All in the picture of the plane that the movement starts from, in this order: slide over the
    skin and press, rotate, tilt, rock.

    Attributes:
        rotate_deg: about the probe's own axis; positive turns the picture's right side toward the
            viewer (clockwise seen from the cable end).
        tilt_deg: fans the plane about its lateral axis; positive swings the deep end of the
            picture away from the viewer.
        rock_deg: within the plane; positive swings the beam to the picture's right.
        slide_x_mm: along the skin to the picture's right.
        slide_y_mm: along the skin toward the viewer.
        press_mm: into the skin; a probe that is let go of stays on it.
    """

    rotate_deg: float = 0.0
    tilt_deg: float = 0.0
    rock_deg: float = 0.0
    slide_x_mm: float = 0.0
    slide_y_mm: float = 0.0
    press_mm: float = 0.0


def moved(torso: Torso, plane: Plane, offset: Offset) -> Plane:
    """The plane after the movement; sliding keeps on the skin and keeps the probe's direction."""
    across, along, inward = _skin_frame(torso, plane)
    flat = plane.origin + offset.slide_x_mm * across + offset.slide_y_mm * along
    pressed = -_skin_height(torso, plane.origin, inward) + offset.press_mm
    height = _skin_height(torso, flat, inward) + max(pressed, 0.0)
    axes = plane.axes @ _turn(offset)
    return Plane(
        origin=flat + height * inward,
        down=unit(axes[:, 2]),
        right=unit(axes[:, 0]),
    )


def offset_between(torso: Torso, start: Plane, end: Plane) -> Offset:
    """The one movement that leads from `start` to `end`: `moved(torso, start, it)` is `end`.

    Both stand on the skin or are pressed into it. It is unique with tilt within ±90 degrees, and
    it is what guidance should say.
    """
    across, along, inward = _skin_frame(torso, start)
    away = end.origin - start.origin
    x, y = float(away @ across), float(away @ along)
    flat = start.origin + x * across + y * along
    height = _skin_height(torso, flat, inward) - _skin_height(torso, start.origin, inward)
    m = start.axes.T @ end.axes
    tilt = np.arcsin(np.clip(m[2, 1], -1, 1))
    rotate = np.arctan2(-m[0, 1], m[1, 1])
    rock = np.arctan2(-m[2, 0], m[2, 2])
    return Offset(
        rotate_deg=float(np.rad2deg(rotate)),
        tilt_deg=float(np.rad2deg(tilt)),
        rock_deg=float(np.rad2deg(rock)),
        slide_x_mm=x,
        slide_y_mm=y,
        press_mm=float(away @ inward) - height,
    )


def _turn(offset: Offset) -> NDArray[np.float64]:
    """Rotation about the axes right, normal, down of the start: down, then right, then normal."""
    a, b, c = np.deg2rad([offset.rotate_deg, offset.tilt_deg, offset.rock_deg])
    rotate = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    rock = np.array([[np.cos(c), 0, np.sin(c)], [0, 1, 0], [-np.sin(c), 0, np.cos(c)]])
    return np.asarray(rotate @ tilt @ rock)


def _skin_frame(torso: Torso, plane: Plane) -> tuple[Vector, Vector, Vector]:
    """Orthonormal: along the skin to the picture's right, along it to the viewer, inward."""
    inward = torso.normal(plane.origin)
    across = plane.right - (plane.right @ inward) * inward
    if np.linalg.norm(across) < 0.1:  # the picture's right points straight into the body
        across = np.cross(plane.normal, inward)
    across = unit(across)
    along = np.cross(inward, across)
    return across, along, inward


def _skin_height(torso: Torso, point: Vector, inward: Vector) -> float:
    """How far along `inward` the skin lies from `point` (negative: the point is deep in it)."""
    return float((torso.project(point, -inward) - point) @ inward)
