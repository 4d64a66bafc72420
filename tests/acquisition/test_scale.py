"""Reading drawn depth scales of known spacing, and refusing those that do not say it all."""

import cv2
import numpy as np
import pytest
from drawn_screens import DrawnFan, along, screen
from numpy.typing import NDArray

from core.acquisition.scale import read_depth_scale
from core.acquisition.sector import find_sector
from core.domain import Calibration, CalibrationSource, Sector, SectorKind

FAN = DrawnFan(apex=(400, 50), left=40, right=40, inner=6, outer=480)
WHITE = (230, 230, 230)


def fan_screen(frames: int = 1) -> NDArray[np.uint8]:
    return screen(FAN, frames=frames, seed=11)


def column(frames: NDArray[np.uint8], *, step: float, every: int, style: str, x: int = 745) -> None:
    """A depth scale of `step` pixels beside the fan; each `every`th mark is larger (0: none)."""
    for number in range(int(480 / step) + 1):
        y = round(50 + number * step)
        major = bool(every) and number % every == 0
        for frame in frames:
            mark(frame, x, y, number, major=major, style=style)


def mark(frame: NDArray[np.uint8], x: int, y: int, number: int, *, major: bool, style: str) -> None:
    if style == "ticks":
        cv2.line(frame, (x, y), (x + (9 if major else 4), y), WHITE, 1)
    elif style == "ticks to the left":
        cv2.line(frame, (x - (9 if major else 4), y), (x, y), WHITE, 1)
    elif style == "ruler":
        cv2.line(frame, (x, 50), (x, 530), WHITE, 1)
        cv2.line(frame, (x, y), (x + (9 if major else 4), y), WHITE, 1)
    elif style == "dots":
        cv2.circle(frame, (x, y), 3 if major else 1, WHITE, -1)
    elif style == "numbers":
        cv2.circle(frame, (x, y), 1, WHITE, -1)
        if major:
            place = (x + 9, y + 5)
            cv2.putText(frame, str(number), place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, WHITE, 1)
    else:  # the number stands in the place of the mark
        if major:
            place = (x - 5, y + 5)
            cv2.putText(frame, str(number), place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, WHITE, 1)
        else:
            cv2.circle(frame, (x, y), 1, WHITE, -1)


def read(frames: NDArray[np.uint8]) -> Calibration:
    return read_depth_scale(frames, find_sector(frames))


def assert_refused(calibration: Calibration) -> None:
    assert calibration.source is CalibrationSource.NONE
    assert calibration.mm_per_px is None
    assert len(calibration.reasons) == 1


@pytest.mark.parametrize(
    "style", ["ticks", "ticks to the left", "ruler", "dots", "numbers", "numbers for marks"]
)
@pytest.mark.parametrize("step", [26.0, 31.4, 43.0])
def test_reads_centimetres_with_every_fifth_marked(style: str, step: float) -> None:
    frames = fan_screen()
    column(frames, step=step, every=5, style=style)
    calibration = read(frames)
    assert calibration.source is CalibrationSource.SCALE
    assert calibration.mm_per_px == pytest.approx((10 / step, 10 / step), rel=0.01)
    assert calibration.box is not None


@pytest.mark.parametrize("degrees", [42.5, -42.5])
def test_reads_dots_along_the_fans_side(degrees: float) -> None:
    frames = fan_screen()
    for number in range(1, 17):
        x, y = along(FAN, degrees, 30.0 * number)
        cv2.circle(frames[0], (round(x), round(y)), 3 if number % 5 == 0 else 1, WHITE, -1)
    assert read(frames).mm_per_px == pytest.approx((1 / 3, 1 / 3), rel=0.015)


def test_reads_a_clips_scale_which_stands_still() -> None:
    frames = fan_screen(frames=10)
    column(frames, step=30, every=5, style="ticks")
    assert read(frames).mm_per_px == pytest.approx((1 / 3, 1 / 3), rel=0.01)


def test_reads_the_scale_of_a_large_screen() -> None:
    frames = fan_screen()
    column(frames, step=30, every=5, style="ticks")
    large = cv2.resize(frames[0], (2400, 1800), interpolation=cv2.INTER_CUBIC)[None]
    assert read(large).mm_per_px == pytest.approx((1 / 9, 1 / 9), rel=0.015)


@pytest.mark.parametrize("style", ["ticks", "dots"])
@pytest.mark.parametrize("step", [15.0, 30.0, 60.0])
def test_refuses_marks_that_are_all_alike(style: str, step: float) -> None:
    frames = fan_screen()
    column(frames, step=step, every=0, style=style)
    assert_refused(read(frames))


@pytest.mark.parametrize("every", [2, 4, 10])
def test_refuses_other_patterns_than_every_fifth(every: int) -> None:
    frames = fan_screen()
    column(frames, step=20, every=every, style="ticks")
    assert_refused(read(frames))


@pytest.mark.parametrize("step", [12.0, 80.0])
def test_refuses_a_depth_that_no_heart_has(step: float) -> None:
    frames = fan_screen()  # 12 px: 40 cm deep; 80 px: 6 cm deep
    column(frames, step=step, every=5, style="ticks")
    assert_refused(read(frames))


def test_refuses_scales_that_contradict_each_other() -> None:
    frames = fan_screen()
    column(frames, step=30, every=5, style="ticks")
    column(frames, step=26, every=5, style="ticks", x=60)
    assert_refused(read(frames))


def test_refuses_uneven_marks() -> None:
    frames = fan_screen()
    for number in range(16):
        y = round(50 + 20 * number + 0.8 * number**2)
        mark(frames[0], 745, y, number, major=number % 5 == 0, style="ticks")
    assert_refused(read(frames))


def test_refuses_a_time_axis_and_text() -> None:
    frames = fan_screen()
    for number in range(24):
        x = 40 + 30 * number
        cv2.line(frames[0], (x, 590), (x, 597 if number % 5 else 584), WHITE, 1)
    assert_refused(read(frames))


def test_refuses_a_screen_without_a_scale() -> None:
    assert_refused(read(fan_screen()))


@pytest.mark.parametrize("kind", [SectorKind.NONE, SectorKind.STRIP, SectorKind.RECTANGLE])
def test_refuses_where_there_is_no_fan(kind: SectorKind) -> None:
    frames = fan_screen()
    column(frames, step=30, every=5, style="ticks")
    outline = ((0.0, 0.0), (800.0, 0.0), (800.0, 600.0), (0.0, 600.0))
    sector = Sector(kind=kind, box=(0, 0, 800, 600), outline=outline, score=0.9)
    assert_refused(read_depth_scale(frames, sector))


def test_a_major_mark_amiss_makes_no_other_length() -> None:
    """Marks 1 cm apart whose fifths are partly covered give 1 cm or nothing, never another."""
    rng = np.random.default_rng(3)
    for _ in range(8):
        frames = fan_screen()
        column(frames, step=30, every=5, style="ticks")
        for y in 50 + 30 * rng.choice(16, 3, replace=False):
            frames[0, y - 4 : y + 5, 735:765] = 0
        calibration = read(frames)
        if calibration.mm_per_px is not None:
            assert calibration.mm_per_px[1] == pytest.approx(1 / 3, rel=0.01)
