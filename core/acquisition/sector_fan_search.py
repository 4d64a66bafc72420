"""Searches a screen for its fan, over several grey levels and pieces of content."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector_fan import Fan
from core.acquisition.sector_fan_fit import Evidence, FanFit, complete, evidence_of, fit_fans
from core.acquisition.sector_panel import Panel
from core.acquisition.sector_screen import Mask, Screen, content_mask, raw_mask

_LEVELS = (4.0, 7.0, 1.7, 0.7, 12.0, 22.0)
# With a fan this good no other level is tried; with a less good one the first four.
_SURE, _LIKELY, _FAN = 3.8, 3.4, 3.05
_EXTENDED = 4
_TIP_LEVEL = 7.0


@dataclass(frozen=True, slots=True, eq=False)
class FoundFan:
    """A fan's polygon, float64 [N, 2] in pixels of the small screen, and its quality."""

    polygon: NDArray[np.float64]
    quality: float

    @property
    def score(self) -> float:
        """0..1."""
        return min(1.0, self.quality / 4)

    @property
    def area(self) -> float:
        return float(cv2.contourArea(self.polygon.astype(np.float32)))

    @property
    def box(self) -> tuple[int, int, int, int]:
        (x0, y0), (x1, y1) = self.polygon.min(axis=0), self.polygon.max(axis=0)
        return int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))


def best_fan(screen: Screen, strips: list[Panel]) -> FoundFan | None:
    """The best fan outside the strips, upright or upside down; None where none is good enough."""
    masks = []
    for level in _LEVELS:
        mask = content_mask(screen, level)
        for panel in strips:
            x0, y0, x1, y1 = panel.box
            mask[y0:y1, x0:x1] = 0
        masks.append(mask)
    upright = _search(masks)
    sure = _FAN + (0.05 if _widens_downwards(masks[0]) else 0.3)
    if upright is not None and upright[1] > sure:
        return _found(upright, screen, flipped=False)
    flipped = _search([np.ascontiguousarray(mask[::-1]) for mask in masks])
    best = max((c for c in (upright, flipped) if c is not None), key=lambda c: c[1], default=None)
    if best is None or best[1] < _FAN:
        return None
    return _found(best, screen, flipped=best is flipped)


def _widens_downwards(mask: Mask) -> bool:
    """True where the largest piece is clearly wider in its lower half than in its upper half."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return True
    largest = int(stats[1:, cv2.CC_STAT_AREA].argmax()) + 1
    rows = np.flatnonzero((labels == largest).any(axis=1))
    spans = [np.ptp(np.flatnonzero(labels[y] == largest)) for y in rows[::4]]
    half = len(spans) // 2
    return half < 1 or float(np.mean(spans[half:])) > 1.2 * float(np.mean(spans[:half]))


def _found(candidate: tuple[FanFit, float], screen: Screen, *, flipped: bool) -> FoundFan | None:
    raw = raw_mask(screen, _TIP_LEVEL)
    polygon = _to_tip(candidate[0].fan, raw[::-1] if flipped else raw).polygon()
    if len(polygon) < 3:
        return None
    if flipped:
        polygon = polygon[::-1].copy()
        polygon[:, 1] = screen.signal.shape[0] - polygon[:, 1]
    return FoundFan(polygon, candidate[0].quality)


def _to_tip(fan: Fan, raw: Mask) -> Fan:
    """The fan prolonged towards its apex while the picture goes on: content masks blunt it."""
    middle, reach = (fan.left + fan.right) / 2, 0.3 * (fan.right - fan.left)
    angles = np.linspace(middle - reach, middle + reach, 9)
    inner = fan.inner
    for radius in np.arange(fan.inner - 0.5, 0.0, -1.0):
        x = (fan.apex_x + radius * np.sin(angles)).astype(int)
        y = (fan.apex_y + radius * np.cos(angles)).astype(int)
        seen = (x >= 0) & (y >= 0) & (x < raw.shape[1]) & (y < raw.shape[0])
        if not seen.any() or raw[y[seen], x[seen]].mean() < 0.5:
            break
        inner = float(radius)
    return replace(fan, inner=inner)


def _search(masks: list[Mask]) -> tuple[FanFit, float] | None:
    """The best fit and its quality against all content, not only the piece that suggested it."""
    whole = [e for mask in masks[:2] if (e := evidence_of(_without_bars(mask))) is not None]
    if not whole:
        return None
    pool: list[tuple[FanFit, float]] = []
    for number, mask in enumerate(masks):
        for group in _groups(mask):
            evidence = evidence_of(group)
            if evidence is not None:
                pool += [(fit, _against_all(fit, whole[0])) for fit in fit_fans(evidence)]
        best = max((quality for _, quality in pool), default=0.0)
        if best > (_SURE if number < 3 else _LIKELY):
            break
    pool.sort(key=lambda pair: -pair[1])
    for fit, _ in pool[:_EXTENDED]:
        for evidence in whole:
            longer = complete(fit.fan, evidence)
            if longer is not None:
                pool.append((longer, _against_all(longer, whole[0])))
    return max(pool, key=lambda pair: pair[1], default=None)


def _against_all(fit: FanFit, whole: Evidence) -> float:
    inside = fit.fan.mask((whole.mask.shape[0], whole.mask.shape[1]))
    share = float((inside & whole.mask).sum()) / max(1, int(whole.mask.sum()))
    # What is missed beyond a third may be another picture on the same screen.
    return fit.quality - min(0.5, 1.5 * max(0.0, fit.cover - share))


def _without_bars(mask: Mask) -> Mask:
    """The mask without colour bars and pieces of text."""
    kept = mask.copy()
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    largest = int(stats[1:, cv2.CC_STAT_AREA].max()) if count > 1 else 0
    for label in range(1, count):
        w, h, area = (int(v) for v in stats[label, 2:5])
        if area < 0.02 * largest or (area > 0.8 * w * h and max(w, h) > 2.5 * min(w, h)):
            kept[labels == label] = 0
    return kept


def _groups(mask: Mask) -> list[Mask]:
    """Parts of the mask that may be one picture: large pieces alone, and all of them together."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return []
    areas = stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(areas)[::-1] + 1
    main = int(stats[order[0], cv2.CC_STAT_AREA])
    if main < 0.01 * mask.size:
        return []
    keep = [int(order[0])]
    for label in order[1:8]:
        w, h, area = (int(v) for v in stats[label, 2:5])
        bar = area > 0.8 * w * h and max(w, h) > 2.5 * min(w, h)
        if area >= 0.03 * main and not bar:
            keep.append(int(label))
    if len(keep) == 1:
        return [(labels == keep[0]).astype(np.uint8)]
    alone = [k for k in keep[:2] if stats[k, cv2.CC_STAT_AREA] > 0.3 * main]
    groups = [(labels == k).astype(np.uint8) for k in alone]
    return [*groups, np.isin(labels, keep).astype(np.uint8)]
