"""How the screens of several kinds of machines are laid out and coloured."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.phantom.flow.colormap import ColorMap
from core.phantom.image.machine import Look

Rgb = tuple[int, int, int]


class ScaleSide(StrEnum):
    """Where the depth scale stands."""

    RIGHT = "right"
    LEFT = "left"
    EDGE = "edge"  # along the fan's own left edge


class TextSide(StrEnum):
    """Where the settings are written."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One kind of screen.

    Attributes:
        text, dim, accent, ecg, box, baseline: colours of the settings, of ticks, of headings and
            numbers, of the ECG, of colour box and gate, and of a strip's zero line.
        background: of the whole screen.
        tint: factors on the grey picture; spectrum_tint: on strips.
        scale_side, text_side: where depth scale and settings stand.
        dots: depth ticks are dots, else lines.
        plotted: letters are drawn with a plotter's strokes, else with a typeface.
        marker: letter beside the fan's tip; "" draws a dot.
        grey_bar: shown beside the picture.
        ecg_full: the ECG runs along the whole bottom, else a short piece of it.
        strip_part: part of the height that a strip takes.
        scale_right: a strip's scale stands on its right, else on its left.
        metres: a strip's speeds are written in m/s, else cm/s.
        seconds: time marks carry numbers.
        frame: a strip has a line around it.
        color_map: of colour Doppler.
    """

    text: Rgb = (225, 225, 225)
    dim: Rgb = (165, 165, 165)
    accent: Rgb = (255, 255, 255)
    ecg: Rgb = (60, 205, 70)
    box: Rgb = (230, 230, 230)
    baseline: Rgb = (220, 130, 40)
    background: Rgb = (0, 0, 0)
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    spectrum_tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    scale_side: ScaleSide = ScaleSide.RIGHT
    text_side: TextSide = TextSide.LEFT
    dots: bool = True
    plotted: bool = False
    marker: str = ""
    grey_bar: bool = True
    ecg_full: bool = False
    strip_part: float = 0.52
    scale_right: bool = True
    metres: bool = False
    seconds: bool = False
    frame: bool = False
    color_map: ColorMap = ColorMap.FIRE


_STYLES: Mapping[Look, Style] = MappingProxyType(
    {
        Look.SOFT: Style(),
        Look.CRISP: Style(
            text=(70, 200, 205), dim=(150, 150, 90), accent=(225, 205, 90), ecg=(70, 205, 210),
            box=(150, 150, 150), baseline=(70, 180, 190), scale_side=ScaleSide.EDGE,
            text_side=TextSide.RIGHT, dots=False, marker="V", grey_bar=False, ecg_full=True,
            metres=True, seconds=True, frame=True, color_map=ColorMap.MOSAIC,
        ),
        Look.SMOOTH: Style(
            text=(235, 235, 215), accent=(120, 190, 255), ecg=(240, 240, 240), box=(240, 220, 60),
            baseline=(200, 200, 200), tint=(0.94, 0.97, 1.0), dots=False, marker="S",
            strip_part=0.58, metres=True, color_map=ColorMap.PALE,
        ),
        Look.CART: Style(
            text=(190, 215, 190), dim=(140, 150, 140), ecg=(230, 220, 60), box=(90, 220, 90),
            baseline=(90, 200, 90), background=(14, 16, 20), text_side=TextSide.TOP, dots=False,
            marker="o", ecg_full=True, strip_part=0.5, scale_right=False,
            color_map=ColorMap.VARIANCE,
        ),
        Look.PORTABLE: Style(
            text=(205, 205, 205), accent=(255, 170, 60), ecg=(255, 170, 60), box=(255, 255, 255),
            baseline=(255, 170, 60), text_side=TextSide.TOP, grey_bar=True, marker="E",
            spectrum_tint=(1.0, 0.93, 0.80), strip_part=0.55, color_map=ColorMap.PLAIN,
        ),
        Look.CHIP: Style(
            text=(210, 210, 210), dim=(130, 130, 130), accent=(60, 150, 255), ecg=(60, 150, 255),
            box=(60, 150, 255), baseline=(240, 240, 240), background=(0, 0, 0),
            scale_side=ScaleSide.LEFT, text_side=TextSide.TOP, dots=False, grey_bar=False,
            strip_part=0.6, color_map=ColorMap.PALE,
        ),
        Look.POCKET: Style(
            text=(235, 235, 235), dim=(120, 120, 120), ecg=(110, 230, 120), box=(255, 255, 255),
            baseline=(120, 220, 255), background=(10, 12, 16), text_side=TextSide.TOP,
            grey_bar=False, marker="o", strip_part=0.58, metres=True, color_map=ColorMap.FIRE,
        ),
        Look.VINTAGE: Style(
            text=(120, 235, 235), dim=(110, 190, 195), accent=(235, 235, 120), ecg=(120, 235, 235),
            box=(150, 200, 80), baseline=(120, 235, 235), background=(36, 42, 44),
            tint=(0.80, 0.97, 1.0), spectrum_tint=(1.0, 0.86, 0.72), text_side=TextSide.RIGHT,
            dots=False, plotted=True, ecg_full=True, metres=True, seconds=True, frame=True,
            color_map=ColorMap.MOSAIC,
        ),
        Look.ABDOMEN: Style(
            text=(230, 230, 230), accent=(250, 210, 120), ecg=(60, 205, 70), box=(250, 250, 250),
            scale_side=ScaleSide.LEFT, dots=False, marker="M", tint=(1.0, 0.97, 0.92),
        ),
    }
)  # fmt: skip


def letter_px(height: int) -> float:
    """Height of a usual letter line on a screen of that height, px; never too small to read."""
    return max(9.0, height / 44)


def style_of(look: Look) -> Style:
    """The screen of a kind of machine."""
    return _STYLES[look]
