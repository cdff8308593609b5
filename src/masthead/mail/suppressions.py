"""Who gets no mail, whatever lists they are on: one address by its fingerprint, or a whole domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress as suppress_error
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from masthead.audit.recording import record
from masthead.common.addresses import Address, BadAddress, normalise
from masthead.mail.fingerprints import fingerprint
from masthead.mail.models import Suppression


def suppress(
    *, address: Address, reason: Suppression.Reason, note: str = "", keep_address: bool = True, now: datetime, by: str
) -> Suppression:
    """Stop all mail to `address`. A second time changes nothing but forgets the address if it must not be kept.

    `keep_address` False (an erasure) leaves the fingerprint alone.
    """
    with transaction.atomic():
        found, created = Suppression.objects.get_or_create(
            fingerprint=fingerprint(address.key),
            defaults={
                "address": address.address if keep_address else "",
                "reason": reason,
                "note": note,
                "created_at": now,
                "by": by,
            },
        )
        if not keep_address and not created:
            found.address, found.note, found.reason = "", "", Suppression.Reason.ERASED
            found.save(update_fields=["address", "note", "reason"])
        if created:
            record(action="suppression.added", by=by, now=now, subject=f"suppression:{found.pk}", details={"reason": reason})
    return found


def suppress_domain(*, domain: str, note: str = "", now: datetime, by: str) -> Suppression:
    """Stop all mail to `domain` (folded U-labels, as in `Address.domain`)."""
    with transaction.atomic():
        found, created = Suppression.objects.get_or_create(
            domain=domain, defaults={"reason": Suppression.Reason.STAFF, "note": note, "created_at": now, "by": by}
        )
        if created:
            record(action="suppression.added", by=by, now=now, subject=f"suppression:{found.pk}", details={"domain": domain})
    return found


def lift(*, suppression: Suppression, why: str, now: datetime, by: str) -> None:
    """Let mail through again, because a person says so and `why`. Raises ValueError without a reason."""
    if not why.strip():
        raise ValueError("Lifting a suppression needs a reason.")
    with transaction.atomic():
        details = {"was": suppression.reason, "why": why}
        record(action="suppression.lifted", by=by, now=now, subject=f"suppression:{suppression.pk}", details=details)
        suppression.delete()


def suppress_all(
    *,
    addresses: Mapping[bytes, str],
    reason: Suppression.Reason = Suppression.Reason.STAFF,
    note: str = "",
    keep_address: bool = True,
    by: str,
    now: datetime,
) -> set[bytes]:
    """As `suppress`, for many addresses by their fingerprints, in the transaction of the caller, who records it.

    Returns the fingerprints that were not suppressed before.
    """
    known = Suppression.objects.filter(fingerprint__in=list(addresses))
    held = {bytes(each.fingerprint) for each in known if each.fingerprint is not None}
    if not keep_address:
        known.update(address="", note="", reason=Suppression.Reason.ERASED)
    new = addresses.keys() - held
    Suppression.objects.bulk_create(
        (
            Suppression(
                fingerprint=mark,
                address=addresses[mark] if keep_address else "",
                reason=reason,
                note=note,
                created_at=now,
                by=by,
            )
            for mark in sorted(new)
        ),
        ignore_conflicts=True,
    )
    return set(new)


def lift_all(*, marks: Iterable[bytes], by: str, since: datetime, reason: str = Suppression.Reason.STAFF) -> set[bytes]:
    """Lift what `by` suppressed for `reason` at `since` or later, in the transaction of the caller, who records it.

    Returns the fingerprints of those.
    """
    found = list(Suppression.objects.filter(fingerprint__in=list(marks), by=by, created_at__gte=since, reason=reason))
    Suppression.objects.filter(pk__in=[each.pk for each in found]).delete()
    return {bytes(each.fingerprint) for each in found if each.fingerprint is not None}


def search(*, text: str = "", reason: str = "") -> QuerySet[Suppression]:
    """Newest first, by a part of address or domain, and by reason. A whole address also finds who was erased."""
    found = Suppression.objects.order_by("-pk")
    text = text.strip()
    if text:
        part = Q(address__icontains=text) | Q(domain__icontains=text)
        with suppress_error(BadAddress):
            part |= Q(fingerprint=fingerprint(normalise(text).key))
        found = found.filter(part)
    return found.filter(reason=reason) if reason in Suppression.Reason.values else found


def find(mark: bytes, domain: str) -> Suppression | None:
    """What stops mail to the address with fingerprint `mark` at `domain`, or None."""
    return Suppression.objects.filter(Q(fingerprint=mark) | Q(domain=domain)).first()


def is_suppressed(mark: bytes, domain: str) -> bool:
    """Whether mail to the address with fingerprint `mark` at `domain` is stopped."""
    return Suppression.objects.filter(Q(fingerprint=mark) | Q(domain=domain)).exists()
