"""The outer edge of a spectrum, column by column.

The edge is where the brightness, summed outwards from the baseline and counted against a
threshold, is greatest: gaps and grain inside the spectrum and single bright grains outside do not
move it. Thin vertical lines (a valve's click) are cut away afterwards by their width, and what
mirrors a louder flow on the other side of the baseline is left out.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Mode
from core.measurement.doppler.strip import Strip

Floats = NDArray[np.float64]

# The edge as seen from far: this part of the way from the noise to the side's brightness, and how
# much a dark pixel inside the spectrum (a laminar flow is hollow) may count against it.
_COARSE, _DARK = 0.12, 0.2
_NOISE_SIGMAS = 4.0
# The edge itself: part of the way from the noise to the brightness just inside it; set so that the
# edge of the virtual heart's spectra, whose true speeds are known, comes out without bias.
_LEVEL = {Mode.PW: 0.50, Mode.CW: 0.58, Mode.TDI: 0.74}
# The screen's grey is logarithmic: from the brightness just inside to the edge it falls by a number
# of grey levels. Where a spectrum fades to little more, its edge is where the noise begins.
_FALL, _FLOOR = 45.0, 6.0
# The brightness just inside is looked for over this part of the height below the coarse edge.
_BAND = 0.15
# What hangs at the strip's far end, apart from the flow at the baseline, has wrapped round.
_WRAPPED_PART, _GAP_PART = 0.03, 0.06
# A row in this outer part of a side that is bright over so much of the strip is a line across it.
_FAR_PART, _ALONG = 0.3, 0.35
_CLICK_MS = 26.0
# A spike higher than this part of the tallest flow over its neighbours is a click.
_CLICK_PART = 0.16
_SMOOTH_MS = 9.0
# The wall filter's gap and the clutter beside the baseline, as a part of the strip's span.
_CLUTTER_PART = 0.025


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Envelope:
    """One side's edge.

    Attributes:
        sign: 1 for speeds toward the probe (above the baseline), -1 for away.
        speed: float64 [w], cm/s, >= 0, by column.
        contrast: how far the spectrum's brightness stands above the noise, 0..1.
        full: share of columns in which the edge touches the strip's end: the scale was set too
            small, speeds wrap round or are cut.
    """

    sign: int
    speed: Floats
    contrast: float
    full: float


def envelope(strip: Strip, sign: int) -> Envelope:
    """The edge on one side of the baseline.

    Args:
        strip: the spectrum.
        sign: 1 above the baseline, -1 below.
    """
    side = _side(strip, sign)
    rows, width = side.shape
    if rows < 8 or width < 16:
        return Envelope(sign=sign, speed=np.zeros(width), contrast=0.0, full=0.0)
    across = max(strip.columns(_SMOOTH_MS) / 2.0, 0.5)
    soft = cv2.GaussianBlur(side, (0, 0), sigmaX=across, sigmaY=0.8).astype(np.float64)
    noise, grain, bright = _levels(strip, soft)
    reach = max(bright - noise, 1.0)
    above = max(_COARSE * reach, _NOISE_SIGMAS * grain)
    soft = _without_wrapped(soft, noise, noise + above)
    coarse = _edges(soft, noise + above, _DARK * above)
    fine = _refined(soft, coarse, noise, grain, strip)
    edge = coarse
    speed = fine * strip.cm_s_per_px
    full = float((edge >= rows - 2).mean())
    speed = _without_clicks(speed, strip)
    return Envelope(sign=sign, speed=speed, contrast=float(np.clip(reach / 160.0, 0, 1)), full=full)


def _side(strip: Strip, sign: int) -> NDArray[np.float32]:
    """Rows outwards from the baseline, float32 [rows, w]; the baseline's own line is left out."""
    grey = strip.grey
    first = round(strip.zero)
    side = grey[:first][::-1] if sign > 0 else grey[first + 1 :]
    side = np.ascontiguousarray(side, np.float32)
    gap = min(2, len(side))
    side[:gap] = 0
    return side


def _levels(strip: Strip, soft: Floats) -> tuple[float, float, float]:
    """(noise, its grain, spectrum) brightness of a side, float64 [rows, w]."""
    clear = soft[int(_CLUTTER_PART * strip.height) :]
    if clear.size == 0:
        clear = soft
    low = clear[clear <= np.percentile(clear, 40)]
    noise = float(np.median(low))
    # The lower half's spread, doubled: the upper half may hold signal.
    grain = 2.0 * float(np.std(low)) + 0.5
    top = np.sort(clear, axis=0)[-max(3, len(clear) // 40) :].mean(axis=0)
    return noise, grain, float(np.percentile(top, 85))


def _edges(soft: Floats, threshold: float, dark: float) -> NDArray[np.int64]:
    """Number of rows inside the spectrum, int [w]."""
    gain = np.maximum(soft - threshold, -dark)
    total = np.concatenate([np.zeros((1, gain.shape[1])), np.cumsum(gain, axis=0)])
    return np.asarray(total.argmax(axis=0), np.int64)


def _without_wrapped(soft: Floats, noise: float, threshold: float) -> Floats:
    """A side, float64 [rows, w], without what hangs at its far end and does not reach the baseline:
    the other side's flow that wraps round, an ECG, a border."""
    rows = len(soft)
    bridge = max(1, round(_WRAPPED_PART * rows))
    bright = (soft >= threshold).astype(np.uint8)[::-1]
    # An ECG or a border runs along the strip; what lies beyond is no part of it.
    thick = cv2.dilate(bright[: round(_FAR_PART * rows)], np.ones((bridge, 1), np.uint8))
    far = thick.mean(axis=1) > _ALONG
    end = int(far.argmax()) if far.any() else 0
    bright[:end] = 1
    # A gap right at the end is bridged too.
    padded = np.concatenate([np.ones((bridge, bright.shape[1]), np.uint8), bright])
    joined = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((bridge, 1), np.uint8))[bridge:]
    dark = joined == 0
    first = np.where(dark.any(axis=0), dark.argmax(axis=0), rows)
    # Apart from the baseline's flow by at least such a gap.
    gap = max(2, round(_GAP_PART * rows))
    number = np.arange(rows)[:, None]
    behind = (number >= first) & (number < first + gap)
    apart = (first > 0) & (first + gap <= rows) & ~((joined > 0) & behind).any(axis=0)
    out = soft.copy()
    out[((number < first) & apart)[::-1]] = noise
    return out


def _refined(
    soft: Floats, coarse: NDArray[np.int64], noise: float, grain: float, strip: Strip
) -> Floats:
    """The edge to a part of a pixel, float64 [w], from the brightness just inside it."""
    rows, width = soft.shape
    number = np.arange(rows)[:, None]
    low = np.floor(coarse * (1 - _BAND)).astype(np.int64)
    inside = (number >= low) & (number < np.maximum(coarse, 1))
    near = np.where(inside, soft, -1.0)
    bright = near.max(axis=0)
    wide = max(3, 2 * round(strip.columns(_SMOOTH_MS)) + 1)
    bright = np.asarray(cv2.blur(bright.astype(np.float32)[None], (wide, 1))[0], np.float64)
    high = np.maximum(bright - noise, 1.0)
    fall = np.maximum((1.0 - _LEVEL[strip.mode]) * high, _FALL)
    floor = noise + max(_FLOOR, _NOISE_SIGMAS * grain)
    threshold = np.minimum(np.maximum(bright - fall, floor), noise + 0.9 * high)
    over = (soft >= threshold) & inside
    last = np.where(over.any(axis=0), rows - 1 - over[::-1].argmax(axis=0), 0)
    columns = np.arange(width)
    outer = np.clip(last + 1, 0, rows - 1)
    here, there = soft[last, columns], soft[outer, columns]
    part = np.clip((here - threshold) / np.maximum(here - there, 1e-6), 0.0, 1.0)
    # Row k of a side lies half a pixel further out than its number.
    return np.where((coarse > 0) & over.any(axis=0), last + 0.5 + part, 0.0)


def _without_clicks(speed: Floats, strip: Strip) -> Floats:
    """The edge without spikes that are too narrow for a flow."""
    wide = max(3, 2 * round(strip.columns(_CLICK_MS) / 2) + 1)
    kernel = np.ones((1, wide), np.uint8)
    low = cv2.morphologyEx(
        speed.astype(np.float32)[None], cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_REPLICATE
    )[0]
    tall = float(np.percentile(low, 97))
    spike = speed - low > max(_CLICK_PART * tall, 2.5 * strip.cm_s_per_px)
    kept = np.where(spike, low, speed)
    return np.asarray(cv2.medianBlur(kept.astype(np.float32)[None], 3)[0], np.float64)
