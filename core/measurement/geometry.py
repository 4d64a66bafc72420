"""Plane geometry of closed outlines. All lengths are in the unit of the points given.

Outlines are float64 [N, 2] (x, y), closed without repeating the first point. Nothing here depends
on which way is up: an outline that is turned or mirrored gives the same lengths.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Points = NDArray[np.float64]

_SAMPLES = 240
# Contact with the neighbouring chamber: within this share of the square root of the area beyond
# the nearest approach. Outlines of two chambers from one model touch, overlap or gap by a few px.
_CONTACT = 0.06


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LongAxis:
    """A chamber's long axis: from the middle of its valve plane to the farthest wall.

    Attributes:
        hinges: float64 [2, 2], the two ends of the valve plane.
        base: float64 [2], the middle between the hinges.
        tip: float64 [2], the farthest point of the outline (apex, or an atrium's roof).
    """

    hinges: Points
    base: Points
    tip: Points

    @property
    def length(self) -> float:
        return float(np.linalg.norm(self.tip - self.base))

    @property
    def direction(self) -> Points:
        """Unit vector from base to tip."""
        return np.asarray((self.tip - self.base) / self.length, dtype=np.float64)


def area(points: Points) -> float:
    """Area inside the outline (shoelace rule), >= 0."""
    x, y = points[:, 0], points[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def centroid(points: Points) -> Points:
    """Centre of the area, float64 [2]; the mean of the points where the area is zero."""
    middle = points.mean(axis=0)
    x, y = (points - middle).T
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    total = cross.sum()
    if abs(total) < 1e-12:
        return np.asarray(middle, dtype=np.float64)
    centre = np.array([((x + np.roll(x, -1)) * cross).sum(), ((y + np.roll(y, -1)) * cross).sum()])
    return np.asarray(middle + centre / (3 * total), dtype=np.float64)


def resample(points: Points, count: int = _SAMPLES) -> Points:
    """`count` points at equal steps along the outline, float64 [count, 2]."""
    closed = np.vstack([points, points[:1]])
    steps = np.linalg.norm(np.diff(closed, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0.0, along[-1], count, endpoint=False)
    return np.column_stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)])


def distance_to_edge(points: Points, outline: Points) -> Points:
    """Distance of each of `points` [K, 2] from the nearest edge of an outline, float64 [K]."""
    along = np.roll(outline, -1, axis=0) - outline
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    offset = points[:, None] - outline[None]
    share = np.clip((offset * along).sum(axis=2) / length, 0.0, 1.0)
    return np.asarray(np.linalg.norm(offset - share[..., None] * along, axis=2).min(axis=1))


def chords(points: Points, origin: Points, direction: Points, levels: Points) -> Points:
    """Widths of the outline across an axis.

    Args:
        points: the outline.
        origin: float64 [2], where the axis starts.
        direction: float64 [2], unit vector along the axis.
        levels: float64 [K], distances from `origin` along the axis.

    Returns:
        float64 [K], length of the line at right angles to the axis that lies inside the outline;
        0 where the outline does not reach the level.
    """
    crossings = _crossings(points, origin, direction, levels)
    return np.array([(at[1::2] - at[0::2]).sum() for at in crossings])


def chord_ends(points: Points, origin: Points, direction: Points, level: float) -> Points:
    """Outermost ends of the line across the axis at `level`, float64 [2, 2].

    Both ends are the axis's own point where the outline does not reach the level.
    """
    across = np.array([-direction[1], direction[0]])
    (at,) = _crossings(points, origin, direction, np.array([level]))
    ends = at[[0, -1]] if len(at) else np.zeros(2)
    return np.asarray(origin + level * direction + ends[:, None] * across, dtype=np.float64)


def _crossings(points: Points, origin: Points, direction: Points, levels: Points) -> list[Points]:
    """For each level where the line across the axis meets the outline, rising, from the axis."""
    across = np.array([-direction[1], direction[0]])
    s = (points - origin) @ direction
    v = (points - origin) @ across
    s_next, v_next = np.roll(s, -1), np.roll(v, -1)
    found = []
    for level in levels:
        crossing = (s <= level) != (s_next <= level)
        share = (level - s[crossing]) / (s_next[crossing] - s[crossing])
        found.append(np.sort(v[crossing] + share * (v_next[crossing] - v[crossing])))
    return found


def long_axis(
    chamber: Points, *, neighbour: Points | None = None, towards: Points | None = None
) -> LongAxis:
    """Find a chamber's valve plane and long axis.

    The valve lies where the chamber touches its neighbour (left ventricle and left atrium). Without
    a neighbour it is the side that `towards` points to, or else the blunter end of the outline.

    Args:
        chamber: its outline.
        neighbour: outline of the chamber on the other side of the valve.
        towards: float64 [2], direction from the chamber to its valve, any length.

    Raises:
        ValueError: the outline has no extent.
    """
    if area(chamber) <= 0:
        raise ValueError("the outline has no area")
    outline = resample(chamber)
    centre = centroid(chamber)
    if neighbour is not None:
        valve_side = centroid(neighbour) - centre
        hinges = _contact_ends(outline, resample(neighbour), centre, valve_side, area(chamber))
    else:
        valve_side = towards if towards is not None else _blunt_end(outline, centre)
        hinges = _corners(outline, centre, valve_side)
    base = hinges.mean(axis=0)
    tip = outline[np.argmax(np.linalg.norm(outline - base, axis=1))]
    return LongAxis(hinges=hinges, base=base, tip=tip)


def _contact_ends(
    outline: Points, neighbour: Points, centre: Points, valve_side: Points, size: float
) -> Points:
    """The two ends of the stretch of `outline` that touches `neighbour`, float64 [2, 2]."""
    gap = cdist(outline, neighbour).min(axis=1)
    facing = (outline - centre) @ valve_side > 0
    touching = facing & (gap <= gap[facing].min() + _CONTACT * np.sqrt(size))
    stretch = outline[touching]
    if len(stretch) < 3:
        return _corners(outline, centre, valve_side)
    apart = cdist(stretch, stretch)
    first, second = np.unravel_index(int(apart.argmax()), apart.shape)
    plane = stretch[second] - stretch[first]
    down = np.array([-plane[1], plane[0]])
    return _corners(stretch, centre, down if down @ valve_side > 0 else -down)


def _corners(outline: Points, centre: Points, valve_side: Points) -> Points:
    """The two corners of the end of `outline` that `valve_side` points to, float64 [2, 2]."""
    down = valve_side / np.linalg.norm(valve_side)
    across = np.array([-down[1], down[0]])
    deep, wide = (outline - centre) @ down, (outline - centre) @ across
    return outline[[int(np.argmax(deep - wide)), int(np.argmax(deep + wide))]]


def _blunt_end(outline: Points, centre: Points) -> Points:
    """Direction from the centre to the blunter end along the outline's longest direction."""
    _, vectors = np.linalg.eigh(np.cov((outline - centre).T))
    direction = vectors[:, -1]
    s = (outline - centre) @ direction
    low, high = float(s.min()), float(s.max())
    near_ends = np.array([low + 0.12 * (high - low), high - 0.12 * (high - low)])
    at_low, at_high = chords(outline, centre, direction, near_ends)
    return np.asarray(direction if at_high >= at_low else -direction, dtype=np.float64)
