"""Readers who may be one person: looked for in the background, shown to a person, who merges them or says that they are two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from masthead.audience.models import Duplicate, Subscriber
from masthead.audit.recording import record
from masthead.common.mailboxes import FOLDING, mailbox, misspelt

Why = Duplicate.Why
_AT_ONCE = 500


def look(*, now: datetime) -> int:
    """Look through all readers, and keep the pairs that are new. Pairs that are none any more go. Returns how many are open.

    A mailbox's hash is kept in memory for each reader at a provider with such rules, some 100 bytes; the others are not read.
    """
    found: dict[tuple[int, int], Duplicate] = {}
    for first, second, why in (*_one_mailbox(), *_misspelt()):
        pair = (min(first, second), max(first, second))
        found.setdefault(pair, Duplicate(first_id=pair[0], second_id=pair[1], why=why, found_at=now))
    with transaction.atomic():
        known = {(each.first_id, each.second_id): each.pk for each in Duplicate.objects.all()}
        gone = [pk for pair, pk in known.items() if pair not in found]
        for start in range(0, len(gone), _AT_ONCE):
            Duplicate.objects.filter(pk__in=gone[start : start + _AT_ONCE]).delete()
        new = [duplicate for pair, duplicate in found.items() if pair not in known]
        Duplicate.objects.bulk_create(new, batch_size=_AT_ONCE, ignore_conflicts=True)
    return open_ones().count()


def open_ones() -> QuerySet[Duplicate]:
    """Those that nobody has said anything about."""
    return Duplicate.objects.filter(two_people="", first__merged_into=None, second__merged_into=None).select_related(
        "first", "second"
    )


@transaction.atomic
def two_people(*, duplicate: Duplicate, by: str, now: datetime) -> None:
    """These are two people: they are not named again."""
    duplicate.two_people = by
    duplicate.save(update_fields=["two_people"])
    details = {"readers": [duplicate.first_id, duplicate.second_id]}
    record(action="readers.told_apart", by=by, now=now, subject=f"reader:{duplicate.first_id}", details=details)


def _own() -> QuerySet[Subscriber]:
    return Subscriber.objects.filter(merged_into=None).order_by("pk")


def _one_mailbox() -> Iterator[tuple[int, int, Duplicate.Why]]:
    """Two spellings by the provider's rules, and domains that were stored as A-labels by an earlier hand."""
    seen: dict[str, int] = {}
    spelt = _own().filter(Q(domain__in=FOLDING) | Q(domain__contains="xn--"))
    for pk, key in spelt.values_list("pk", "address_key").iterator(5000):
        first = seen.setdefault(mailbox(key), pk)
        if first != pk:
            yield first, pk, Why.MAILBOX
    encoded = {mailbox(key): pk for pk, key in _own().filter(domain__contains="xn--").values_list("pk", "address_key")}
    for key, pk, _name in _keys(list(encoded)):
        if encoded[key] != pk:
            yield pk, encoded[key], Why.MAILBOX


def _misspelt() -> Iterator[tuple[int, int, Duplicate.Why]]:
    """The same local part at a domain that looks misspelt; two different names speak against it."""
    domains = _own().order_by().values_list("domain", flat=True).distinct()
    meant = {domain: right for domain in domains.iterator(5000) if (right := misspelt(domain))}
    if not meant:
        return
    odd = _own().filter(domain__in=meant).values_list("pk", "address_key", "domain", "name")
    wanted = {f"{key.rpartition('@')[0]}@{meant[domain]}": (pk, name) for pk, key, domain, name in odd}
    for key, pk, held in _keys(list(wanted)):
        other, name = wanted[key]
        if not name or not held or name.casefold() == held.casefold():
            yield pk, other, Why.MISSPELT


def _keys(keys: list[str]) -> Iterator[tuple[str, int, str]]:
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        yield from _own().filter(address_key__in=some).values_list("address_key", "pk", "name")
