"""How far a standard plane may be off, and what it must and must not show.

Sources: Mitchell C. et al., "Guidelines for performing a comprehensive transthoracic
echocardiographic examination in adults", J Am Soc Echocardiogr 2019;32:1-64 (what each view must
show); Lang R.M. et al., J Am Soc Echocardiogr 2015;28:1-39 (foreshortening). The guidelines give no
numbers for degrees and mm: these follow from the sizes of what must stay in the plane.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain import View
from core.phantom.scene import Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """What still counts as the standard plane of a view.

    Attributes:
        degrees: off in rotation, tilt and rock each, at most.
        mm: off in each slide along the skin and in press, at most.
        needs: structures that must be seen.
        forbids: structures of which plainly more than in the standard plane must not be seen.
        true_length: part of the left ventricle's length that must be seen; None where the view is
            not apical.
        why: the guideline's demand that the numbers follow from.
    """

    degrees: float
    mm: float
    needs: tuple[Structure, ...]
    forbids: tuple[Structure, ...] = ()
    true_length: float | None = None
    why: str


_LV, _RV, _LA, _RA = Structure.LV, Structure.RV, Structure.LA, Structure.RA
_MITRAL, _AORTIC = Structure.MITRAL_VALVE, Structure.AORTIC_VALVE
_AORTA = Structure.AORTA

TOLERANCES: Mapping[View, Tolerance] = {
    View.PLAX: Tolerance(
        degrees=7.0, mm=6.0, needs=(_LV, _LA, _AORTA, _MITRAL, _AORTIC),
        why="Mitral and aortic valve both near the middle of their openings: their radius is 11 mm "
            "and more, at 90 mm depth 7 degrees are 11 mm.",
    ),
    View.PSAX_AV: Tolerance(
        degrees=5.0, mm=5.0, needs=(_AORTIC, _LA, _RV),
        why="All three cusps at once: they reach some 12 mm along the root; 5 degrees at 90 mm "
            "are 8 mm.",
    ),
    View.PSAX_MV: Tolerance(
        degrees=8.0, mm=7.0, needs=(_LV, _RV), forbids=(_AORTA,),
        why="A round ventricle with the leaflets' free part, some 15 mm long, without the outflow "
            "tract.",
    ),
    View.PSAX_PM: Tolerance(
        degrees=8.0, mm=8.0, needs=(_LV, Structure.PAPILLARY), forbids=(_MITRAL, _LA),
        why="A round ventricle with both muscles, which are some 20 mm long, and no leaflets.",
    ),
    View.A4C: Tolerance(
        degrees=4.5, mm=7.0, needs=(_LV, _RV, _LA, _RA), forbids=(_AORTA,), true_length=0.95,
        why="True apex and both inflow valves, no outflow tract: the aortic root lies some "
            "9 degrees to the front, and half of that is neither view.",
    ),
    View.A5C: Tolerance(
        degrees=4.5, mm=6.0, needs=(_LV, _RV, _AORTIC), true_length=0.85,
        why="Outflow tract and aortic valve, of radius 11 mm at 110 mm depth; A4C is 9 degrees "
            "away. Not for volumes, so the apex may be cut a little short.",
    ),
    View.A2C: Tolerance(
        degrees=5.0, mm=6.0, needs=(_LV, _LA, _MITRAL), forbids=(_RV,), true_length=0.95,
        why="True apex; no right ventricle, which comes in some 10 degrees to either side.",
    ),
    View.A3C: Tolerance(
        degrees=6.0, mm=7.0, needs=(_LV, _LA, _MITRAL, _AORTIC), true_length=0.95,
        why="True apex, and the aortic valve, of radius 11 mm at 110 mm depth.",
    ),
    View.SC4C: Tolerance(
        degrees=8.0, mm=6.0, needs=(_LV, _RV, _LA, _RA, Structure.LIVER),
        why="Four chambers through the liver with both septa; the planes between the costal arches "
            "are few.",
    ),
    View.SC_IVC: Tolerance(
        degrees=5.0, mm=6.0, needs=(Structure.IVC, _RA, Structure.LIVER),
        why="The vein's greatest width over 30 mm up to the right atrium: its radius is 8 to 11 mm "
            "at 90 mm depth.",
    ),
    View.SSN: Tolerance(
        degrees=5.0, mm=7.0, needs=(_AORTA, Structure.DESCENDING),
        why="Ascending part, arch and descending part, of radius 10 to 15 mm, in one picture; "
            "the descending part is 100 mm deep.",
    ),
}  # fmt: skip


def tolerance_of(view: View) -> Tolerance:
    """Of a standard view; `View.OTHER` has none and raises KeyError."""
    return TOLERANCES[view]
