"""One colour per structure, the same in videos, pictures, charts and the app.

Bright enough for a dark ultrasound picture; structures that stand in one view stay apart in
normal sight and under full protanopia, deuteranopia and tritanopia (Machado, Oliveira, Fernandes
2009; a test measures it). The chambers' colours follow Okabe and Ito (2008).
"""

from core.domain import RegionLabel

_HEX = {
    RegionLabel.LV_CAVITY: "#56B4E9",
    RegionLabel.LV_MYOCARDIUM: "#E69F00",
    RegionLabel.IVS: "#F0502B",
    RegionLabel.RV_CAVITY: "#00B36B",
    RegionLabel.LA: "#F0E442",
    RegionLabel.RA: "#F08CC8",
    RegionLabel.AORTA: "#C4F99C",
    RegionLabel.MAIN_PA: "#FB3BD1",
    RegionLabel.MITRAL_VALVE: "#FFFFFF",
    RegionLabel.TRICUSPID_VALVE: "#5BE4F7",
    RegionLabel.AORTIC_VALVE: "#FFC7B8",
    RegionLabel.PULMONARY_VALVE: "#9BAA40",
    RegionLabel.PAPILLARY_MUSCLE: "#ED13EA",
    RegionLabel.PERICARDIUM: "#3F7FE0",
    RegionLabel.PERICARDIAL_EFFUSION: "#A06BFF",
    RegionLabel.IVC: "#61EF12",
}

OUTLINE = (150, 165, 180)
"""RGB of the thin line around the ultrasound picture."""

MARK = (182, 255, 0)
"""RGB of measurement points and lines."""


def colour(label: RegionLabel) -> tuple[int, int, int]:
    """A structure's colour, RGB 0..255."""
    code = _HEX[label]
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def css(label: RegionLabel, *, alpha: float = 1.0) -> str:
    """A structure's colour as CSS and Plotly take it, `rgba(r, g, b, alpha)`."""
    red, green, blue = colour(label)
    return f"rgba({red}, {green}, {blue}, {alpha:g})"
