"""What the way to the heart does to the picture: the faults of one acoustic window."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.image.machine import Machine
from core.phantom.image.spread import Spread, spread_of

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """The fixed faults of a clip, by beam and sample of the machine's polar picture.

    Attributes:
        quality: 0 nearly blind to 1 perfect.
        aside: [beams, samples], mm: how far out of the plane each sample looks.
        gain_db: [beams, samples]: slow gain fields, dropout, depth gain.
        haze: [beams, samples, 4]: two complex looks of the grain of what stands still.
        haze_level: [beams, samples]: amplitude of clutter and reverberation.
        noise: [beams, 2 * samples, 4]: the receiver's noise, a part of it each frame.
        noise_gain: [samples]: amplitude of the noise.
        spread: the machine's point spread.
    """

    quality: float
    aside: Field
    gain_db: Field
    haze: Field
    haze_level: Field
    noise: Field
    noise_gain: Field
    spread: Spread


def depths(machine: Machine) -> Field:
    """Depth of the samples, mm: float32 [samples]."""
    return np.asarray((np.arange(machine.samples) + 0.5) * (machine.depth_mm / machine.samples),
                      np.float32)  # fmt: skip


def angles(machine: Machine) -> Field:
    """Direction of the beams, radians: float32 [beams]."""
    return np.asarray(np.linspace(-1, 1, machine.beams) * machine.half_angle, np.float32)


def draw_window(machine: Machine, quality: float, rng: np.random.Generator) -> Window:
    """The window of a clip; a poor one has more dropout, haze, clutter and out-of-plane spread."""
    shape = (machine.beams, machine.samples)
    bad = 1.0 - float(np.clip(quality, 0, 1))
    r = depths(machine)
    spread = spread_of(machine)
    slice_mm = machine.thickness_mm + machine.thickness_growth * np.abs(r - 0.5 * machine.focus_mm)
    aside = rng.standard_normal(shape) * slice_mm * (0.85 + 0.5 * bad)
    noise = rng.standard_normal((machine.beams, 2 * machine.samples, 4)).astype(np.float32)
    noise = spread.receive(noise)
    floor_db = machine.noise_db + _depth_gain(machine, r) + 4 * bad + np.where(
        r > machine.focus_mm, 0.04 * (r - machine.focus_mm), 0.05 * (r - machine.focus_mm)
    )  # fmt: skip
    return Window(
        quality=float(np.clip(quality, 0, 1)),
        aside=np.asarray(aside, np.float32),
        gain_db=_gain(machine, bad, r, rng),
        haze=spread.receive(rng.standard_normal((*shape, 4)).astype(np.float32)),
        haze_level=_haze(machine, bad, r, rng),
        noise=noise,
        noise_gain=np.asarray(10 ** (floor_db / 20), np.float32),
        spread=spread,
    )


def _gain(machine: Machine, bad: float, r: Field, rng: np.random.Generator) -> Field:
    """Slow gain fields, weak beams at the sides, beams lost to poor contact; dB."""
    shape = (machine.beams, machine.samples)
    slow = _clouds(rng, shape, (5, 4)) * (3.4 + 3.8 * bad) + _clouds(rng, shape, (12, 9)) * (
        1.4 + 1.6 * bad
    )
    across = np.linspace(-1, 1, machine.beams)
    lost = np.zeros(machine.beams)
    for side in (-1, 1):
        edge = rng.uniform(0.85, 1.35) - 0.5 * bad * rng.random()
        lost -= rng.uniform(4, 22) / (1 + np.exp(-(side * across - edge) / rng.uniform(0.04, 0.12)))
    if rng.random() < 0.15 + 0.5 * bad:
        middle, width = rng.uniform(-0.8, 0.8), rng.uniform(0.04, 0.16)
        lost -= rng.uniform(3, 6 + 10 * bad) * np.exp(-(((across - middle) / width) ** 2))
    lost = lost + np.convolve(rng.normal(0, 0.8, machine.beams + 4), np.ones(5) / 5, "valid")
    # Poor beams lose little near the face, where all elements still see.
    deep = 1 - np.exp(-r / 25)
    weak = -(0.012 + 0.05 * bad) * np.maximum(r - machine.focus_mm, 0)
    return np.asarray(slow + lost[:, None] * deep + _depth_gain(machine, r) + weak, np.float32)


def _depth_gain(machine: Machine, r: Field) -> Field:
    """What the sliders of the depth gain add to echoes and noise alike, dB: [samples]."""
    even = np.linspace(0, 1, len(machine.tgc_db))
    return np.asarray(np.interp(r / machine.depth_mm, even, machine.tgc_db), np.float32)


def _haze(machine: Machine, bad: float, r: Field, rng: np.random.Generator) -> Field:
    """Clutter that stands still: the near field with its repeated layers, and clouds of haze."""
    shape = (machine.beams, machine.samples)
    level = machine.clutter * 0.10 * np.exp(-r / rng.uniform(3.5, 8)) * np.ones(shape)
    veil = 0.008 + 0.05 * bad * rng.random()
    level += machine.clutter * veil * np.exp(-r / rng.uniform(16, 40))
    period = rng.uniform(4, 11)
    for order in range(1, int(rng.integers(2, 6))):
        bow = _clouds(rng, (machine.beams, 1), (5, 1)) * 0.5
        band = np.exp(-(((r - order * period - bow) / rng.uniform(0.5, 1.2)) ** 2))
        level += machine.clutter * rng.uniform(0.05, 0.6) * 0.6**order * band * np.clip(
            0.7 + 0.7 * _clouds(rng, (machine.beams, 1), (7, 1)), 0, None
        )  # fmt: skip
    clouds = np.clip(_clouds(rng, shape, (7, 5)) + 0.2, 0, None)
    level += machine.clutter * (0.004 + 0.02 * bad) * clouds * np.exp(-r / 90)
    return np.asarray(level, np.float32)


def _clouds(rng: np.random.Generator, shape: tuple[int, int], cells: tuple[int, int]) -> Field:
    """Unit noise, smooth over the picture's size divided by `cells`."""
    coarse = rng.standard_normal(cells).astype(np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
