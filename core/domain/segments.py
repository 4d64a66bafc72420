"""The sixteen segments of the left ventricle's wall and the arteries that usually supply them.

Segments: Cerqueira et al., Circulation 2002;105:539-42. Supply: Lang et al., ASE/EACVI chamber
quantification, J Am Soc Echocardiogr 2015;28:1-39, figure 5 (overlap left out).
"""

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
"""In AHA order: six at the base, six in the middle, four at the apex."""


class Territory(StrEnum):
    """A coronary artery."""

    LAD = "LAD"
    LCX = "LCx"
    RCA = "RCA"


TERRITORY_SEGMENTS = {
    Territory.LAD: (1, 2, 7, 8, 13, 14),
    Territory.LCX: (5, 6, 11, 12, 16),
    Territory.RCA: (3, 4, 9, 10, 15),
}
"""AHA numbers from 1 of the segments that a coronary artery usually supplies."""
