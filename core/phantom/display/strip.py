"""A strip under a small picture: spectra and M-mode with their scales, exactly placed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import Mode
from core.phantom.display.canvas import Canvas, laid_over
from core.phantom.display.fan import backed, bars, depth_scale, fan_region, settings_block, tinted
from core.phantom.display.style import Style, letter_px, style_of
from core.phantom.display.trace import Trace, draw_trace
from core.phantom.flow.gate import Gate
from core.phantom.flow.spectrum import Scale
from core.phantom.image.machine import Machine
from core.phantom.image.screen import Screen, make_screen
from core.phantom.regions import ScreenRegion

_SWEEPS = ((100, 2.9), (75, 3.9), (50, 99.0))  # mm/s, and the seconds that fit
_SPEED_STEPS = (2.0, 5.0, 10.0, 20.0, 40.0, 50.0, 100.0, 200.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthScale:
    """Axes of an M-mode strip: row y shows `first_mm + y * mm_per_px`, column x the time
    `x * s_per_px`."""

    width: int
    height: int
    first_mm: float
    mm_per_px: float
    s_per_px: float

    def row_of(self, depth_mm: float) -> float:
        """Row (px, strip's own) of a depth."""
        return (depth_mm - self.first_mm) / self.mm_per_px


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StripScreen:
    """The furniture of a strip.

    Attributes:
        mode: PW, CW, TDI or MMODE.
        style: of the machine's screen.
        screen: where the small fan lies.
        box: (x0, y0, x1, y1) px of the strip, half open.
        scale: of the strip.
        sheet: RGB uint8 [H, W, 3], what stands still.
        ecg_box: px of the ECG, in step with the strip's time.
    """

    mode: Mode
    style: Style
    screen: Screen
    box: tuple[int, int, int, int]
    scale: Scale | DepthScale
    sheet: NDArray[np.uint8]
    ecg_box: tuple[int, int, int, int]

    @property
    def regions(self) -> tuple[ScreenRegion, ...]:
        """The strip, then the small fan."""
        x0, y0, _, _ = self.box
        if isinstance(self.scale, Scale):
            zero, step = y0 + self.scale.baseline, -self.scale.cm_s_per_px
        else:
            zero, step = y0 + self.scale.row_of(0.0), self.scale.mm_per_px / 10
        strip = ScreenRegion(mode=self.mode, box=self.box, x_step=self.scale.s_per_px, y_step=step,
                             reference=(float(x0), zero))  # fmt: skip
        return strip, fan_region(self.screen)

    def compose(self, fan: NDArray[np.uint8], strip: NDArray[np.uint8], *, ecg: Trace,
                part: float = 1.0) -> NDArray[np.uint8]:  # fmt: skip
        """One finished frame, RGB uint8 [H, W, 3].

        Args:
            fan: uint8 [H, W] or RGB, the small picture on this screen.
            strip: uint8 [height, width] of the strip.
            ecg: heights by time since the strip's start.
            part: of the strip that is drawn by now; the rest is still black.
        """
        x0, y0, x1, y1 = self.box
        frame = tinted(fan, self.style.tint)
        newest = round(part * (x1 - x0))
        grey = strip.copy()
        grey[:, newest:] = 0
        tint = self.style.tint if self.mode is Mode.MMODE else self.style.spectrum_tint
        frame = np.ascontiguousarray(backed(frame, self.style))
        frame[y0:y1, x0:x1] = tinted(grey, tint)
        out = laid_over(frame, self.sheet)
        times = np.arange(x1 - x0) * self.scale.s_per_px
        draw_trace(out, self.ecg_box, np.where(np.arange(x1 - x0) < newest, times, np.nan), ecg,
                   self.style.ecg)  # fmt: skip
        return out

    def running(self, fan: NDArray[np.uint8], strip: NDArray[np.uint8], *, ecg: Trace,
                frames: int) -> NDArray[np.uint8]:  # fmt: skip
        """The strip running in from the left, the last frame whole: uint8 [frames, H, W, 3]."""
        parts = [(number + 1) / frames for number in range(frames)]
        return np.stack([self.compose(fan, strip, ecg=ecg, part=part) for part in parts])


def strip_box(style: Style, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where the strip lies on a screen, px, half open."""
    width, height = size
    unit = letter_px(height)
    bottom = height - round(2.2 * unit)
    top = bottom - round(style.strip_part * height)
    left, right = (1.0 * unit, 4.0 * unit) if style.scale_right else (4.0 * unit, 1.0 * unit)
    return round(left), top, round(width - right), bottom


def make_strip_screen(
    machine: Machine, *, mode: Mode, size: tuple[int, int], scale: Scale | DepthScale, gate: Gate,
    blocks: Sequence[tuple[str, Sequence[str]]], heart_rate: float, sweep_mm_s: int = 75,
) -> StripScreen:  # fmt: skip
    """Lays out a screen with a strip.

    Args:
        machine: of the small picture; its look decides the style.
        mode: of the strip.
        size: (width, height) of the screen, px.
        scale: of the strip, as wide and high as `strip_box` says.
        gate: drawn on the small picture.
        blocks: settings, headings with their lines.
        heart_rate: written on the screen.
        sweep_mm_s: the paper speed that is written on the screen.
    """
    width, height = size
    style = style_of(machine.look)
    canvas = Canvas(size, plotted=style.plotted)
    unit, box = canvas.unit, strip_box(style, size)
    ecg_tall = round(2.4 * unit)
    margin = (round(0.3 * width), round(0.6 * unit), round(0.3 * width),
              height - box[1] + ecg_tall)  # fmt: skip
    screen = make_screen(machine, width=width, height=height, margin=margin)
    depth_scale(canvas, screen, style, small=True)
    settings_block(canvas, style, blocks, top=1.3 * unit)
    bars(canvas, style, None)
    _gate(canvas, screen, gate, style)
    _time_ticks(canvas, box, scale.s_per_px, style)
    if isinstance(scale, Scale):
        _speed_ticks(canvas, box, scale, style)
    else:
        _depth_ticks(canvas, box, scale, style)
    if style.frame:
        canvas.rectangle((box[0] - 1, box[1] - 1, box[2], box[3]), style.dim)
    canvas.text((box[2] - 6.0 * unit, height - 0.35 * unit), f"{sweep_mm_s}mm/s", style.text,
                anchor="rs", scale=0.85)  # fmt: skip
    canvas.text((width - 0.6 * unit, height - 0.35 * unit), f"{heart_rate:.0f}bpm", style.text,
                anchor="rs", scale=0.85)  # fmt: skip
    return StripScreen(
        mode=mode, style=style, screen=screen, box=box, scale=scale, sheet=canvas.pixels(),
        ecg_box=(box[0], box[1] - ecg_tall, box[2], box[1] - 2),
    )  # fmt: skip


def sweep_of(seconds: float) -> int:
    """The paper speed at which a strip of that length fits the screen, mm/s."""
    return next(mm for mm, most in _SWEEPS if seconds <= most)


def speed_step(span_cm_s: float) -> float:
    """Speed between two numbers of a scale, so that about five fit."""
    return next((step for step in _SPEED_STEPS if span_cm_s / step <= 7), _SPEED_STEPS[-1])


def _speed_ticks(canvas: Canvas, box: tuple[int, int, int, int], scale: Scale,
                 style: Style) -> None:  # fmt: skip
    """Baseline, ticks and numbers at the strip's side, faint dots within it each second."""
    x0, y0, x1, y1 = box
    zero = y0 + scale.baseline
    canvas.line(np.array([[x0, zero], [x1 - 1, zero]]), style.baseline)
    step = speed_step(scale.span_cm_s)
    x, out, anchor = (x1 + 1, 1.0, "lm") if style.scale_right else (x0 - 2, -1.0, "rm")
    marks = int(scale.span_cm_s / step) + 1
    for mark in range(-2 * marks, 2 * marks + 1):
        y = zero - mark * 0.5 * step / scale.cm_s_per_px
        if not y0 + 1 <= y < y1:
            continue
        major = mark % 2 == 0
        long = 0.55 * canvas.unit if major else 0.25 * canvas.unit
        canvas.line(np.array([[x, y], [x + out * long, y]]), style.text)
        if not major or not y0 + 0.4 * canvas.unit < y < y1 - 0.3 * canvas.unit:
            continue
        value = 0.5 * mark * step
        words = (
            ("m/s" if style.metres else "cm/s")
            if mark == 0
            else (f"{value / 100:.{2 if step < 10 else 1}f}" if style.metres else f"{value:.0f}")
        )
        canvas.text((x + out * 0.75 * canvas.unit, y), words, style.text, anchor=anchor, scale=0.85)
        columns = np.arange(x0, x1, 1.0 / scale.s_per_px)
        canvas.dots(np.stack([columns, np.full(len(columns), y)], axis=1), style.dim, radius=0.5)


def _depth_ticks(canvas: Canvas, box: tuple[int, int, int, int], scale: DepthScale,
                 style: Style) -> None:  # fmt: skip
    x0, y0, x1, y1 = box
    x, out, anchor = (x1 + 1, 1.0, "lm") if style.scale_right else (x0 - 2, -1.0, "rm")
    last = int((scale.first_mm + scale.height * scale.mm_per_px) // 10)
    for cm in range(last + 1):
        y = y0 + scale.row_of(10.0 * cm)
        if not y0 <= y < y1:
            continue
        major = cm % 5 == 0
        long = 0.55 * canvas.unit if major else 0.25 * canvas.unit
        canvas.line(np.array([[x, y], [x + out * long, y]]), style.text)
        if major:
            canvas.text((x + out * 0.75 * canvas.unit, y), str(cm), style.text, anchor=anchor,
                        scale=0.85)  # fmt: skip
            columns = np.arange(x0, x1, 0.5 / scale.s_per_px)
            canvas.dots(np.stack([columns, np.full(len(columns), y)], axis=1), style.dim,
                        radius=0.5)  # fmt: skip


def _time_ticks(canvas: Canvas, box: tuple[int, int, int, int], s_per_px: float,
                style: Style) -> None:  # fmt: skip
    """A tick each 0.2 s under the strip, a longer one each second."""
    x0, _, x1, y1 = box
    seconds = (x1 - x0) * s_per_px
    for tick in range(int(seconds / 0.2) + 1):
        x = x0 + 0.2 * tick / s_per_px
        if x >= x1:
            break
        major = tick % 5 == 0
        long = 0.5 * canvas.unit if major else 0.22 * canvas.unit
        canvas.line(np.array([[x, y1 + 1], [x, y1 + 1 + long]]), style.baseline)
        if major and style.seconds and tick:
            canvas.text((x, y1 + 0.7 * canvas.unit), f"{tick // 5}", style.dim, anchor="ma",
                        scale=0.8)  # fmt: skip


def _gate(canvas: Canvas, screen: Screen, gate: Gate, style: Style) -> None:
    """The dotted line of the beam with the gate's two bars, or a ring at the depth of a line."""
    machine, mm = screen.machine, screen.mm_per_px
    side, deep = np.sin(gate.angle), np.cos(gate.angle)

    def at(depth: float, aside: float = 0.0) -> tuple[float, float]:
        r = depth + machine.face_mm
        x, y = r * side + aside * deep, r * deep - aside * side - machine.face_mm
        return float(x / mm + screen.apex[0]), float(y / mm + screen.apex[1])

    canvas.dots(np.array([at(d) for d in np.arange(4.0, machine.depth_mm, 6.0)]), style.box,
                radius=0.5)  # fmt: skip
    if gate.length_mm > 0:
        for end in (-1, 1):
            depth = gate.depth_mm + end * max(0.5 * gate.length_mm, 1.5 * mm)
            canvas.line(np.array([at(depth, -4.0), at(depth, 4.0)]), style.box)
    else:
        canvas.circle(at(gate.depth_mm), 0.25 * canvas.unit, style.box)
