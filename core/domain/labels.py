"""The closed sets of names that the contract fixes."""

from enum import StrEnum


class View(StrEnum):
    """Standard views, ASE 2019 protocol names; OTHER is anything else, pictures of no heart
    included."""

    PLAX = "PLAX"
    PSAX_AV = "PSAX-AV"
    PSAX_MV = "PSAX-MV"
    PSAX_PM = "PSAX-PM"
    A4C = "A4C"
    A5C = "A5C"
    A2C = "A2C"
    A3C = "A3C"
    SC4C = "SC4C"
    SC_IVC = "SC-IVC"
    SSN = "SSN"
    OTHER = "OTHER"


class Mode(StrEnum):
    """What kind of picture the machine shows."""

    BMODE = "bmode"
    COLOR = "color"
    PW = "pw"
    CW = "cw"
    TDI = "tdi"
    MMODE = "mmode"
    UNKNOWN = "unknown"


class RegionLabel(StrEnum):
    """Structures that the region model outlines; some lie inside others (IVS in the myocardium)."""

    LV_CAVITY = "lv_cavity"
    LV_MYOCARDIUM = "lv_myocardium"
    IVS = "ivs"
    RV_CAVITY = "rv_cavity"
    LA = "la"
    RA = "ra"
    AORTA = "aorta"
    MAIN_PA = "main_pa"
    MITRAL_VALVE = "mitral_valve"
    TRICUSPID_VALVE = "tricuspid_valve"
    AORTIC_VALVE = "aortic_valve"
    PULMONARY_VALVE = "pulmonary_valve"
    PAPILLARY_MUSCLE = "papillary_muscle"
    PERICARDIUM = "pericardium"
    PERICARDIAL_EFFUSION = "pericardial_effusion"
    IVC = "ivc"
