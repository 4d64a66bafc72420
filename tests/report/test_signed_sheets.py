"""The flat sheets of a signed report, the sections that are only read, and forms that come back."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pikepdf
import pytest
import report_samples as samples
from exam_values import values

from core.domain import InputError
from core.measurement.segments import SEGMENTS
from core.report.build import build_report
from core.report.bullseye import bullseye
from core.report.compare import Earlier, Trend, compare
from core.report.edits import ReportEdits
from core.report.findings import find
from core.report.layout import compose
from core.report.pdf import flat_pdf_bytes, pdf_bytes
from core.report.ranges import with_references
from core.report.read_back import read_form
from core.report.record import ReportRecord
from core.report.sheet import Words
from core.report.status import ReportStatus, Signature
from core.report.taking_over import returned

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SCORES = dict.fromkeys(SEGMENTS, 1.0) | {"mid_anterior": 3.0}
MEASURED = with_references(
    values(lvef=35.0, lvedd=61.0, ivsd=12.0, lvpwd=12.0, tr_vmax=3.0, wall_motion=(1.12, SCORES)),
    samples.PATIENT,
)
ANALYSIS = samples.analysis(measurements=MEASURED, findings=find(MEASURED, samples.PATIENT))


def made(status=ReportStatus.DRAFT, *, lang="en", earlier=None, edits=None, version=2, strips=()):
    signature = Signature(name="Dr. Li 李", at=AT)
    record = ReportRecord(
        exam_id="exam-7",
        version=version,
        status=status,
        edits=ReportEdits(edits or {}),
        created_at=AT,
        reason="EF read again" if version > 1 else "",
        reviewed=None if status is ReportStatus.DRAFT else signature,
        signed=signature if status is ReportStatus.SIGNED else None,
    )
    return build_report(
        ANALYSIS,
        patient=samples.PATIENT,
        pictures=[("A4C", samples.picture())],
        strips=strips,
        lang=lang,
        edits=record.edits,
        created=AT,
        record=record,
        earlier=earlier,
        facts={"accession": "ACC-1"},
    )


def words_of(report):
    return [mark.text for page in compose(report) for mark in page.marks if isinstance(mark, Words)]


def page_text(pdf, tmp_path):
    tool = shutil.which("pdftotext") or pytest.skip("pdftotext is not installed")
    path = tmp_path / "sheets.pdf"
    path.write_bytes(pdf)
    done = subprocess.run([tool, str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_signed_sheets_are_flat_archival_and_say_who_signed(lang, tmp_path):
    report = made(ReportStatus.SIGNED, lang=lang, edits={"conclusion": "窦性心律。\nSeen."})
    content = flat_pdf_bytes(report)
    path = tmp_path / "signed.pdf"
    path.write_bytes(content)
    with pikepdf.open(path) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert not any("/Annots" in page for page in pdf.pages)
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        with pdf.open_metadata() as meta:
            assert meta.pdfa_status == "2U"
        fonts = {str(f.BaseFont) for page in pdf.pages for f in page.Resources.Font.values()}
        assert all("+" in name for name in fonts)  # a subset of each is inside
    text = page_text(content, tmp_path)
    for words in ("Dr. Li 李", "窦性心律。", "ACC-1", "Müller Hans"):
        assert words in text
    if tool := shutil.which("qpdf"):
        done = subprocess.run([tool, "--check", str(path)], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_draft_says_that_it_is_one_and_an_amendment_what_it_replaces():
    draft = " ".join(words_of(made()))
    assert "DRAFT" in draft
    assert "Amendment of version 1: EF read again" in draft
    signed = " ".join(words_of(made(ReportStatus.SIGNED)))
    assert "SIGNED electronically by Dr. Li 李" in signed
    assert "DRAFT" not in signed


def test_who_signed_stands_there_whatever_was_written_before():
    report = made(ReportStatus.SIGNED, edits={"physician_name": "someone", "reviewed": "Off"})
    assert report.physician.value == "Dr. Li 李"
    assert report.reviewed.value == "Yes"


def test_computed_values_and_image_quality_have_their_sections():
    report = made()
    assert {"lv_mass_index", "rwt", "tr_gradient"} <= {row.id for row in report.derived}
    assert "rvsp" not in {row.id for row in report.derived}
    assert [row.view for row in report.image_quality] == [
        "Apical four-chamber",
        "Apical two-chamber",
    ]
    words = words_of(report)
    assert {"Computed values", "Image quality", "Wall motion"} <= set(words)


def test_the_bullseye_is_drawn_where_segments_were_scored():
    (wall_motion,) = (m for m in MEASURED if m.id == "wall_motion")
    caption, pixels = bullseye(wall_motion, "en")
    assert "1.12" in caption
    assert "16 of 16" in caption
    colours = {tuple(c) for c in pixels.reshape(-1, 3)[::7].tolist()}
    assert {(178, 216, 178), (240, 150, 90)} <= colours  # normal and akinetic
    assert (205, 80, 80) in colours  # in the legend
    assert bullseye(replace(wall_motion, parts=()), "en") is None


def test_strips_follow_the_pictures():
    report = made(strips=[("PW mitral", samples.picture(30, 90))])
    assert [p.caption for p in report.all_pictures][-1] == "PW mitral"
    assert "Doppler and M-mode strips" in words_of(report)


def test_comparison_tells_what_is_beyond_the_uncertainty():
    def with_interval(measured, low, high):
        return [replace(m, interval=(m.value * low, m.value * high)) for m in measured]

    now = with_interval(values(lvef=35.0, lvedd=60.0, ivsd=11.0), 0.95, 1.05)
    before = with_interval(values(lvef=55.0, lvedd=59.0), 0.95, 1.05)
    found = {c.id: c for c in compare(now, before)}
    assert found.keys() == {"lvef", "lvedd"}
    assert found["lvef"].trend is Trend.DOWN
    assert found["lvedd"].trend is Trend.WITHIN
    assert compare(values(lvef=35.0), before)[0].trend is Trend.UNKNOWN
    earlier = Earlier(exam_id="e", taken_at=AT, measurements=tuple(before), signed=True)
    table = made(earlier=earlier).comparison
    assert "2026-03-02" in table.title
    assert [(r.name, r.before, r.now, r.change) for r in table.rows] == [
        ("LV ejection fraction", "55", "35", "−20"),
        ("LV end-diastolic diameter", "59.0", "61.0", "+2.0 (+3 %)"),
    ]


def _edit(path, **values):
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            if str(field.T) in values:
                field.V = pikepdf.String(values[str(field.T)])
        pdf.save(path)


def test_a_form_that_comes_back_brings_its_own_changes_only(tmp_path):
    path = tmp_path / "form.pdf"
    path.write_bytes(pdf_bytes(made()))
    _edit(path, conclusion="From the ward.")
    form = read_form(path)
    assert (form.origin.exam_id, form.origin.version) == ("exam-7", 2)
    # Meanwhile somebody wrote in the report itself.
    here = made(edits={"finding_notes": "Written here."})
    back = returned(here, form)
    assert [(d.name, d.after) for d in back.changes] == [("conclusion", "From the ward.")]
    assert back.conflicts == frozenset()
    both = returned(made(edits={"conclusion": "Written here."}), form)
    assert both.conflicts == {"conclusion"}
    assert both.changes[0].before == "Written here."


def test_a_form_of_another_exam_is_refused(tmp_path):
    path = tmp_path / "form.pdf"
    path.write_bytes(pdf_bytes(replace(made(), exam_id="exam-8")))
    with pytest.raises(InputError, match="exam-8"):
        returned(made(), read_form(path))


def test_a_form_that_forgot_where_it_came_from_is_compared_as_it_is(tmp_path):
    path = tmp_path / "form.pdf"
    path.write_bytes(pdf_bytes(made()))
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        del pdf.Root.PieceInfo
        pdf.save(path)
    form = read_form(path)
    assert form.origin is None
    found = returned(made(edits={"finding_notes": "Written here."}), form)
    assert [(d.name, d.after) for d in found.changes] == [("finding_notes", "")]


@pytest.mark.parametrize("junk", [b"", b"[]", b'{"fields": 3}', b"\xff\xfe"])
def test_private_data_of_another_program_is_passed_over(junk, tmp_path):
    path = tmp_path / "form.pdf"
    path.write_bytes(pdf_bytes(made()))
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.Root.PieceInfo.EchoLab.Private.Origin = pdf.make_stream(junk)
        pdf.save(path)
    assert read_form(path).origin is None
