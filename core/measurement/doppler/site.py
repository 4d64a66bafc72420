"""Which flow a strip shows: from the small picture's view, where the beam lies in it, and the
flow's direction.

Apical views look along the blood: away from the probe (below the baseline) runs what leaves the
heart or leaks back, toward it what fills the ventricles. Where these do not single out one flow the
site stays unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain import FlowSite, Mode, View

_APICAL = (View.A4C, View.A5C, View.A2C, View.A3C)
_OUTFLOW_VIEWS = (View.A5C, View.A3C)
_INFLOW_VIEWS = (View.A4C, View.A2C, View.A3C)
_FOUR_CHAMBERS = (View.A4C, View.A2C, View.SC4C)
_SURE = 0.55
# An inflow this fast is a stenosis's, whatever leaks back beside it.
_STENOTIC_CM_S = 220.0
# Where the beam crosses the LV's base: 0 at its left (septal) edge, 1 at its right (lateral) one.
_RIGHT_HEART = -0.22
_LEFT_HEART = 0.08
_SEPTAL = (-0.35, 0.42)
_LATERAL = (0.8, 1.7)
_RV_WALL = -0.5
# In a parasternal view a line farther right than this part of the LV's width runs through root or
# atrium.
_THROUGH_LV = (-0.1, 0.9)
_THROUGH_LV_VIEWS = (View.PLAX, View.PSAX_PM, View.PSAX_MV)
# How many times faster the main side must be than the other one.
_MAIN = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the small picture beside a strip says.

    Attributes:
        views: probability by view; empty where there is no small picture.
        beam: place at which the drawn line crosses the LV's base, in widths of the base from its
            left edge; None where line or ventricle is not seen.
        angle_deg: of the drawn line against straight down, positive to the right; None as above.
        vein: part of the fan's depth (0 the probe's face, 1 the deepest) at which the line crosses
            the middle of the inferior caval vein; None where it does not.
    """

    views: Mapping[View, float]
    beam: float | None = None
    angle_deg: float | None = None
    vein: float | None = None

    def sure_of(self, views: tuple[View, ...]) -> bool:
        """True where the picture is very likely of one of these views."""
        return sum(self.views.get(view, 0.0) for view in views) >= _SURE

    @property
    def view(self) -> View:
        """The likeliest view; OTHER where nothing is known."""
        return max(self.views, key=lambda v: self.views[v]) if self.views else View.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A site, and whether it rests on the flow alone because the beam was not seen."""

    site: FlowSite
    assumed: bool = False


UNSURE = Decision(site=FlowSite.UNKNOWN)


def decide_site(
    mode: Mode, around: Surroundings, *, toward_cm_s: float, away_cm_s: float
) -> Decision:
    """The flow that a strip is of.

    Args:
        mode: PW, CW or TDI.
        around: the small picture.
        toward_cm_s, away_cm_s: fastest speeds above and below the baseline.
    """
    if mode is Mode.TDI:
        return _annulus(around)
    away = away_cm_s > _MAIN * toward_cm_s
    toward = toward_cm_s > _MAIN * away_cm_s
    if mode is Mode.PW:
        return _pulsed(around, toward=toward, away=away)
    if mode is Mode.CW:
        return _continuous(around, toward=toward, away=away, toward_cm_s=toward_cm_s)
    return UNSURE


def mmode_site(around: Surroundings) -> FlowSite:
    """What the line of an M-mode runs through; UNKNOWN where view and line do not single it out."""
    if around.sure_of((View.SC_IVC,)):
        return FlowSite.UNKNOWN if around.vein is None else FlowSite.IVC
    through = around.beam is not None and _THROUGH_LV[0] <= around.beam <= _THROUGH_LV[1]
    return FlowSite.LV if through and around.sure_of(_THROUGH_LV_VIEWS) else FlowSite.UNKNOWN


def _annulus(around: Surroundings) -> Decision:
    if not around.sure_of((View.A4C, View.A5C)) or around.beam is None:
        return UNSURE
    if around.beam < _RV_WALL:
        return Decision(site=FlowSite.RV_ANNULUS)
    if _SEPTAL[0] <= around.beam <= _SEPTAL[1]:
        return Decision(site=FlowSite.SEPTAL_ANNULUS)
    if _LATERAL[0] <= around.beam <= _LATERAL[1]:
        return Decision(site=FlowSite.LATERAL_ANNULUS)
    return UNSURE


def _pulsed(around: Surroundings, *, toward: bool, away: bool) -> Decision:
    if around.sure_of((View.PSAX_AV,)):
        return Decision(site=FlowSite.PULMONARY) if away else UNSURE
    if not around.sure_of(_APICAL):
        return UNSURE
    if toward:
        if around.beam is None:
            inflow = around.sure_of(_INFLOW_VIEWS)
            return Decision(site=FlowSite.MITRAL, assumed=True) if inflow else UNSURE
        if around.beam < _RIGHT_HEART:
            return Decision(site=FlowSite.TRICUSPID)
        return Decision(site=FlowSite.MITRAL) if around.beam > _LEFT_HEART else UNSURE
    if away and around.sure_of(_OUTFLOW_VIEWS):
        return Decision(site=FlowSite.LVOT, assumed=around.beam is None)
    return UNSURE


def _continuous(around: Surroundings, *, toward: bool, away: bool, toward_cm_s: float) -> Decision:
    if around.sure_of((View.PSAX_AV,)):
        # The pulmonary valve lies to the right in this view, the tricuspid one to the left.
        if around.angle_deg is None or not away:
            return UNSURE
        right = around.angle_deg > 0
        return Decision(site=FlowSite.PULMONARY if right else FlowSite.TRICUSPID)
    if around.sure_of(_OUTFLOW_VIEWS):
        return Decision(site=FlowSite.AORTIC, assumed=around.beam is None)
    if around.sure_of(_FOUR_CHAMBERS) and around.beam is not None:
        if around.beam < _RIGHT_HEART:
            return Decision(site=FlowSite.TRICUSPID)
        # What mostly runs away through the left heart leaks back or leaves by the aorta.
        if around.beam > _LEFT_HEART and (toward or toward_cm_s >= _STENOTIC_CM_S):
            return Decision(site=FlowSite.MITRAL)
    return UNSURE
