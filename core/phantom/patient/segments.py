"""The sixteen segments of the left ventricle's wall (AHA/ASE model), in AHA order."""

from core.domain.segments import SEGMENTS as SEGMENTS
from core.domain.segments import TERRITORY_SEGMENTS as TERRITORY_SEGMENTS
from core.domain.segments import Territory as Territory

# Their middles about the long axis, in that order (Cerqueira, Circulation 2002;105:539-42): six at
# the base and as many in the middle, four at the apex.
SIX_DEG = (90.0, 150.0, 210.0, 270.0, 330.0, 30.0)
FOUR_DEG = (90.0, 180.0, 270.0, 0.0)


def motion_score(motion: float) -> int:
    """Wall motion score of a segment: 1 normal or hyper-, 2 hypo-, 3 a-, 4 dyskinetic."""
    if motion >= 0.75:
        return 1
    if motion >= 0.25:
        return 2
    return 3 if motion >= -0.15 else 4
