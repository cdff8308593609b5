"""Tokens of links and envelope addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.common.tokens import Sealer, seal_all

numbers = st.integers(min_value=0, max_value=2**40 - 1)
sealer = Sealer(b"one key", "unsubscribe")


@given(numbers)
def test_a_token_opens_to_its_number_and_survives_a_change_of_case(number: int) -> None:
    token = sealer.seal(number)
    assert sealer.unseal(token) == number
    assert len(token) == 34
    assert token.isalnum()
    assert token == token.lower()
    assert sealer.unseal(token.upper()) == number


@given(numbers)
def test_a_token_is_worth_nothing_for_another_purpose_or_key(number: int) -> None:
    token = sealer.seal(number)
    assert Sealer(b"one key", "preferences").unseal(token) is None
    assert Sealer(b"another key", "unsubscribe").unseal(token) is None


@given(st.lists(numbers, max_size=40))
def test_tokens_made_together_are_those_made_one_by_one(several: list[int]) -> None:
    sealers = [sealer, Sealer(b"one key", "link"), Sealer(b"another key", "link")]
    assert seal_all(sealers, several) == [[each.seal(number).encode() for number in several] for each in sealers]


@pytest.mark.parametrize(
    ("purpose", "number", "token"),
    [
        ("unsubscribe", 0, "f3yfob2byvbkcolfu7krvcjbxb7fw3jqcd"),
        ("unsubscribe", 7, "qbjuxived4iikbtsu4bovi636ymboarqiz"),
        ("link", 2**40 - 1, "624a2icsshucxpuaxqienn5vtiry7ay4dc"),
    ],
)
def test_a_token_that_was_ever_sent_is_still_made_and_opened(purpose: str, number: int, token: str) -> None:
    assert Sealer(b"one key", purpose).seal(number) == token
    assert Sealer(b"one key", purpose).unseal(token) == number


@given(numbers, st.integers(min_value=0, max_value=33), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_token_is_refused(number: int, place: int, letter: str) -> None:
    token = sealer.seal(number)
    changed = token[:place] + letter + token[place + 1 :]
    assert sealer.unseal(changed) == (number if changed == token else None)


@pytest.mark.parametrize("text", ["", "a", "é" * 34, "=" * 34, "1" * 34, "a" * 33, "a" * 35, "../../etc/passwd".ljust(34, "a")])
def test_what_is_no_token_is_refused(text: str) -> None:
    assert sealer.unseal(text) is None


def test_neighbouring_numbers_show_no_likeness() -> None:
    one, two = sealer.seal(1), sealer.seal(2)
    assert sum(a == b for a, b in zip(one, two, strict=True)) < 10


def test_a_purpose_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        Sealer(b"key", "a purpose of many words")


@pytest.mark.parametrize("number", [-1, 2**40])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(OverflowError):
        sealer.seal(number)
