"""Finds the ultrasound picture on any machine's screen."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector_fan_fit import FanFit, fit_fan
from core.acquisition.sector_panel import Panel, find_full_panels, find_trace_panel, overlap
from core.acquisition.sector_screen import Mask, Screen, content_mask, reduce_frames
from core.acquisition.sector_texture import is_ultrasound, runs_in_time
from core.domain import Sector, SectorKind

_LEVELS = (7.0, 4.0, 12.0, 22.0)
# A fan of this quality needs no other level; one below the second value is none.
_SURE, _FAN = 3.9, 3.1
NO_SECTOR = Sector(kind=SectorKind.NONE, box=(0, 0, 0, 0), outline=(), score=0.0)


def find_sector(frames: NDArray[np.uint8]) -> Sector:
    """The main ultrasound picture of a clip or a still.

    Args:
        frames: uint8 [T, H, W, 3], RGB; T = 1 for a still.

    Returns:
        A sector in source pixels; kind NONE with an empty outline where nothing looks like
        ultrasound.
    """
    panels = find_panels(frames)
    return panels[0] if panels else NO_SECTOR


def find_panels(frames: NDArray[np.uint8]) -> tuple[Sector, ...]:
    """All pictures found on the screen, the main one first: a strip and the fan above it.

    Args:
        frames: uint8 [T, H, W, 3], RGB.
    """
    if frames.ndim != 4 or min(frames.shape[:3]) < 1 or min(frames.shape[1:3]) < 16:
        return ()
    screen = reduce_frames(frames)
    full = [p for p in find_full_panels(screen) if is_ultrasound(screen, p.polygon)]
    strips = [p for p in full if _is_strip(screen, p)]
    fan = _best_fan(screen, []) if _fills(screen, strips) else None
    if fan is not None:  # a fan cut to the screen looks like a strip
        strips = []
    else:
        fan = _best_fan(screen, strips)
    found: list[tuple[float, Sector]] = []
    if fan is not None and is_ultrasound(screen, fan.polygon):
        found.append((fan.area, _to_sector(fan.polygon, screen, SectorKind.FAN, fan.score)))
    trace = None if strips else _trace(screen, fan)
    if trace is not None:
        strips.append(trace)
    for panel in full:
        if fan is not None and overlap(panel.box, fan.box) > 0.4:
            continue
        if panel not in strips:
            sector = _to_sector(panel.polygon, screen, SectorKind.RECTANGLE, panel.fill)
            found.append((panel.area, sector))
    for panel in strips:
        found.append((panel.area, _to_sector(panel.polygon, screen, SectorKind.STRIP, 0.8)))
    found.sort(key=lambda pair: -pair[0])
    return tuple(sector for _, sector in found)


def _fills(screen: Screen, panels: list[Panel]) -> bool:
    return sum(panel.area for panel in panels) > 0.6 * screen.signal.size


@dataclass(frozen=True, slots=True, eq=False)
class _FoundFan:
    polygon: NDArray[np.float64]
    quality: float

    @property
    def score(self) -> float:
        return min(1.0, self.quality / 4)

    @property
    def area(self) -> float:
        return float(cv2.contourArea(self.polygon.astype(np.float32)))

    @property
    def box(self) -> tuple[int, int, int, int]:
        (x0, y0), (x1, y1) = self.polygon.min(axis=0), self.polygon.max(axis=0)
        return int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))


def _is_strip(screen: Screen, panel: Panel) -> bool:
    x0, y0, x1, y1 = panel.box
    return x1 - x0 > 1.2 * (y1 - y0) and runs_in_time(screen.signal[y0:y1, x0:x1])


def _best_fan(screen: Screen, strips: list[Panel]) -> _FoundFan | None:
    best: FanFit | None = None
    flipped = False
    for upside_down in (False, True):
        for level in _LEVELS:
            mask = content_mask(screen, level)
            for panel in strips:
                x0, y0, x1, y1 = panel.box
                mask[y0:y1, x0:x1] = 0
            if upside_down:
                mask = np.ascontiguousarray(mask[::-1])
            for group in _groups(mask):
                fit = fit_fan(group)
                if fit is not None and (best is None or fit.quality > best.quality):
                    best, flipped = fit, upside_down
            if best is not None and best.quality > _SURE:
                break
        if best is not None and best.quality > _FAN:
            break
    if best is None or best.quality < _FAN:
        return None
    polygon = best.fan.polygon()
    if len(polygon) < 3:
        return None
    if flipped:
        polygon = polygon[::-1].copy()
        polygon[:, 1] = screen.signal.shape[0] - polygon[:, 1]
    return _FoundFan(polygon, best.quality)


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


def _trace(screen: Screen, fan: _FoundFan | None) -> Panel | None:
    for level in (_LEVELS[0], _LEVELS[3]):
        content = content_mask(screen, level)
        if fan is not None:
            grown = np.round(fan.polygon).astype(np.int32)
            cv2.fillPoly(content, [grown], 0)
            cv2.polylines(content, [grown], True, 0, 7)
        panel = find_trace_panel(content)
        if panel is not None and is_ultrasound(screen, panel.polygon):
            return panel
    return None


def _to_sector(
    polygon: NDArray[np.float64], screen: Screen, kind: SectorKind, score: float
) -> Sector:
    size = (screen.width, screen.height)
    ratio = (screen.width / screen.signal.shape[1], screen.height / screen.signal.shape[0])
    points = np.clip(polygon * ratio, 0, size)
    x0, y0 = np.floor(points.min(axis=0) + 0.25).astype(int)
    x1, y1 = np.ceil(points.max(axis=0) - 0.25).astype(int)
    outline = tuple((round(float(x), 1), round(float(y), 1)) for x, y in points)
    box = (int(x0), int(y0), int(x1), int(y1))
    return Sector(kind=kind, box=box, outline=outline, score=round(score, 3))
