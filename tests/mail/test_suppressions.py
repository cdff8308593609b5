"""Addresses and domains that get no mail, the passwords of relays, and the tokens in mails."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from masthead.audit.models import Entry
from masthead.common.addresses import normalise
from masthead.mail import suppression_files, suppressions
from masthead.mail.fingerprints import fingerprint
from masthead.mail.models import Suppression
from masthead.mail.passwords import SealedUnderAnotherKeyError, open_password, seal_password
from masthead.mail.sealing import BOUNCE, UNSUBSCRIBE, seal, unseal

NOW = datetime(2026, 1, 7, 9, tzinfo=UTC)
ANNA = normalise("Anna@Example.org")
Reason = Suppression.Reason


@pytest.mark.django_db
def test_a_suppressed_address_is_found_in_any_letter_case_and_only_once() -> None:
    for _ in range(2):
        suppressions.suppress(address=ANNA, reason=Reason.COMPLAINED, now=NOW, by="system")
    other = normalise("ANNA@example.ORG")
    assert suppressions.is_suppressed(fingerprint(other.key), other.domain)
    assert not suppressions.is_suppressed(fingerprint("bob@example.org"), "example.org")
    assert Suppression.objects.count() == Entry.objects.filter(action="suppression.added").count() == 1


@pytest.mark.django_db
def test_an_erasure_keeps_the_fingerprint_and_forgets_the_address() -> None:
    suppressions.suppress(address=ANNA, reason=Reason.STAFF, note="Anna asked by phone", now=NOW, by="staff:1")
    suppressions.suppress(address=ANNA, reason=Reason.ERASED, keep_address=False, now=NOW, by="reader")
    row = Suppression.objects.get()
    assert (row.address, row.note, row.reason) == ("", "", Reason.ERASED)
    assert suppressions.is_suppressed(fingerprint(ANNA.key), ANNA.domain)
    assert not Entry.objects.filter(details__icontains="anna").exists()


@pytest.mark.django_db
def test_a_domain_stops_all_its_addresses() -> None:
    suppressions.suppress_domain(domain="example.org", now=NOW, by="staff:1")
    assert suppressions.is_suppressed(fingerprint(ANNA.key), ANNA.domain)
    assert not suppressions.is_suppressed(fingerprint("anna@example.com"), "example.com")


@pytest.mark.django_db
def test_lifting_needs_a_reason_and_is_recorded() -> None:
    row = suppressions.suppress(address=ANNA, reason=Reason.BOUNCED, now=NOW, by="system")
    with pytest.raises(ValueError, match="reason"):
        suppressions.lift(suppression=row, why=" ", now=NOW, by="staff:1")
    suppressions.lift(suppression=row, why="The mailbox is back.", now=NOW, by="staff:1")
    assert not suppressions.is_suppressed(fingerprint(ANNA.key), ANNA.domain)
    assert Entry.objects.get(action="suppression.lifted").details == {"was": "bounced", "why": "The mailbox is back."}


def test_a_password_needs_the_key_it_was_sealed_under(settings: Settings) -> None:
    settings.TOKEN_KEY = b"one key"
    sealed = seal_password("s3cret tide")
    assert b"s3cret" not in sealed
    assert sealed != seal_password("s3cret tide")
    assert open_password(sealed) == "s3cret tide"
    assert open_password(seal_password("")) == ""
    settings.TOKEN_KEY = b"another key"
    with pytest.raises(SealedUnderAnotherKeyError, match="another token key"):
        open_password(sealed)
    with pytest.raises(SealedUnderAnotherKeyError):
        open_password(b"short")


def test_a_token_is_for_one_purpose_and_one_install(settings: Settings) -> None:
    settings.TOKEN_KEY = b"one key"
    token = seal(UNSUBSCRIBE, 1971)
    assert unseal(UNSUBSCRIBE, token) == 1971
    assert unseal(BOUNCE, token) is None
    settings.TOKEN_KEY = b"another key"
    assert unseal(UNSUBSCRIBE, token) is None
    assert fingerprint("anna@example.org") != b""


def take(tmp_path: Path, text: str | bytes, **options: Any) -> suppression_files.Taken:
    path = tmp_path / "suppressions.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return suppression_files.take(path=path, by="command line", now=NOW, **options)


@pytest.mark.django_db
def test_a_plain_list_of_addresses_and_domains_is_taken(tmp_path: Path) -> None:
    taken = take(
        tmp_path, "anna@example.org\n@bücher.example\nANNA@EXAMPLE.ORG\nnonsense\n\nspam.example\n", note="from the old system"
    )
    assert (taken.rows, taken.added, taken.known, taken.rejected) == (5, 3, 1, 1)
    assert [line for line, _why in taken.wrong] == [4]
    assert suppressions.is_suppressed(fingerprint(ANNA.key), ANNA.domain)
    assert suppressions.find(b"", normalise("x@xn--bcher-kva.example").domain) is not None
    assert {row.note for row in Suppression.objects.all()} == {"from the old system"}
    assert take(tmp_path, "anna@example.org\n").known == 1


@pytest.mark.django_db
def test_what_is_exported_comes_back_whole_also_those_who_were_erased(tmp_path: Path) -> None:
    suppressions.suppress(address=ANNA, reason=Reason.COMPLAINED, note="=1+1", now=NOW, by="system")
    erased = normalise("erased@example.org")
    suppressions.suppress(address=erased, reason=Reason.ERASED, keep_address=False, now=NOW, by="reader")
    suppressions.suppress_domain(domain="blocked.example", note="never", now=NOW, by="staff:1")
    text = b"".join(suppression_files.give(by="staff:1", now=NOW))
    assert b"erased@example.org" not in text
    assert b'"\'=1+1"' in text  # rule S20
    before = set(Suppression.objects.values_list("fingerprint", "domain", "reason"))
    Suppression.objects.all().delete()
    taken = take(tmp_path, text)
    assert (taken.rows, taken.added, taken.rejected) == (3, 3, 0)
    assert set(Suppression.objects.values_list("fingerprint", "domain", "reason")) == before
    assert suppressions.is_suppressed(fingerprint(erased.key), "example.org")
    assert Entry.objects.filter(action="suppressions.exported").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", [b"", b"PK\x03\x04zip", "a".encode("utf-32")])
def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(suppression_files.CannotRead, match="CSV"):
        take(tmp_path, text)


@pytest.mark.django_db
def test_rows_that_name_nobody_are_named_and_the_others_taken(tmp_path: Path) -> None:
    text = (
        "email,reason,fingerprint\nbob@example.org,bounced,\n,,\n,,zz\nbad@@x,,\n-x@example.org,,\ncarl@example.org,unheard of,\n"
        "@blocked.example,,\n"
    )
    taken = take(tmp_path, text)
    assert (taken.rows, taken.added, taken.rejected) == (7, 3, 4)
    assert [line for line, _why in taken.wrong] == [3, 4, 5, 6]
    assert taken.wrong[2][1].startswith("bad@@x: ")
    assert Suppression.objects.get(address="").domain == "blocked.example"
    assert dict(Suppression.objects.exclude(address="").values_list("address", "reason")) == {
        "bob@example.org": "bounced",
        "carl@example.org": "staff",
    }


@pytest.mark.django_db
def test_a_domain_is_one_in_the_column_of_addresses_too_and_an_address_in_that_of_domains(tmp_path: Path) -> None:
    text = "address,note\nspam.example,\n@bücher.example,\nanna@example.org,\nno domain,\n"
    taken = take(tmp_path, text)
    assert (taken.rows, taken.added, taken.rejected) == (4, 3, 1)
    assert taken.wrong == [(5, "no domain is neither an address nor a domain.")]
    assert take(tmp_path, "domain\nbert@example.org\n").added == 1
    assert set(Suppression.objects.exclude(domain=None).values_list("domain", flat=True)) == {"spam.example", "bücher.example"}
    assert set(Suppression.objects.exclude(address="").values_list("address", flat=True)) == {
        "anna@example.org",
        "bert@example.org",
    }


@pytest.mark.django_db
def test_who_was_erased_is_found_by_the_whole_address_alone() -> None:
    suppressions.suppress(address=ANNA, reason=Reason.ERASED, keep_address=False, now=NOW, by="reader")
    assert suppressions.search(text="anna@example.org").count() == 1
    assert not suppressions.search(text="anna").exists()
    assert not suppressions.search(reason="bounced").exists()
