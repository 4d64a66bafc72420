"""What the clips of all modes are made from and of."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.domain import Mode, View
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.readings import Reading
from core.phantom.flow.site import Site
from core.phantom.image.machine import Machine
from core.phantom.image.render import render
from core.phantom.image.screen import Screen
from core.phantom.image.window import Window, draw_window
from core.phantom.probe.plane import Plane
from core.phantom.regions import ScreenRegion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Still:
    """The order for one clip; see `core.phantom.display.modes.render_mode`."""

    pulse: Pulse
    plane: Plane
    machine: Machine
    view: View
    mode: Mode
    site: Site
    size: tuple[int, int]
    furniture: bool
    progress: Callable[[float], None] | None
    rng: np.random.Generator

    @property
    def heart_rate(self) -> float:
        """Beats a minute, mean of the recording."""
        return 60.0 / self.pulse.beat_s

    def window(self) -> Window:
        """A window of this patient's quality."""
        quality = self.pulse.moment(0.0)[0].patient.quality
        return draw_window(self.machine, quality, self.rng)

    def grey(self, window: Window, time_s: float, number: int = 0,
             before: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:  # fmt: skip
        """The polar picture uint8 [beams, samples] at a time."""
        heart, _, _ = self.pulse.moment(time_s)
        return render(heart.scene, self.plane, self.machine, window, material=heart.material,
                      number=number, before=before)  # fmt: skip

    def tell(self, part: float) -> None:
        """Passes on how far it is."""
        if self.progress is not None:
            self.progress(part)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModeClip:
    """A finished clip with what is true of its pixels.

    Attributes:
        site: what it shows.
        frames: RGB uint8 [T, H, W, 3].
        regions: what is calibrated; the strip (or the colour box) first, then the fan.
        screen: where the fan lies.
        values: readings of the strip as a perfect reader takes them from its pixels, by id.
        corrected: the same where the beam's angle changes them: along the blood's own direction.
        peaks: (x, y) px of the readings' peaks, one a beat, by id.
        curves: float64 [columns] rows px of what an M-mode shows, by name; NaN where it is not.
    """

    site: Site
    frames: NDArray[np.uint8]
    regions: tuple[ScreenRegion, ...]
    screen: Screen
    values: dict[str, Reading] = field(default_factory=dict)
    corrected: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    curves: dict[str, NDArray[np.float64]] = field(default_factory=dict)
