"""Report, as a person drives it: edited, downloaded, filled in elsewhere, read back."""

from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from core.report.read_back import read_back
from core.workstation.store import ExamStore

pytestmark = pytest.mark.browser
#: The page's other upload, of the template's logo, takes pictures alone.
FORM_UPLOAD = 'input[type="file"]:not([accept*=".png"])'


def open_report(page: Page, url: str) -> None:
    page.goto(f"{url}/report")
    expect(page.locator("iframe[title]")).to_be_visible()


def download(page: Page, name: str, to: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"PDF {name}").click()
    waiting.value.save_as(to)
    return to


def kept(home: Path) -> dict[str, str]:
    with ExamStore(home) as store:
        return store.report_edits("sample") or {}


def test_what_is_written_is_kept_previewed_and_printed_in_both_languages(
    page: Page, url: str, home: Path, tmp_path: Path
):
    open_report(page, url)
    before = page.locator("iframe[title]").get_attribute("src")
    conclusion = page.get_by_label("Conclusion")
    conclusion.fill("Normal systolic function. 收缩功能正常。")
    conclusion.blur()
    expect(page.locator("iframe[title]")).not_to_have_attribute("src", before or "")
    assert kept(home) == {"conclusion": "Normal systolic function. 收缩功能正常。"}
    for language, file in (("English", "en.pdf"), ("简体中文", "zh.pdf")):
        fields = read_back(download(page, language, tmp_path / file))
        assert fields["conclusion"] == "Normal systolic function. 收缩功能正常。"
        assert fields["header.patient_name"] == "Sample Person"
        assert float(fields["measurement.lvef"]) == pytest.approx(56, abs=1)


def test_a_pdf_that_was_filled_in_elsewhere_is_compared_and_taken_over(
    page: Page, url: str, home: Path, tmp_path: Path
):
    open_report(page, url)
    exported = download(page, "English", tmp_path / "report.pdf")
    edited = tmp_path / "edited.pdf"
    with pikepdf.open(exported) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            if str(field.get("/T", "")) == "conclusion":
                field.V = pikepdf.String("Seen at the ward. 会诊意见。")
        pdf.save(edited)
    page.get_by_text("Read an edited PDF back").click()
    page.locator(FORM_UPLOAD).set_input_files(edited)
    table = page.locator('[data-testid="stTable"]').filter(has_text="In the PDF")
    expect(table).to_contain_text("Seen at the ward. 会诊意见。")
    page.get_by_role("button", name="Take these over (1)").click()
    page.wait_for_function(
        """words => {
          const fields = [...document.querySelectorAll('textarea[aria-label="Conclusion"]')];
          return fields.length === 1 && fields[0].value === words;
        }""",
        arg="Seen at the ward. 会诊意见。",
    )
    assert kept(home)["conclusion"] == "Seen at the ward. 会诊意见。"


def test_a_file_that_is_no_report_gives_a_message(page: Page, url: str, tmp_path: Path):
    open_report(page, url)
    wrong = tmp_path / "wrong.pdf"
    wrong.write_bytes(b"this is no PDF")
    page.get_by_text("Read an edited PDF back").click()
    page.locator(FORM_UPLOAD).set_input_files(wrong)
    expect(page.get_by_text("wrong.pdf: not a readable PDF")).to_be_visible()
