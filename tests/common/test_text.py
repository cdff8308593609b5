"""Text in any script."""

from __future__ import annotations

import time

import pytest

from masthead.common.text import digits, direction_of, display_width, is_blank, printable, stuffed, wrap


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"),
        ("fa", "rtl"),
        ("ar-MA", "rtl"),
        ("he", "rtl"),
        ("ur", "rtl"),
        ("az", "ltr"),
        ("az-Arab", "rtl"),
        ("ku-Latn", "ltr"),
        ("ar-Latn", "ltr"),
        ("zh-Hant", "ltr"),
        ("", "ltr"),
    ],
)
def test_direction_follows_the_script(language: str, direction: str) -> None:
    assert direction_of(language) == direction


@pytest.mark.parametrize(
    ("language", "printed"),
    [("en", "1970"), ("fa", "۱۹۷۰"), ("ar", "١٩٧٠"), ("ar-MA", "1970"), ("fa-IR", "۱۹۷۰"), ("fr", "1970")],
)
def test_digits_are_those_of_the_language(language: str, printed: str) -> None:
    assert digits(1970, language) == printed


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("می\u200cشود", 5), ("", 0)])
def test_width_is_counted_in_columns(text: str, columns: int) -> None:
    assert display_width(text) == columns


def test_wrapped_lines_flow_and_give_the_words_back() -> None:
    text = " ".join(["harbour"] * 40)

    lines = wrap(text)

    assert all(display_width(line.rstrip()) <= 72 for line in lines)
    assert all(line.endswith(" ") for line in lines[:-1])
    assert not lines[-1].endswith(" ")
    assert "".join(lines) == text


def test_a_long_address_stands_alone_and_whole() -> None:
    url = "https://courier.example/" + "a" * 200

    assert wrap(f"see {url} there") == ["see ", f"{url} ", "there"]


def test_japanese_breaks_anywhere_but_before_a_full_stop() -> None:
    lines = wrap("あ" * 36 + "。" + "い" * 4, width=72)

    assert lines == ["あ" * 35, "あ。" + "い" * 4]


def test_a_word_of_ten_thousand_letters_is_left_whole() -> None:
    assert wrap("x" * 10_000) == ["x" * 10_000]


@pytest.mark.parametrize("line", [" indented", "> quoted", "From the sea"])
def test_lines_that_mean_something_get_a_blank_in_front(line: str) -> None:
    assert stuffed(line) == " " + line


def test_controls_and_overrides_of_direction_are_no_text() -> None:
    assert printable("a\x00b\u202ec\r\nd\u2028e\ue0f0f") == "abc\nd\nef"


def test_joiners_of_persian_and_emoji_are_text() -> None:
    assert printable("می\u200cروم 👩\u200d🚀") == "می\u200cروم 👩\u200d🚀"


def test_a_megabyte_without_a_space_is_wrapped_at_once() -> None:
    started = time.process_time()

    assert wrap("é" * 1_000_000) == ["é" * 1_000_000]
    assert len(wrap("語" * 300_000)) == 300_000 // 36 + 1

    assert time.process_time() - started < 10  # measured 1.2 s; it was minutes


@pytest.mark.parametrize("text", ["", " ", "\u200b\u202e\ufeff", "\u3164", "\u2800\u00a0", "\u00ad"])
def test_what_nobody_can_see_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "🦀", "—", "\u200bا", "\u0301"])
def test_what_leaves_a_mark_is_not_blank(text: str) -> None:
    assert not is_blank(text)
