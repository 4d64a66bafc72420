"""Acquire, as a person drives it: a clip as the browser's camera, a device, files."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from core.domain import View
from core.phantom import render_clip
from core.workstation.protocol import FULL
from core.workstation.records import ClipOrigin, KeptBy
from core.workstation.store import ExamStore

pytestmark = pytest.mark.browser

SIZE = {"width": 1440, "height": 900}
LOOK = """video => {
  if (!video.videoWidth) return { bright: 0, coloured: 0, width: 0, time: 0 };
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let bright = 0, coloured = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [high, low] = [Math.max(data[i], data[i + 1], data[i + 2]),
                         Math.min(data[i], data[i + 1], data[i + 2])];
    bright += high > 40;
    coloured += high - low > 60;
  }
  return { bright, coloured, width: canvas.width, time: video.currentTime };
}"""


def write_video(frames, path: Path, *, seconds: int, fps: int = 25) -> Path:
    """Frames (uint8 [T, H, W, 3]) over and over as 640×480; Chromium's camera takes `.y4m`."""
    height, width = frames.shape[1:3]
    raw = path.with_suffix(".raw")
    count = seconds * fps
    raw.write_bytes(b"".join(frames[i % len(frames)].tobytes() for i in range(count)))
    fit = "scale=640:480:force_original_aspect_ratio=decrease,pad=640:480:-1:-1"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{width}x{height}", "-r", str(fps), "-i", str(raw)]
    subprocess.run([*command, "-vf", fit, "-pix_fmt", "yuv420p", str(path)], check=True)
    raw.unlink()
    return path


@pytest.fixture(scope="module")
def heart():
    """A beating heart without ECG or other colour: what is coloured was drawn on it."""
    return render_clip(View.A4C, seed=5, furniture=False, masks=False).clip


@pytest.fixture(scope="module")
def camera(heart, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(heart.frames, tmp_path_factory.mktemp("camera") / "heart.y4m", seconds=6)


@pytest.fixture(scope="module")
def camera_browser(launch: Callable[..., Browser], camera: Path) -> Browser:
    return launch(*camera_flags(camera))


def camera_flags(clip: Path) -> tuple[str, ...]:
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    )


@pytest.fixture
def acquire(camera_browser: Browser, app_url: str) -> Iterator[Page]:
    yield from opened(camera_browser, app_url)


def opened(browser: Browser, app_url: str) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZE)
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(f"{app_url}/acquire")
    yield page
    context.close()


def streamer(page: Page) -> FrameLocator:
    return page.frame_locator('iframe[title*="webrtc"]')


def start(page: Page) -> None:
    streamer(page).get_by_role("button", name="START").click()
    streamer(page).locator("video").wait_for()


def seen(page: Page, enough: Callable[[dict[str, float]], bool], *, seconds: float = 90.0):
    """Looks at the video until `enough`; the last look either way."""
    video = streamer(page).locator("video")
    end = time.monotonic() + seconds
    while True:
        look = video.evaluate(LOOK)
        if enough(look) or time.monotonic() > end:
            return look
        time.sleep(0.5)


def drawn(look: dict[str, float]) -> bool:
    return look["time"] > 1 and look["bright"] > 2_000 and look["coloured"] > 300


def test_the_camera_is_shown_with_view_quality_and_overlay_and_recorded(
    acquire: Page, app_home: Path
):
    start(acquire)
    first = seen(acquire, drawn)
    assert first["bright"] > 2_000
    assert first["coloured"] > 300, "no outline was drawn on the grey picture"
    assert seen(acquire, lambda look: look["time"] > first["time"] + 1)["time"] > first["time"] + 1

    panel = acquire.locator(".panel")
    expect(panel.locator(".quality-value")).to_contain_text("%", timeout=60_000)
    assert panel.get_attribute("data-view") in {view.value for view in View}
    assert panel.get_attribute("data-state") in {"standard", "poor"}
    expect(panel.locator(".facts")).to_contain_text("frames/s")

    acquire.locator(".list .auto").click()  # this clip is kept by hand
    expect(acquire.locator(".list .auto input")).not_to_be_checked()
    time.sleep(2)  # something to record
    acquire.keyboard.press("r")
    expect(acquire.get_by_text(re.compile("^clip-001"))).to_be_visible(timeout=90_000)
    with ExamStore(app_home) as store:
        exam = store.list_exams()[0]
        (record,) = store.clips(exam.id)
        assert record.origin is ClipOrigin.RECORDING
        assert record.kept_by is KeptBy.HAND
        assert record.view is not None
        assert record.thumbnail is not None
        clip = store.load_clip(exam.id, record.id)
    assert len(clip) >= 20
    assert clip.frames.shape[2:] == (640, 3)
    # What is kept is the picture as it came: nothing drawn on it.
    assert int((clip.frames.max(axis=-1) - clip.frames.min(axis=-1) > 60).sum()) < 300
    acquire.get_by_role("button", name="Record the last").click()
    expect(acquire.get_by_text(re.compile("^clip-002"))).to_be_visible(timeout=90_000)


def test_the_checklist_asks_for_a_protocols_views_and_remembers_it_with_the_exam(
    acquire: Page, app_home: Path
):
    places = acquire.locator(".list .place")
    expect(places).to_have_count(len(FULL.views))
    expect(places.first).to_have_attribute("data-next", "true")
    acquire.locator('.list [data-protocol="volumes"]').click()
    expect(places).to_have_count(2)
    start(acquire)
    expect(acquire.locator(".panel .quality-value")).to_contain_text("%", timeout=90_000)
    acquire.keyboard.press("r")
    expect(acquire.get_by_text(re.compile("^clip-001"))).to_be_visible(timeout=90_000)
    with ExamStore(app_home) as store:
        exam = store.list_exams()[0]
        store.file_clip(exam.id, "clip-001", View.A2C)
        assert store.exam(exam.id).protocol == "volumes"
    filled = acquire.locator('.place[data-view="A2C"]')
    expect(filled.locator("img")).to_be_visible()
    assert filled.locator("img").evaluate("image => image.naturalWidth") > 0
    filled.get_by_role("button", name="Again").click()
    expect(filled.get_by_role("button", name="Again")).to_have_attribute("aria-pressed", "true")
    with ExamStore(app_home) as store:
        for clip in store.clips(exam.id):
            store.delete_clip(exam.id, clip.id)
    expect(filled).to_have_attribute("data-clip", "")


def test_the_picture_is_shown_in_chinese_after_one_switch(acquire: Page):
    acquire.get_by_text("简体中文").click()
    expect(streamer(acquire).get_by_role("button", name="开始")).to_be_visible()
    streamer(acquire).get_by_role("button", name="开始").click()
    expect(acquire.locator(".panel .quality-name")).to_have_text("图像质量")
    expect(acquire.locator(".panel .facts")).to_contain_text("帧/秒", timeout=90_000)


def test_the_tone_sounds_after_a_click_and_not_when_muted(acquire: Page):
    panel = acquire.locator(".panel")
    panel.locator(".try").click()
    expect(panel).to_have_attribute("data-heard", "true")
    panel.locator(".mute").click()
    expect(panel.locator(".mute")).to_have_attribute("aria-pressed", "true")
    panel.locator(".try").click()
    expect(panel).to_have_attribute("data-heard", "false")


def test_a_device_of_the_server_is_shown_through_the_same_path(
    browser: Browser, app_url: str, camera: Path
):
    for page in opened(browser, app_url):
        page.get_by_text("Device of this machine").click()
        page.get_by_label("Or an address").fill(str(camera))
        page.get_by_label("Or an address").press("Enter")
        start(page)
        look = seen(page, drawn)
        assert look["width"] == 640
        assert look["coloured"] > 300
        expect(page.locator(".panel .quality-value")).to_contain_text("%", timeout=60_000)


def test_a_device_that_is_not_there_is_said_in_one_line(browser: Browser, app_url: str):
    for page in opened(browser, app_url):
        page.get_by_text("Device of this machine").click()
        page.get_by_label("Or an address").fill("/nowhere/card.mp4")
        page.get_by_label("Or an address").press("Enter")
        start(page)
        expect(page.locator(".panel .note.bad")).to_contain_text("card.mp4")
        assert page.get_by_text("Traceback").count() == 0


def test_files_are_added_to_the_exam_and_analysed_and_a_bad_one_is_said(
    browser: Browser, app_url: str, app_home: Path, heart, tmp_path: Path
):
    good = write_video(heart.frames, tmp_path / "heart.mp4", seconds=3)
    bad = tmp_path / "letter.mp4"
    bad.write_bytes(b"Dear colleague, ")
    for page in opened(browser, app_url):
        page.get_by_text("Files", exact=True).click()
        page.locator('input[type="file"]').set_input_files([good, bad])
        page.get_by_role("button", name="Add to exam and analyse").click()
        expect(page.get_by_text("The exam is analysed.")).to_be_visible(timeout=180_000)
        expect(page.get_by_test_id("stAlert").filter(has_text="letter.mp4")).to_be_visible()
        with ExamStore(app_home) as store:
            exam = store.list_exams()[0]
            records = store.clips(exam.id)
            analysis = store.latest_analysis(exam.id)
        assert [r.source for r in records] == ["heart.mp4"]
        assert [c.id for c in analysis.clips] == [records[0].id]
        page.get_by_role("link", name="Go to measurements").click()
        expect(page).to_have_url(f"{app_url}/measure")


@pytest.mark.data
def test_a_real_clip_as_the_camera_is_seen_as_ultrasound_of_a_heart(
    launch: Callable[..., Browser], app_url: str, shared_data: Path, tmp_path: Path
):
    clip = tmp_path / "real.y4m"
    gif = shared_data / "medpeds-pocusatlas" / "a4c_drift_a5c.gif"
    fit = "scale=640:480:force_original_aspect_ratio=decrease,pad=640:480:-1:-1,fps=25"
    command = ["ffmpeg", "-v", "error", "-stream_loop", "8", "-i", str(gif), "-t", "6"]
    subprocess.run([*command, "-vf", fit, "-pix_fmt", "yuv420p", str(clip)], check=True)
    for page in opened(launch(*camera_flags(clip)), app_url):
        start(page)
        assert drawn(seen(page, drawn))
        panel = page.locator(".panel")
        expect(panel.locator(".quality-value")).to_contain_text("%", timeout=60_000)
        views = {panel.get_attribute("data-view") for _ in range(8) if not time.sleep(0.5)}
        assert views - {View.OTHER.value}, "a four-chamber view was never seen as a heart"
