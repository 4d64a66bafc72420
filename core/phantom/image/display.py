"""From echoes to grey levels: point spread, noise, compression."""

import math
from typing import Any

import cv2
import numba
import numpy as np
from numpy.typing import NDArray

from core.phantom.image.machine import Machine
from core.phantom.image.survey import STEP, Survey
from core.phantom.image.tissue import MUSCLE_DB
from core.phantom.image.window import Window

MUSCLE_GREY = 0.42  # muscle is shown mid-grey whatever the dynamic range
LOG_FLOOR = 1e-9  # power
# Speckle reduction, along and across the beams.
SMOOTH_KERNELS = tuple(
    np.asarray(cv2.getGaussianKernel(n, sigma)[:, 0], np.float32)
    for n, sigma in ((5, 1.3), (3, 0.8))
)
_LOG = 10.0 / math.log(10.0)  # dB of power per natural logarithm


def develop(
    echoes: NDArray[np.float32], machine: Machine, window: Window, found: Survey, start: int,
    before: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:  # fmt: skip
    """One polar picture.

    Args:
        echoes: float32 [beams, samples, 5] by `core.phantom.image.scatter.echoes`.
        machine: whose display.
        window: its noise and haze.
        found: for the reverberation behind gas.
        start: where in the window's noise this frame begins, 0..samples.
        before: the earlier frame, for persistence.

    Returns:
        uint8 [beams, samples].
    """
    spread = window.spread
    field = np.ascontiguousarray(echoes[..., :4])
    border = cv2.BORDER_REFLECT_101
    sharp = cv2.sepFilter2D(field, -1, spread.axial, spread.sharp, borderType=border)
    wide = cv2.sepFilter2D(field, -1, spread.axial, spread.wide, borderType=border)
    leak = cv2.sepFilter2D(np.ascontiguousarray(echoes[..., 4]), -1, np.ones(1, np.float32),
                           spread.side, borderType=border)  # fmt: skip
    level = np.empty(leak.shape, np.float32)
    _compress(sharp, wide, leak, spread.out_of_focus, window.haze, window.haze_level, window.noise,
              window.noise_gain, found.maps, start, machine.side_lobes, machine.compounding,
              level)  # fmt: skip
    return grey(level, machine, before)


def grey(
    level: NDArray[np.float32], machine: Machine, before: NDArray[np.uint8] | None
) -> NDArray[np.uint8]:
    """dB [beams, samples] to the display's grey, uint8."""
    if machine.smoothing:
        along, across = SMOOTH_KERNELS
        soft = cv2.sepFilter2D(level, -1, along, across, borderType=cv2.BORDER_REFLECT_101)
        mixed = cv2.addWeighted(level, 1 - machine.smoothing, soft, machine.smoothing, 0)
        level = np.asarray(mixed, np.float32)
    share = 1.0 if before is None else 1.0 - machine.persistence
    out = np.empty(level.shape, np.uint8)
    _paint(level, machine.dynamic_range_db, machine.gain_db, machine.gamma,
           out if before is None else before, share, out)  # fmt: skip
    return out


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def _compress(sharp: Any, wide: Any, leak: Any, out_of_focus: Any, haze: Any, haze_level: Any,
              noise: Any, noise_gain: Any, maps: Any, start: int, side: float,
              second: float, out: Any) -> None:  # fmt: skip
    beams, samples = leak.shape
    for b in range(beams):
        i = min(b // STEP, maps.shape[0] - 1)
        for s in range(samples):
            w = out_of_focus[s]
            still = (
                haze_level[b, s] + maps[i, min(s // STEP, maps.shape[1] - 1), 3] + side * leak[b, s]
            )
            g = noise_gain[s]
            power = LOG_FLOOR
            for k in range(4):
                field = sharp[b, s, k] * (1 - w) + wide[b, s, k] * w
                field += still * haze[b, s, k] + g * noise[b, start + s, k]
                power += field * field * (1 - 0.5 * second if k < 2 else 0.5 * second)
            out[b, s] = _LOG * math.log(power)


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def _paint(level: Any, dynamic_db: float, gain_db: float, gamma: float, before: Any, share: float,
           out: Any) -> None:  # fmt: skip
    # The grey map as a table over its thousand steps.
    table = np.empty(1024, np.float32)
    for k in range(1024):
        table[k] = 254.0 * (k / 1023.0) ** gamma + 1.0
    scale = 1023.0 / dynamic_db
    middle = MUSCLE_GREY ** (1.0 / gamma)
    for b in range(level.shape[0]):
        for s in range(level.shape[1]):
            step = int((level[b, s] + gain_db - MUSCLE_DB) * scale + 1023.0 * middle)
            value = table[min(max(step, 0), 1023)]
            if share < 1.0:
                value = share * value + (1 - share) * before[b, s]
            out[b, s] = np.uint8(value + 0.5)
