"""A Doppler strip from its pixels to its values."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.strip_scale import StripScale
from core.domain import Calibration, FlowSite, Mode, Trace
from core.measurement.doppler.beats import smoothed
from core.measurement.doppler.ecg import find_r_waves
from core.measurement.doppler.envelope import Envelope, envelope
from core.measurement.doppler.read import read_flows
from core.measurement.doppler.site import Surroundings, decide_site
from core.measurement.doppler.strip import Strip
from core.measurement.doppler.timing import timing_of
from core.measurement.reasons import Reason

Box = tuple[int, int, int, int]

_LEAST_CONTRAST = 0.2
# The edge touches the strip's end in this part of the columns: speeds are cut off or wrap round.
_EXCEEDED = 0.04
# Of a strip's tint: steps of brightness, the first that shows a colour, how much it may change from
# step to step, and how many pixels tell it.
_TINT_STEP, _FIRST_TINT, _TINT_CHANGE, _TINT_PIXELS = 16, 2, 0.2, 12
# Grey levels off the tint that are another colour; what is larger than this part of the strip's
# height is no mark.
_OTHER_COLOUR, _LARGE = 45.0, 0.06


def read_spectrum(
    frame: NDArray[np.uint8],
    box: Box,
    scale: StripScale,
    mode: Mode,
    around: Surroundings,
    *,
    number: int = 0,
) -> Trace:
    """Measures a Doppler strip.

    Args:
        frame: RGB uint8 [H, W, 3].
        box: (x0, y0, x1, y1) of the strip.
        scale: its scales.
        mode: PW, CW or TDI.
        around: the small picture beside it.
        number: index of the frame in its clip.
    """
    base = Trace(mode=mode, site=FlowSite.UNKNOWN, view=around.view, frame=number, box=box,
                 zero=scale.zero, calibration=scale.calibration)  # fmt: skip
    cm_s = scale.calibration.cm_s_per_px
    if cm_s is None or scale.zero is None or not box[1] + 4 < scale.zero < box[3] - 4:
        return _because(base, Reason.NO_STRIP_SCALE)
    strip = cut_strip(frame, box, scale.calibration, scale.zero, mode)
    sides = {sign: envelope(strip, sign) for sign in (1, -1)}
    curves = {sign: smoothed(strip, side) for sign, side in sides.items()}
    if max(side.contrast for side in sides.values()) < _LEAST_CONTRAST:
        return _because(base, Reason.NO_FLOW)
    decision = decide_site(
        mode, around, toward_cm_s=_fastest(curves[1]), away_cm_s=_fastest(curves[-1])
    )
    r_waves = find_r_waves(frame, box, strip.ms_per_px)
    louder = max(curves, key=lambda sign: _fastest(curves[sign]))
    timing = timing_of(strip, r_waves, (curves[1] + curves[-1], curves[louder]))
    quality = max(side.contrast for side in sides.values())
    if decision.site is FlowSite.UNKNOWN:
        return _because(base, Reason.UNKNOWN_FLOW, quality=quality)
    if timing is None:
        return _because(base, Reason.NO_BEATS, quality=quality, site=decision.site)
    reading = read_flows(strip, sides, timing, mode, decision.site)
    exceeded = _exceeded(sides, decision.site, mode)
    doubt = Reason.SCALE_EXCEEDED if exceeded else Reason.FLOW_ASSUMED if decision.assumed else None
    starts = [start for start, _ in timing.spans] + [end for _, end in timing.spans[-1:]]
    return Trace(
        mode=mode,
        site=decision.site,
        view=around.view,
        frame=number,
        box=box,
        zero=scale.zero,
        calibration=scale.calibration,
        beats=tuple(box[0] + start for start in starts),
        lines=reading.lines,
        peaks=reading.peaks,
        values=reading.values,
        missing=reading.missing,
        quality=quality,
        doubt=None if doubt is None else doubt.value,
    )


def cut_strip(
    frame: NDArray[np.uint8], box: Box, calibration: Calibration, zero: float, mode: Mode
) -> Strip:
    """The strip's brightness with its scales; `zero` in source px."""
    x0, y0, x1, y1 = box
    grey = without_marks(frame[y0:y1, x0:x1]).astype(np.float32)
    return Strip(mode=mode, grey=grey, corner=(x0, y0), zero=zero - y0,
                 cm_s_per_px=calibration.cm_s_per_px or 1.0,
                 ms_per_px=calibration.ms_per_px)  # fmt: skip


def without_marks(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Brightness, uint8 [h, w], of RGB [h, w, 3] without what is drawn over it in another colour.

    A strip has one tint: to each brightness belongs one colour. Calipers, an ECG and a baseline
    are mostly drawn in others; what lies beside them is put in their place.
    """
    grey = picture.max(axis=2)
    parts = picture.astype(np.float32) / np.maximum(grey, 1)[..., None]
    level = grey // _TINT_STEP
    tint = np.ones((256 // _TINT_STEP, 3), np.float32)
    before: NDArray[np.float32] | None = None
    for number in range(_FIRST_TINT, len(tint)):
        own = parts[level == number]
        if before is not None:  # the tint changes little from step to step
            own = own[np.abs(own - before).max(axis=1) < _TINT_CHANGE]
        if len(own) >= _TINT_PIXELS:
            before = np.asarray(np.median(own, axis=0), np.float32)
        if before is not None:
            tint[number] = before
    tint[:_FIRST_TINT] = tint[_FIRST_TINT]
    off = np.abs(parts - tint[level]).max(axis=2) * grey
    drawn = (off > _OTHER_COLOUR).astype(np.uint8)
    size = max(3, round(_LARGE * len(picture)))
    large = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    drawn[cv2.dilate(large, np.ones((5, 5), np.uint8)) > 0] = 0
    drawn = np.asarray(cv2.dilate(drawn, np.ones((3, 3), np.uint8)), np.uint8)
    if not drawn.any():
        return np.asarray(grey, np.uint8)
    return np.asarray(cv2.inpaint(grey, drawn, 3, cv2.INPAINT_TELEA), np.uint8)


def _fastest(curve: NDArray[np.float64]) -> float:
    return float(np.percentile(curve, 97))


def _exceeded(sides: dict[int, Envelope], site: FlowSite, mode: Mode) -> bool:
    """True where the measured side reaches the strip's end."""
    toward = (mode is Mode.PW and site is FlowSite.MITRAL) or site is FlowSite.RV_ANNULUS
    return sides[1 if toward else -1].full > _EXCEEDED


def _because(
    base: Trace, reason: Reason, *, quality: float = 0.0, site: FlowSite = FlowSite.UNKNOWN
) -> Trace:
    return Trace(
        mode=base.mode, site=site, view=base.view, frame=base.frame, box=base.box, zero=base.zero,
        calibration=base.calibration, missing=(("*", reason.value),), quality=quality,
    )  # fmt: skip
