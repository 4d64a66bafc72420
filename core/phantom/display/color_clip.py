"""Colour Doppler over the grey picture, on a machine's screen."""

import numpy as np

from core.domain import Mode
from core.phantom.display.box import color_box
from core.phantom.display.fan import make_fan_screen
from core.phantom.display.still import ModeClip, Still
from core.phantom.display.style import style_of
from core.phantom.flow.circulation import streams_of
from core.phantom.flow.color import ColorSettings, Estimate, color_grid, estimate, paint
from core.phantom.flow.site import Site
from core.phantom.image.screen import Screen
from core.phantom.regions import ScreenRegion

_SLOW_CM_S = (38.0, 52.0)  # Nyquist speeds for veins and atrial septum
_FAST_CM_S = (54.0, 72.0)


def color_frames(still: Still, *, frames: int, fps: float) -> ModeClip:
    """A colour clip; it begins with mitral closure."""
    rng, machine = still.rng, still.machine
    slow = still.site in (Site.IVC, Site.ATRIAL_SEPTUM)
    heart, _, _ = still.pulse.moment(0.0)
    low, high = _SLOW_CM_S if slow else _FAST_CM_S
    settings = ColorSettings(
        box=color_box(heart, still.plane, machine, still.site, still.view),
        nyquist_cm_s=float(np.round(rng.uniform(low, high), 1)),
        wall_filter_cm_s=float(rng.uniform(5, 10)) * (0.7 if slow else 1.0),
        gain=float(np.exp(rng.normal(0, 0.12))),
        priority=float(rng.uniform(90, 130)),
        lines=int(rng.integers(34, 52)),
        gates=int(rng.integers(100, 140)),
        color_map=style_of(machine.look).color_map,
    )
    window = still.window()
    fan = make_fan_screen(machine, size=still.size, furniture=still.furniture, fps=fps,
                          heart_rate=still.heart_rate, color=settings)  # fmt: skip
    grid = color_grid(still.plane, machine, settings, rng, gain_db=window.gain_db)
    across = fan.screen.beam / (machine.beams - 1) * 2 - 1
    angle = np.asarray(across * machine.half_angle, np.float32)
    per_sample = machine.depth_mm / machine.samples
    depth = np.asarray((fan.screen.sample + 0.5) * per_sample, np.float32)
    out = np.zeros((frames, still.size[1], still.size[0], 3), np.uint8)
    found: Estimate | None = None
    polar = None
    for number in range(frames):
        time_s = number / fps
        heart, blood, _ = still.pulse.moment(time_s)
        polar = still.grey(window, time_s, number, polar)
        found = estimate(heart.scene, streams_of(heart, blood), grid, settings, rng, before=found)
        painted = paint(fan.screen.to_screen(polar), found, settings, angle=angle, depth_mm=depth)
        out[number] = fan.compose(painted, time_s=time_s, ecg=still.pulse.ecg)
        still.tell((number + 1) / frames)
    regions = (_box_region(fan.screen, settings), fan.region)
    return ModeClip(site=still.site, frames=out, regions=regions, screen=fan.screen)


def _box_region(screen: Screen, settings: ColorSettings) -> ScreenRegion:
    """The upright box round the colour box, with the fan's scale."""
    box, cm = settings.box, screen.mm_per_px / 10
    theta = np.linspace(box.left, box.right, 65)
    rim = np.concatenate([screen.at(theta, depth) for depth in (box.top_mm, box.bottom_mm)])
    x0, y0 = np.floor(rim.min(axis=0)).astype(int)
    x1, y1 = np.ceil(rim.max(axis=0)).astype(int)
    corners = (max(int(x0), 0), max(int(y0), 0), min(int(x1), screen.width),
               min(int(y1), screen.height))  # fmt: skip
    return ScreenRegion(mode=Mode.COLOR, box=corners, x_step=cm, y_step=cm, reference=screen.apex)
