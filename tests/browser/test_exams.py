"""Exams, as a person drives them: opened, deleted with a question, made from files."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.workstation.store import ExamStore

pytestmark = pytest.mark.browser


def exams_of(home: Path) -> list[str]:
    with ExamStore(home) as store:
        return [exam.id for exam in store.list_exams()]


def test_a_card_shows_the_exam_and_opens_it(page: Page, url: str):
    page.goto(url)
    card = page.locator(".st-key-card-sample")
    expect(card).to_contain_text("EF 56 %")
    expect(card.locator("img")).to_be_visible()
    card.get_by_role("button", name="Open").click()
    page.wait_for_selector('canvas[data-ready="1"]')
    expect(page).to_have_url(f"{url}/measure")


def test_an_exam_is_deleted_only_after_a_question(page: Page, url: str, home: Path):
    page.goto(url)
    card = page.locator(".st-key-card-sample")
    card.locator(".st-key-delete-sample button").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert exams_of(home) == ["sample"]
    card.locator(".st-key-delete-sample button").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(card).to_have_count(0)
    assert exams_of(home) == []


def test_a_file_that_is_no_picture_gives_a_message_and_leaves_no_exam(
    page: Page, url: str, home: Path, tmp_path: Path
):
    wrong = tmp_path / "wrong.dcm"
    wrong.write_bytes(b"neither DICOM nor anything else")
    page.goto(url)
    page.get_by_text("New exam from files").click()
    page.locator('input[type="file"]').set_input_files(wrong)
    page.get_by_role("button", name="Add and analyse").click()
    expect(page.locator('[data-testid="stAlert"]').filter(has_text="wrong.dcm")).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)
    assert exams_of(home) == ["sample"]
