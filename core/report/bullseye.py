"""The bull's-eye of wall motion: sixteen segments, base outside, apex in the middle."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.analysis.lettering import letters, put_letters
from core.domain import Measurement, MeasurementStatus
from core.language import text
from core.measurement.segments import (
    SEGMENTS,
    WallMotion,
    segment_scores,
    wall_motion_index,
)

_SIZE, _WIDTH = 800, 1100
_FINE = 2  # drawn so many times larger, then shrunk: smooth edges
_RADII = (1.0, 0.68, 0.36)
"""Outer radius of the rings of base, middle and apex; the apical cap has no score of its own."""

_HUB = 0.06
_SIX = (60, 120, 180, 240, 300, 0)
"""Where each basal and middle segment begins, degrees counter-clockwise from the right."""

_FOUR = (45, 135, 225, 315)
_COLOURS = {
    WallMotion.NORMAL: (178, 216, 178),
    WallMotion.HYPOKINETIC: (250, 220, 120),
    WallMotion.AKINETIC: (240, 150, 90),
    WallMotion.DYSKINETIC: (205, 80, 80),
}
_UNSEEN = (228, 231, 235)
_LINE = (70, 80, 90)
_INK = (33, 37, 41)


def bullseye(wall_motion: Measurement, lang: str) -> tuple[str, NDArray[np.uint8]] | None:
    """(caption, uint8 [800, 1100, 3] RGB); None where no segment was scored.

    Each segment shows its AHA number and score; grey segments were not seen. Seen from the apex as
    echocardiography draws it: anterior wall above, septum on the left.
    """
    scores = segment_scores(wall_motion.parts)
    if not scores or wall_motion.status is MeasurementStatus.EDITED:
        return None
    canvas = _rings(scores)
    centre = _SIZE // 2
    for place, name in enumerate(SEGMENTS):
        ring, angle = _middle(place)
        x = centre + round(np.cos(angle) * ring * _outer())
        y = centre - round(np.sin(angle) * ring * _outer())
        score = scores.get(name)
        _centred(canvas, str(place + 1), x, y - 22, 22)
        _centred(canvas, "–" if score is None else str(int(score)), x, y + 12, 40)
    _legend(canvas, lang)
    index = wall_motion_index(scores) or 0.0
    caption = text(
        "report.bullseye", lang, index=f"{index:.2f}", seen=len(scores), all=len(SEGMENTS)
    )
    return caption, canvas


def _outer() -> float:
    return _SIZE / 2 - 12


def _middle(place: int) -> tuple[float, float]:
    """(radius as a part of the outer one, angle in radians) of a segment's middle."""
    ring, number, begins, width = _where(place)
    inner = (*_RADII, _HUB)[ring + 1]
    return (_RADII[ring] + inner) / 2, np.deg2rad(begins[number] + width / 2)


def _where(place: int) -> tuple[int, int, tuple[int, ...], int]:
    """Ring, number in the ring, where the ring's segments begin, their width in degrees."""
    return (place // 6, place % 6, _SIX, 60) if place < 12 else (2, place - 12, _FOUR, 90)


def _rings(scores: dict[str, WallMotion]) -> NDArray[np.uint8]:
    large = np.full((_SIZE * _FINE, _WIDTH * _FINE, 3), 255, np.uint8)
    centre = (_SIZE * _FINE // 2,) * 2
    for place, name in enumerate(SEGMENTS):
        ring, number, begins, width = _where(place)
        score = scores.get(name)
        colour = _UNSEEN if score is None else _COLOURS[score]
        radii = _RADII[ring], (*_RADII, _HUB)[ring + 1]
        turn = np.deg2rad(np.linspace(begins[number], begins[number] + width, 61))
        arcs = [
            np.stack([np.cos(way), -np.sin(way)], axis=1) * radius * _outer() * _FINE
            for radius, way in zip(radii, (turn, turn[::-1]), strict=True)
        ]
        outline = np.rint(np.concatenate(arcs) + centre).astype(np.int32)
        cv2.fillPoly(large, [outline], colour)
        cv2.polylines(large, [outline], True, _LINE, 2 * _FINE, cv2.LINE_AA)
    small = cv2.resize(large, (_WIDTH, _SIZE), interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False)


def _centred(canvas: NDArray[np.uint8], words: str, x: int, y: int, size: int) -> None:
    height, width = letters(words, size).shape
    put_letters(canvas, words, x - width // 2, y - height // 2, size=size, rgb=_INK)


def _legend(canvas: NDArray[np.uint8], lang: str) -> None:
    x, y = _SIZE + 20, 40
    entries = [
        (_COLOURS[motion], f"{int(motion)} {text(f'wall_motion.{motion.name.lower()}', lang)}")
        for motion in WallMotion
    ]
    entries.append((_UNSEEN, "– " + text("wall_motion.unseen", lang)))
    for colour, words in entries:
        cv2.rectangle(canvas, (x, y), (x + 30, y + 30), colour, -1)
        cv2.rectangle(canvas, (x, y), (x + 30, y + 30), _LINE, 1)
        put_letters(canvas, words, x + 42, y - 2, size=26, rgb=_INK)
        y += 48
