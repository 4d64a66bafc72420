"""How far leaflets and cusps open so that the orifice has the asked area."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class MitralShape:
    """Both mitral leaflets in numbers, mm.

    Attributes:
        ring: radius.
        anterior, posterior: lengths of the leaflets.
        half_thickness: of both.
    """

    ring: float
    anterior: float
    posterior: float
    half_thickness: float

    @property
    def overlap(self) -> float:
        """How much of each leaflet lies against the other when closed."""
        return float(np.clip(0.5 * (self.anterior + self.posterior - 2.05 * self.ring), 1.2, 6.0))

    @property
    def meeting(self) -> tuple[float, float]:
        """How far inward from its hinge each leaflet reaches in the closed valve."""
        behind = float(np.clip(self.posterior - self.overlap, 0.4 * self.ring, 0.8 * self.ring))
        return 2 * self.ring - behind, behind


Profile = tuple[tuple[float, float], tuple[float, float]]


def mitral_open(shape: MitralShape, ease: float) -> tuple[Profile, Profile, float]:
    """Profiles (bend, tip) of the open leaflets and the posterior's part left at its ends.

    `ease` 0: domed and fused, the tips held together; 1: both leaflets hang down.
    """
    body, tips = np.deg2rad(38.0 + 50.0 * ease), np.deg2rad(-12.0 + 98.0 * ease)
    ends = 0.75 * (1 - ease)
    profiles = []
    for length in (shape.anterior, shape.posterior):
        one, two = 0.62 * length, 0.38 * length
        bend = (one * np.cos(body), one * np.sin(body))
        tip = (bend[0] + two * np.cos(tips), bend[1] + two * np.sin(tips))
        profiles.append(((float(bend[0]), float(bend[1])), (float(tip[0]), float(tip[1]))))
    return profiles[0], profiles[1], ends


@lru_cache(maxsize=256)
def mitral_ease(shape: MitralShape, area_cm2: float) -> float:
    """The ease at which the orifice, seen along the blood, has the area; 1 if it never has."""
    return _solved(lambda ease: mitral_area_cm2(shape, ease), area_cm2, most=1.0, rounds=18)


def mitral_area_cm2(shape: MitralShape, ease: float) -> float:
    """Of the ring what no leaflet covers."""
    front, back, ends = mitral_open(shape, ease)
    edge = (np.arange(121) + 0.5) / 60.5 - 1
    u, v = shape.ring * np.stack(np.meshgrid(edge, edge, indexing="ij"))
    covered = leaflet_covers(u, v, shape, front, half_width=ANTERIOR_HALF_RAD, pole=shape.ring,
                             taper=FRONT_OPEN)  # fmt: skip
    covered |= leaflet_covers(-u, v, shape, back, half_width=POSTERIOR_HALF_RAD, pole=0.0,
                              taper=(ends, BACK_OPEN[1]))  # fmt: skip
    free = (np.hypot(u, v) < shape.ring) & ~covered
    return float(free.sum() * (shape.ring / 60.5) ** 2 / 100)


ANTERIOR_HALF_RAD = np.deg2rad(30.0)  # about a pole on the ring: 60 degrees about its centre
POSTERIOR_HALF_RAD = np.deg2rad(120.0)
# How each leaflet gets shorter to its ends: the part left there, and how late (the power). Closed,
# the front leaflet is a tongue that fills the bow of the hind one; open, both leave an oval.
FRONT_CLOSED, FRONT_OPEN = (0.45, 7.0), (0.15, 2.4)
BACK_CLOSED, BACK_OPEN = (0.0, 4.0), (0.0, 2.0)


def leaflet_covers(u: np.ndarray, v: np.ndarray, shape: MitralShape, profile: Profile, *,
                   half_width: float, pole: float,
                   taper: tuple[float, float]) -> np.ndarray:  # fmt: skip
    """Where a leaflet stands over the ring's plane; as `core.phantom.scene.forms.leaflet`."""
    rho, turn = np.hypot(u + pole, v), np.abs(np.arctan2(v, u + pole))
    inside = np.minimum(turn / half_width, 1.0)
    size = 1 - (1 - taper[0]) * inside ** taper[1]
    angle = inside * half_width
    hinge = pole * np.cos(angle) + np.sqrt(shape.ring**2 - (pole * np.sin(angle)) ** 2)
    inward = size * max(profile[0][0], profile[1][0])
    beside = np.maximum(turn - half_width, 0) * rho
    covered = (rho > hinge - inward - shape.half_thickness) & (beside < shape.half_thickness)
    return np.asarray(covered)


@dataclass(frozen=True, slots=True, kw_only=True)
class CuspShape:
    """A semilunar valve in numbers, mm.

    Attributes:
        count: of cusps.
        commissure: radius at which the cusps meet the wall.
        half_thickness: of the cusps.
        rounding: of the open edge at its middle.
    """

    count: int
    commissure: float
    half_thickness: float
    rounding: float


@lru_cache(maxsize=256)
def cusp_edge(shape: CuspShape, area_cm2: float) -> float:
    """Radius of the open edges' middles at which the orifice has the area."""
    most = 1.1 * shape.commissure
    return _solved(lambda edge: cusp_area_cm2(shape, edge), area_cm2, most=most, rounds=24)


def cusp_area_cm2(shape: CuspShape, edge: float) -> float:
    """Area that the cusps leave free at their rims; as `core.phantom.scene.forms.cusp`."""
    half = np.pi / shape.count
    cx, cy = shape.commissure * np.cos(half), shape.commissure * np.sin(half)
    grid = (np.arange(240) + 0.5) / 200 * shape.commissure
    u, v = np.meshgrid(np.concatenate([-grid[::-1], grid]), grid, indexing="ij")
    side = np.hypot(v, shape.rounding)
    du, dv = cx - edge, cy
    size = du * du + dv * dv
    t = np.clip(((u - edge) * du + side * dv) / size, 0, 1)
    apart = np.hypot(u - edge - t * du, side - t * dv)
    # Inside the edge, on its axis' side, and within the cusp's own sector.
    inner = (u - edge) * dv - (side) * du < 0
    free = inner & (apart > shape.half_thickness) & (np.arctan2(v, u) <= half)
    return float(2 * shape.count * free.sum() * (shape.commissure / 200) ** 2 / 100)


def _solved(
    area_of: Callable[[float], float], area_cm2: float, *, most: float, rounds: int
) -> float:
    """Where from 0 to `most` a rising area reaches what is asked; `most` if it never does."""
    low, high = 0.0, most
    for _ in range(rounds):
        middle = 0.5 * (low + high)
        if area_of(middle) < area_cm2:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
