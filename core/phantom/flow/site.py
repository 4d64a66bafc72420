"""What a picture of a Doppler mode or M-mode is of, and from which view it is taken."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from core.domain import InputError, Mode, View


class Site(StrEnum):
    """Where the box, the gate or the line lies."""

    MITRAL = "mitral"  # colour; PW: inflow at the leaflet tips; CW: regurgitation or stenosis
    LVOT = "lvot"  # PW: outflow below the valve
    AORTIC = "aortic"  # colour; CW: outflow through the valve, or its regurgitation
    TRICUSPID = "tricuspid"  # colour; CW: regurgitation; PW: inflow
    PULMONARY = "pulmonary"  # colour; PW: outflow
    ATRIAL_SEPTUM = "atrial_septum"  # colour
    VENTRICULAR_SEPTUM = "ventricular_septum"  # colour
    ARCH = "arch"  # colour
    SEPTAL_ANNULUS = "septal_annulus"  # tissue Doppler
    LATERAL_ANNULUS = "lateral_annulus"
    RV_ANNULUS = "rv_annulus"  # tissue Doppler; M-mode: TAPSE
    LV = "lv"  # M-mode through septum and posterior wall
    MITRAL_LEAFLETS = "mitral_leaflets"  # M-mode
    AORTIC_ROOT = "aortic_root"  # M-mode through root and left atrium
    IVC = "ivc"  # colour; M-mode


# The views of each picture, the usual one first.
VIEWS: Mapping[Mode, Mapping[Site, tuple[View, ...]]] = MappingProxyType(
    {
        Mode.COLOR: {
            Site.MITRAL: (View.A4C, View.PLAX, View.A2C, View.A3C),
            Site.AORTIC: (View.A5C, View.PLAX, View.A3C, View.PSAX_AV),
            Site.TRICUSPID: (View.A4C, View.PSAX_AV, View.SC4C),
            Site.PULMONARY: (View.PSAX_AV,),
            Site.ATRIAL_SEPTUM: (View.SC4C, View.A4C, View.PSAX_AV),
            Site.VENTRICULAR_SEPTUM: (View.PSAX_PM, View.PLAX, View.A4C, View.PSAX_MV, View.SC4C),
            Site.ARCH: (View.SSN,),
            Site.IVC: (View.SC_IVC,),
        },
        Mode.PW: {
            Site.MITRAL: (View.A4C, View.A2C, View.A3C),
            Site.LVOT: (View.A5C, View.A3C),
            Site.TRICUSPID: (View.A4C,),
            Site.PULMONARY: (View.PSAX_AV,),
        },
        Mode.CW: {
            Site.AORTIC: (View.A5C, View.A3C),
            Site.TRICUSPID: (View.A4C, View.PSAX_AV),
            Site.MITRAL: (View.A4C, View.A2C, View.A3C),
            Site.PULMONARY: (View.PSAX_AV,),
        },
        Mode.TDI: {
            Site.LATERAL_ANNULUS: (View.A4C,),
            Site.SEPTAL_ANNULUS: (View.A4C,),
            Site.RV_ANNULUS: (View.A4C,),
        },
        Mode.MMODE: {
            Site.LV: (View.PLAX, View.PSAX_PM),
            Site.AORTIC_ROOT: (View.PLAX, View.PSAX_AV),
            Site.MITRAL_LEAFLETS: (View.PLAX, View.PSAX_MV),
            Site.RV_ANNULUS: (View.A4C,),
            Site.IVC: (View.SC_IVC,),
        },
    }
)


def site_for(mode: Mode, view: View, site: Site | None = None) -> Site:
    """The site that a mode shows in a view; checks one that is named.

    Raises:
        InputError: the mode has no such picture in this view.
    """
    offered = [each for each, views in VIEWS.get(mode, {}).items() if view in views]
    if site is None and offered:
        return offered[0]
    if site in offered and site is not None:
        return site
    what = f"no {mode.value} picture of {site.value}" if site else f"no {mode.value} picture"
    places = ", ".join(
        sorted({each.value for views in VIEWS.get(mode, {}).values() for each in views})
    )
    raise InputError(
        f"simulate: {view.value} has {what}; {mode.value} is offered in {places or 'no view'}"
    )
