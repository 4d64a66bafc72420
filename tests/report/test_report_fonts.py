import pytest

from core.report.fonts import drawable, fit, plain, width, wrap

TEXTS = [
    "",
    "one",
    "The quick brown fox jumps over the lazy dog and then runs away",
    "左室舒末内径增大，左室收缩功能中度减低（射血分数40%）；建议复查。" * 3,
    "Mixed 中文 and English，with LVEF 40% 左室。" * 4,
    "x" * 300,
    "a\n\nb\n",
    "  leading   blanks   and  trailing   ",
    "emoji 😀 \u202eand marks e\u0301",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("limit", [12.0, 40.0, 178.0])
def test_lines_fit_and_join_to_the_text(text, limit):
    lines = wrap(text, limit, 9.0)
    assert "".join(text[line.start : line.end] for line in lines) == text
    assert all(width(line.text, 9.0) <= limit + 1e-6 for line in lines)


@pytest.mark.parametrize("text", ["", "中文", "word", "a\nb"])
def test_a_place_too_narrow_for_a_letter_ends(text):
    lines = wrap(text, 0.1, 9.0)
    assert "".join(text[line.start : line.end] for line in lines) == text


def test_words_stay_whole_where_they_fit():
    lines = [line.text for line in wrap(TEXTS[2], 40.0, 9.0)]
    assert " ".join(lines) == TEXTS[2]


def test_chinese_punctuation_does_not_begin_a_line():
    text = "左室舒末内径增大，" * 20
    assert not any(line.text[0] == "，" for line in wrap(text, 33.0, 9.0))


def test_short_text_keeps_its_size_and_long_text_shrinks():
    assert fit("short", 40.0, 9.0, smallest=6.0)[0] == 9.0
    size, lines = fit("a name that is a little longer", 38.0, 9.0, smallest=6.0)
    assert 6.0 <= size < 9.0
    assert len(lines) == 1
    size, lines = fit("x" * 200, 38.0, 9.0, smallest=6.0)
    assert size == 6.0
    assert len(lines) > 1


def test_what_the_typeface_lacks_is_drawn_as_a_square():
    assert drawable("a😀中\u202e") == "a□中"


def test_plain_text_has_no_control_characters():
    assert plain("a\x00b\r\nc\td\ud800") == "ab\nc d"
