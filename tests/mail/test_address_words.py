"""Why an address is none, said to people."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from masthead.common.address_faults import BadAddress, Fault
from masthead.mail.address_words import _WORDS, why_not
from tests.house.words import desk_words

DETAILS = {"code": "0000", "characters": "'('", "domain": "example"}


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_can_be_said_in_any_language_and_in_english_is_the_reason(fault: Fault) -> None:
    with override("en"):
        assert why_not(BadAddress(fault, **DETAILS)) == BadAddress(fault, **DETAILS).reason
    assert fault.value in desk_words()


def test_another_language_has_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_WORDS, Fault.NO_DOT, "„%(domain)s“ hat keinen Punkt.")  # type: ignore[arg-type]
    assert why_not(BadAddress(Fault.NO_DOT, domain="example")) == "„example“ hat keinen Punkt."


def test_any_other_error_says_it_itself() -> None:
    assert why_not(ValueError("Two columns hold the address.")) == "Two columns hold the address."
