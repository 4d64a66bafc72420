"""The app in a process of its own, and a headless Chromium to drive it as a person would."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from app_samples import add_sample_exam
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.workstation.store import ExamStore

ROOT = Path(__file__).resolve().parents[2]
SLOW_MS = 120_000
"""How long a step may take on a machine that has other things to do."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(home: Path, **environ: str) -> Iterator[str]:
    """The app on a free port with the exam store `home`; its address.

    Without a demonstration exam unless `ECHOLAB_DEMO="1"` is given. Its log is `home.log`.
    """
    port = free_port()
    env = {**os.environ, "ECHOLAB_HOME": str(home), "ECHOLAB_DEMO": "0", **environ}
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app" / "main.py")]
    options = {"port": port, "address": "127.0.0.1", "headless": "true"}
    command += [f"--server.{name}={value}" for name, value in options.items()]
    log = Path(f"{home}.log")
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(240):
            if server.poll() is not None:
                raise RuntimeError(f"the app ended at once:\n{log.read_text('utf-8')}")
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            raise RuntimeError(f"the app did not answer:\n{log.read_text('utf-8')}")
        yield url
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture(scope="module")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exam store of the module's app; write exams into it before or while it runs."""
    return tmp_path_factory.mktemp("app") / "home"


@pytest.fixture(scope="module")
def app_url(app_home: Path) -> Iterator[str]:
    """Address of an app that all tests of a module share."""
    with serve(app_home) as url:
        yield url


@pytest.fixture(scope="module")
def launch() -> Iterator[Callable[..., Browser]]:
    """Starts a headless Chromium: `launch("--flag", ...)`; closed when the module is done."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed: scripts/system_packages.sh installs it")
    expect.set_options(timeout=SLOW_MS)
    with sync_playwright() as driver:
        browsers: list[Browser] = []

        def start(*flags: str) -> Browser:
            args = ["--no-sandbox", "--disable-dev-shm-usage", *flags]
            browsers.append(driver.chromium.launch(executable_path=path, args=args))
            return browsers[-1]

        yield start
        for browser in browsers:
            browser.close()


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Browser]) -> Browser:
    """One plain Chromium for a module."""
    return launch()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page of 1440x900 with patience."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(SLOW_MS)
    context.set_default_navigation_timeout(SLOW_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def home(app_home: Path) -> Path:
    """The app's store, with nothing in it but the sample exam as it was analysed."""
    with ExamStore(app_home) as store:
        for exam in store.list_exams():
            store.delete_exam(exam.id)
    add_sample_exam(app_home)
    return app_home


@pytest.fixture
def url(home: Path, app_url: str) -> str:
    return app_url
