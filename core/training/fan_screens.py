"""Screens of a virtual machine that show a fan: grey, in colour, or with its walls in colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Mode, View
from core.phantom.display import VIEWS, Site, make_fan_screen
from core.phantom.display.box import color_box
from core.phantom.display.style import style_of
from core.phantom.flow.circulation import streams_of
from core.phantom.flow.color import ColorSettings, color_grid, estimate, paint
from core.phantom.flow.colormap import ColorMap, color_of
from core.phantom.flow.pulse import Pulse
from core.phantom.heart.torso import torso_of
from core.phantom.image import Screen, draw_machine, draw_window, render, survey
from core.phantom.image.window import Window
from core.phantom.probe import Offset, Plane, canonical_plane, moved, random_other, resting_heart
from core.training.clearness import picture_quality

Box = tuple[int, int, int, int]
T = TypeVar("T")
_MAPS = tuple(ColorMap)
# Saturated pixels that a picture must have for its colour to be seen, part of the whole screen.
_LEAST_COLOUR = 0.002
_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """One screen.

    Attributes:
        pixels: RGB uint8 [H, W, 3].
        mode: what it shows.
        fan, strip: (x0, y0, x1, y1) px, half open; None where there is none.
        quality: 0..1 of a fan, see `picture_quality`; NaN for strips and where nobody can say.
        window: quality of the acoustic window of a fan, 0..1; NaN for strips.
    """

    pixels: NDArray[np.uint8]
    mode: Mode
    fan: Box | None = None
    strip: Box | None = None
    quality: float = float("nan")
    window: float = float("nan")


def one_of(options: Sequence[T], rng: np.random.Generator) -> T:
    """One of them, each as likely."""
    return options[int(rng.integers(len(options)))]


def grey_screen(pulse: Pulse, rng: np.random.Generator, *, size: tuple[int, int]) -> Drawn:
    """A B-mode screen: any view, hand, moment, machine and window."""
    view = one_of(tuple(View), rng)
    heart, _, _ = pulse.moment(float(rng.uniform(0, pulse.beats[1])))
    plane = _held(pulse, view, rng)
    machine, window_quality = draw_machine(view, rng), float(rng.random())
    window = draw_window(machine, window_quality, rng)
    found = survey(heart.scene, plane, machine, heart.material)
    polar = render(heart.scene, plane, machine, window, material=heart.material, found=found)
    rate = 60 / float(pulse.beats[1]) if rng.random() < 0.7 else None
    fan = make_fan_screen(machine, size=size, furniture=rng.random() < 0.85, heart_rate=rate,
                          fps=float(rng.uniform(18, 80)))  # fmt: skip
    return Drawn(
        pixels=fan.compose(fan.screen.to_screen(polar), time_s=float(rng.uniform(0, 5)),
                           ecg=pulse.ecg),
        mode=Mode.BMODE,
        fan=fan.region.box,
        quality=picture_quality(polar, found, window=window_quality),
        window=window_quality,
    )  # fmt: skip


def colour_screen(pulse: Pulse, rng: np.random.Generator, *, size: tuple[int, int]) -> Drawn | None:
    """A screen with colour flow, at a moment when some is seen; None where there is none to see."""
    site = one_of(list(VIEWS[Mode.COLOR]), rng)
    view = one_of(list(VIEWS[Mode.COLOR][site]), rng)
    machine, window_quality = draw_machine(view, rng), float(rng.beta(3, 2))
    window = draw_window(machine, window_quality, rng)
    plane = _held(pulse, view, rng)
    rate = 60 / float(pulse.beats[1]) if rng.random() < 0.7 else None
    settings = _colour_settings(pulse, plane, machine_site=(machine, site, view), rng=rng)
    fan = make_fan_screen(machine, size=size, furniture=rng.random() < 0.85, heart_rate=rate,
                          fps=float(rng.uniform(8, 30)), color=settings)  # fmt: skip
    for _ in range(_TRIES):
        at = float(rng.uniform(0, pulse.beats[1]))
        picture, quality = painted_view(pulse, plane, fan.screen, window, site, view, at, rng,
                                        settings=settings)  # fmt: skip
        if colour_share(picture) >= _LEAST_COLOUR:
            return Drawn(
                pixels=fan.compose(picture, time_s=float(rng.uniform(0, 5)), ecg=pulse.ecg),
                mode=Mode.COLOR, fan=fan.region.box, quality=quality, window=window_quality,
            )  # fmt: skip
    return None


def tissue_screen(pulse: Pulse, rng: np.random.Generator, *, size: tuple[int, int]) -> Drawn:
    """A fan whose walls are coloured by how they move: tissue Doppler."""
    view = one_of((View.A4C, View.A2C, View.A3C, View.PLAX, View.PSAX_PM), rng)
    heart, _, _ = pulse.moment(float(rng.uniform(0, pulse.beats[1])))
    plane, machine = _held(pulse, view, rng), draw_machine(view, rng)
    window = draw_window(machine, float(rng.beta(3, 2)), rng)
    polar = render(heart.scene, plane, machine, window, material=heart.material)
    fan = make_fan_screen(machine, size=size, furniture=rng.random() < 0.85, heart_rate=70.0,
                          fps=float(rng.uniform(80, 200)))  # fmt: skip
    picture = painted_tissue(fan.screen.to_screen(polar), fan.screen, rng)
    return Drawn(pixels=fan.compose(picture, ecg=pulse.ecg), mode=Mode.TDI, fan=fan.region.box)


def painted_view(
    pulse: Pulse, plane: Plane, screen: Screen, window: Window, site: Site, view: View, at: float,
    rng: np.random.Generator, *, settings: ColorSettings | None = None,
) -> tuple[NDArray[np.uint8], float]:  # fmt: skip
    """Picture RGB uint8 [H, W, 3] on the screen with its colour flow, and its quality."""
    machine = screen.machine
    chosen = settings or _colour_settings(
        pulse, plane, machine_site=(machine, site, view), rng=rng
    )  # fmt: skip
    heart, blood, _ = pulse.moment(at)
    found = survey(heart.scene, plane, machine, heart.material)
    polar = render(heart.scene, plane, machine, window, material=heart.material, found=found)
    grid = color_grid(plane, machine, chosen, rng, gain_db=window.gain_db)
    flow = estimate(heart.scene, streams_of(heart, blood), grid, chosen, rng)
    across = screen.beam / (machine.beams - 1) * 2 - 1
    angle = np.asarray(across * machine.half_angle, np.float32)
    depth = np.asarray((screen.sample + 0.5) * machine.depth_mm / machine.samples, np.float32)
    picture = paint(screen.to_screen(polar), flow, chosen, angle=angle, depth_mm=depth)
    return picture, picture_quality(polar, found, window=window.quality)


def painted_tissue(
    grey: NDArray[np.uint8], screen: Screen, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """uint8 [H, W] to RGB: in a part of the fan, bright tissue is coloured by a smooth movement."""
    height, width = grey.shape
    coarse = rng.normal(rng.choice([-0.5, 0.5]), 0.35, (3, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    speed = np.asarray(np.clip(np.clip(smooth, -1, 1) + rng.normal(0, 0.06, grey.shape), -1, 1))
    colours = color_of(speed, np.zeros_like(speed), ColorMap.PLAIN).astype(np.float32)
    soft = cv2.GaussianBlur(grey, (0, 0), 2.0)
    shown = (soft > np.percentile(grey[screen.inside], rng.uniform(40, 70))) & screen.inside
    middle = screen.machine.beams * rng.uniform(0.35, 0.65)
    half = screen.machine.beams * rng.uniform(0.12, 0.6)
    shown &= np.abs(screen.beam - middle) < half
    # The colour is laid over the grey half-transparently, as machines do.
    share = rng.uniform(0.55, 1.0)
    rgb = np.repeat(grey[..., None], 3, axis=2).astype(np.float32)
    light = 0.35 + 0.65 * rgb / 255
    mixed = (1 - share) * rgb + share * colours * light
    return np.where(shown[..., None], mixed, rgb).astype(np.uint8)


def colour_share(pixels: NDArray[np.uint8]) -> float:
    """Part of RGB uint8 [H, W, 3] that is strongly coloured, 0..1."""
    return float(coloured_pixels(pixels).mean())


def coloured_pixels(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """bool [H, W]: what is bright enough to have a colour, and has a strong one."""
    # Channel by channel: numpy's own maximum over three neighbours is ten times as slow.
    red, green, blue = cv2.split(pixels)
    high = cv2.max(cv2.max(red, green), blue)
    low = cv2.min(cv2.min(red, green), blue)
    return np.asarray((high > 55) & (cv2.subtract(high, low) > 0.35 * high))


def _held(pulse: Pulse, view: View, rng: np.random.Generator) -> Plane:
    """The plane of a view as some hand holds it."""
    patient = pulse.moment(0.0)[0].patient
    rest = resting_heart(patient)
    if view is View.OTHER:
        return random_other(rest, rng)
    turn, slide = rng.normal(0, 7, 3), rng.normal(0, 4, 2)
    offset = Offset(rotate_deg=float(turn[0]), tilt_deg=float(turn[1]), rock_deg=float(turn[2]),
                    slide_x_mm=float(slide[0]), slide_y_mm=float(slide[1]))  # fmt: skip
    return moved(torso_of(patient), canonical_plane(rest, view), offset)


def _colour_settings(
    pulse: Pulse, plane: Plane, *, machine_site: tuple, rng: np.random.Generator
) -> ColorSettings:
    machine, site, view = machine_site
    heart, _, _ = pulse.moment(0.0)
    # Any machine's screen may be set to any of its maps.
    kind = style_of(machine.look).color_map if rng.random() < 0.5 else one_of(_MAPS, rng)
    return ColorSettings(
        box=color_box(heart, plane, machine, site, view),
        nyquist_cm_s=float(rng.uniform(38, 72)),
        wall_filter_cm_s=float(rng.uniform(4, 10)),
        gain=float(np.exp(rng.normal(0.1, 0.25))),
        priority=float(rng.uniform(90, 150)),
        lines=int(rng.integers(34, 52)),
        gates=int(rng.integers(100, 140)),
        color_map=kind,
    )
