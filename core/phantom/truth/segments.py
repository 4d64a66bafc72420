"""Wall motion by segment, scored as a reader scores it: by how far the endocardium comes in.

Segments after Cerqueira et al., Circulation 2002;105:539-42; scores after Lang et al., J Am Soc
Echocardiogr 2015;28:1-39: 1 normal, 2 hypokinetic, 3 akinetic, 4 dyskinetic. The guideline gives no
figures; these parts of the end-diastolic radius are ours.
"""

import numpy as np

from core.phantom.heart.heart import Heart
from core.phantom.patient.segments import FOUR_DEG, SIX_DEG

#: Height of the middle of each ring of segments, as a part of the cavity's length.
_MIDDLE = (0.25, 0.50, 0.80)
#: Below these parts of the radius a wall is hypokinetic, akinetic, dyskinetic.
HYPOKINETIC, AKINETIC, DYSKINETIC = 0.175, 0.045, -0.025


def segment_excursions(ed: Heart, es: Heart) -> tuple[float, ...]:
    """Part of its end-diastolic radius by which each segment's middle has come in."""
    places = [(_MIDDLE[0], a) for a in SIX_DEG] + [(_MIDDLE[1], a) for a in SIX_DEG]
    places += [(_MIDDLE[2], a) for a in FOUR_DEG]

    def radius(heart: Heart, part: float, degrees: float) -> float:
        height = heart.base + part * (heart.apex - heart.base)
        return heart.lv_radius(float(np.deg2rad(degrees)), height)

    return tuple(1 - radius(es, *place) / radius(ed, *place) for place in places)


def segment_scores(ed: Heart, es: Heart) -> tuple[int, ...]:
    """Score 1 to 4 of each segment, in the order of `core.phantom.patient.segments`."""
    limits = (HYPOKINETIC, AKINETIC, DYSKINETIC)
    return tuple(
        1 + sum(excursion < limit for limit in limits) for excursion in segment_excursions(ed, es)
    )
