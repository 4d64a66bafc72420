"""The point spread of a machine: how one scatterer smears over samples and beams."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.image.machine import Machine

Field = NDArray[np.float32]

_WIDER = 2.0  # lateral width far from the focus against at the focus
_REACH_MM = 75.0  # distance from the focus over which the beam opens
_SIDE = 9.0  # lateral width of the side lobes against the focus


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spread:
    """Separable kernels; each keeps the power of noise that passes through it.

    Attributes:
        axial: [2a+1], along the beam.
        sharp, wide: [2b+1], across the beams, at the focus and far from it.
        side: [2c+1], across the beams, of the power of side lobes (sums to one).
        out_of_focus: [samples], 0 at the focus to 1.
    """

    axial: Field
    sharp: Field
    wide: Field
    side: Field
    out_of_focus: Field

    def receive(self, noise: Field) -> Field:
        """Noise [beams, n, channels] as the receiver's band and beam forming let it through."""
        passed = cv2.sepFilter2D(noise, -1, self.axial, self.sharp, borderType=_BORDER)
        return np.asarray(passed, np.float32)


_BORDER = cv2.BORDER_REFLECT_101


def spread_of(machine: Machine) -> Spread:
    """The kernels in samples and beams of the machine's polar picture."""
    per_beam = 2 * machine.half_angle_deg / (machine.beams - 1)
    across = machine.blur_lateral / per_beam
    along = machine.blur_axial * machine.samples / machine.depth_mm
    r = (np.arange(machine.samples) + 0.5) * (machine.depth_mm / machine.samples)
    side = _bell(across * _SIDE)
    return Spread(
        axial=_bell(along, power=True),
        sharp=_bell(across, power=True),
        wide=_bell(across * _WIDER, power=True),
        side=side,
        out_of_focus=np.asarray(np.clip(np.abs(r - machine.focus_mm) / _REACH_MM, 0, 1) ** 1.5,
                                np.float32),
    )  # fmt: skip


def _bell(sigma: float, *, power: bool = False) -> Field:
    """Gaussian kernel whose sum, or with `power` whose sum of squares, is one."""
    half = max(1, int(np.ceil(2.6 * sigma)))
    bell = np.exp(-0.5 * (np.arange(-half, half + 1) / max(sigma, 0.3)) ** 2)
    scale = np.sqrt((bell**2).sum()) if power else bell.sum()
    return np.asarray(bell / scale, np.float32)
