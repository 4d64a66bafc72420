"""Screens: scales exactly where they are said to be, furniture that leaves the picture alone."""

from functools import lru_cache

import numpy as np
import pytest

from core.domain import Mode, View
from core.phantom.display import ModeClip, Site, make_fan_screen, render_mode
from core.phantom.display.canvas import Canvas, laid_over
from core.phantom.display.spectral_strip import choose_scale
from core.phantom.display.strip import DepthScale, make_strip_screen, speed_step, strip_box
from core.phantom.display.style import style_of
from core.phantom.display.trace import draw_trace, sweep_times
from core.phantom.flow.gate import make_gate
from core.phantom.flow.source import pulse_of
from core.phantom.flow.spectrum import Course, Scale
from core.phantom.image import Look, machine_of
from core.phantom.patient import draw_patient
from core.phantom.probe import Plane, canonical_plane

SIZES = [(640, 480), (800, 600), (1024, 768)]
PLANE = Plane(origin=np.zeros(3), down=np.array([0.0, 0, 1]), right=np.array([1.0, 0, 0]))


@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize("size", SIZES)
def test_the_fan_keeps_clear_of_the_edges_and_states_its_scale(
    look: Look, size: tuple[int, int]
) -> None:
    machine = machine_of(look)
    fan = make_fan_screen(machine, size=size, heart_rate=70.0)
    region = fan.region
    x0, y0, x1, y1 = region.box
    assert x0 >= 0
    assert y0 >= 0
    assert x1 <= size[0]
    assert y1 <= size[1]
    assert region.x_step == region.y_step == pytest.approx(fan.screen.mm_per_px / 10)
    deep = (y1 - region.reference[1]) * region.y_step
    assert deep == pytest.approx(machine.depth_mm / 10, abs=2 * region.y_step)
    drawn = (fan.sheet.max(axis=2) > 60) & fan.screen.inside
    assert drawn.sum() / fan.screen.inside.sum() < 0.02


def test_looks_differ() -> None:
    sheets = [make_fan_screen(machine_of(look), size=(640, 480), heart_rate=70.0).sheet
              for look in Look]  # fmt: skip
    different = {sheet.tobytes() for sheet in sheets}
    assert len(different) >= 5


def test_depth_ticks_lie_on_whole_centimetres() -> None:
    fan = make_fan_screen(machine_of(Look.SMOOTH), size=(800, 600))
    outside = fan.sheet.max(axis=2).astype(int) * ~fan.screen.inside
    right = int(np.nonzero(fan.screen.inside.any(axis=0))[0][-1])
    unit = Canvas((800, 600)).unit
    edge = min(right + 1.2 * unit, 800 - 3.0 * unit)
    rows = np.flatnonzero(outside[:, round(edge) + 1] > 100)
    cm = 10 / fan.screen.mm_per_px
    offsets = (rows - fan.screen.apex[1]) / cm
    marks = np.abs(offsets - np.round(offsets)) * cm <= 1.0
    assert len(rows) >= machine_of(Look.SMOOTH).depth_mm // 10
    assert marks.mean() > 0.9


def test_without_furniture_only_the_fan_is_there() -> None:
    fan = make_fan_screen(machine_of(Look.SOFT), size=(640, 480), furniture=False)
    assert not fan.sheet.any()


def gate_and_scale(look: Look, size: tuple[int, int]) -> tuple[object, Scale]:
    x0, y0, x1, y1 = strip_box(style_of(look), size)
    scale = Scale(width=x1 - x0, height=y1 - y0, baseline=float((y1 - y0) // 2), cm_s_per_px=0.75,
                  s_per_px=0.005)  # fmt: skip
    gate = make_gate(PLANE, machine_of(look), angle=0.1, depth_mm=80.0, length_mm=4.0,
                     rng=np.random.default_rng(0))  # fmt: skip
    return gate, scale


@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize("size", SIZES)
def test_baseline_and_ticks_agree_with_the_region(look: Look, size: tuple[int, int]) -> None:
    gate, scale = gate_and_scale(look, size)
    screen = make_strip_screen(machine_of(look), mode=Mode.PW, size=size, scale=scale, gate=gate,  # type: ignore[arg-type]
                               blocks=[("PW", ["50 %"])], heart_rate=70.0)  # fmt: skip
    strip, fan = screen.regions
    x0, y0, x1, _ = strip.box
    zero = round(strip.reference[1])
    assert (screen.sheet[zero, x0:x1].max(axis=1) > 60).mean() > 0.95
    assert strip.reference[1] == y0 + scale.baseline
    assert (strip.reference[1] - y0) * -strip.y_step == pytest.approx(scale.speed_of(0.0))
    assert strip.x_step * (x1 - x0) == pytest.approx(scale.seconds)
    assert fan.box[3] <= y0
    step = speed_step(scale.span_cm_s)
    row = round(strip.reference[1] + step / strip.y_step)
    beside = x1 + 3 if style_of(look).scale_right else x0 - 4
    assert screen.sheet[row - 1 : row + 2, beside].max() > 60


def test_mmode_depth_reads_zero_at_the_face() -> None:
    x0, y0, x1, y1 = strip_box(style_of(Look.SOFT), (800, 600))
    scale = DepthScale(width=x1 - x0, height=y1 - y0, first_mm=0.0, mm_per_px=0.5, s_per_px=0.005)
    gate, _ = gate_and_scale(Look.SOFT, (800, 600))
    screen = make_strip_screen(machine_of(Look.SOFT), mode=Mode.MMODE, size=(800, 600), scale=scale,
                               gate=gate, blocks=[], heart_rate=60.0)  # type: ignore[arg-type] # fmt: skip
    strip, _ = screen.regions
    assert strip.reference == (x0, y0)
    assert strip.y_step == pytest.approx(0.05)


@pytest.mark.parametrize(("up", "down"), [(80.0, 20.0), (15.0, 130.0), (9.0, 12.0), (200.0, 500.0)])
def test_the_chosen_scale_holds_the_signal(up: float, down: float) -> None:
    times = np.arange(0.0, 3.0, 0.01)
    speed = np.where(np.sin(6 * times) > 0, up, down) * np.sin(6 * times)
    one = speed[:, None].astype(np.float32)
    course = Course(times=times, speeds=one, unrest=0 * one, weights=0 * one + 1,
                    clicks=np.zeros(0))  # fmt: skip
    scale = choose_scale(course, width=400, height=300, seconds=3.0, rng=np.random.default_rng(1))
    assert 0 < scale.row_of(up) < scale.row_of(-down) < 300
    assert scale.baseline == round(scale.baseline)


def test_the_trace_draws_its_beat_at_its_column() -> None:
    frame = np.zeros((60, 200, 3), np.uint8)

    def spike(times: np.ndarray) -> np.ndarray:
        return np.exp(-(((times - 1.0) / 0.01) ** 2))

    draw_trace(frame, (0, 10, 200, 50), np.arange(200) * 0.02, spike, (0, 255, 0))
    top = np.flatnonzero(frame[:16, :, 1].max(axis=0) > 80)
    assert abs(top.mean() - 50) <= 1


def test_a_running_trace_shows_the_past_only() -> None:
    times = sweep_times(5.0, 300, 3.0)
    there = times[np.isfinite(times)]
    assert there.max() <= 5.0
    assert there.min() >= 2.0
    assert len(there) > 250


def test_the_sheet_lies_in_front() -> None:
    picture = np.full((4, 4, 3), 200, np.uint8)
    sheet = np.zeros((4, 4, 3), np.uint8)
    sheet[1, 1] = (90, 0, 0)
    out = laid_over(picture, sheet)
    assert out[1, 1].tolist() == [90, 0, 0]
    assert out[2, 2].tolist() == [200, 200, 200]


@lru_cache(maxsize=2)
def color_clip(seed: int) -> ModeClip:
    pulse = pulse_of(draw_patient(8), seconds=2)
    plane = canonical_plane(pulse.moment(0.0)[0], View.A4C)
    return render_mode(Mode.COLOR, pulse=pulse, plane=plane, machine=machine_of(Look.SOFT),
                       view=View.A4C, site=Site.MITRAL, seed=seed, size=(640, 480), frames=8,
                       fps=12.0)  # fmt: skip


def test_colour_lies_in_its_box() -> None:
    clip = color_clip(2)
    x0, y0, x1, y1 = clip.regions[0].box
    inside = np.zeros((480, 640), bool)
    inside[y0:y1, x0:x1] = True
    frames = clip.frames.astype(int)
    colored = np.maximum(frames[..., 0], frames[..., 2]) - frames[..., 1] > 60
    fan = clip.screen.inside
    assert colored[:, inside].sum() > 300
    assert not colored[:, fan & ~inside].any()


def test_the_same_seed_gives_the_same_clip() -> None:
    first = color_clip(2).frames
    color_clip.cache_clear()
    assert (color_clip(2).frames == first).all()
