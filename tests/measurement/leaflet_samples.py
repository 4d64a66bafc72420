"""Clips of two drawn valves in a long-axis picture, whose opening is known."""

from dataclasses import replace

import cv2
import numpy as np
from exam_builder import HEIGHT, WIDTH, clip, mm

from core.analysis.analysis import ClipAnalysis
from core.domain import Clip, Mode, PointTrack, Recognition, View
from core.domain.calibration import NO_CALIBRATION
from core.measurement.structure.leaflets import read_leaflets

MM = 0.4  # of a pixel
FPS, FRAMES, BEAT, SYSTOLE = 40.0, 44, 30, 13
RING_MM = 24.0
_BLOOD, _TISSUE = 18, 170
#: Middle of each ring, px, and the way that its hinges lie, across which blood flows.
RINGS = {"mitral": ((300, 330), (0, 1)), "aortic": ((420, 200), (0, 1))}
#: Downstream of each ring: to the left into the ventricle, to the right into the aorta.
ONWARD = {"mitral": -1, "aortic": 1}
HINGES = {
    "mitral": ("mitral_aortic", "mitral_posterior"),
    "aortic": ("aortic_anterior", "aortic_posterior"),
}
BEYOND = {"mitral": ("lvid_1", "lvid_2"), "aortic": ("ao_root_1", "ao_root_2")}
Span = tuple[int, int]


def clip_of(*, mitral: Span | None, aortic: Span | None, parting_mm: float = 14.0) -> Clip:
    """Each valve is open in the frames from the first to the last one, and in those a beat later;
    None: its leaflets are not drawn."""
    rng = np.random.default_rng(3)
    frames = np.full((FRAMES, HEIGHT, WIDTH), _TISSUE, np.uint8)
    for number, frame in enumerate(frames):
        for name, span in (("mitral", mitral), ("aortic", aortic)):
            (x, y), _ = RINGS[name]
            half, way = round(0.62 * RING_MM / MM), ONWARD[name]
            reach = round(1.1 * RING_MM / MM)
            left, right = sorted((x, x + way * reach))
            frame[y - half : y + half, left:right] = _BLOOD
            if span is None:
                continue
            is_open = any(span[0] <= f <= span[1] for f in (number, number - BEAT))
            gap = 0.5 * parting_mm / MM if is_open else 0.0
            for side in (-1, 1):
                # A leaflet lies along the flow, as far from the middle as its inner edge and half
                # of its own thickness.
                at = round(y + side * (gap + 2))
                tip = x + way * round((0.9 if is_open else 0.45) * RING_MM / MM)
                cv2.line(frame, (x, at), (tip, at), 230, 4)
    noisy = frames.astype(np.int16) + rng.integers(-8, 8, frames.shape)
    grey = np.clip(noisy, 1, 255).astype(np.uint8)
    return Clip(
        id="plax", frames=np.repeat(grey[..., None], 3, axis=3), times_s=np.arange(FRAMES) / FPS,
        fps=FPS, total_frames=FRAMES, source="drawn",
    )  # fmt: skip


def recognition(
    *, mode: Mode = Mode.BMODE, view: View = View.PLAX, beats: bool = True,
    without: tuple[str, ...] = (),
) -> Recognition:  # fmt: skip
    """Hinges and what lies beyond them, in every second frame."""
    marks = {"ed": (0, BEAT), "es": (SYSTOLE, BEAT + SYSTOLE)} if beats else {"ed": (), "es": ()}
    facts = clip((), id="plax", view=view, frames=FRAMES, calibration=mm(MM), mode=mode, **marks)
    looked = tuple(range(0, FRAMES, 2))
    points = []
    for name, ((x, y), (dx, dy)) in RINGS.items():
        half = 0.5 * RING_MM / MM
        for side, hinge in zip((-1, 1), HINGES[name], strict=True):
            points.append((hinge, (x + side * dx * half, y + side * dy * half)))
        away = ONWARD[name] * 0.8 * RING_MM / MM
        points += [
            (end, (x + away, y + side * half))
            for side, end in zip((-1, 1), BEYOND[name], strict=True)
        ]
    tracks = tuple(
        PointTrack(
            name=name, frames=looked, points=np.tile(np.float32(place), (len(looked), 1)),
            spread=np.ones(len(looked), np.float32), seen=0.9,
        )
        for name, place in points
        if name not in without
    )  # fmt: skip
    return replace(facts.recognition, points=tracks)


def analysis(
    drawn: Clip, *, view: View = View.PLAX, standard: bool = True, scale: bool = True
) -> ClipAnalysis:
    """A drawn clip with what was read on it."""
    seen = recognition()
    trace = read_leaflets(drawn, seen)
    base = clip((), id="plax", view=view, frames=FRAMES,
                calibration=mm(MM) if scale else NO_CALIBRATION)  # fmt: skip
    judged = replace(base.recognition.judgement, standard=standard)
    known = replace(base.recognition, points=seen.points, judgement=judged, phases=seen.phases)
    return replace(base, recognition=known, trace=trace)
