"""Two spellings of one mailbox, and domains that look misspelt."""

from __future__ import annotations

import pytest

from masthead.common.mailboxes import mailbox, misspelt


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rosa.Marin@gmail.com", "rosamarin@gmail.com"),
        ("rosamarin+tides@googlemail.com", "r.o.s.a.marin@gmail.com"),
        ("rosa-marin@protonmail.com", "rosa.marin@pm.me"),
        ("rosa+a@outlook.com", "ROSA@outlook.com"),
        ("rosa@xn--bcher-kva.example", "rosa@bücher.example"),
    ],
)
def test_two_spellings_are_one_mailbox(one: str, other: str) -> None:
    assert mailbox(one) == mailbox(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rosa.marin@example.org", "rosamarin@example.org"),
        ("rosa+tides@example.org", "rosa@example.org"),
        ("rosa.m@outlook.com", "rosam@outlook.com"),
        ("rosa@hotmail.com", "rosa@outlook.com"),
        ("+@gmail.com", "@gmail.com"),
    ],
)
def test_two_mailboxes_stay_two(one: str, other: str) -> None:
    assert mailbox(one) != mailbox(other)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("agmail.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yahoo.co.ku", "yahoo.co.uk"),
        ("gmail.com", ""),
        ("ymail.com", ""),
        ("mail.com", ""),
        ("example.org", ""),
        ("web.fr", ""),
        ("", ""),
    ],
)
def test_a_slip_of_one_letter_is_noticed(typed: str, meant: str) -> None:
    assert misspelt(typed) == meant
