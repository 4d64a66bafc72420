import pikepdf
import pytest
import report_samples as samples
from pikepdf import Array, Dictionary, Name, String

from core.domain import InputError
from core.report.edits import ReportEdits, apply, differences
from core.report.pdf import write_pdf
from core.report.read_back import read_back

EDITS = {
    "conclusion": "左室收缩功能减低。\n\nReduced, see (1).",
    "header.patient_name": "欧阳明月",
    "study_quality": "good",
    "reviewed": "Yes",
    "measurement.tapse": "21",
}


@pytest.fixture
def exported(tmp_path):
    report = samples.report(edits=EDITS, lang="zh")
    return report, write_pdf(report, tmp_path / "report.pdf")


def _walk(nodes, above=""):
    for node in nodes:
        name = f"{above}.{node.T}".strip(".") if "/T" in node else above
        yield name, node
        yield from _walk(node.get("/Kids", []), name)


def _edit(path, values):
    """Sets values as a PDF program would."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for name, node in _walk(pdf.Root.AcroForm.Fields):
            if name in values and "/T" in node:
                node.V = values[name]
        pdf.save(path)


def test_untouched_report_has_no_differences(exported):
    report, path = exported
    fields = read_back(path)
    assert {name: fields[name] for name in EDITS} == EDITS
    assert differences(report, fields) == ()


def test_changes_made_in_another_program_come_back(exported):
    report, path = exported
    _edit(
        path,
        {
            "conclusion": String("新的结论\rsecond line"),
            "measurement.lvef": String("55"),
            "reviewed": Name.Off,
            "physician_name": String("Dr. Müller 李"),
        },
    )
    found = differences(report, read_back(path))
    assert {d.name: d.after for d in found} == {
        "conclusion": "新的结论\nsecond line",
        "measurement.lvef": "55",
        "reviewed": "Off",
        "physician_name": "Dr. Müller 李",
    }
    again = apply(report, ReportEdits({d.name: d.after for d in found}))
    assert differences(again, read_back(path)) == ()


def test_long_text_over_several_pages_comes_back_whole(tmp_path):
    words = "\n".join(f"{i} {samples.LONG}" for i in range(80))
    report = samples.report(edits={"conclusion": words, "finding.ef_reduced": samples.LONG * 30})
    fields = read_back(write_pdf(report, tmp_path / "r.pdf"))
    assert fields["conclusion"] == words
    assert fields["finding.ef_reduced"] == samples.LONG * 30
    assert not any(name.startswith("continued") for name in fields)


def test_repeated_patient_name_is_one_value(exported):
    _, path = exported
    names = [name for name in read_back(path) if "patient_name" in name]
    assert names == ["header.patient_name"]


def _plain_pdf(path, form=None):
    pdf = pikepdf.new()
    pdf.add_blank_page()
    if form is not None:
        pdf.Root.AcroForm = form
    pdf.save(path)


def test_pdf_of_others_is_refused(tmp_path):
    path = tmp_path / "other.pdf"
    other = Dictionary(Fields=Array([Dictionary(T=String("a"), FT=Name.Tx, V=String("b"))]))
    for form in (None, other, Dictionary(), Array(), Dictionary(Fields=3)):
        _plain_pdf(path, form)
        with pytest.raises(InputError, match=r"other\.pdf"):
            read_back(path)


def test_form_that_holds_itself_ends(tmp_path):
    pdf = pikepdf.new()
    pdf.add_blank_page()
    loop = pdf.make_indirect(Dictionary(T=String("a"), Kids=Array()))
    loop.Kids.extend([loop, loop])
    pdf.Root.AcroForm = Dictionary(Fields=Array([loop]))
    pdf.save(tmp_path / "loop.pdf")
    with pytest.raises(InputError, match=r"loop\.pdf"):
        read_back(tmp_path / "loop.pdf")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"not a pdf", bytes(2000)])
def test_what_is_no_pdf_is_refused(content, tmp_path):
    path = tmp_path / "bad.pdf"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.pdf"):
        read_back(path)


def test_half_a_report_is_refused_or_read(exported, tmp_path):
    _, path = exported
    whole = path.read_bytes()
    half = tmp_path / "half.pdf"
    for part in (0.2, 0.5, 0.9):
        half.write_bytes(whole[: int(part * len(whole))])
        with pytest.raises(InputError, match=r"half\.pdf"):
            read_back(half)


def test_locked_pdf_is_refused(exported, tmp_path):
    _, path = exported
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(path) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(InputError, match="password"):
        read_back(locked)


def test_missing_file_and_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.pdf", tmp_path):
        with pytest.raises(InputError, match=path.name):
            read_back(path)
