"""Finding the ultrasound picture on drawn screens."""

import time

import cv2
import numpy as np
import pytest
from drawn_screens import DrawnFan, draw_furniture, iou, screen, speckle
from numpy.typing import NDArray

from core.acquisition.sector import find_panels, find_sector
from core.acquisition.sector_view import outline_mask
from core.domain import Sector, SectorKind

PHASED = DrawnFan(apex=(400, 60), left=42, right=42, inner=8, outer=480)
FANS = {
    "phased": PHASED,
    "narrow": DrawnFan(apex=(400, 60), left=25, right=25, inner=8, outer=480),
    "wide": DrawnFan(apex=(400, 90), left=52, right=52, inner=10, outer=430),
    "steered": DrawnFan(apex=(360, 60), left=8, right=40, inner=8, outer=460),
    "curved": DrawnFan(apex=(400, -80), left=33, right=33, inner=150, outer=620),
    "apex cut off": DrawnFan(apex=(400, -40), left=40, right=40, inner=10, outer=540),
    "sides cut off": DrawnFan(apex=(400, 20), left=60, right=60, inner=8, outer=560),
    "small": DrawnFan(apex=(300, 80), left=40, right=40, inner=6, outer=200),
    "upside down": DrawnFan(apex=(400, 60), left=42, right=42, inner=8, outer=480, flipped=True),
}


def assert_found(frames: NDArray[np.uint8], fan: DrawnFan, least: float = 0.93) -> Sector:
    height, width = frames.shape[1:3]
    sector = find_sector(frames)
    assert sector.kind is SectorKind.FAN
    assert iou(outline_mask(sector, height, width), fan.mask(height, width)) >= least
    return sector


@pytest.mark.parametrize("name", FANS)
def test_finds_fans_of_many_shapes(name: str) -> None:
    assert_found(screen(FANS[name], seed=3), FANS[name])


@pytest.mark.parametrize("level", [14.0, 40.0, 160.0])
def test_finds_a_fan_at_any_gain(level: float) -> None:
    assert_found(screen(PHASED, level=level), PHASED)


def test_cavities_do_not_eat_into_the_outline() -> None:
    frames = screen(PHASED)
    frames[0, 380:545, 330:520] = 0  # a shadow down to the arc
    assert_found(frames, PHASED)


def test_a_dark_side_is_completed() -> None:
    frames = screen(PHASED, furniture=False)
    dark = DrawnFan(apex=PHASED.apex, left=-25, right=42, inner=0, outer=480)
    frames[0][dark.mask(600, 800)] //= 30
    assert_found(frames, PHASED, 0.9)


def test_text_bars_and_ecg_lie_outside() -> None:
    frames = screen(PHASED)
    outside = ~outline_mask(find_sector(frames), 600, 800)
    furniture = np.zeros((600, 800, 3), np.uint8)
    draw_furniture(furniture)
    assert outside[furniture.max(axis=2) > 0].mean() > 0.99


def test_a_clip_is_found_by_what_moves() -> None:
    frames = screen(PHASED, frames=12)
    frames[:, 100:500, 20:90] = speckle(600, 800, 9)[100:500, 20:90, None]  # a still picture
    assert_found(frames, PHASED)


def test_title_frames_do_not_hide_the_clip() -> None:
    frames = screen(PHASED, frames=12)
    frames[0] = frames[-1] = 130
    assert_found(frames, PHASED)


def test_a_page_around_the_screen_is_cut_away() -> None:
    page = np.full((1, 800, 1000, 3), 255, np.uint8)
    page[:, 100:700, 100:900] = screen(PHASED)
    sector = find_sector(page)
    truth = np.zeros((800, 1000), bool)
    truth[100:700, 100:900] = PHASED.mask(600, 800)
    assert iou(outline_mask(sector, 800, 1000), truth) >= 0.93


@pytest.mark.parametrize("background", [20, 45])
def test_a_grey_background_is_no_content(background: int) -> None:
    assert_found(screen(PHASED, background=background, level=110), PHASED, 0.9)


@pytest.mark.parametrize("factor", [0.15, 0.5, 2.0])
def test_size_of_the_screen_does_not_matter(factor: float) -> None:
    small = cv2.resize(screen(PHASED)[0], None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    sector = find_sector(small[None])
    truth = cv2.resize(PHASED.mask(600, 800).astype(np.uint8), small.shape[1::-1]) > 0
    assert iou(outline_mask(sector, *small.shape[:2]), truth) >= 0.9


def test_a_huge_screen_takes_no_longer_than_a_second() -> None:
    huge = np.zeros((1, 8000, 8000, 3), np.uint8)
    huge[0, 1000:7000, 0:8000] = cv2.resize(screen(PHASED)[0], (8000, 6000))
    start = time.process_time()
    sector = find_sector(huge)
    assert time.process_time() - start < 1.0
    assert sector.kind is SectorKind.FAN


def doppler_screen(*, noise: float) -> NDArray[np.uint8]:
    """A small fan above a spectral strip (60..740, 300..560)."""
    frames = screen(DrawnFan(apex=(400, 40), left=35, right=35, inner=6, outer=200), seed=5)
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:260, 0:680]
    envelope = 60 + 90 * np.abs(np.sin(x / 70))
    strip = np.where((y < 200) & (y > 200 - envelope), 120.0, 0.0) * rng.random((260, 680))
    strip += noise * rng.random((260, 680))
    strip[200:206] = 180
    frames[0, 300:560, 60:740] = strip.clip(0, 255).astype(np.uint8)[..., None]
    return frames


def test_the_strip_is_the_main_picture_and_the_fan_the_other() -> None:
    panels = find_panels(doppler_screen(noise=20))
    assert [panel.kind for panel in panels] == [SectorKind.STRIP, SectorKind.FAN]
    assert np.abs(np.array(panels[0].box) - (60, 300, 740, 560)).max() <= 12


def test_a_strip_on_black_is_found_by_its_trace() -> None:
    sector = find_sector(doppler_screen(noise=0))
    assert sector.kind is SectorKind.STRIP
    assert sector.box[0] <= 75
    assert sector.box[2] >= 725


def test_a_linear_picture_is_a_rectangle() -> None:
    frames = np.zeros((1, 600, 800, 3), np.uint8)
    frames[0, 80:520, 250:600] = speckle(440, 350, 2).clip(0, 255).astype(np.uint8)[..., None]
    draw_furniture(frames[0])
    sector = find_sector(frames)
    assert sector.kind is SectorKind.RECTANGLE
    assert np.abs(np.array(sector.box) - (250, 80, 600, 520)).max() <= 10


def text_page() -> NDArray[np.uint8]:
    page = np.full((700, 900, 3), 255, np.uint8)
    for row in range(30):
        line = "The quick brown fox jumps over the lazy dog " * 2
        cv2.putText(page, line, (40, 40 + 22 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1)
    return page


def colours() -> NDArray[np.uint8]:
    y, x = np.mgrid[0:400, 0:600]
    parts = [127 + 120 * np.sin(x / 60), 127 + 120 * np.cos(y / 45), (x + y) % 256]
    return np.stack(parts, axis=2).astype(np.uint8)


RNG = np.random.default_rng(7)
NO_ULTRASOUND = {
    "black": np.zeros((300, 400, 3), np.uint8),
    "white": np.full((300, 400, 3), 255, np.uint8),
    "grey": np.full((300, 400, 3), 120, np.uint8),
    "colour noise": RNG.integers(0, 256, (300, 400, 3), np.uint8),
    "grey noise": np.repeat(RNG.integers(0, 256, (300, 400, 1), np.uint8), 3, axis=2),
    "text": text_page(),
    "white text on black": 255 - text_page(),
    "colours": colours(),
    "shading": np.repeat(
        np.tile(np.linspace(0, 255, 500).astype(np.uint8), (400, 1))[..., None], 3, axis=2
    ),
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "one row": np.full((1, 500, 3), 90, np.uint8),
    "tiny noise": RNG.integers(0, 256, (32, 32, 3), np.uint8),
}


@pytest.mark.parametrize("name", NO_ULTRASOUND)
def test_what_is_no_ultrasound_has_no_sector(name: str) -> None:
    sector = find_sector(NO_ULTRASOUND[name][None])
    assert sector.kind is SectorKind.NONE
    assert sector.outline == ()


def test_no_frames_have_no_sector() -> None:
    assert find_sector(np.zeros((0, 50, 50, 3), np.uint8)).kind is SectorKind.NONE


def test_box_is_tight_around_the_outline() -> None:
    sector = find_sector(screen(PHASED))
    points = np.array(sector.outline)
    x0, y0, x1, y1 = sector.box
    assert np.abs(points.min(axis=0) - (x0, y0)).max() <= 1
    assert np.abs(points.max(axis=0) - (x1, y1)).max() <= 1


def test_the_same_screen_gives_the_same_sector() -> None:
    frames = screen(PHASED)
    assert find_sector(frames) == find_sector(frames.copy())
