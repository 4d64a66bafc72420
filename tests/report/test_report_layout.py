from dataclasses import replace
from itertools import pairwise

import pytest
import report_samples as samples

from core.report.document import FieldKind
from core.report.fonts import MM_PER_PT, leading, width
from core.report.layout import compose
from core.report.sheet import LEFT, PAGE_HEIGHT, RIGHT, Box, Image, Widget, Words

LONG_EDITS = {
    "conclusion": "\n".join(f"{i} {samples.LONG}" for i in range(60)),
    "finding_notes": samples.LONG * 3,
    "header.hospital": "Very long hospital name " * 8,
    "physician_name": "Prof. Dr. " * 18,
    "measurement.lvedd": "cannot be measured: the window is too poor 图像质量差",
}
CASES = {
    "usual": lambda lang: samples.report(lang=lang),
    "empty": lambda lang: samples.report(samples.empty_analysis(), lang=lang, pictures=0),
    "one picture": lambda lang: samples.report(lang=lang, pictures=1),
    "20 pictures": lambda lang: samples.report(lang=lang, pictures=20),
    "everything": lambda lang: samples.report(
        samples.everything(),
        lang=lang,
        pictures=7,
        edits=LONG_EDITS,
        patient=replace(samples.PATIENT, name="欧阳 Wolfeschlegelstein " * 30, patient_id="X" * 64),
    ),
}


@pytest.fixture(params=[(case, lang) for case in CASES for lang in ("en", "zh")], ids=str)
def report(request):
    case, lang = request.param
    return CASES[case](lang)


def _box(mark) -> Box:
    if isinstance(mark, Words):
        # The letters themselves: the line without the lead above and below.
        lead = leading(mark.size) - mark.size * MM_PER_PT
        return Box(
            x=mark.x,
            y=mark.y + lead / 2,
            w=width(mark.text, mark.size),
            h=mark.size * MM_PER_PT,
        )
    return mark.box


def _overlap(a: Box, b: Box) -> float:
    across = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    down = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return min(across, down)


def test_nothing_overlaps(report):
    for page in compose(report):
        marks = [mark for mark in page.marks if isinstance(mark, Words | Widget | Image)]
        placed = sorted(((_box(mark), mark) for mark in marks), key=lambda pair: pair[0].y)
        for order, (box, mark) in enumerate(placed):
            for other, other_mark in placed[order + 1 :]:
                if other.y > box.y + box.h:
                    break
                assert _overlap(box, other) < 0.2, (mark, other_mark)


def test_nothing_leaves_the_page(report):
    for page in compose(report):
        for mark in page.marks:
            box = _box(mark)
            assert LEFT - 1 <= box.x <= box.x + box.w <= RIGHT + 0.1, mark
            assert 10 <= box.y <= box.y + box.h <= PAGE_HEIGHT - 8, mark


def test_text_of_a_field_fits_its_box(report):
    for page in compose(report):
        for mark in page.marks:
            if isinstance(mark, Widget) and mark.lines:
                assert len(mark.lines) * leading(mark.size) <= mark.box.h + 0.2, mark
                assert max(width(line, mark.size) for line in mark.lines) <= mark.box.w, mark


def test_each_field_and_picture_has_its_place(report):
    pages = compose(report)
    marks = [mark for page in pages for mark in page.marks]
    missing = {row.field.name for row in report.rows() if not row.field.value}
    shown = {mark.name for mark in marks if isinstance(mark, Widget)}
    assert shown - missing >= report.fields().keys() - missing
    assert not shown & missing
    pictures = [mark.index for mark in marks if isinstance(mark, Image)]
    assert pictures == list(range(len(report.pictures)))


def test_parts_of_a_long_text_join_to_it():
    report = CASES["everything"]("en")
    parts = [
        mark.value
        for page in compose(report)
        for mark in page.marks
        if isinstance(mark, Widget) and "conclusion" in mark.name
    ]
    assert len(parts) > 1
    assert "".join(parts) == report.conclusion.value


def test_table_head_stands_on_each_page_with_values():
    for page in compose(CASES["everything"]("en")):
        names = {mark.name for mark in page.marks if isinstance(mark, Widget)}
        words = {mark.text for mark in page.marks if isinstance(mark, Words)}
        if any(name.startswith("measurement.") for name in names):
            assert {"Measurement", "Value", "90 % interval", "Normal range"} <= words


def test_missing_values_are_told_in_one_place_with_reasons():
    report = samples.report()
    words = " ".join(
        mark.text for page in compose(report) for mark in page.marks if isinstance(mark, Words)
    )
    told = words[words.index("Not measured:") :]
    assert "LV end-diastolic diameter, Interventricular septal thickness at ED (No clip" in told
    assert "TAPSE (The view is there" in told


def test_abnormal_values_differ_in_colour_and_in_words():
    values = (samples.measured("lvef", 60.0), samples.measured("lvedv", 300.0))
    pages = compose(samples.report(samples.analysis(measurements=values)))
    marks = [mark for page in pages for mark in page.marks]
    colour = {mark.name: mark.colour for mark in marks if isinstance(mark, Widget)}
    assert colour["measurement.lvef"] != colour["measurement.lvedv"]
    words = [mark.text for mark in marks if isinstance(mark, Words)]
    assert any(word.startswith("Severely abnormal") for word in words)


def test_disclaimer_and_number_stand_on_each_page(report):
    pages = compose(report)
    for number, page in enumerate(pages, start=1):
        words = [mark.text for mark in page.marks if isinstance(mark, Words)]
        assert report.disclaimer in words
        assert words[-1] in (
            f"Page {number} of {len(pages)}",
            f"第 {number} 页，共 {len(pages)} 页",
        )


def test_usual_report_is_short_and_the_empty_one_a_page():
    assert len(compose(CASES["usual"]("en"))) <= 2
    assert len(compose(CASES["empty"]("zh"))) == 1


def test_fields_are_in_reading_order_down_the_page(report):
    for page in compose(report):
        tops = [
            mark.box.y
            for mark in page.marks
            if isinstance(mark, Widget) and mark.kind is FieldKind.MULTILINE
        ]
        rows = [top for top in tops if top > 90]
        assert all(above <= below + 1 for above, below in pairwise(rows))
