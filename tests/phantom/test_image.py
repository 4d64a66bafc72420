"""The picture of a scene: does what is drawn lie where the geometry says?"""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from core.domain import RegionLabel, View
from core.phantom.image import (
    LABELS,
    Look,
    Screen,
    draw_machine,
    draw_window,
    machine_of,
    make_screen,
    masks,
    render,
)
from core.phantom.image.batch import batch_masks, batch_screens, render_batch
from core.phantom.scene import Scene, SceneBuilder, Structure

MACHINE = machine_of(Look.SOFT)


@dataclass(frozen=True)
class _Plane:
    origin: np.ndarray
    down: np.ndarray
    right: np.ndarray


PLANE = _Plane(np.zeros(3), np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0]))


def _ball(*, rib: bool = False) -> Scene:
    """A ventricle of 22 mm in a wall of 10 mm, 80 mm deep, perhaps behind a rib on the right."""
    builder = SceneBuilder()
    centre = [0.0, 0.0, 80.0]
    builder.ellipsoid(Structure.LV_EPI, centre, [32.0] * 3)
    builder.ellipsoid(Structure.LV, centre, [22.0] * 3)
    builder.capsule(Structure.RIB, [27, -30, 55], [27, 30, 55], 5.0, here=rib)
    for structure, grow in ((Structure.HEART, 0.0), (Structure.SAC, 0.5)):
        builder.ellipsoid(structure, centre, [33.0 + grow] * 3)
    return builder.build()


def _screen(side: int = 400) -> Screen:
    return make_screen(MACHINE, width=side, height=side)


def _window(quality: float = 0.8, seed: int = 1):
    return draw_window(MACHINE, quality, np.random.default_rng(seed))


def test_the_same_seed_gives_the_same_picture_and_another_frame_other_noise() -> None:
    first, again = (render(_ball(), PLANE, MACHINE, _window()) for _ in range(2))
    other = render(_ball(), PLANE, MACHINE, _window(), number=1)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_batch_draws_the_pictures_and_masks_of_single_frames() -> None:
    machines = [MACHINE, replace(machine_of(Look.CHIP), depth_mm=140.0)]
    windows = [draw_window(m, 0.6, np.random.default_rng(4)) for m in machines]
    scenes = [_ball(rib=True), _ball(rib=True)]
    screens = [make_screen(m, width=240, height=220) for m in machines]
    polar, labels = render_batch(scenes, [PLANE] * 2, machines, windows, numbers=[0, 3])
    found, pictures = batch_masks(labels, screens), batch_screens(polar, screens)
    for k, machine in enumerate(machines):
        single = render(scenes[k], PLANE, machine, windows[k], number=3 * k)
        assert np.abs(single.astype(int) - polar[k].numpy()).mean() < 1.0
        shown = screens[k].to_screen(single).astype(int)
        assert np.abs(shown - pictures[k].numpy()).mean() < 1.5
        differs = masks(scenes[k], PLANE, screens[k]) != found[k].numpy()
        assert differs.mean() < 1e-4


def test_the_cavity_of_a_ball_has_the_area_of_its_circle() -> None:
    screen = _screen()
    found = masks(_ball(), PLANE, screen)
    cavity = found[LABELS.index(RegionLabel.LV_CAVITY)]
    area = cavity.sum() * screen.mm_per_px**2
    assert area == pytest.approx(np.pi * 22.0**2, rel=0.01)
    y, x = np.nonzero(cavity)
    centre = screen.to_heart(PLANE, np.array([[x.mean(), y.mean()]]))[0]
    assert centre == pytest.approx([0, 0, 80], abs=screen.mm_per_px)


def test_muscle_lies_around_the_cavity_and_the_pericardium_is_a_line() -> None:
    screen = _screen()
    found = dict(zip(LABELS, masks(_ball(), PLANE, screen), strict=True))
    assert not (found[RegionLabel.LV_CAVITY] & found[RegionLabel.LV_MYOCARDIUM]).any()
    muscle = found[RegionLabel.LV_MYOCARDIUM].sum() * screen.mm_per_px**2
    assert muscle == pytest.approx(np.pi * (32.0**2 - 22.0**2), rel=0.01)
    line = found[RegionLabel.PERICARDIUM].sum() * screen.mm_per_px**2
    assert line == pytest.approx(2 * np.pi * 33.5 * 3.0, rel=0.04)
    assert not found[RegionLabel.LA].any()


def test_the_drawn_wall_lies_where_the_geometry_says_within_a_pixel() -> None:
    machine = replace(MACHINE, noise_db=-60.0, clutter=0.0, thickness_mm=0.01, thickness_growth=0.0)
    screen = make_screen(machine, width=400, height=400)
    pictures = []
    for seed in range(12):
        window = draw_window(machine, 1.0, np.random.default_rng(seed))
        flat = replace(window, gain_db=np.zeros_like(window.gain_db))
        plane = replace(PLANE, origin=np.array([0.0, 0.9 * (seed - 6), 0.0]))
        pictures.append(screen.to_screen(render(_ball(), plane, machine, flat)))
    mean = np.mean(pictures, axis=0)
    # Across the picture through the ball's middle the cavity is dark and the wall bright.
    row = round(screen.to_pixel(PLANE, np.array([[0.0, 0.0, 80.0]]))[0, 1])
    line = mean[row - 3 : row + 4].mean(0)
    middle = round(screen.apex[0])
    dark = line[middle - 20 : middle + 20].mean()
    wide = round(27 / screen.mm_per_px)
    bright = 0.5 * (line[middle - wide] + line[middle + wide])
    inside = np.flatnonzero(line[middle - wide : middle + wide] < 0.5 * (dark + bright))
    width = (inside[-1] - inside[0] + 1) * screen.mm_per_px
    # The plane was moved to and fro, so that its mean chord is a little short of the diameter.
    chord = np.mean([2 * np.sqrt(22.0**2 - (0.9 * (s - 6)) ** 2) for s in range(12)])
    assert width == pytest.approx(chord, abs=2 * screen.mm_per_px)


def test_behind_a_rib_it_is_dark() -> None:
    screen = _screen()
    free, behind = (
        screen.to_screen(render(_ball(rib=rib), PLANE, MACHINE, _window())).astype(float)
        for rib in (False, True)
    )
    x, y = screen.to_pixel(PLANE, np.array([[54.0, 0.0, 110.0]]))[0].round().astype(int)
    patch = np.s_[y - 8 : y + 8, x - 8 : x + 8]
    assert behind[patch].mean() < free[patch].mean() - 10
    x, y = screen.to_pixel(PLANE, np.array([[-54.0, 0.0, 110.0]]))[0].round().astype(int)
    patch = np.s_[y - 8 : y + 8, x - 8 : x + 8]
    assert behind[patch].mean() == pytest.approx(free[patch].mean(), abs=1.0)


def test_more_gain_is_brighter_and_more_range_is_flatter() -> None:
    levels = [
        render(_ball(), PLANE, replace(MACHINE, gain_db=gain), _window()).mean()
        for gain in (-6.0, 0.0, 6.0)
    ]
    assert levels == sorted(levels)
    contrast = [
        render(_ball(), PLANE, replace(MACHINE, dynamic_range_db=db), _window()).std()
        for db in (45.0, 60.0, 80.0)
    ]
    assert contrast == sorted(contrast, reverse=True)


def test_a_poor_window_shows_less_of_the_wall() -> None:
    def contrast(quality: float) -> float:
        screen = _screen()
        found = masks(_ball(), PLANE, screen)
        gap = []
        for seed in range(4):
            picture = screen.to_screen(render(_ball(), PLANE, MACHINE, _window(quality, seed)))
            gap.append(picture[found[1]].mean() - picture[found[0]].mean())
        return float(np.mean(gap))

    assert contrast(0.05) < contrast(0.95)


def test_the_screen_leads_there_and_back() -> None:
    screen = _screen()
    pixels = np.array([[120.0, 200.0], [210.5, 333.0]])
    again = screen.to_pixel(PLANE, screen.to_heart(PLANE, pixels))
    assert again == pytest.approx(pixels, abs=1e-6)
    polar = np.zeros((MACHINE.beams, MACHINE.samples), np.uint8)
    polar[60:100, 150:250] = 200
    back = screen.to_polar(screen.to_screen(polar))
    assert (np.abs(back.astype(int) - polar) > 60).mean() < 0.02


@pytest.mark.parametrize("look", list(Look))
def test_every_look_draws_a_picture_of_its_own(look: Look) -> None:
    rng = np.random.default_rng(7)
    machine = draw_machine(View.A4C, rng, look=look)
    picture = render(_ball(), PLANE, machine, draw_window(machine, 0.7, rng))
    assert picture.shape == (machine.beams, machine.samples)
    assert 15 < picture.mean() < 200
    assert picture.std() > 12
