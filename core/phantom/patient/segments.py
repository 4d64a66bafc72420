"""The sixteen segments of the left ventricle's wall (AHA/ASE model), in AHA order."""

from enum import StrEnum

SEGMENTS = (
    "basal_anterior",
    "basal_anteroseptal",
    "basal_inferoseptal",
    "basal_inferior",
    "basal_inferolateral",
    "basal_anterolateral",
    "mid_anterior",
    "mid_anteroseptal",
    "mid_inferoseptal",
    "mid_inferior",
    "mid_inferolateral",
    "mid_anterolateral",
    "apical_anterior",
    "apical_septal",
    "apical_inferior",
    "apical_lateral",
)


class Territory(StrEnum):
    """A coronary artery."""

    LAD = "LAD"
    LCX = "LCx"
    RCA = "RCA"


# AHA numbers from 1, by usual supply (Lang, JASE 2015;28:1, figure 5; overlap left out).
TERRITORY_SEGMENTS = {
    Territory.LAD: (1, 2, 7, 8, 13, 14),
    Territory.LCX: (5, 6, 11, 12, 16),
    Territory.RCA: (3, 4, 9, 10, 15),
}


def motion_score(motion: float) -> int:
    """Wall motion score of a segment: 1 normal or hyper-, 2 hypo-, 3 a-, 4 dyskinetic."""
    if motion >= 0.75:
        return 1
    if motion >= 0.25:
        return 2
    return 3 if motion >= -0.15 else 4
