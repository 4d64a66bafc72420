"""A clip of a mode other than the grey picture: colour, spectra, tissue Doppler, M-mode."""

from collections.abc import Callable

import numpy as np

from core.domain import InputError, Mode, View
from core.phantom.display.color_clip import color_frames
from core.phantom.display.mmode_strip import mmode_strip
from core.phantom.display.spectral_strip import spectral_strip
from core.phantom.display.still import ModeClip, Still
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.site import Site, site_for
from core.phantom.image.machine import Machine
from core.phantom.probe.plane import Plane


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
        return color_frames(still, frames=frames, fps=fps)
    if mode is Mode.MMODE:
        return mmode_strip(still, frames=frames)
    return spectral_strip(still, frames=frames)
