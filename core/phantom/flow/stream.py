"""One stream of blood: a path with a width, a speed and a restlessness along it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.phantom.scene import Structure

PLUG = 24.0  # exponent of a flat profile with thin edges, as at a valve
ROUND = 2.5  # of blood that gathers or spreads in a chamber
PARABOLA = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stream:
    """Blood along a path. Across it the speed is `speed * (1 - (r / radius) ** exponent)`.

    Attributes:
        name: what it is, e.g. "mitral".
        path: float64 [M, 3], mm, in the direction of the flow, M >= 2.
        radius: float64 [M], mm.
        speed: float64 [M], cm/s, on the path itself.
        turbulence: float64 [M], standard deviation of the speed as a part of it.
        recoil: float64 [M], backward flow beside the stream as a part of its speed (the vortex
            around a jet that enters a chamber).
        exponent: float64 [M], of the profile: flat in a valve, rounder in a chamber.
        pools: the cavities that hold it.
    """

    name: str
    path: NDArray[np.float64]
    radius: NDArray[np.float64]
    speed: NDArray[np.float64]
    turbulence: NDArray[np.float64]
    recoil: NDArray[np.float64]
    exponent: NDArray[np.float64]
    pools: tuple[Structure, ...]

    def flow_ml_s(self, index: int) -> float:
        """What passes a node of the path."""
        return flow_of(float(self.speed[index]), float(self.radius[index]),
                       float(self.exponent[index]))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One place of a path: give `speed` (cm/s) or let the stream's flow decide it.

    Attributes:
        place: [3], mm.
        radius: mm; None where flow and speed decide it.
        speed: cm/s, in the middle; None where flow and radius decide it.
        part: of the stream's flow that passes here.
        turbulence, recoil: see `Stream`.
        profile: exponent here; None takes the stream's.
    """

    place: ArrayLike
    radius: float | None = None
    speed: float | None = None
    part: float = 1.0
    turbulence: float = 0.0
    recoil: float = 0.0
    profile: float | None = None


def make_stream(name: str, nodes: Sequence[Node], *, flow_ml_s: float, pools: tuple[Structure, ...],
                exponent: float = PLUG) -> Stream:  # fmt: skip
    """A stream whose every node passes its part of `flow_ml_s`, or has both radius and speed."""
    radii, speeds = [], []
    for node in nodes:
        flow = max(flow_ml_s * node.part, 0.0)
        radius, speed = node.radius, node.speed
        profile = node.profile or exponent
        if speed is None and radius is not None:
            speed = speed_of(flow, radius, profile)
        elif radius is None and speed is not None:
            radius = radius_of(flow, speed, profile)
        elif radius is None or speed is None:
            raise ValueError(f"stream {name}: a node needs a radius or a speed")
        radii.append(max(radius, 0.3))
        speeds.append(speed)
    return Stream(
        name=name,
        path=np.array([np.asarray(node.place, np.float64) for node in nodes]),
        radius=np.array(radii),
        speed=np.array(speeds),
        turbulence=np.array([node.turbulence for node in nodes]),
        recoil=np.array([node.recoil for node in nodes]),
        exponent=np.array([node.profile or exponent for node in nodes]),
        pools=pools,
    )


def speed_of(flow_ml_s: float, radius_mm: float, exponent: float = PLUG) -> float:
    """Middle speed in cm/s of a flow through a circle."""
    return flow_ml_s / (math.pi * (radius_mm / 10) ** 2) * (exponent + 2) / exponent


def radius_of(flow_ml_s: float, speed_cm_s: float, exponent: float = PLUG) -> float:
    """Radius in mm of the circle through which a flow has this middle speed."""
    if speed_cm_s <= 0:
        return 0.0
    return 10 * math.sqrt(flow_ml_s / speed_cm_s / math.pi * (exponent + 2) / exponent)


def flow_of(speed_cm_s: float, radius_mm: float, exponent: float = PLUG) -> float:
    """Flow in mL/s through a circle with this middle speed."""
    return speed_cm_s * math.pi * (radius_mm / 10) ** 2 * exponent / (exponent + 2)
