"""The Validation page in a browser: a result is read, an example opens, a run starts and stops."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from validation_samples import put_validation

from core.training.runs import RunState
from core.validation.jobs import validations

pytestmark = pytest.mark.browser


def test_a_result_shows_its_points_and_a_worst_example_opens_as_a_picture(
    page: Page, app_url: str, app_home: Path
):
    put_validation(app_home)
    page.goto(f"{app_url}/validation")
    page.get_by_role("combobox").first.click()
    page.get_by_role("option").filter(has_text="24 patients").click()
    expect(page.get_by_test_id("validation-tiles")).to_contain_text("24")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    assert page.locator(".js-plotly-plot .scatterlayer .point").count() == 24
    page.get_by_role("button", name="Open picture").first.click()
    expect(page.get_by_test_id("stImage").locator("img")).to_be_visible()
    assert page.get_by_text("Traceback").count() == 0


def test_a_run_is_started_and_stopped(page: Page, app_url: str, app_home: Path):
    page.goto(f"{app_url}/validation")
    page.get_by_text("Own runs", exact=True).click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("running")).to_be_visible()
    # The page's own: Streamlit's header has one, too, while a script runs.
    page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("stopped")).to_be_visible()
    newest = validations(app_home)[0]
    assert newest.state is RunState.STOPPED
