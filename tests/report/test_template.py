"""A hospital's template: a file that changes every report, or one line that says what is wrong."""

import io

import pytest
import report_samples as samples
from PIL import Image

from core.domain import InputError
from core.report.build import build_report
from core.report.layout import compose
from core.report.sheet import Image as Placed
from core.report.sheet import Widget, Words
from core.report.template import (
    PLAIN,
    Section,
    load_template,
    save_template,
    template_from,
)

DATA = {
    "hospital": {"en": "Example Hospital", "zh": "示例医院"},
    "address": "Echo lab, floor 3",
    "title": {"en": "Heart ultrasound", "zh": ""},
    "physician": "Dr. A",
    "hidden": ["rhythm", "weight"],
    "extra": [{"id": "ward", "label": {"en": "Ward", "zh": "病区"}, "value": "7"}],
    "without": ["image_quality", "derived"],
}


def logo(colour=(200, 0, 0, 128)) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (1200, 300), colour).save(file, "PNG")
    return file.getvalue()


def made(template, lang="en", **edits):
    return build_report(
        samples.analysis(),
        patient=samples.PATIENT,
        pictures=[("A4C", samples.picture())],
        lang=lang,
        created=samples.CREATED,
        template=template,
        **edits,
    )


def test_a_template_comes_back_from_its_folder_as_it_was_saved(tmp_path):
    template = template_from(DATA, logo=logo())
    save_template(tmp_path, template)
    assert load_template(tmp_path) == template
    save_template(tmp_path, PLAIN)
    assert load_template(tmp_path) == PLAIN


def test_without_a_file_the_report_is_plain(tmp_path):
    assert load_template(tmp_path) == PLAIN


def test_the_report_follows_its_template_in_both_languages():
    template = template_from(DATA, logo=logo())
    english, chinese = made(template), made(template, "zh")
    assert (english.hospital.value, chinese.hospital.value) == ("Example Hospital", "示例医院")
    assert (english.title, chinese.title) == ("Heart ultrasound", "Heart ultrasound")
    fields = english.fields()
    assert "header.rhythm" not in fields
    assert fields["header.x_ward"].value == "7"
    assert chinese.fields()["header.x_ward"].label == "病区"
    assert english.physician.value == "Dr. A"
    assert english.image_quality == ()
    assert english.derived == ()


def test_everything_of_the_template_is_on_the_page():
    report = made(template_from(DATA, logo=logo()))
    marks = [mark for page in compose(report) for mark in page.marks]
    names = {mark.name for mark in marks if isinstance(mark, Widget)}
    assert "header.x_ward" in names
    assert not {"header.rhythm", "header.weight"} & names
    words = {mark.text for mark in marks if isinstance(mark, Words)}
    assert {"Echo lab, floor 3", "Ward"} <= words
    assert "Image quality" not in words
    placed = [mark.index for mark in marks if isinstance(mark, Placed)]
    assert sorted(placed) == list(range(len(report.all_pictures)))
    assert len(placed) == 2


def test_a_logo_becomes_small_and_opaque():
    template = template_from({}, logo=logo())
    with Image.open(io.BytesIO(template.logo)) as picture:
        assert picture.mode == "RGB"
        assert picture.width <= 900
        assert picture.getpixel((5, 5)) == pytest.approx((227, 127, 127), abs=2)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "no report template"),
        ({"hosptial": "x"}, "hosptial"),
        ({"hidden": ["patient_name"]}, "patient_name"),
        ({"hidden": "rhythm"}, "not a list"),
        ({"without": ["conclusion"]}, "conclusion"),
        ({"hospital": {"fr": "x"}}, "hospital"),
        ({"hospital": "x" * 500}, "500 characters"),
        ({"extra": [{"id": "Über"}]}, "id"),
        ({"extra": [{"id": "a"}, {"id": "a"}]}, "own id"),
        ({"physician": ["a"]}, "physician"),
    ],
)
def test_what_is_no_template_is_told_in_one_line(data, words):
    with pytest.raises(InputError, match=words) as error:
        template_from(data)
    assert "\n" not in str(error.value)


def test_broken_files_are_told_by_name(tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "template.yaml").write_text("hospital: [", "utf-8")
    with pytest.raises(InputError, match=r"template\.yaml"):
        load_template(tmp_path)
    (folder / "template.yaml").write_text("hospital: x", "utf-8")
    (folder / "logo.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="logo"):
        load_template(tmp_path)


def test_any_section_can_be_left_out():
    for section in Section:
        assert not template_from({"without": [section.value]}).shows(section)
