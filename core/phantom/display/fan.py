"""A fan on a machine's screen with everything around it: scale, settings, bars, ECG."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Mode
from core.phantom.display.canvas import Canvas, laid_over
from core.phantom.display.style import ScaleSide, Style, TextSide, letter_px, style_of
from core.phantom.display.trace import Trace, draw_trace, sweep_times
from core.phantom.flow.color import ColorBox, ColorSettings
from core.phantom.flow.colormap import color_of, has_variance
from core.phantom.image.machine import Machine
from core.phantom.image.screen import Screen, make_screen
from core.phantom.regions import ScreenRegion

_ECG_S = 3.2  # that fit on the screen's width


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FanScreen:
    """The furniture of a clip.

    Attributes:
        style: of the machine's screen.
        screen: where the fan lies.
        sheet: RGB uint8 [H, W, 3], what stands still.
        ecg_box: (x0, y0, x1, y1) px of the running ECG; None where there is none.
    """

    style: Style
    screen: Screen
    sheet: NDArray[np.uint8]
    ecg_box: tuple[int, int, int, int] | None

    @property
    def region(self) -> ScreenRegion:
        """The fan's box with its scale."""
        return fan_region(self.screen)

    def compose(self, picture: NDArray[np.uint8], *, time_s: float = 0.0,
                ecg: Trace | None = None) -> NDArray[np.uint8]:  # fmt: skip
        """One finished frame, RGB uint8 [H, W, 3].

        Args:
            picture: uint8 [H, W] or RGB [H, W, 3] on this screen, black outside the fan.
            time_s: since the clip's start.
            ecg: heights by time.
        """
        frame = backed(tinted(picture, self.style.tint), self.style)
        out = laid_over(frame, self.sheet)
        if ecg is not None and self.ecg_box is not None:
            columns = self.ecg_box[2] - self.ecg_box[0]
            seconds = _ECG_S * columns / self.screen.width
            times = sweep_times(time_s, columns, seconds)
            draw_trace(out, self.ecg_box, times, ecg, self.style.ecg)
        return out


def make_fan_screen(
    machine: Machine, *, size: tuple[int, int], furniture: bool = True, fps: float = 30.0,
    heart_rate: float | None = None, color: ColorSettings | None = None,
) -> FanScreen:  # fmt: skip
    """Lays out a screen for one clip.

    Args:
        machine: its look decides the style.
        size: (width, height), px.
        furniture: False leaves the fan alone on the screen.
        fps: written on the screen.
        heart_rate: written on the screen; None has no ECG.
        color: draws the box and the colour bar.
    """
    width, height = size
    style = style_of(machine.look)
    canvas = Canvas(size, plotted=style.plotted)
    margin = fan_margins(style, size) if furniture else (0, 0, 0, 0)
    screen = make_screen(machine, width=width, height=height, margin=margin)
    ecg_box = None
    if furniture:
        depth_scale(canvas, screen, style)
        _marker(canvas, screen, style)
        blocks = [("2D", _grey_settings(machine, fps))]
        if color is not None:
            blocks.append(("CF", _color_settings(color)))
        settings_block(canvas, style, blocks)
        bars(canvas, style, color)
        if heart_rate is not None:
            unit = canvas.unit
            canvas.text((width - 0.8 * unit, height - 0.7 * unit), f"{heart_rate:.0f} bpm",
                        style.text, anchor="rs")  # fmt: skip
            right = width - 5 * unit if style.ecg_full else 0.34 * width
            ecg_box = (round(unit), round(height - 3.0 * unit), round(right), height - 4)
    if color is not None:
        color_outline(canvas, screen, color.box, style)
    return FanScreen(style=style, screen=screen, sheet=canvas.pixels(), ecg_box=ecg_box)


def fan_margins(style: Style, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom, px, that the furniture takes from a fan."""
    unit = letter_px(size[1])
    side = 3.4 * unit
    left = side if style.text_side is TextSide.LEFT or style.scale_side is ScaleSide.LEFT else unit
    top = 2.2 * unit if style.text_side is TextSide.TOP else 0.8 * unit
    bottom = 3.2 * unit if style.ecg_full else 1.4 * unit
    right = 6.2 * unit if style.text_side is TextSide.RIGHT else side
    return round(left), round(top), round(right), round(bottom)


def depth_scale(canvas: Canvas, screen: Screen, style: Style, *, small: bool = False) -> None:
    """Ticks every centimetre, numbers every five, the focus beside them."""
    machine, mm = screen.machine, screen.mm_per_px
    centimetres = np.arange(0, int(machine.depth_mm // 10) + 1)
    outline = screen.outline()
    if style.scale_side is ScaleSide.EDGE and not small:
        x, y = screen.at(-machine.half_angle, 10.0 * centimetres).T
        x = x - 0.9 * canvas.unit
        inward, anchor = -1.0, "rm"
    else:
        left = style.scale_side is ScaleSide.LEFT
        edge = (
            outline[:, 0].min() - 1.2 * canvas.unit
            if left
            else (outline[:, 0].max() + (0.9 if small else 1.2) * canvas.unit)
        )
        room = 5.6 if style.text_side is TextSide.RIGHT and not small else 3.0
        edge = float(np.clip(edge, 2.6 * canvas.unit, screen.width - room * canvas.unit))
        x = np.full(len(centimetres), edge)
        y = centimetres * 10 / mm + screen.apex[1]
        inward, anchor = (-1.0, "rm") if left else (1.0, "lm")
    keep = y < screen.height - 2
    for cm, px, py in zip(centimetres[keep], x[keep], y[keep], strict=True):
        major = cm % 5 == 0
        long = 0.5 * canvas.unit if major else 0.22 * canvas.unit
        if style.dots:
            canvas.dots(np.array([[px, py]]), style.dim, radius=1.3 if major else 0.6)
        else:
            canvas.line(np.array([[px, py], [px + inward * long, py]]), style.dim)
        if major and (cm or not small):
            canvas.text((px + inward * 0.75 * canvas.unit, py), str(cm), style.accent,
                        anchor=anchor, scale=0.9)  # fmt: skip
    # The focus: a small triangle, or an hourglass between its ends.
    fy, fx = machine.focus_mm / mm + screen.apex[1], float(np.interp(machine.focus_mm, centimetres
                                                                   * 10, x))  # fmt: skip
    t = 0.35 * canvas.unit
    canvas.line(np.array([[fx - inward * 0.2 * t, fy], [fx - inward * 1.6 * t, fy - t],
                          [fx - inward * 1.6 * t, fy + t], [fx - inward * 0.2 * t, fy]]),
                style.accent)  # fmt: skip


def settings_block(canvas: Canvas, style: Style, blocks: Sequence[tuple[str, Sequence[str]]], *,
                   top: float | None = None) -> None:  # fmt: skip
    """Headings with their lines, where the style writes them."""
    unit = canvas.unit
    if style.text_side is TextSide.TOP:
        words = "   ".join(" ".join((name, *lines)) for name, lines in blocks)
        canvas.text((unit, 1.4 * unit if top is None else top), words, style.text, scale=0.85)
        return
    right = style.text_side is TextSide.RIGHT
    # A small picture leaves room beside the bars.
    inset = 0.6 if top is None else 3.0
    x = canvas.width - inset * unit if right else 0.5 * unit
    # On the right the bars stand above the text.
    y = (13.0 * unit if right else 1.3 * unit) if top is None else top
    for name, lines in blocks:
        canvas.text((x, y), name, style.accent, anchor="rs" if right else "ls", scale=0.95)
        for line in lines:
            y += 0.98 * unit
            canvas.text((x, y), line, style.text, anchor="rs" if right else "ls", scale=0.82)
        y += 1.7 * unit


def bars(canvas: Canvas, style: Style, color: ColorSettings | None) -> None:
    """Grey bar, and the colour bar with its Nyquist speeds, at the upper right."""
    unit = canvas.unit
    tall, wide = round(5.6 * unit), max(6, round(0.55 * unit))
    x, y = round(canvas.width - 1.5 * unit), round(2.2 * unit)
    if color is not None:
        speeds = np.repeat(np.linspace(1, -1, tall)[:, None], 2 * wide, axis=1)
        unrest = np.repeat(np.linspace(0, 1, 2 * wide)[None], tall, axis=0)
        shown = unrest if has_variance(color.color_map) else np.zeros_like(unrest)
        canvas.paste(color_of(speeds, shown, color.color_map), (x - wide, y))
        limit = color.nyquist_cm_s / 100 if style.metres else color.nyquist_cm_s
        number = f"{limit:.2f}" if style.metres else f"{limit:.1f}"
        canvas.text((x + wide, y - 0.25 * unit), f"+{number}", style.text, anchor="rs", scale=0.85)
        canvas.text((x + wide, y + tall + 1.0 * unit), f"-{number}", style.text, anchor="rs",
                    scale=0.85)  # fmt: skip
        canvas.text((x + wide, y + tall + 1.9 * unit), "m/s" if style.metres else "cm/s",
                    style.dim, anchor="rs", scale=0.8)  # fmt: skip
        x -= 2 * wide + round(0.3 * unit)
    if style.grey_bar or (color is None and style.text_side is TextSide.RIGHT):
        grey = np.linspace(255, 0, tall)[:, None, None] * np.array(style.tint)
        canvas.paste(np.repeat(grey, wide, axis=1).astype(np.uint8), (x, y))


def color_outline(canvas: Canvas, screen: Screen, box: ColorBox, style: Style) -> None:
    """The box's two arcs and two sides."""
    theta = np.linspace(box.left, box.right, 33)
    rim = [(box.top_mm, theta), (box.bottom_mm, theta[::-1]), (box.top_mm, theta[:1])]
    canvas.line(np.concatenate([screen.at(a, depth) for depth, a in rim]), style.box)


def fan_region(screen: Screen) -> ScreenRegion:
    """The box around a fan; its scale reads 0 at the middle of the probe's face."""
    rows = np.flatnonzero(screen.inside.any(axis=1))
    columns = np.flatnonzero(screen.inside.any(axis=0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    cm = screen.mm_per_px / 10
    return ScreenRegion(mode=Mode.BMODE, box=box, x_step=cm, y_step=cm, reference=screen.apex)


def tinted(picture: NDArray[np.uint8], tint: tuple[float, float, float]) -> NDArray[np.uint8]:
    """A grey picture [H, W] in the screen's tint, RGB; a coloured one as it is."""
    if picture.ndim == 3:
        return picture
    if tint == (1.0, 1.0, 1.0):
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), np.uint8)
    return np.stack([cv2.convertScaleAbs(picture, alpha=part) for part in tint], axis=2)


def backed(picture: NDArray[np.uint8], style: Style) -> NDArray[np.uint8]:
    """The picture on the screen's background."""
    if not any(style.background):
        return picture
    return np.maximum(picture, np.array(style.background, np.uint8))


def _marker(canvas: Canvas, screen: Screen, style: Style) -> None:
    """Which side of the fan the probe's notch is on."""
    x, y = screen.apex[0] + 1.4 * canvas.unit, screen.apex[1] + 0.7 * canvas.unit
    if style.marker in ("", "o"):
        canvas.circle((x, y), 0.4 * canvas.unit, style.accent)
        canvas.dots(np.array([[x, y]]), style.accent, radius=0.18 * canvas.unit)
    else:
        canvas.text((x, y), style.marker, style.accent, anchor="mm", scale=1.05)


def _grey_settings(machine: Machine, fps: float) -> list[str]:
    return [f"{fps:.0f} Hz", f"{machine.depth_mm / 10:.0f} cm", f"G {55 + machine.gain_db:.0f} %",
            f"C {machine.dynamic_range_db:.0f}", "P Low"]  # fmt: skip


def _color_settings(color: ColorSettings) -> list[str]:
    return [f"{62 + 20 * (color.gain - 1):.0f} %", "2.5 MHz",
            f"WF {'High' if color.wall_filter_cm_s > 8 else 'Med'}"]  # fmt: skip
