"""Screens of a virtual machine that show a strip, spectra and M-mode: several from one gate."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Mode, View
from core.phantom.display import VIEWS, Site
from core.phantom.display.mmode_strip import stretched
from core.phantom.display.spectral_strip import choose_scale
from core.phantom.display.strip import DepthScale, StripScreen, make_strip_screen, strip_box
from core.phantom.display.style import style_of
from core.phantom.flow.gate import Gate, aim, make_gate, target_of
from core.phantom.flow.listen import listen, move
from core.phantom.flow.mmode import LINES_PER_S, trace
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.spectrum import Course, Scale, SpectralSettings, spectrum
from core.phantom.image import Machine, draw_machine, draw_window, render
from core.phantom.probe import Plane, canonical_plane, resting_heart
from core.training.fan_screens import Drawn, one_of, painted_tissue, painted_view

_GATE_MM = {Mode.PW: 4.0, Mode.TDI: 5.0, Mode.CW: 0.0}
_SECONDS = 5.0  # that are listened to; a strip shows a part of them
_SWEEPS = (50, 75, 100)
# How often the small picture has colour in it: triplex for blood, tissue colours for walls.
_TRIPLEX = {Mode.PW: 0.4, Mode.CW: 0.5, Mode.TDI: 0.0}
_TISSUE_COLOUR = 0.4


def spectral_screens(
    pulse: Pulse, mode: Mode, rng: np.random.Generator, *, size: tuple[int, int], count: int
) -> Iterator[Drawn]:
    """`count` strips of one gate, each on another machine with its own scale, gain and sweep."""
    site = one_of(list(VIEWS[mode]), rng)
    view = one_of(list(VIEWS[mode][site]), rng)
    heart, _, _ = pulse.moment(0.0)
    plane = canonical_plane(resting_heart(heart.patient), view)
    course, gate = _heard(pulse, plane, draw_machine(view, rng), mode, site, rng)
    for _ in range(count):
        machine = draw_machine(view, rng)
        x0, y0, x1, y1 = strip_box(style_of(machine.look), size)
        seconds = float(rng.uniform(1.8, 4.9))
        scale = choose_scale(course, width=x1 - x0, height=y1 - y0, seconds=seconds, rng=rng)
        scale = _set_otherwise(scale, rng)
        # A deeper or shallower picture than the one the gate was set in still shows it.
        shown = replace(gate, depth_mm=min(gate.depth_mm, machine.depth_mm - 8))
        strip = spectrum(course, scale, _settings(mode, scale, rng), rng)
        screen = make_strip_screen(
            machine, mode=mode, size=size, scale=scale, gate=shown,
            blocks=[("2D", [f"{machine.depth_mm / 10:.0f} cm"]), (mode.value.upper(), ["1.8 MHz"])],
            heart_rate=60.0 / float(np.diff(pulse.beats).mean()),
            sweep_mm_s=int(rng.choice(_SWEEPS)),
        )  # fmt: skip
        picture = _small_picture(pulse, plane, screen, mode, site, view, rng)
        yield _drawn(screen, picture, strip, pulse, mode, rng)


def mmode_screens(
    pulse: Pulse, rng: np.random.Generator, *, size: tuple[int, int], count: int
) -> Iterator[Drawn]:
    """`count` M-mode strips of one line: one beat is traced, and shown as often as fits."""
    site = one_of(list(VIEWS[Mode.MMODE]), rng)
    view = one_of(list(VIEWS[Mode.MMODE][site]), rng)
    heart, _, _ = pulse.moment(0.0)
    plane, machine = canonical_plane(resting_heart(heart.patient), view), draw_machine(view, rng)
    angle, depth = aim(plane, machine, target_of(heart, Mode.MMODE, site))
    gate = make_gate(plane, machine, angle=angle, depth_mm=depth, length_mm=0.0, rng=rng)
    beat = float(pulse.beats[1] - pulse.beats[0])
    lines = trace(pulse, plane, machine, gate, beat, rng)[:, : max(1, round(beat * LINES_PER_S))]
    for _ in range(count):
        machine = replace(draw_machine(view, rng), depth_mm=machine.depth_mm)
        x0, y0, x1, y1 = strip_box(style_of(machine.look), size)
        seconds = float(rng.uniform(1.5, 6.0))
        first = float(rng.uniform(0, 0.25)) * machine.depth_mm if rng.random() < 0.3 else 0.0
        scale = DepthScale(
            width=x1 - x0, height=y1 - y0, first_mm=first,
            mm_per_px=(machine.depth_mm - first) / (y1 - y0), s_per_px=seconds / (x1 - x0),
        )  # fmt: skip
        beats = np.tile(lines, (1, int(seconds / beat) + 2))
        strip = stretched(beats, scale, depth_mm=machine.depth_mm)
        strip = np.asarray(cv2.add(strip, rng.normal(0, 6, strip.shape), dtype=cv2.CV_8U), np.uint8)
        screen = make_strip_screen(
            machine, mode=Mode.MMODE, size=size, scale=scale, gate=gate,
            blocks=[("2D / MM", [f"{machine.depth_mm / 10:.0f} cm"])],
            heart_rate=60.0 / beat, sweep_mm_s=int(rng.choice(_SWEEPS)),
        )  # fmt: skip
        picture = screen.screen.to_screen(_grey(pulse, plane, machine, 0.0, rng))
        yield _drawn(screen, picture, strip, pulse, Mode.MMODE, rng)


def _heard(
    pulse: Pulse, plane: Plane, machine: Machine, mode: Mode, site: Site, rng: np.random.Generator
) -> tuple[Course, Gate]:
    """What a gate on its target hears in `_SECONDS`."""
    start, end = pulse.windows(0)["early" if mode is Mode.PW else "ejection"]
    heart, _, _ = pulse.moment(0.5 * (start + end))
    angle, depth = aim(plane, machine, target_of(heart, mode, site))
    gate = make_gate(plane, machine, angle=angle, depth_mm=depth, length_mm=_GATE_MM[mode], rng=rng)
    if mode is Mode.TDI:
        course, _ = move(pulse, site, gate, _SECONDS, rng)
    else:
        louder = 1.3 if mode is Mode.CW else 0.0
        course, _ = listen(pulse, gate, _SECONDS, rng, louder=louder)
    return course, gate


def _set_otherwise(scale: Scale, rng: np.random.Generator) -> Scale:
    """The scale as a hurried hand leaves it: too wide, turned over, the baseline elsewhere."""
    wide = float(np.exp(rng.uniform(-0.1, 0.9))) if rng.random() < 0.5 else 1.0
    baseline = scale.baseline
    if wide != 1.0 or rng.random() < 0.2:
        baseline = float(np.clip(baseline + rng.normal(0, 0.12) * scale.height,
                                 0.08 * scale.height, 0.92 * scale.height))  # fmt: skip
    return replace(scale, baseline=round(baseline), cm_s_per_px=scale.cm_s_per_px * wide)


def _settings(mode: Mode, scale: Scale, rng: np.random.Generator) -> SpectralSettings:
    """Gain, noise and filters over the range that machines and hands cover."""
    base = SpectralSettings(
        pulsed=mode is not Mode.CW,
        wall_filter_cm_s=float(rng.uniform(0.008, 0.04)) * scale.span_cm_s,
        gain_db=float(rng.normal(0, 4.0)),
        dynamic_range_db=float(rng.uniform(24, 46)),
        noise_db=float(rng.uniform(-44, -24)),
        fill=float(rng.uniform(0.1, 0.6)),
        broadening=float(rng.uniform(0.02, 0.05)),
        clutter=float(rng.uniform(0.2, 1.2)),
        mirror=float(10 ** rng.uniform(-4, -2.2)),
    )
    if mode is Mode.CW:
        return replace(base, broadening=float(rng.uniform(0.03, 0.06)),
                       fill=float(rng.uniform(0.5, 1.0)), clutter=2 * base.clutter)  # fmt: skip
    if mode is Mode.TDI:
        return replace(base, wall_filter_cm_s=float(rng.uniform(0.1, 0.6)),
                       clutter=0.3 * base.clutter, fill=float(rng.uniform(0.1, 0.5)),
                       broadening=float(rng.uniform(0.04, 0.12)))  # fmt: skip
    return base


def _small_picture(
    pulse: Pulse, plane: Plane, screen: StripScreen, mode: Mode, site: Site, view: View,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:  # fmt: skip
    """The fan above the strip, uint8 [H, W] or in colours [H, W, 3]."""
    at = float(rng.uniform(0, pulse.beats[1]))
    machine = screen.screen.machine
    if mode is Mode.TDI:
        grey = screen.screen.to_screen(_grey(pulse, plane, machine, at, rng))
        return painted_tissue(grey, screen.screen, rng) if rng.random() < _TISSUE_COLOUR else grey
    if rng.random() < _TRIPLEX[mode] and _has_colour(view, site):
        window = draw_window(machine, float(rng.beta(3, 2)), rng)
        return painted_view(pulse, plane, screen.screen, window, site, view, at, rng)[0]
    return screen.screen.to_screen(_grey(pulse, plane, machine, at, rng))


def _has_colour(view: View, site: Site) -> bool:
    return view in VIEWS[Mode.COLOR].get(site, ())


def _grey(
    pulse: Pulse, plane: Plane, machine: Machine, at: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    heart, _, _ = pulse.moment(at)
    window = draw_window(machine, float(rng.beta(3, 2)), rng)
    return render(heart.scene, plane, machine, window, material=heart.material)


def _drawn(
    screen: StripScreen, picture: NDArray[np.uint8], strip: NDArray[np.uint8], pulse: Pulse,
    mode: Mode, rng: np.random.Generator,
) -> Drawn:  # fmt: skip
    # Most strips are whole; a live one has run in a part of its way.
    part = float(rng.uniform(0.35, 1.0)) if rng.random() < 0.15 else 1.0
    pixels = screen.compose(picture, strip, ecg=pulse.ecg, part=part)
    fan = screen.regions[1].box
    return Drawn(pixels=pixels, mode=mode, fan=fan, strip=screen.box)
