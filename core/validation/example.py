"""One pair as a picture: its recording drawn again, with what was measured and what is true."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.analysis.drawing import Mark, draw_overlay
from core.domain import InputError
from core.language import text
from core.phantom.clip import PhantomClip
from core.phantom.exam import STANDARD_EXAM
from core.phantom.truth.measure import LINES
from core.validation.exam import patient_of, render_take
from core.validation.pair import Pair


def can_show(pair: Pair) -> bool:
    """True if the pair rests on one recording."""
    return any(take.name == pair.take for take in STANDARD_EXAM)


def example_picture(
    pair: Pair, *, standard: bool, lang: str, progress: Callable[[float], None] = lambda part: None
) -> NDArray[np.uint8]:
    """The frame that a value was measured on.

    The virtual heart gives the same picture again from the patient's seed.

    Args:
        pair: what was measured.
        standard: as in the plan of its run.
        lang: of the words in the picture.
        progress: told the part done, 0..1; may raise to cancel.

    Returns:
        uint8 [H, W, 3], RGB.

    Raises:
        InputError: the pair rests on no recording.
    """
    take = next((take for take in STANDARD_EXAM if take.name == pair.take), None)
    if take is None:
        raise InputError(f"{pair.id} of patient {pair.seed}: was measured on no single recording")
    phantom = render_take(take, patient_of(pair.seed), standard=standard, progress=progress,
                          frames=pair.frame + 1)  # fmt: skip
    frame = min(pair.frame, len(phantom.clip) - 1)
    found = text("validation.example.found", lang, value=f"{pair.found or 0:.3g}")
    marks = [Mark(points=pair.points, label=found, closed=len(pair.points) > 2)]
    true = _true_line(pair, phantom, frame)
    if true is not None:
        words = text("validation.example.true", lang, value=f"{pair.true or 0:.3g}")
        marks.append(Mark(points=true, label=words))
    return draw_overlay(
        phantom.clip.frames[frame], sector=None, regions=(), lang=lang,
        points=[mark for mark in marks if mark.points],
    )  # fmt: skip


def _true_line(
    pair: Pair, phantom: PhantomClip, frame: int
) -> tuple[tuple[float, float], ...] | None:
    """The true caliper in this frame; None where the value is no line or is not in it."""
    if pair.id not in LINES:
        return None
    name = LINES[pair.id][0]
    ends = [phantom.truth.landmarks.get(f"{name}_{number}") for number in (1, 2)]
    if any(end is None or not np.isfinite(end[frame]).all() for end in ends):
        return None
    return tuple((float(end[frame][0]), float(end[frame][1])) for end in ends if end is not None)
