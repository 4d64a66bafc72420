"""The caval vein through the breath.

Rudski et al., J Am Soc Echocardiogr 2010;23:685-713: its width one to two centimetres from the
right atrium, largest and smallest while the patient breathes.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, View
from core.measurement.lines import Ends, best_ends, caliper
from core.measurement.pictures import Picture
from core.measurement.reasons import NotMeasuredError
from core.measurement.result import measured, missing
from core.measurement.uncertainty import length_interval

WIDTHS = "largest and smallest over the breath"
ONE_WIDTH = "linear"
# A breath takes some seconds: a shorter clip shows one width, not the largest and the smallest.
_LEAST_SECONDS = 3.0
_SMOOTH = 1.5


def vena_cava(clips: Sequence[ClipAnalysis]) -> Measurement:
    """`ivc`: the largest width; `maximum` and `minimum` as parts where the clip holds a breath."""
    try:
        ends = best_ends(clips, View.SC_IVC, caliper("ivc"))
    except NotMeasuredError as error:
        return missing("ivc", error.reason)
    lengths = gaussian_filter1d(ends.lengths, _SMOOTH, mode="nearest")
    wide, narrow = int(lengths.argmax()), int(lengths.argmin())
    breathes = _seconds(ends) >= _LEAST_SECONDS
    shown = [wide, narrow] if breathes else [wide]
    largest = float(lengths[wide])
    found = measured(
        "ivc",
        largest,
        interval=length_interval([largest], float(np.mean(ends.sd_mm))),
        method=WIDTHS if breathes else ONE_WIDTH,
        pictures=[Picture(clip=ends.clip, frame=ends.frames[row]) for row in shown],
        points=ends.px[wide],
    )
    if not breathes:
        return found
    parts = (("maximum", largest), ("minimum", float(lengths[narrow])))
    return replace(found, parts=parts)


def _seconds(ends: Ends) -> float:
    """How long the frames looked at last; 0 where the source tells no rate."""
    rate = ends.clip.fps
    return 0.0 if not rate else (ends.frames[-1] - ends.frames[0]) / rate
