"""The Virtual probe page, as a trainee drives it."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import serve
from playwright.sync_api import Browser, Page, expect

from core.domain import CalibrationSource, View
from core.workstation.records import ClipOrigin, KeptBy
from core.workstation.store import ExamStore

pytestmark = pytest.mark.browser

PIXELS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let bright = 0;
  for (let i = 0; i < data.length; i += 4) bright += data[i] > 60;
  return { bright, frame: Number(canvas.dataset.frame), width: canvas.width };
}"""
ASKED = """bench => {
  const button = bench.querySelector(".pair button[data-now]");
  if (!button) return null;
  const part = button.closest(".move");
  return { movement: part.dataset.movement, key: button.querySelector("kbd").textContent };
}"""
NAMES = {"←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown", "−": "-"}


def beating(page: Page, url: str) -> Page:
    page.goto(f"{url}/virtual_probe")
    page.locator("canvas[data-frame]").wait_for()
    return page


def turned(page: Page) -> float:
    return float(page.locator('[data-movement="rotate_deg"] output').inner_text().rstrip("°"))


def until(check: Callable[[], bool], *, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.2)
    return check()


def find_the_plane(page: Page) -> None:
    """Presses the key that the hints show, until the plane is found."""
    bench = page.locator(".bench")
    end = time.monotonic() + 150
    while bench.get_attribute("data-found") != "true" and time.monotonic() < end:
        asked = bench.evaluate(ASKED)
        if asked is None:
            page.wait_for_timeout(300)
            continue
        page.keyboard.press(NAMES.get(asked["key"], asked["key"].lower()))
        page.wait_for_timeout(60)
    expect(bench).to_have_attribute("data-found", "true")


def test_the_heart_beats_and_a_key_turns_the_probe_and_undo_turns_it_back(page: Page, app_url: str):
    beating(page, app_url)
    canvas = page.locator(".bench canvas").first
    first = canvas.evaluate(PIXELS)
    assert first["bright"] > 2_000
    assert until(lambda: canvas.evaluate(PIXELS)["frame"] > first["frame"] + 5)
    before = turned(page)
    page.keyboard.press("e")
    page.keyboard.press("e")
    assert until(lambda: turned(page) > before + 2)
    page.keyboard.press("Backspace")
    assert until(lambda: turned(page) == before)
    expect(page.locator(".words")).not_to_be_empty()
    assert page.get_by_text("Traceback").count() == 0


def test_a_plane_that_is_found_is_scored_and_kept_after_a_restart(browser: Browser, tmp_path: Path):
    home = tmp_path / "home"
    for visit in range(2):
        with serve(home) as url:
            context = browser.new_context(viewport={"width": 1280, "height": 720})
            context.set_default_timeout(120_000)
            page = beating(context.new_page(), url)
            if visit == 0:
                expect(page.get_by_text("Nothing scored yet.", exact=False)).to_be_visible()
                find_the_plane(page)
                expect(page.locator(".result")).to_be_visible()
                assert int(page.locator(".bench").get_attribute("data-tones") or 0) >= 1
            expect(page.locator(".el-tile").first).to_be_visible()
            context.close()
    with ExamStore(home) as store:
        (kept,) = store.last_attempts()
    assert kept.view is View.PLAX
    assert kept.hints
    assert kept.seconds > 0
    assert kept.path_mm + kept.path_deg > 10


def test_hints_off_shows_the_picture_and_nothing_else(page: Page, app_url: str):
    beating(page, app_url)
    expect(page.locator(".meter.close")).to_be_visible()
    page.get_by_text("Hints", exact=True).click()
    expect(page.locator(".meter.close")).to_be_hidden()
    expect(page.locator(".words")).to_contain_text("picture alone")


def test_all_of_it_is_chinese_after_one_switch(page: Page, app_url: str):
    beating(page, app_url)
    page.get_by_text("简体中文").click()
    expect(page.locator(".top h2")).to_have_text("胸骨旁左室长轴切面")
    expect(page.locator('[data-movement="rotate_deg"] b')).to_have_text("旋转")
    expect(page.locator('[data-do="undo"]')).to_have_text("撤销一步")
    expect(page.get_by_text("目标切面")).to_be_visible()


def test_the_virtual_probe_is_a_source_in_acquire_and_is_recorded(
    page: Page, app_url: str, app_home: Path
):
    page.goto(f"{app_url}/acquire")
    page.get_by_test_id("stButtonGroup").get_by_text("Virtual probe").click()
    page.locator('.bench[data-small] [data-movement="tilt_deg"]').wait_for()
    streamer = page.frame_locator('iframe[title*="webrtc"]')
    streamer.get_by_role("button", name="START").click()
    streamer.locator("video").wait_for()
    expect(page.locator(".panel .quality-value")).to_contain_text("%")
    before = turned(page)
    page.locator('[data-movement="rotate_deg"] .pair button').last.click()
    assert until(lambda: turned(page) > before)
    page.wait_for_timeout(2_000)  # something to record
    page.get_by_role("button", name="Record the last").click()
    expect(page.get_by_text(re.compile("^clip-001"))).to_be_visible()

    # A standard plane may have been kept by itself before.
    def by_hand() -> bool:
        with ExamStore(app_home) as store:
            clips = store.clips(store.list_exams()[0].id)
        return any(each.kept_by is KeptBy.HAND for each in clips)

    assert until(by_hand)
    with ExamStore(app_home) as store:
        exam = store.list_exams()[0]
        record = next(each for each in store.clips(exam.id) if each.kept_by is KeptBy.HAND)
        clip = store.load_clip(exam.id, record.id)
    assert record.origin is ClipOrigin.RECORDING
    assert len(clip) >= 8
    assert clip.calibration.source is CalibrationSource.DICOM
    assert clip.calibration.has_mm
