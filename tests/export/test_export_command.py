"""`echolab export`: files for other systems, or one line that says why not."""

import csv
import io
import json
from pathlib import Path

import export_samples as samples
import pikepdf
import pydicom
import pytest

from core.analysis import codec
from core.cli.main import main
from core.export.gather import from_folder
from core.export.sr.read import read_values
from core.report.edits import ReportEdits
from core.report.pdf import write_report
from core.workstation.store import default_store


@pytest.fixture
def run(capsys):
    """Runs the command; its exit status, output and error line."""

    def go(*arguments):
        capsys.readouterr()
        status = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        out, err = capsys.readouterr()
        return status, out, err

    return go


@pytest.fixture
def stored(tmp_path):
    with default_store() as store:
        return samples.fill(store, tmp_path, edits={"measurement.lvef": "45"})


def analysed(folder: Path) -> Path:
    """A folder as `echolab analyze` writes it, without pictures."""
    folder.mkdir()
    found = samples.analysis()
    document = json.dumps(codec.to_json(found), ensure_ascii=False)
    (folder / "analysis.json").write_text(document, "utf-8")
    write_report(
        folder / "report.pdf",
        analysis=found,
        patient=samples.PATIENT,
        pictures=(),
        lang="zh",
        edits=ReportEdits(),
    )
    return folder


def test_every_format_is_written_under_the_exams_name(run, stored, tmp_path):
    out = tmp_path / "out"

    status, said, _ = run("export", stored, "--out", out)

    names = sorted(path.name.removeprefix(f"{stored}-") for path in out.iterdir())
    assert status == 0
    assert names == [
        "clip-001.dcm", "clip-002.dcm", "clip-003.dcm", "fhir.json",
        "key-001.dcm", "key-002.dcm", "key-003.dcm", "measurements.csv", "pdf.dcm",
        "report.pdf", "sr-text.dcm", "sr.dcm", "sr5200.dcm",
    ]  # fmt: skip
    assert said.count("written: ") == len(names)
    values = {v.code.value: v.value for v in read_values(out / f"{stored}-sr.dcm")}
    assert values["79991-6"] == 45.0
    table = (out / f"{stored}-measurements.csv").read_text("utf-8-sig")
    (ef,) = [row for row in csv.DictReader(io.StringIO(table)) if row["id"] == "lvef"]
    assert ef["value"] == "45"
    bundle = json.loads((out / f"{stored}-fhir.json").read_text("utf-8"))
    assert bundle["resourceType"] == "Bundle"


def test_no_file_name_tells_of_a_patient_who_is_removed(run, stored, tmp_path):
    out = tmp_path / "out"

    status, *_ = run(
        "export", stored, "--out", out, "--format", "sr,csv", "--deidentify", "pseudonymise"
    )

    assert status == 0
    assert len(list(out.iterdir())) == 3
    for path in out.iterdir():
        assert "2026" not in path.name
        assert "小明" not in path.read_bytes().decode("utf-8", "replace")


def test_a_pdf_that_was_edited_elsewhere_counts_for_the_structured_report(run, tmp_path):
    folder, out = analysed(tmp_path / "analysis"), tmp_path / "out"
    edited = tmp_path / "edited.pdf"
    with pikepdf.open(folder / "report.pdf") as pdf:
        change(pdf, "measurement.lvef", "47")
        change(pdf, "conclusion", "已阅。")
        pdf.save(edited)
    edited.replace(folder / "report.pdf")

    status, *_ = run("export", folder, "--out", out, "--format", "sr", "--lang", "zh")

    assert status == 0
    values = {v.code.value: v.value for v in read_values(next(out.glob("*-sr.dcm")))}
    assert values["79991-6"] == 47.0
    assert "已阅。" in str(pydicom.dcmread(next(out.glob("*-sr-text.dcm"))))


def test_an_unedited_folder_says_what_was_measured(tmp_path):
    exam = from_folder(analysed(tmp_path / "analysis"))

    assert not any(value.changed for value in exam.values)
    assert exam.clips == ()
    # the form knows who it is, the analysis does not
    assert exam.patient.patient_id == samples.PATIENT.patient_id


def test_a_folder_and_its_copy_are_the_same_study(tmp_path):
    first = analysed(tmp_path / "first")
    again = analysed(tmp_path / "again")

    assert from_folder(first).study.study_uid == from_folder(again).study.study_uid


def change(pdf, name, words):
    def walk(fields, above):
        for field in fields:
            full = f"{above}{field.get('/T', '')}"
            if full == name:
                field.V = pikepdf.String(words)
            walk(field.get("/Kids", ()), f"{full}.")

    walk(pdf.Root.AcroForm.Fields, "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nobody",), "not in the store"),
        ((samples.EXAM, "--format", "docx"), "--format docx"),
        ((samples.EXAM, "--lang", "fr"), "--lang fr"),
        ((samples.EXAM, "--deidentify", "hide"), "de-identification 'hide'"),
        ((samples.EXAM, "--keep", "dates"), "--keep: only with --deidentify"),
        ((samples.EXAM, "--deidentify", "remove", "--keep", "names"), "keep 'names'"),
        ((samples.EXAM, "--clips", "nothing.dcm"), "--clips nothing.dcm"),
        ((".",), "no analysis.json"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(run, tmp_path, monkeypatch, arguments, says):
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    out = tmp_path / "out"

    status, said, error = run("export", *arguments, "--out", out)

    assert (status, said) == (2, "")
    assert error.count("\n") == 1
    assert says in error
    assert not out.exists()


def test_a_picture_is_no_report(run, tmp_path):
    clip = samples.machine_file(tmp_path / "clip.dcm")

    status, _, error = run("export", clip, "--out", tmp_path / "out")

    assert status == 2
    assert "no structured report" in error
