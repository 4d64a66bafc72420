"""The Report page's downloads for other systems, as a person takes them."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pydicom
import pytest
from playwright.sync_api import Page, expect

from core.export.sr.read import values_in
from core.workstation.store import ExamStore

pytestmark = pytest.mark.browser


def open_choice(page: Page, url: str) -> None:
    page.goto(f"{url}/report")
    page.get_by_role("button", name="For other systems").click()
    expect(page.get_by_role("button", name="FHIR")).to_be_visible()


def download(page: Page, name: str, to: Path) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    waiting.value.save_as(to)
    return to.read_bytes()


def test_the_doctors_number_is_in_every_download(page: Page, url: str, home: Path, tmp_path: Path):
    with ExamStore(home) as store:
        store.save_report_edits("sample", {"measurement.lvef": "47"})
    open_choice(page, url)

    archive = zipfile.ZipFile(io.BytesIO(download(page, "Structured report", tmp_path / "sr")))
    report = pydicom.dcmread(io.BytesIO(archive.read("sample-sr.dcm")))
    bundle = json.loads(download(page, "FHIR", tmp_path / "fhir"))
    table = download(page, "Table", tmp_path / "csv").decode("utf-8-sig")

    assert [v.value for v in values_in(report) if v.label == "LV EF"] == [47.0]
    assert 47.0 in [
        entry["resource"].get("valueQuantity", {}).get("value") for entry in bundle["entry"]
    ]
    assert [row["value"] for row in csv.DictReader(io.StringIO(table)) if row["id"] == "lvef"] == [
        "47"
    ]


def test_without_the_patient_no_file_names_one(page: Page, url: str, tmp_path: Path):
    open_choice(page, url)
    page.get_by_text("Remove", exact=True).click()

    content = download(page, "All as DICOM (ZIP) · identity removed", tmp_path / "all")

    archive = zipfile.ZipFile(io.BytesIO(content))
    assert len(archive.namelist()) >= 6
    for name in archive.namelist():
        assert "sample" not in name
        ds = pydicom.dcmread(io.BytesIO(archive.read(name)))
        assert str(ds.PatientName) == ""
        assert ds.PatientIdentityRemoved == "YES"
