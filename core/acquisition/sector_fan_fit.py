"""Fits a fan to the filled part of a screen: Hough lines for its sides, then its arcs."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector_fan import Fan, from_sides, polar
from core.acquisition.sector_screen import Mask

Points = NDArray[np.float64]
Side = tuple[float, float, float]  # angle from straight down, x at y = 0, score

_ANGLES = np.radians(np.arange(-12.0, 76.0, 1.5))
_CANDIDATES = 8
_PAIRS = 9
_KEPT = 2
_PERFECT = 4.0
# More border points than this say no more and take longer.
_EDGE_POINTS = 600
# What one point outside a line or an arc costs, in points that lie on it.
_OUTSIDE_COST = 0.7
_TOLERANCE = 1.6


@dataclass(frozen=True, slots=True)
class FanFit:
    """A fan and how well the screen bears it out.

    Attributes:
        fan: the shape.
        cover: part of the filled pixels that lies inside, 0..1.
        fill: part of the inside that is filled, 0..1.
        left, right, arc: part of each edge that has filled pixels just inside and none outside.
    """

    fan: Fan
    cover: float
    fill: float
    left: float
    right: float
    arc: float

    @property
    def quality(self) -> float:
        sides = (self.left + self.right) / 2
        return (
            2.5 * self.cover
            + 0.5 * self.fill
            + 0.6 * sides
            + 0.5 * self.arc
            - 0.8 * abs(self.fan.left + self.fan.right)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A mask, with its border points [N, 2] and a part of its filled points [M, 2]."""

    mask: Mask
    edge: Points
    filled: Points


def evidence_of(mask: Mask) -> Evidence | None:
    """None where the mask is too small to bear a fan."""
    # Outer borders only, also of pieces that lie within a frame drawn around the screen.
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outer = (
        [c[:, 0] for c, node in zip(contours, tree[0], strict=True) if node[3] < 0]
        if contours
        else []
    )
    if not outer:
        return None
    points = np.concatenate(outer)
    height, width = mask.shape
    # A picture cut off by the screen's edge has no edge of its own there.
    free = (points > 0).all(axis=1) & (points[:, 0] < width - 1) & (points[:, 1] < height - 1)
    if free.sum() < 40:
        return None
    rows, columns = np.nonzero(mask[1::3, 1::3])
    if len(rows) < 20:
        return None
    filled = np.stack([columns * 3 + 1, rows * 3 + 1], axis=1).astype(np.float64)
    edge = points[free].astype(np.float64)
    return Evidence(mask, edge[:: 1 + len(edge) // _EDGE_POINTS], filled)


def fit_fans(evidence: Evidence) -> list[FanFit]:
    """Fans that open downwards, best first, at most `_KEPT`."""
    width = evidence.mask.shape[1]
    lefts, rights = _sides(evidence.edge, -1, width), _sides(evidence.edge, 1, width)
    pairs = sorted(
        ((a, b) for a in lefts for b in rights), key=lambda pair: -(pair[0][2] + pair[1][2])
    )[: 3 * _PAIRS]
    top = float(evidence.filled[:, 1].min())
    pairs[4:4] = [(a, _mirrored(a, top)) for a in lefts[:2]]
    pairs[4:4] = [(_mirrored(b, top), b) for b in rights[:2]]
    fits: list[FanFit] = []
    tried = 0
    for a, b in pairs:
        fan = from_sides((a[0], a[1]), (b[0], b[1]), evidence.mask.shape)
        if fan is None or not _plausible(fan, evidence.filled):
            continue
        tried += 1
        fit = complete(fan, evidence)
        if fit is not None:
            fits.append(fit)
        if tried >= _PAIRS or (fit is not None and fit.quality > _PERFECT):
            break
    return sorted(fits, key=lambda fit: -fit.quality)[:_KEPT]


def _mirrored(side: Side, top: float) -> Side:
    """The other side of an upright fan whose apex lies at `top`, for where that side is dark."""
    angle, x, score = side
    apex_x = x + math.tan(angle) * top
    return -angle, apex_x + math.tan(angle) * top, score


def _plausible(fan: Fan, filled: Points) -> bool:
    top, bottom = filled[:, 1].min(), filled[:, 1].max()
    span = bottom - top
    return top - 1.2 * span < fan.apex_y < top + 0.3 * span


def _sides(points: Points, sign: int, width: int) -> list[Side]:
    """Candidate lines along the left (sign -1) or right (+1) border of the points, best first."""
    angles = sign * _ANGLES
    normals = np.stack([sign * np.cos(angles), -sign * np.sin(angles)])  # outwards
    offsets = points[:, :1] * normals[0] + points[:, 1:] * normals[1]  # [N, A]
    low = np.floor(offsets.min()) - 2
    bins = int(offsets.max() - low) + 4
    index = (offsets - low).astype(np.int64) + np.arange(len(angles)) * bins
    hist = np.bincount(index.ravel(), minlength=bins * len(angles)).reshape(len(angles), bins)
    near = hist.astype(np.float64)
    near[:, 1:-1] += hist[:, :-2] + hist[:, 2:]
    beyond = hist[:, ::-1].cumsum(axis=1)[:, ::-1]
    score = near.copy()
    score[:, :-2] -= _OUTSIDE_COST * beyond[:, 2:]
    found: list[Side] = []
    for _ in range(_CANDIDATES):
        a, b = np.unravel_index(int(score.argmax()), score.shape)
        value = float(score[a, b])
        if value < 8:
            break
        on_line = np.abs(offsets[:, a] - (low + b + 0.5)) < _TOLERANCE
        found.append(_refined(points[on_line], float(angles[a]), value))
        score[max(0, a - 2) : a + 3, max(0, b - 5) : b + 6] = -1e9
    return found


def _refined(points: Points, angle: float, value: float) -> Side:
    """Least-squares line through the points of a vote."""
    centre = points.mean(axis=0)
    dx, dy = (points - centre).T
    xx, yy, xy = float((dx * dx).sum()), float((dy * dy).sum()), float((dx * dy).sum())
    # Main axis of the scatter, as an angle from straight down.
    fitted = 0.5 * math.atan2(2 * xy, yy - xx)
    elongated = math.hypot(xx - yy, 2 * xy) > 0.6 * (xx + yy)
    if elongated and abs(fitted - angle) < math.radians(3):
        angle = fitted
    return angle, float(centre[0] - math.tan(angle) * centre[1]), value


def complete(fan: Fan, evidence: Evidence) -> FanFit | None:
    """Sets a fan's arcs and box from the evidence between its sides, and judges it."""
    edge, filled, mask = evidence.edge, evidence.filled, evidence.mask
    angle, radius = polar(fan, edge)
    slack = _TOLERANCE / np.maximum(radius, 4)
    inside = (angle > fan.left - slack) & (angle < fan.right + slack)
    angle_f, radius_f = polar(fan, filled)
    filled_inside = (angle_f > fan.left) & (angle_f < fan.right)
    if inside.sum() < 20 or filled_inside.sum() < 20:
        return None
    spread = fan.right - fan.left
    outer = _arc(radius[inside], spread, outwards=True)
    furthest = _ranked(radius_f[filled_inside], 0.999) + 1.5
    arc_share = 0.0
    if outer is not None:
        on_arc = inside & (np.abs(radius - outer) < _TOLERANCE + 0.5)
        arc_share = _share(angle[on_arc], fan.left, fan.right, outer)
    if outer is None or arc_share < 0.12:
        outer, arc_share = furthest, min(arc_share, 0.1)
    near_face = inside & (radius < 0.6 * outer)
    inner = _arc(radius[near_face], spread, outwards=False) if near_face.sum() > 4 else None
    nearest = _ranked(radius_f[filled_inside], 0.004) - 1.5
    if inner is None or inner < 0.03 * outer or inner > nearest + 0.04 * outer:
        inner = nearest if nearest > 0.12 * outer else min(nearest, 0.05 * outer)
    fan = replace(fan, inner=max(0.0, inner), outer=float(outer))
    fan = replace(
        fan, box=_box(fan, filled[filled_inside & (radius_f < outer + 2)], edge, mask.shape)
    )
    drawn = fan.mask((mask.shape[0], mask.shape[1]))
    area = int(drawn.sum())
    if area < 100:
        return None
    both = int((drawn & mask).sum())
    long = fan.outer - fan.inner
    left = _side_share(edge, fan, fan.left, angle, radius, long)
    right = _side_share(edge, fan, fan.right, angle, radius, long)
    return FanFit(fan, both / max(1, int(mask.sum())), both / area, left, right, arc_share)


def _ranked(values: Points, share: float) -> float:
    """The value below which about `share` of the values lie."""
    rank = int(share * (len(values) - 1))
    return float(np.partition(values, rank)[rank])


def _arc(radius: Points, spread: float, *, outwards: bool) -> float | None:
    """Radius at which most points lie while few lie beyond."""
    if len(radius) == 0:
        return None
    values = radius if outwards else -radius
    low = math.floor(values.min()) - 2
    hist = np.bincount((values - low).astype(np.int64), minlength=5).astype(np.float64)
    hist = np.append(hist, np.zeros(3))
    near = hist.copy()
    near[1:-1] += hist[:-2] + hist[2:]
    beyond = hist[::-1].cumsum()[::-1]
    score = near
    score[:-2] -= (1 if outwards else 2) * _OUTSIDE_COST * beyond[2:]
    best = int(score.argmax())
    if score[best] < 6:
        return None
    near_values = values[np.abs(values - (low + best + 0.5)) < _TOLERANCE]
    return float(np.abs(near_values.mean())) + (0.5 if outwards else -0.5)


def _share(angle: Points, left: float, right: float, radius: float) -> float:
    """Part of the arc between two angles that the points cover."""
    cells = max(4, int((right - left) * radius / 4))
    index = ((angle - left) / (right - left) * cells).astype(int)
    return len(np.unique(index[(index >= 0) & (index < cells)])) / cells


def _side_share(
    edge: Points, fan: Fan, side: float, angle: Points, radius: Points, long: float
) -> float:
    """Part of a side that edge points cover."""
    apart = np.abs(radius * np.sin(angle - side))
    on_side = (apart < _TOLERANCE + 0.5) & (radius > fan.inner) & (radius < fan.outer)
    on_side &= np.abs(angle - side) < 0.5
    cells = max(4, int(long / 4))
    index = ((radius[on_side] - fan.inner) / long * cells).astype(int)
    return len(np.unique(index)) / cells


def _box(
    fan: Fan, filled: Points, edge: Points, shape: tuple[int, ...]
) -> tuple[float, float, float, float]:
    """The box that the fan is cut to, where its content ends along a straight line."""
    height, width = float(shape[0]), float(shape[1])
    box = [0.0, 0.0, width, height]
    if len(filled) < 20:
        return box[0], box[1], box[2], box[3]
    size = max(np.ptp(filled[:, 0]), np.ptp(filled[:, 1]))
    outline = fan.ring()
    outline = outline.clip((0.0, 0.0), (width, height))
    for axis in (0, 1):
        for end, slot in ((1, axis + 2), (-1, axis)):
            values = end * edge[:, axis]
            within = values <= (end * filled[:, axis]).max() + 3
            limit = float(values[within].max()) if within.any() else 0.0
            reach = float((end * outline[:, axis]).max())
            if slot == 1:  # the top of a fan narrows: its content says nothing of a cut
                continue
            flat = np.abs(values - limit) < _TOLERANCE
            run = edge[flat, 1 - axis]
            length = float(np.ptp(run)) if len(run) > 3 else 0.0
            drawn = 4 * len(np.unique(run // 4))
            if reach > limit + 0.015 * size and drawn > 0.1 * size and length > 0.12 * size:
                box[slot] = end * limit + (1.0 if end > 0 else 0.0)
    return box[0], box[1], box[2], box[3]
