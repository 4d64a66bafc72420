"""The sixteen segments of the left ventricle's wall and how their motion is scored.

Scores: Lang et al., ASE/EACVI chamber quantification, J Am Soc Echocardiogr 2015;28:1-39.
A `wall_motion` measurement carries its scores as parts of these names.
"""

from enum import IntEnum

from core.domain.segments import SEGMENTS as SEGMENTS


class WallMotion(IntEnum):
    NORMAL = 1
    HYPOKINETIC = 2
    AKINETIC = 3
    DYSKINETIC = 4


def segment_scores(parts: tuple[tuple[str, float], ...]) -> dict[str, WallMotion]:
    """The scored segments of a `wall_motion` measurement's parts, in AHA order.

    A part that is no segment, or whose value is no score of 1 to 4, is left out.
    """
    found = dict(parts)
    return {
        name: WallMotion(round(found[name]))
        for name in SEGMENTS
        if name in found and 1 <= round(found[name]) <= 4
    }


def wall_motion_index(scores: dict[str, WallMotion]) -> float | None:
    """Mean score of the segments that were seen; None where none was."""
    return sum(scores.values()) / len(scores) if scores else None
