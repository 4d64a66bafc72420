"""A clip of a mode other than the grey picture: colour, spectra, tissue Doppler, M-mode."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import InputError, Mode, View
from core.phantom.display.color_clip import color_frames
from core.phantom.display.mmode_strip import mmode_strip
from core.phantom.display.spectral_strip import spectral_strip
from core.phantom.display.still import Still
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.readings import Reading
from core.phantom.flow.site import Site, site_for
from core.phantom.image.machine import Machine
from core.phantom.image.screen import Screen
from core.phantom.probe.plane import Plane
from core.phantom.regions import ScreenRegion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModeClip:
    """A finished clip with what is true of its pixels.

    Attributes:
        mode, site: what it shows.
        frames: RGB uint8 [T, H, W, 3].
        times_s: float64 [T], of the heart; all the same while a strip is frozen.
        regions: what is calibrated; the strip (or the colour box) first, then the fan.
        screen: where the fan lies.
        values: readings of the strip as a perfect reader takes them from its pixels, by id.
        corrected: the same where the beam's angle changes them: along the blood's own direction.
        peaks: (x, y) px of the readings' peaks, one a beat, by id.
        curves: float64 [columns] rows px of what an M-mode shows, by name; NaN where it is not.
        angle_deg: between the beam and what moves at the peak; None where no speed is measured.
    """

    mode: Mode
    site: Site
    frames: NDArray[np.uint8]
    times_s: NDArray[np.float64]
    regions: tuple[ScreenRegion, ...]
    screen: Screen
    values: dict[str, Reading]
    corrected: dict[str, float]
    peaks: dict[str, tuple[tuple[float, float], ...]]
    curves: dict[str, NDArray[np.float64]]
    angle_deg: float | None = None


def render_mode(
    mode: Mode, *, pulse: Pulse, plane: Plane, machine: Machine, view: View,
    site: Site | None = None, seed: int, size: tuple[int, int] = (800, 600), frames: int = 1,
    fps: float = 20.0, furniture: bool = True, progress: Callable[[float], None] | None = None,
) -> ModeClip:  # fmt: skip
    """Renders a clip of any mode but the grey picture.

    Args:
        mode: COLOR, PW, CW, TDI or MMODE.
        pulse: the heart over time.
        plane: where the probe stands.
        machine: geometry and look; its look is also the screen's.
        view: that the plane is meant to be.
        site: what is aimed at; None takes the view's usual one.
        seed: of the window, the noise and the set-up.
        size: (width, height) of the screen, px.
        frames: colour: of the clip at `fps`; strips: a strip that runs in from the left in this
            many frames, the last one whole.
        fps: of the clip.
        furniture: text and scales.
        progress: told the part done, 0..1; may raise to cancel.

    Raises:
        InputError: the mode has no such picture in this view.
    """
    if mode not in (Mode.COLOR, Mode.PW, Mode.CW, Mode.TDI, Mode.MMODE):
        raise InputError(f"simulate: {mode.value} is no mode of its own screen")
    where = site_for(mode, view, site)
    still = Still(pulse=pulse, plane=plane, machine=machine, view=view, mode=mode, site=where,
                  size=size, furniture=furniture, progress=progress,
                  rng=np.random.default_rng((seed, list(Mode).index(mode), list(Site).index(where)
                                             )))  # fmt: skip
    if mode is Mode.COLOR:
        made = color_frames(still, frames=frames, fps=fps)
    elif mode is Mode.MMODE:
        made = mmode_strip(still, frames=frames)
    else:
        made = spectral_strip(still, frames=frames)
    times = np.arange(frames) / fps
    return ModeClip(
        mode=mode,
        site=where,
        frames=made.frames,
        times_s=times,
        regions=made.regions,
        screen=made.screen,
        values=made.values,
        corrected=made.corrected,
        peaks=made.peaks,
        curves=made.curves,
        angle_deg=made.angle_deg,
    )
