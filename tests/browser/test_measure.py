"""Measure, as a person drives it: outlines and calipers dragged, marks set by keys, undo."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.workstation.store import ExamStore

pytestmark = pytest.mark.browser


@pytest.fixture
def canvas(page: Page, url: str) -> Locator:
    """The viewer of the sample exam, paused at its first frame."""
    page.goto(f"{url}/measure")
    page.wait_for_selector('canvas[data-ready="1"]')
    canvas = page.locator(".stage canvas")
    page.locator(".viewer").focus()
    page.keyboard.press("Space")
    expect(page.locator('[data-do="play"]')).to_have_attribute("aria-label", "Play")
    page.keyboard.press("Home")
    expect(canvas).to_have_attribute("data-frame", "0")
    return canvas


def value(page: Page, measurement: str) -> Locator:
    return page.locator(f'[data-id="{measurement}"] b')


def drag(page: Page, canvas: Locator, start: tuple[float, float], by: tuple[float, float]) -> None:
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + start[0], box["y"] + start[1]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0] / 2, y + by[1] / 2, steps=4)
    page.mouse.move(x + by[0], y + by[1], steps=4)
    page.mouse.up()


def values_of(home: Path) -> dict[str, float | None]:
    with ExamStore(home) as store:
        analysis = store.latest_analysis("sample")
    assert analysis is not None
    return {m.id: m.value for m in analysis.measurements}


def test_the_heart_beats_without_a_click_and_keys_step_frames(page: Page, url: str):
    page.goto(f"{url}/measure")
    page.wait_for_selector('canvas[data-ready="1"]')
    canvas = page.locator(".stage canvas")
    first = canvas.get_attribute("data-frame")
    expect(canvas).not_to_have_attribute("data-frame", first or "")
    page.locator(".viewer").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(canvas).to_have_attribute("data-frame", "3")
    page.keyboard.press("ArrowLeft")
    expect(canvas).to_have_attribute("data-frame", "2")
    assert page.locator(".where").inner_text().startswith("3 / 40")


def test_a_dragged_outline_changes_the_values_and_is_in_the_store(
    page: Page, canvas: Locator, home: Path
):
    before = values_of(home)
    shown = value(page, "lvedv").inner_text()
    handles = json.loads(canvas.get_attribute("data-handles") or "[]")
    drag(page, canvas, max(handles), (45, 0))
    expect(value(page, "lvedv")).not_to_have_text(shown)
    after = values_of(home)
    assert after["lvedv"] > before["lvedv"]
    assert value(page, "lvedv").inner_text().startswith(f"{after['lvedv']:.0f}")
    assert after["lvesv"] == before["lvesv"]
    page.locator(".viewer").focus()
    page.keyboard.press("Control+z")
    expect(value(page, "lvedv")).to_have_text(shown)
    assert values_of(home) == before
    page.keyboard.press("Control+Shift+Z")
    expect(value(page, "lvedv")).not_to_have_text(shown)
    assert values_of(home) == after


def test_marks_set_by_keys_move_the_beat(page: Page, canvas: Locator, home: Path):
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(canvas).to_have_attribute("data-frame", "3")
    page.keyboard.press("e")
    expect(page.locator(".badge")).to_have_text("ED")
    expect(page.get_by_text("version 2")).to_be_visible()
    with ExamStore(home) as store:
        analysis = store.latest_analysis("sample")
    assert analysis is not None
    assert analysis.clip("clip-001").recognition.phases.ed == (3, 20)


def test_a_caliper_is_drawn_dragged_used_as_a_value_and_removed(
    page: Page, canvas: Locator, home: Path
):
    page.keyboard.press("c")
    drag(page, canvas, (200, 150), (120, 0))
    use = page.get_by_role("button", name="Use as value")
    expect(use).to_be_visible()
    (start, end) = json.loads(canvas.get_attribute("data-calipers") or "[]")[0]
    assert end[0] - start[0] == pytest.approx(120, abs=2)
    drag(page, canvas, tuple(end), (40, 0))
    for _ in range(600):
        start, end = json.loads(canvas.get_attribute("data-calipers") or "[]")[0]
        if end[0] - start[0] == pytest.approx(160, abs=3):
            break
        page.wait_for_timeout(100)
    else:
        pytest.fail(f"the caliper's end was not moved: {start}, {end}")
    use.click()
    expect(page.get_by_text("version 2")).to_be_visible()
    first = [key for key, found in values_of(home).items() if found is not None]
    assert {"lvedv", "lvesv", "lvef"} <= set(first)
    page.locator(".viewer").focus()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("version 1")).to_be_visible()


def test_the_curve_and_the_overlay_are_drawn_by_plotly(page: Page, canvas: Locator):
    expect(page.locator(".js-plotly-plot .scatterlayer .trace").first).to_be_visible()
    page.get_by_role("tab", name="Overlay").click()
    overlay = page.locator(".js-plotly-plot").filter(has_text="Left atrium")
    expect(overlay).to_be_visible()
    expect(overlay.locator("image")).to_have_count(1)


def test_the_other_clip_opens_and_chinese_is_one_click(page: Page, canvas: Locator):
    page.get_by_text("A2C · clip-002").click()
    expect(page.locator('[data-testid="judgement"]')).to_contain_text("Apical two-chamber")
    page.get_by_text("简体中文").click()
    expect(page.locator('[data-testid="judgement"]')).to_contain_text("心尖两腔心切面")
    expect(page.locator('[data-testid="tiles"]')).to_contain_text("左室射血分数")
    expect(page.locator(".el-disclaimer")).to_contain_text("仅供科研与教学使用；非医疗器械")
