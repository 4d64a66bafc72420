"""Colour Doppler: what a machine's autocorrelation makes of the blood in a box of the picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.flow.colormap import ColorMap, color_of
from core.phantom.flow.field import velocities
from core.phantom.flow.stream import Stream
from core.phantom.image.machine import Machine
from core.phantom.image.plane import ImagePlane, frame
from core.phantom.scene import Scene, distances

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColorBox:
    """Part of the fan: angles of its sides (radians, left to right), depths of its ends (mm)."""

    left: float
    right: float
    top_mm: float
    bottom_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ColorSettings:
    """How the colour is set up.

    Attributes:
        box: where.
        nyquist_cm_s: speeds beyond it wrap round.
        wall_filter_cm_s: slower movement is not shown.
        lines, gates: of the box.
        gain: of the colour against its noise; 1 is usual.
        priority: grey (0..255) from which the tissue covers the colour.
        persistence: part of the earlier frame that stays.
        color_map: of the picture.
    """

    box: ColorBox
    nyquist_cm_s: float = 61.6
    wall_filter_cm_s: float = 7.0
    lines: int = 44
    gates: int = 120
    gain: float = 1.0
    priority: float = 105.0
    persistence: float = 0.3
    color_map: ColorMap = ColorMap.FIRE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColorGrid:
    """The box's sample points in the heart's frame and the faults that stand still.

    Attributes:
        points: float32 [lines * gates, 3], mm.
        beams: float32 [lines * gates, 3], unit vectors away from the probe.
        strength: float32 [lines, gates], how well each place is heard, about 1.
    """

    points: Field
    beams: Field
    strength: Field


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """Mean phasor of each sample of the box, complex64 [lines, gates], and its power."""

    phasor: NDArray[np.complex64]
    power: Field

    @property
    def speed(self) -> Field:
        """float32 [lines, gates], -1..1, parts of the Nyquist speed; positive to the probe."""
        return np.asarray(np.angle(self.phasor) / np.pi, np.float32)


def color_grid(plane: ImagePlane, machine: Machine, settings: ColorSettings,
               rng: np.random.Generator, *, gain_db: Field | None = None) -> ColorGrid:  # fmt: skip
    """Sample points of a box; `gain_db` [beams, samples] of the window dims its weak places."""
    box, shape = settings.box, (settings.lines, settings.gates)
    angle = np.linspace(box.left, box.right, settings.lines)
    depth = np.linspace(box.top_mm, box.bottom_mm, settings.gates)
    origin, down, right, normal = frame(plane)
    beam = np.sin(angle)[:, None] * right + np.cos(angle)[:, None] * down
    start = origin - machine.face_mm * down
    points = start + (depth[None, :, None] + machine.face_mm) * beam[:, None, :]
    # The colour's slice is thicker than the picture's.
    aside = rng.normal(0, 0.8 + 0.010 * depth, shape)
    points = points + aside[..., None] * normal
    strength = np.exp(-np.maximum(depth - 120.0, 0) / 120.0) * np.ones(shape)
    if gain_db is not None:
        beams, samples = gain_db.shape
        rows = np.broadcast_to(((angle / machine.half_angle + 1) / 2 * (beams - 1))[:, None], shape)
        columns = np.broadcast_to(depth[None] / machine.depth_mm * samples - 0.5, shape)
        smooth = cv2.GaussianBlur(gain_db, (0, 0), 3.0)
        local = cv2.remap(smooth, columns.astype(np.float32), rows.astype(np.float32),
                          cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
        strength = strength * 10 ** (np.clip(local, -30, 6) / 20)
    return ColorGrid(
        points=np.asarray(points.reshape(-1, 3), np.float32),
        beams=np.asarray(np.repeat(beam, settings.gates, axis=0), np.float32),
        strength=np.asarray(strength, np.float32),
    )


def estimate(scene: Scene, streams: Sequence[Stream], grid: ColorGrid, settings: ColorSettings,
             rng: np.random.Generator, *, before: Estimate | None = None) -> Estimate:  # fmt: skip
    """The machine's estimate at one moment.

    Args:
        scene, streams: of the moment.
        grid: where, from `color_grid`.
        settings: of the box.
        rng: of the frame's noise.
        before: the earlier frame's estimate, of which a part stays.
    """
    shape = grid.strength.shape
    velocity, unrest = velocities(streams, grid.points, distances(scene, grid.points))
    toward = -np.einsum("nc,nc->n", velocity, grid.beams).reshape(shape)
    restless = unrest.reshape(shape)
    blood = np.asarray(np.linalg.norm(velocity, axis=1) > 2.0, np.float32).reshape(shape)
    # Eddies: a little larger than a sample, new in each frame.
    eddies = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), 0.9) * 3.0
    toward = toward + restless * eddies + rng.standard_normal(shape) * 0.04 * np.abs(toward)
    nyquist = settings.nyquist_cm_s
    wrapped = wrap(toward, nyquist)
    passed = wrapped**4 / (wrapped**4 + settings.wall_filter_cm_s**4)
    scatter = rng.gamma(4.0, 0.25, shape)
    power = blood * grid.strength * passed * scatter * settings.gain
    coherence = np.exp(-0.5 * np.minimum(np.pi * restless / nyquist, 2.0) ** 2 * 0.3)
    phasor = power * coherence * np.exp(1j * np.pi * toward / nyquist)
    noise = rng.standard_normal((2, *shape)) * 0.05
    phasor = phasor + noise[0] + 1j * noise[1]
    phasor = _smear(phasor)
    power = np.asarray(cv2.GaussianBlur(power, (0, 0), 1.1), np.float64)
    if before is not None:
        keep = settings.persistence
        phasor = (1 - keep) * phasor + keep * before.phasor
        power = (1 - keep) * power + keep * before.power
    return Estimate(phasor=np.asarray(phasor, np.complex64), power=np.asarray(power, np.float32))


def wrap(speed: NDArray[np.floating], nyquist: float) -> NDArray[np.floating]:
    """What a pulsed machine reads of a speed: within ± `nyquist` (any unit)."""
    return np.mod(speed + nyquist, 2 * nyquist) - nyquist


def paint(grey: NDArray[np.uint8], found: Estimate, settings: ColorSettings, *,
          angle: Field, depth_mm: Field) -> NDArray[np.uint8]:  # fmt: skip
    """Lays the colour over a picture.

    Args:
        grey: uint8 [H, W], the B-mode picture on the screen.
        found: the box's estimate.
        settings: of the box.
        angle, depth_mm: float32 [H, W], where each pixel lies in the fan.

    Returns:
        RGB uint8 [H, W, 3].
    """
    box = settings.box
    out = np.repeat(grey[..., None], 3, axis=2)
    inside = ((angle >= box.left) & (angle <= box.right)
              & (depth_mm >= box.top_mm) & (depth_mm <= box.bottom_mm))  # fmt: skip
    rows, columns = np.nonzero(inside)
    if not len(rows):
        return out
    y0, y1, x0, x1 = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    part = (slice(y0, y1), slice(x0, x1))
    line = (angle[part] - box.left) / (box.right - box.left) * (settings.lines - 1)
    gate = (depth_mm[part] - box.top_mm) / (box.bottom_mm - box.top_mm) * (settings.gates - 1)
    where = (np.asarray(gate, np.float32), np.asarray(line, np.float32))

    def read(values: NDArray[np.floating]) -> Field:
        return np.asarray(cv2.remap(np.asarray(values, np.float32), *where, cv2.INTER_LINEAR))

    real, imaginary, power = read(found.phasor.real), read(found.phasor.imag), read(found.power)
    size = np.hypot(real, imaginary)
    speed = np.arctan2(imaginary, real) / np.pi
    unrest = np.clip(1.4 * (1 - size / (power + 1e-3)) - 0.35, 0, 1)
    soft = cv2.GaussianBlur(grey[part], (0, 0), 1.2)
    # A priority that suits a black cavity would hide all colour in a hazy one.
    priority = max(settings.priority, float(np.median(soft[inside[part]])) + 40)
    show = (size > 0.05) & (power > 0.17) & (soft < priority) & inside[part]
    show = cv2.medianBlur(show.astype(np.uint8), 3) > 0
    view = out[part]
    view[show] = color_of(speed[show], unrest[show], settings.color_map)
    return out


def _smear(phasor: NDArray[np.complexfloating]) -> NDArray[np.complex128]:
    """Over neighbouring samples, more across the beams than along them."""
    parts = [
        cv2.GaussianBlur(np.ascontiguousarray(part, np.float32), (0, 0), sigmaX=1.2, sigmaY=0.7)
        for part in (phasor.real, phasor.imag)
    ]
    return np.asarray(parts[0] + 1j * parts[1], np.complex128)
