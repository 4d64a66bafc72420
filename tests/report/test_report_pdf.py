import os
import shutil
import subprocess
import time
from datetime import datetime

import numpy as np
import pikepdf
import pypdf
import pytest
import report_samples as samples

from core.domain import InputError
from core.report.pdf import pdf_bytes, write_pdf, write_report

EDITS = {
    "header.hospital": "医院 Hospital",
    "conclusion": "左室收缩功能减低。\nReduced systolic function.",
    "study_quality": "limited",
    "reviewed": "Yes",
    "physician_name": "李医生",
}


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")
    return path


@pytest.fixture(params=["en", "zh"])
def written(request, tmp_path):
    report = samples.report(lang=request.param, edits=EDITS, pictures=3)
    return report, write_pdf(report, tmp_path / "report.pdf")


def _text(path, *options: str) -> str:
    command = [_tool("pdftotext"), *options, str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def test_fields_are_there_with_their_types_and_values(written):
    report, path = written
    fields = pypdf.PdfReader(path).get_fields()
    for name, field in report.fields().items():
        if name.startswith("measurement.") and not field.value:
            assert name not in fields
            continue
        kind = {"choice": "/Ch", "check": "/Btn"}.get(field.kind, "/Tx")
        assert fields[name]["/FT"] == kind
        assert fields[name]["/TU"] == field.tooltip
        value = f"/{field.value}" if field.kind == "check" else field.value
        assert fields[name]["/V"] == value
    assert fields["conclusion"]["/Ff"] & (1 << 12)
    assert fields["study_quality"]["/Ff"] & (1 << 17)


def test_each_field_is_drawn_and_no_viewer_is_told_to_draw_it_anew(written):
    _, path = written
    with pikepdf.open(path) as pdf:
        assert not pdf.Root.AcroForm.NeedAppearances
        widgets = [annot for page in pdf.pages for annot in page.get("/Annots", [])]
        assert len(widgets) > 15
        assert all("/N" in widget.AP for widget in widgets)
        for page in pdf.pages:
            assert [float(side) for side in page.MediaBox[2:]] == pytest.approx(
                [595.28, 841.89], abs=0.1
            )


def test_qpdf_finds_nothing_wrong(written):
    _, path = written
    done = subprocess.run([_tool("qpdf"), "--check", str(path)], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pages_say_what_the_report_says(written):
    report, path = written
    text = _text(path, "-layout")
    assert report.title in text
    assert "168" in text
    assert "左室收缩功能减低。" in text
    assert "李医生" in text
    assert dict(report.quality.options)["limited"] in text


def test_disclaimer_stands_on_each_page(tmp_path):
    path = write_pdf(samples.report(samples.everything(), pictures=8), tmp_path / "r.pdf")
    pages = _text(path).split("\f")[:-1]
    assert len(pages) > 4
    assert all("Research and training use; not a medical device" in page for page in pages)


def test_patient_on_later_pages_is_the_same_field(written):
    _, path = written
    with pikepdf.open(path) as pdf:
        shown = [
            annot
            for page in pdf.pages
            for annot in page.get("/Annots", [])
            if "/Parent" in annot and annot.Parent.get("/T") == "patient_name"
        ]
        assert len(shown) == len(pdf.pages) > 1


def test_pictures_stay_out_of_the_fields(written):
    _, path = written
    with pikepdf.open(path) as pdf:
        images = {image.objgen for page in pdf.pages for image in page.images.values()}
        assert len(images) == 3
        for page in pdf.pages:
            for widget in page.get("/Annots", []):
                resources = widget.AP.N.get("/Resources", {})
                assert "/XObject" not in resources


def test_same_report_gives_the_same_bytes():
    assert pdf_bytes(samples.report(edits=EDITS)) == pdf_bytes(samples.report(edits=EDITS))


def test_full_report_without_pictures_is_small_and_quick():
    report = samples.report(samples.everything(), lang="zh", pictures=0)
    start = time.process_time()
    size = len(pdf_bytes(report))
    assert size < 400_000
    # Wide of what it takes (under a second): this only catches what grows out of hand.
    assert time.process_time() - start < 10


@pytest.mark.parametrize("count", [0, 1, 20])
def test_any_number_of_pictures_is_printed(count, tmp_path):
    path = write_pdf(samples.report(pictures=count), tmp_path / "r.pdf")
    with pikepdf.open(path) as pdf:
        assert sum(len(page.images) for page in pdf.pages) == count


def test_letters_of_other_scripts_do_not_stop_a_report(tmp_path):
    edits = {"conclusion": "😀 العربية עברית ไทย \u200b\x00\ud800", "physician_name": "𠮷野"}
    path = write_pdf(samples.report(edits=edits), tmp_path / "r.pdf")
    fields = pypdf.PdfReader(path).get_fields()
    assert fields["conclusion"]["/V"].startswith("😀 العربية")
    assert fields["physician_name"]["/V"] == "𠮷野"


def test_write_report_is_built_and_written_in_one_call(tmp_path):
    path = tmp_path / "new" / "report.pdf"
    report = write_report(
        path,
        analysis=samples.analysis(),
        patient=samples.PATIENT,
        pictures=[("A4C", np.zeros((8, 8, 3), np.uint8))],
        lang="en",
    )
    assert path.read_bytes().startswith(b"%PDF")
    assert abs((datetime.now().astimezone() - report.created).total_seconds()) < 300


def test_place_that_cannot_be_written_is_an_input_error_and_leaves_nothing(tmp_path):
    target = tmp_path / "folder.pdf"
    target.mkdir()
    (target / "file").write_text("x")
    with pytest.raises(InputError, match=r"folder\.pdf"):
        write_pdf(samples.report(pictures=0), target)
    with pytest.raises(InputError, match="cannot be written"):
        write_pdf(samples.report(pictures=0), target / "file" / "report.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.pdf"]


def test_old_report_stays_where_the_new_one_fails(tmp_path, monkeypatch):
    path = write_pdf(samples.report(pictures=0), tmp_path / "r.pdf")
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        write_pdf(samples.report(pictures=1), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
