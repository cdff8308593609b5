"""Addresses and domains that get no mail, the passwords of relays, and the tokens in mails."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from masthead.audit.models import Entry
from masthead.common.addresses import normalise
from masthead.mail import suppressions
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
