"""M-mode: the line, its trace over time and the truth of its walls, on a machine's screen."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Mode
from core.phantom.cycle.rhythm import BREATHS_A_MINUTE
from core.phantom.display.still import ModeClip, Still
from core.phantom.display.strip import DepthScale, make_strip_screen, strip_box, sweep_of
from core.phantom.display.style import style_of
from core.phantom.flow.gate import aim, make_gate, target_of
from core.phantom.flow.mmode import LINES_PER_S, trace
from core.phantom.flow.site import Site
from core.phantom.flow.walls import wall_readings, walls

# A strip through a vein shows a whole breath and a little more.
_BREATHS = 1.15


def mmode_strip(still: Still, *, frames: int) -> ModeClip:
    """A trace of some beats; the small picture above it is frozen in its first moment."""
    rng, machine, pulse = still.rng, still.machine, still.pulse
    x0, y0, x1, y1 = strip_box(style_of(machine.look), still.size)
    beats = rng.uniform(3.0, 4.6)
    seconds = float(np.clip(beats * pulse.beat_s, 2.0, 5.0))
    if still.site is Site.IVC:
        seconds = max(seconds, _BREATHS * 60 / BREATHS_A_MINUTE)
    # The root is aimed at before it has moved far, so that the line stays in it all the beat.
    start, end = pulse.windows(0)["ejection"]
    at = start + 0.15 * (end - start) if still.site is Site.AORTIC_ROOT else 0.0
    heart, _, _ = pulse.moment(at)
    angle, depth = aim(still.plane, machine, target_of(heart, Mode.MMODE, still.site))
    gate = make_gate(still.plane, machine, angle=angle, depth_mm=depth, length_mm=0.0, rng=rng)
    scale = DepthScale(
        width=x1 - x0, height=y1 - y0, first_mm=0.0, mm_per_px=machine.depth_mm / (y1 - y0),
        s_per_px=seconds / (x1 - x0),
    )  # fmt: skip
    lines = trace(pulse, still.plane, machine, gate, seconds, rng)
    still.tell(0.8)
    strip = stretched(lines, scale, depth_mm=machine.depth_mm)
    settings = [f"{machine.depth_mm / 10:.0f} cm", f"C {machine.dynamic_range_db:.0f}"]
    screen = make_strip_screen(
        machine, mode=Mode.MMODE, size=still.size, scale=scale, gate=gate,
        blocks=[("2D / MM", settings)], heart_rate=still.heart_rate,
        sweep_mm_s=sweep_of(seconds),
    )  # fmt: skip
    picture = screen.screen.to_screen(still.grey(still.window(), 0.0))
    out = screen.running(picture, strip, ecg=pulse.ecg, frames=frames)
    still.tell(1.0)
    times = np.arange(scale.width, dtype=np.float64) * scale.s_per_px
    depths = walls(pulse, gate, still.site, times, depth_mm=machine.depth_mm)
    return ModeClip(
        site=still.site,
        frames=out,
        regions=screen.regions,
        screen=screen.screen,
        values=wall_readings(still.site, depths, times, pulse),
        curves={name: y0 + (curve - scale.first_mm) / scale.mm_per_px
                for name, curve in depths.items()},
    )  # fmt: skip


def stretched(lines: NDArray[np.uint8], scale: DepthScale, *, depth_mm: float) -> NDArray[np.uint8]:
    """Lines [samples, columns] at `LINES_PER_S` onto the strip's own pixels."""
    samples = len(lines)
    x = np.arange(scale.width) * scale.s_per_px * LINES_PER_S
    y = (scale.first_mm + np.arange(scale.height) * scale.mm_per_px) / depth_mm * samples - 0.5
    grid_x, grid_y = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    return np.asarray(cv2.remap(lines, grid_x, grid_y, cv2.INTER_LINEAR,
                                borderMode=cv2.BORDER_REPLICATE), np.uint8)  # fmt: skip
