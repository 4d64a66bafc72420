"""How near a plane must be to the standard one of its view.

Sources: Mitchell C. et al., J Am Soc Echocardiogr 2019;32:1-64 (what each view must show); Lang
R.M. et al., J Am Soc Echocardiogr 2015;28:1-39 (foreshortening). The guidelines give no numbers for
degrees and mm: these follow from the sizes of what must stay in the plane;
`core.phantom.probe.tolerance` says for each view from which.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.labels import View


@dataclass(frozen=True, slots=True)
class PlaneTolerance:
    """What still counts as the standard plane.

    Attributes:
        degrees: off in rotation, tilt and rock each, at most.
        mm: off in each slide along the skin and in press, at most.
    """

    degrees: float
    mm: float


PLANE_TOLERANCE: Mapping[View, PlaneTolerance] = {
    View.PLAX: PlaneTolerance(7.0, 6.0),
    View.PSAX_AV: PlaneTolerance(5.0, 5.0),
    View.PSAX_MV: PlaneTolerance(8.0, 7.0),
    View.PSAX_PM: PlaneTolerance(8.0, 8.0),
    View.A4C: PlaneTolerance(4.5, 7.0),
    View.A5C: PlaneTolerance(4.5, 6.0),
    View.A2C: PlaneTolerance(5.0, 6.0),
    View.A3C: PlaneTolerance(6.0, 7.0),
    View.SC4C: PlaneTolerance(8.0, 6.0),
    View.SC_IVC: PlaneTolerance(5.0, 6.0),
    View.SSN: PlaneTolerance(5.0, 7.0),
}
"""By view; `View.OTHER` has no standard plane."""
