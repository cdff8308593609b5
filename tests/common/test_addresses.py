"""Addresses as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.common.address_faults import Fault, of_library
from masthead.common.addresses import Address, BadAddress, domain_to_ascii, mask, normalise, normalise_all


def test_a_plain_address_is_taken_as_it_is() -> None:
    assert normalise(" Anna.Lind@Example.ORG ") == Address(
        "Anna.Lind@example.org", "anna.lind@example.org", "example.org", "Anna.Lind@example.org", False
    )


@pytest.mark.parametrize(
    ("typed", "address", "wire", "smtputf8"),
    [
        ("anna@straße.example", "anna@straße.example", "anna@xn--strae-oqa.example", False),
        ("anna@xn--strae-oqa.example", "anna@straße.example", "anna@xn--strae-oqa.example", False),
        ("Jörg@example.org", "Jörg@example.org", "Jörg@example.org", True),
        ("زهرا@نمونه.example", "زهرا@نمونه.example", "زهرا@xn--hhbbbed.example", True),
        ("x@localhost", "x@localhost", "x@localhost", False),
        ("x@mail.test", "x@mail.test", "x@mail.test", False),
        ("o'neil+news@example.org", "o'neil+news@example.org", "o'neil+news@example.org", False),
    ],
)
def test_each_form_is_the_right_one(typed: str, address: str, wire: str, smtputf8: bool) -> None:
    found = normalise(typed)
    assert (found.address, found.ascii, found.needs_smtputf8) == (address, wire, smtputf8)


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "anna", "@example.org", "anna@", "anna@example", "anna@@example.org", "anna@exa mple.org", "anna@example..org",
        ".anna@example.org", "anna.@example.org", "an..na@example.org", "-anna@example.org", "anna@-example.org", "anna@1.2.3.4",
        "anna@[1.2.3.4]", '"anna"@example.org', "anna@example.org\r\nBcc: x@example.org", "anna@example.org\0",
        "an\u2028na@example.org",
        "anna\u200b@example.org", "Anna <anna@example.org>", "a" * 65 + "@example.org", "a@" + "b" * 64 + ".org",
        "a@" + ".".join(["b" * 60] * 5), "anna@example.org,bob@example.org", "anna@ex_ample.org",
        # Kinds of the isemail set: comments, folding, quoted parts, literals, labels and dots where none can be.
        "(a)anna@example.org", "anna@example.org(a)", "anna @example.org", "anna@ example .org", "anna . x@example.org",
        '""@example.org', '"an na"@example.org', "an\\na@example.org", "anna@[IPv6:1111::8888]", "anna@example.org-",
        "anna@example.org.", "anna@.example.org", "anna@example-.org", "anna@exa[mple.org", "anna@exa/mple.org",
        "anna@example.123",
        "an\tna@example.org", "an\r\n na@example.org", "anna@exa\u00admple.org",
        "\u202eanna@example.org", "anna\uff20example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(BadAddress) as refused:
        normalise(typed)
    assert refused.value.fault is not Fault.OTHER
    assert "%(" not in refused.value.reason


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.EMPTY),
        ("anna@example.org\0", Fault.INVISIBLE),
        ("anna", Fault.NO_AT),
        ("anna\uff20example.org", Fault.OTHER_AT),
        ("@example.org", Fault.NOTHING_BEFORE),
        ("anna@", Fault.NOTHING_AFTER),
        ("Anna <anna@example.org>", Fault.NAMED),
        ("<anna@example.org", Fault.NAMED),
        ("an na@example.org", Fault.BLANK),
        ("anna@exa mple.org", Fault.BLANK),
        ("(a)anna@example.org", Fault.WRONG_BEFORE),
        ("anna@example.org,bob@example.org", Fault.WRONG_AFTER),
        ('"anna"@example.org', Fault.QUOTED),
        ("-anna@example.org", Fault.HYPHEN),
        (".anna@example.org", Fault.DOT),
        ("an..na@example.org", Fault.DOT),
        ("anna@-example.org", Fault.DOT),
        ("anna@example.org.", Fault.DOT),
        ("anna@ab--cd.org", Fault.DOT),
        ("anna@1.2.3.4", Fault.NUMERIC),
        ("anna@[1.2.3.4]", Fault.NUMERIC),
        ("anna@example", Fault.NO_DOT),
        ("anna@❤.org", Fault.NO_DOMAIN),
        ("anna@xn--a.org", Fault.NO_DOMAIN),
        ("a" * 65 + "@example.org", Fault.LONG_BEFORE),
        ("a@" + "b" * 64 + ".org", Fault.LONG_AFTER),
        ("a@" + "ö" * 60 + ".org", Fault.LONG_AFTER),
        ("a@" + ".".join(["b" * 60] * 5), Fault.LONG_AFTER),
        ("a" * 300 + "@example.org", Fault.LONG),
    ],
)
def test_what_is_wrong_is_known_by_its_kind(typed: str, fault: Fault) -> None:
    with pytest.raises(BadAddress) as refused:
        normalise(typed)
    assert refused.value.fault is fault


def test_what_the_library_may_say_some_day_is_still_no_address() -> None:
    assert of_library("Something nobody has seen yet.", "example.org").reason == "It is no mail address."


@pytest.mark.parametrize(
    "odd",
    [
        "Anna@Example.ORG", " anna@example.org", "jörg@straße.example", "a@b.example\n", "anna@xn--strae-oqa.example",
        "a" * 64 + "@example.org", "anna@" + "b" * 63 + ".org", "anna@example-site.org", "", "anna", "anna@a-.org", "anna@-a.org",
        "anna@ab--c.org", "a" * 65 + "@example.org", "a@" + "b" * 64 + ".org", "-anna@example.org", "anna@example.1",
        ".a@example.org", "a@example.org\nb@example.org", "x@localhost",
    ],
)  # fmt: skip
def test_addresses_looked_at_together_are_those_looked_at_one_by_one(odd: str) -> None:
    texts = ["anna@example.org", "o'neil+news@mail.example.org", odd, "A.B@example-site.org"]
    try:
        found = [normalise(text) for text in texts]
    except BadAddress as error:
        with pytest.raises(BadAddress) as refused:
            normalise_all(texts)
        assert refused.value.reason == error.reason
    else:
        assert [list(column) for column in normalise_all(texts)] == [[a.address for a in found], [a.ascii for a in found]]


def test_letter_case_does_not_make_two_readers() -> None:
    assert normalise("ANNA@EXAMPLE.ORG").key == normalise("anna@example.org").key
    assert normalise("JÖRG@example.org").key == normalise("jo\u0308rg@example.org").key


def test_a_mask_shows_one_letter_and_the_domain() -> None:
    assert mask("anna@example.org") == "a…@example.org"


def test_a_domain_that_is_none_is_refused() -> None:
    for wrong in ("", "a b", "a\r\nb", "-a.example", "a..b", "\u2028"):
        with pytest.raises(BadAddress):
            domain_to_ascii(wrong)


@given(st.text(max_size=80))
def test_any_text_is_either_an_address_or_refused(text: str) -> None:
    try:
        found = normalise(text)
    except BadAddress:
        return
    assert normalise(found.address) == found
    assert not any(char in found.ascii for char in "\r\n\0<> ")
