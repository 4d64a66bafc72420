"""How far a standard plane may be off, and what it must and must not show.

Sources: Mitchell C. et al., "Guidelines for performing a comprehensive transthoracic
echocardiographic examination in adults", J Am Soc Echocardiogr 2019;32:1-64 (what each view must
show); Lang R.M. et al., J Am Soc Echocardiogr 2015;28:1-39 (foreshortening). The guidelines give no
numbers for degrees and mm: those of `core.domain.planes` follow from the sizes of what must stay in
the plane.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain import PLANE_TOLERANCE, PlaneTolerance, View
from core.phantom.scene import Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """What still counts as the standard plane of a view.

    Attributes:
        off: how far the hand may be off the plane.
        needs: structures that must be seen.
        forbids: structures of which plainly more than in the standard plane must not be seen.
        true_length: part of the left ventricle's length that must be seen; None where the view is
            not apical.
        why: the guideline's demand that the numbers follow from.
    """

    off: PlaneTolerance
    needs: tuple[Structure, ...]
    forbids: tuple[Structure, ...] = ()
    true_length: float | None = None
    why: str

    @property
    def degrees(self) -> float:
        """Off in rotation, tilt and rock each, at most."""
        return self.off.degrees

    @property
    def mm(self) -> float:
        """Off in each slide along the skin and in press, at most."""
        return self.off.mm


_LV, _RV, _LA, _RA = Structure.LV, Structure.RV, Structure.LA, Structure.RA
_MITRAL, _AORTIC = Structure.MITRAL_VALVE, Structure.AORTIC_VALVE
_AORTA = Structure.AORTA
_OFF = PLANE_TOLERANCE

TOLERANCES: Mapping[View, Tolerance] = {
    View.PLAX: Tolerance(
        off=_OFF[View.PLAX], needs=(_LV, _LA, _AORTA, _MITRAL, _AORTIC),
        why="Mitral and aortic valve both near the middle of their openings: their radius is 11 mm "
            "and more, at 90 mm depth 7 degrees are 11 mm.",
    ),
    View.PSAX_AV: Tolerance(
        off=_OFF[View.PSAX_AV], needs=(_AORTIC, _LA, _RV),
        why="All three cusps at once: they reach some 12 mm along the root; 5 degrees at 90 mm "
            "are 8 mm.",
    ),
    View.PSAX_MV: Tolerance(
        off=_OFF[View.PSAX_MV], needs=(_LV, _RV), forbids=(_AORTA,),
        why="A round ventricle with the leaflets' free part, some 15 mm long, without the outflow "
            "tract.",
    ),
    View.PSAX_PM: Tolerance(
        off=_OFF[View.PSAX_PM], needs=(_LV, Structure.PAPILLARY), forbids=(_MITRAL, _LA),
        why="A round ventricle with both muscles, which are some 20 mm long, and no leaflets.",
    ),
    View.A4C: Tolerance(
        off=_OFF[View.A4C], needs=(_LV, _RV, _LA, _RA), forbids=(_AORTA,), true_length=0.95,
        why="True apex and both inflow valves, no outflow tract: the aortic root lies some "
            "9 degrees to the front, and half of that is neither view.",
    ),
    View.A5C: Tolerance(
        off=_OFF[View.A5C], needs=(_LV, _RV, _AORTIC), true_length=0.85,
        why="Outflow tract and aortic valve, of radius 11 mm at 110 mm depth; A4C is 9 degrees "
            "away. Not for volumes, so the apex may be cut a little short.",
    ),
    View.A2C: Tolerance(
        off=_OFF[View.A2C], needs=(_LV, _LA, _MITRAL), forbids=(_RV,), true_length=0.95,
        why="True apex; no right ventricle, which comes in some 10 degrees to either side.",
    ),
    View.A3C: Tolerance(
        off=_OFF[View.A3C], needs=(_LV, _LA, _MITRAL, _AORTIC), true_length=0.95,
        why="True apex, and the aortic valve, of radius 11 mm at 110 mm depth.",
    ),
    View.SC4C: Tolerance(
        off=_OFF[View.SC4C], needs=(_LV, _RV, _LA, _RA, Structure.LIVER),
        why="Four chambers through the liver with both septa; the planes between the costal arches "
            "are few.",
    ),
    View.SC_IVC: Tolerance(
        off=_OFF[View.SC_IVC], needs=(Structure.IVC, _RA, Structure.LIVER),
        why="The vein's greatest width over 30 mm up to the right atrium: its radius is 8 to 11 mm "
            "at 90 mm depth.",
    ),
    View.SSN: Tolerance(
        off=_OFF[View.SSN], needs=(_AORTA, Structure.DESCENDING),
        why="Ascending part, arch and descending part, of radius 10 to 15 mm, in one picture; "
            "the descending part is 100 mm deep.",
    ),
}  # fmt: skip


def tolerance_of(view: View) -> Tolerance:
    """Of a standard view; `View.OTHER` has none and raises KeyError."""
    return TOLERANCES[view]
