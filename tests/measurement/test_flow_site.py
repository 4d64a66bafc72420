"""Which flow a strip is of: decided where view, beam and direction agree, else left open."""

import pytest

from core.domain import FlowSite, Mode, View
from core.measurement.doppler.site import Surroundings, decide_site


def around(view, beam=None, angle=None):
    return Surroundings(views={view: 0.9, View.OTHER: 0.1}, beam=beam, angle_deg=angle)


@pytest.mark.parametrize(
    ("mode", "where", "toward", "away", "site"),
    [
        (Mode.PW, around(View.A4C, 0.6), 80, 30, FlowSite.MITRAL),
        (Mode.PW, around(View.A4C, -0.6), 50, 20, FlowSite.TRICUSPID),
        (Mode.PW, around(View.A5C, 0.2), 20, 90, FlowSite.LVOT),
        (Mode.PW, around(View.PSAX_AV, None, 30), 10, 70, FlowSite.PULMONARY),
        (Mode.CW, around(View.A5C, 0.1), 40, 150, FlowSite.AORTIC),
        (Mode.CW, around(View.A4C, -0.5), 50, 280, FlowSite.TRICUSPID),
        (Mode.CW, around(View.A4C, 0.6), 260, 500, FlowSite.MITRAL),
        (Mode.TDI, around(View.A4C, 0.1), 7, 8, FlowSite.SEPTAL_ANNULUS),
        (Mode.TDI, around(View.A4C, 1.1), 8, 10, FlowSite.LATERAL_ANNULUS),
        (Mode.TDI, around(View.A4C, -0.9), 12, 11, FlowSite.RV_ANNULUS),
    ],
)
def test_flow_follows_from_view_beam_and_direction(mode, where, toward, away, site):
    decision = decide_site(mode, where, toward_cm_s=toward, away_cm_s=away)
    assert decision.site is site
    assert not decision.assumed


@pytest.mark.parametrize(
    ("mode", "where"),
    [
        (Mode.PW, Surroundings(views={})),
        (Mode.PW, around(View.OTHER)),  # a hepatic vein
        (Mode.PW, around(View.SC_IVC, 0.5)),
        (Mode.CW, around(View.A4C)),  # left or right heart?
        (Mode.CW, around(View.A4C, 0.5)),  # a leak or the aorta?
        (Mode.TDI, around(View.A4C)),
        (Mode.TDI, around(View.PLAX, 0.1)),
        (Mode.CW, Surroundings(views={View.A4C: 0.4, View.PSAX_AV: 0.4}, beam=-0.5)),
    ],
)
def test_unsure_stays_unknown(mode, where):
    assert decide_site(mode, where, toward_cm_s=30, away_cm_s=70).site is FlowSite.UNKNOWN


def test_an_inflow_whose_beam_is_not_seen_is_assumed_and_says_so():
    decision = decide_site(Mode.PW, around(View.A4C), toward_cm_s=80, away_cm_s=30)
    assert decision.site is FlowSite.MITRAL
    assert decision.assumed
