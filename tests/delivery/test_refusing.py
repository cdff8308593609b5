"""Whose burst of refusals is it: one provider's, or the relay's?"""

from __future__ import annotations

import pytest

from masthead.delivery.sender.refusing import RELAY, Refusals


def told(answers: str, held: str = "") -> list[str]:
    """The bursts that `answers` make full: "a" is a refusal at provider a, "A" a mail taken there, "." the relay's own."""
    refusals, found = Refusals(held), []
    for letter in answers:
        if letter.isupper():
            refusals.good(letter.lower(), accepted=True)
        elif (burst := refusals.refused(RELAY if letter == "." else letter)) is not None:
            found.append(burst)
    return found


@pytest.mark.parametrize(
    ("answers", "held", "bursts"),
    [
        ("aaaa", "", []),
        ("aaaaa", "", ["a"]),
        # The others are taken meanwhile.
        ("aBaCaBaCa", "", ["a"]),
        ("aAaAaAaAaAaAaAaAaAa", "", ["a"]),
        ("aAbBaAbBaAbBaAbB", "", []),
        # One of five is another's.
        ("aabaa", "", ["a"]),
        ("abcab", "", [RELAY]),
        (".....", "", [RELAY]),
        (".A.A.A.A", "", []),
        # What comes in after it was held says nothing new.
        ("aaaaaaaaaaaa", "", ["a"]),
        ("Caaaaabbbbb", "", ["a", "b"]),
        # Nothing was taken by anybody, and the next one refuses, too.
        ("aaaaabbbbb", "", ["a", RELAY]),
        ("bbbbb", "a", [RELAY]),
        ("Cbbbbb", "a", ["b"]),
        ("aaaaa", "a", []),
    ],
)
def test_a_burst_is_of_one_provider_or_of_the_relay(answers: str, held: str, bursts: list[str]) -> None:
    assert told(answers, held) == bursts
