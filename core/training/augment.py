"""Augmentation for training: what another patient, another hand or another machine would change.

Each kind of change is one field with its strength; 0 switches it off. The patent names noise,
flips (up-down, left-right, 90 degrees), brightness, contrast, saturation and hue. Saturation and
hue change a picture that has colour (tinted grey maps, flow maps) before it is made grey. Flips
default to off for the region and view models: left and right, near and far are what tells one view
from another.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.recognition.square import to_gray
from core.training.clutter import write
from core.training.colour import jitter
from core.training.sample import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """Strengths.

    Attributes:
        rotate_deg, scale, shift: standard deviation (degrees; log; part of the side).
        stretch: standard deviation of the log of the aspect.
        flip_left_right, flip_up_down, turn_90: probabilities.
        sector: probability of another fan (narrower, tilted, cut off) drawn over the picture.
        brightness, contrast, gamma: standard deviations (part of full scale; log; log).
        saturation, hue_deg: standard deviations (log; degrees), on pictures that have colour.
        noise: upper end of the speckle's strength.
        blur: upper end of the Gaussian's sigma, px.
        gain: strength of slow gain fields.
        haze: upper end of the grey that is added over cavities and all, part of full scale.
        coarse: probability that the picture is shrunk and enlarged, as an old recording is.
        writing: probability of letters, a caliper or a curve over the picture.
    """

    rotate_deg: float = 8.0
    scale: float = 0.1
    shift: float = 0.04
    stretch: float = 0.08
    flip_left_right: float = 0.0
    flip_up_down: float = 0.0
    turn_90: float = 0.0
    sector: float = 0.4
    brightness: float = 0.06
    contrast: float = 0.2
    gamma: float = 0.25
    saturation: float = 0.3
    hue_deg: float = 12.0
    noise: float = 0.25
    blur: float = 1.6
    gain: float = 0.35
    haze: float = 0.25
    coarse: float = 0.2
    writing: float = 0.15


NONE = Augmentation(
    rotate_deg=0, scale=0, shift=0, stretch=0, sector=0, brightness=0, contrast=0, gamma=0,
    saturation=0, hue_deg=0,
    noise=0, blur=0, gain=0, haze=0, coarse=0, writing=0,
)  # fmt: skip


def to_square(
    sample: Sample, *, side: int, augmentation: Augmentation, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """The sample on a square: image uint8 [side, side], masks uint8 [16, side, side]."""
    warp = _warp(sample.image.shape, side, augmentation, rng)
    source = sample.image
    if sample.colour is not None:
        source = to_gray(
            jitter(
                sample.colour,
                saturation=augmentation.saturation,
                hue_deg=augmentation.hue_deg,
                rng=rng,
            )
        )
    image = np.asarray(cv2.warpAffine(source, warp, (side, side), flags=cv2.INTER_LINEAR), np.uint8)
    masks: NDArray[np.uint8] | None = None
    if sample.masks is not None:
        masks = np.zeros((len(sample.masks), side, side), np.uint8)
        for moved, mask in zip(masks, sample.masks, strict=True):
            if mask.any():
                moved[...] = cv2.warpAffine(mask, warp, (side, side), flags=cv2.INTER_NEAREST)
    image, masks = _turn(image, masks, augmentation, rng)
    image = intensity(image, augmentation, rng)
    if rng.random() < augmentation.sector:
        fan = _random_fan(side, rng)
        image = image * fan
        if masks is not None:
            masks = masks * fan
    return np.ascontiguousarray(image), masks


def _warp(
    shape: tuple[int, ...], side: int, a: Augmentation, rng: np.random.Generator
) -> NDArray[np.float64]:
    """2x3 matrix from picture to square: letterbox, then rotation, scale, stretch and shift."""
    height, width = shape
    fit = side / max(height, width)
    angle = np.deg2rad(rng.normal(0, a.rotate_deg))
    scale = fit * np.exp(rng.normal(0, a.scale))
    stretch = np.exp(rng.normal(0, a.stretch))
    cos, sin = np.cos(angle), np.sin(angle)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag([scale * stretch, scale / stretch])
    centre = np.array([width - 1, height - 1]) / 2
    target = np.full(2, (side - 1) / 2) + rng.normal(0, a.shift, 2) * side
    return np.hstack([linear, (target - linear @ centre)[:, None]])


def _turn(
    image: NDArray[np.uint8],
    masks: NDArray[np.uint8] | None,
    a: Augmentation,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    for probability, turn in (
        (a.flip_left_right, lambda x: x[..., :, ::-1]),
        (a.flip_up_down, lambda x: x[..., ::-1, :]),
        (a.turn_90, lambda x: np.rot90(x, axes=(-2, -1))),
    ):
        if rng.random() < probability:
            image = turn(image)
            masks = None if masks is None else turn(masks)
    return image, masks


def intensity(
    image: NDArray[np.uint8], a: Augmentation, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Uint8 [side, side] as another machine, gain or window would have shown it; black stays."""
    side = image.shape[0]
    inside = image > 0
    x: NDArray[np.floating] = image.astype(np.float32) / 255
    x = x ** np.exp(rng.normal(0, a.gamma))
    if a.gain:
        coarse = rng.normal(0, a.gain, (4, 4)).astype(np.float32)
        x = x * np.exp(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC))
    if a.noise and rng.random() < 0.6:
        fine = rng.standard_normal((side, side)).astype(np.float32)
        grain = cv2.GaussianBlur(fine, (0, 0), rng.uniform(0.4, 1.5), sigmaY=rng.uniform(0.3, 0.8))
        grain = grain / (grain.std() + 1e-6)
        x = x * (1 + rng.uniform(0, a.noise) * grain) + rng.uniform(0, 0.06) * grain * (x > 0)
    if a.blur and rng.random() < 0.5:
        x = np.asarray(cv2.GaussianBlur(x, (0, 0), rng.uniform(0.3, a.blur)))
    if a.haze and rng.random() < 0.4:
        x = np.maximum(x, 0) + _haze(side, a.haze, rng)
    if rng.random() < a.coarse:
        small = round(side * rng.uniform(0.35, 0.75))
        less = cv2.resize(np.asarray(x), (small, small), interpolation=cv2.INTER_AREA)
        x = np.asarray(cv2.resize(less, (side, side)), np.float32)
    mean = x[inside].mean() if inside.any() else 0.0
    x = (x - mean) * np.exp(rng.normal(0, a.contrast)) + mean + rng.normal(0, a.brightness)
    image = (np.clip(x * inside, 0, 1) * 255).astype(np.uint8)
    if rng.random() < a.writing:
        _annotate(image, rng)
    return image


def _haze(side: int, most: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Grey that fills cavities unevenly: reverberation, slice thickness, too much gain."""
    field = cv2.resize(
        rng.random((5, 5)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )
    fine = rng.standard_normal((side, side)).astype(np.float32)
    grain = cv2.GaussianBlur(fine, (0, 0), rng.uniform(0.8, 2.5), sigmaY=rng.uniform(0.5, 1.2))
    grain = 1 + rng.uniform(0, 0.7) * grain / (grain.std() + 1e-6)
    return np.asarray(rng.uniform(0, most) * np.clip(field, 0, 1) * grain, np.float32)


def _annotate(image: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Letters, a caliper line or a curve drawn over uint8 [side, side], in place."""
    side, ink = image.shape[0], int(rng.uniform(120, 255))
    for _ in range(int(rng.integers(1, 4))):
        kind = int(rng.integers(3))
        if kind == 0:
            write(image, rng, ink)
        elif kind == 1:
            first, second = rng.integers(0, side, (2, 2))
            cv2.line(image, first.tolist(), second.tolist(), ink, 1)
        else:
            height = np.cumsum(rng.normal(0, 2, side)) + rng.uniform(0.7, 1.0) * side
            line = np.stack([np.arange(side), height], axis=1).astype(np.int32)
            cv2.polylines(image, [line], False, ink, 1)


def _random_fan(side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """uint8 [side, side], 1 inside a random fan that leaves most of the middle."""
    apex = (side * rng.uniform(0.4, 0.6), side * rng.uniform(-0.25, 0.04))
    reach = side * rng.uniform(0.9, 1.3)
    half = rng.uniform(28, 50)
    middle = 90 + rng.normal(0, 4)
    fan = np.zeros((side, side), np.uint8)
    arc = cv2.ellipse2Poly(
        (round(apex[0]), round(apex[1])), (round(reach), round(reach)), 0,
        round(middle - half), round(middle + half), 2,
    )  # fmt: skip
    cv2.fillPoly(fan, [np.vstack([[np.round(apex).astype(np.int32)], arc]).astype(np.int32)], 1)
    return fan
