"""Reads which Doppler a screen says it is: machines write PW or CW beside the settings."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.digits import Piece, drawn_signs, normal_piece
from core.domain import Mode

Picture = NDArray[np.float32]

_WORDS = {"PW": Mode.PW, "CW": Mode.CW}
# What a letter may be taken for.
_SIGNS = "PCW0689DOGFRBENMVUHKST"
_LEAST_LIKENESS = 0.72
# Labels stand at the sides of the screen, in these parts of its width.
_LEFT, _RIGHT = 0.3, 0.62
_HEIGHT_PX = (5, 40)


def written_mode(frame: NDArray[np.uint8]) -> Mode | None:
    """PW or CW, as it is written at a side of the screen; None where neither or both are read.

    Args:
        frame: RGB uint8 [H, W, 3].
    """
    grey = frame.max(axis=2).astype(np.float32)
    width = grey.shape[1]
    found: dict[Mode, float] = {}
    for part in (grey[:, : round(_LEFT * width)], grey[:, round(_RIGHT * width) :]):
        for mode, likeness in _read(np.ascontiguousarray(part)):
            found[mode] = max(found.get(mode, 0.0), likeness)
    if not found:
        return None
    best = max(found, key=lambda mode: found[mode])
    rest = [value for mode, value in found.items() if mode is not best]
    return best if not rest or found[best] - max(rest) > 0.08 else None


def _read(grey: Picture) -> list[tuple[Mode, float]]:
    """(mode, likeness) of each word read in a picture."""
    if min(grey.shape) < 12:
        return []
    factor = 3 if grey.shape[0] < 420 else 2
    large = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    top = float(np.percentile(large, 99.8))
    found = []
    for level in (0.45 * top, 0.65 * top):
        drawn = (large > level).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
        low, high = (factor * px for px in _HEIGHT_PX)
        pieces = [
            Piece(x0=int(x), y0=int(y), x1=int(x + w), y1=int(y + h))
            for x, y, w, h, _ in stats[1:count]
            if low <= h <= high and w <= 1.8 * h
        ]
        found += _words(pieces, np.asarray(large, np.float32))
    return found


def _words(pieces: list[Piece], grey: Picture) -> list[tuple[Mode, float]]:
    pieces = sorted(pieces, key=lambda p: p.x0)
    found = []
    for second in pieces:
        if second.width < 0.85 * second.height:
            continue
        beside = [p for p in pieces if p is not second and _level(p, second)]
        before = [p for p in beside if -2 <= second.x0 - p.x1 <= 0.45 * second.height]
        after = [p for p in beside if -2 <= p.x0 - second.x1 <= 0.45 * second.height]
        if len(before) != 1 or after:
            continue
        first = before[0]
        if any(-2 <= first.x0 - p.x1 <= 0.45 * second.height for p in beside if p is not first):
            continue
        letters = [_letter(grey[p.y0 : p.y1, p.x0 : p.x1]) for p in (first, second)]
        mode = _WORDS.get("".join(name for name, _ in letters))
        likeness = min(value for _, value in letters)
        if mode is not None and likeness >= _LEAST_LIKENESS:
            found.append((mode, likeness))
    return found


def _level(a: Piece, b: Piece) -> bool:
    return abs(a.y0 - b.y0) + abs(a.y1 - b.y1) <= 0.3 * b.height


def _letter(grey: Picture) -> tuple[str, float]:
    names, templates = _templates()
    likeness = templates @ normal_piece(grey)
    best = int(likeness.argmax())
    return names[best], float(likeness[best])


@cache
def _templates() -> tuple[list[str], Picture]:
    return drawn_signs(_SIGNS)
