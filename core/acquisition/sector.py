"""Finds the ultrasound picture on any machine's screen."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector_fan_search import FoundFan, best_fan
from core.acquisition.sector_panel import Panel, find_full_panels, find_trace_panel, overlap
from core.acquisition.sector_screen import Screen, content_mask, raw_mask, reduce_frames
from core.acquisition.sector_texture import is_lines_of_text, is_ultrasound, runs_in_time
from core.domain import Sector, SectorKind

_TRACE_LEVELS = (7.0, 22.0)
# A fan as good as this is no strip, even where it looks like one.
_GOOD_FAN = 0.8
_TEXT_LEVEL, _NOISE_LEVEL = 20.0, 1.0
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
    full = [p for p in find_full_panels(screen) if _is_picture(screen, p)]
    strips = [p for p in full if _is_strip(screen, p)]
    if strips:
        wider = find_full_panels(screen, sparse=True)
        strips = [_widened(screen, strip, wider) for strip in strips]
    fan = best_fan(screen, [])
    if fan is not None and strips:
        crossed = [p for p in strips if overlap(p.box, fan.box) > 0.3]
        if crossed and fan.score > _GOOD_FAN:
            strips = [p for p in strips if p not in crossed]
        elif crossed:
            fan = best_fan(screen, strips)
    elif fan is not None and fan.score < _GOOD_FAN:
        trace = _trace(screen, None)  # a spectral trace may pass for a poor fan
        if trace is not None and overlap(trace.box, fan.box) > 0.5:
            strips, fan = [trace], best_fan(screen, [trace])
    found: list[tuple[float, Sector]] = []
    if fan is not None and is_ultrasound(screen, fan.polygon, max_coloured=0.6):
        found.append((fan.area, _to_sector(fan.polygon, screen, SectorKind.FAN, fan.score)))
    if not strips:
        strips = [
            p for p in _faint_strips(screen, fan) if all(overlap(p.box, q.box) < 0.5 for q in full)
        ]
    for panel in full:
        if fan is not None and overlap(panel.box, fan.box) > 0.4:
            continue
        if all(overlap(panel.box, strip.box) < 0.5 for strip in strips):
            sector = _to_sector(panel.polygon, screen, SectorKind.RECTANGLE, panel.fill)
            found.append((panel.area, sector))
    for panel in strips:
        found.append((panel.area, _to_sector(panel.polygon, screen, SectorKind.STRIP, 0.8)))
    found.sort(key=lambda pair: -pair[0])
    return tuple(sector for _, sector in found)


def _is_picture(screen: Screen, panel: Panel) -> bool:
    x0, y0, x1, y1 = panel.box
    if is_lines_of_text(raw_mask(screen, _TEXT_LEVEL)[y0:y1, x0:x1]):
        return False
    return is_ultrasound(screen, panel.polygon)


def _is_strip(screen: Screen, panel: Panel) -> bool:
    x0, y0, x1, y1 = panel.box
    return x1 - x0 > 1.2 * (y1 - y0) and runs_in_time(screen.signal[y0:y1, x0:x1])


def _widened(screen: Screen, strip: Panel, others: list[Panel]) -> Panel:
    """The strip with the columns at its ends where only its noise shows, but no text."""
    x0, y0, x1, y1 = strip.box
    slack = (y1 - y0) // 20 + 1
    for other in others:
        a, top, b, bottom = other.box
        if abs(top - y0) > slack or abs(bottom - y1) > slack or a > x0 or b < x1:
            continue
        drawn = raw_mask(screen, _NOISE_LEVEL)[y0:y1]
        if not (is_lines_of_text(drawn[:, a:x0]) or is_lines_of_text(drawn[:, x1:b])):
            return Panel((a, y0, b, y1), strip.fill)
    return strip


def _faint_strips(screen: Screen, fan: FoundFan | None) -> list[Panel]:
    """The strip known by its trace, or by the scattered noise of its panel: the larger one."""
    trace = _trace(screen, fan)
    found = [] if trace is None else [trace]
    if fan is None or fan.area < 0.1 * screen.signal.size:
        for panel in find_full_panels(screen, sparse=True):
            if fan is not None and overlap(panel.box, fan.box) > 0.3:
                continue
            if _is_strip(screen, panel) and _is_picture(screen, panel):
                found.append(panel)
                break
    return sorted(found, key=lambda panel: -panel.area)[:1]


def _trace(screen: Screen, fan: FoundFan | None) -> Panel | None:
    for level in _TRACE_LEVELS:
        content = content_mask(screen, level)
        if fan is not None:
            grown = np.round(fan.polygon).astype(np.int32)
            cv2.fillPoly(content, [grown], 0)
            cv2.polylines(content, [grown], True, 0, 7)
        panel = find_trace_panel(content, raw_mask(screen, level))
        if panel is not None and _is_picture(screen, panel):
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
