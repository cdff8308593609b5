"""How many mails an address was sent on a stranger's word, and how many wrong codes were tried for it.

Each question is one write, whether or not a reader has that address: neither the answer nor its time tells them apart.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from masthead.audience.models import Tally

Kind = Tally.Kind

#: One confirmation in 24 hours and three in all, until one is confirmed; then strangers can make us write no more.
CONFIRMATION_PAUSE = timedelta(hours=24)
CONFIRMATIONS = 3
#: Sign-in mails, and wrong codes, that an address gets in the time after the first of them.
SIGN_INS, SIGN_IN_WINDOW = 5, timedelta(hours=1)
WRONG_CODES, WRONG_CODE_WINDOW = 5, timedelta(hours=24)
#: After this time everything is forgotten.
KEPT = timedelta(days=90)


def may_mail_confirmation(*, fingerprint: bytes, now: datetime) -> bool:
    """Whether a confirmation may go to this address now; if so it is counted."""
    tally = _tally(fingerprint, Kind.CONFIRMATION, now)
    allowed = tally.count == 0 or (tally.count < CONFIRMATIONS and now - tally.last_at >= CONFIRMATION_PAUSE)
    _save(tally, count=tally.count + allowed, last_at=now if allowed else tally.last_at)
    return allowed


def may_mail_sign_in(*, fingerprint: bytes, now: datetime) -> bool:
    """Whether a sign-in mail may go to this address now; if so it is counted."""
    return _count_below(SIGN_INS, _tally(fingerprint, Kind.SIGN_IN, now, SIGN_IN_WINDOW), now)


def may_try_code(*, fingerprint: bytes, now: datetime) -> bool:
    """Count one try of a code; False when too many were wrong. A right one is taken back by `forgive_code`."""
    return _count_below(WRONG_CODES, _tally(fingerprint, Kind.WRONG_CODE, now, WRONG_CODE_WINDOW), now)


def forgive_code(*, fingerprint: bytes) -> None:
    """The last try was right: it does not count. Earlier wrong ones stay, so that a guesser gains nothing by them."""
    Tally.objects.filter(fingerprint=fingerprint, kind=Kind.WRONG_CODE, count__gt=0).update(count=F("count") - 1)


def forget(*, fingerprint: bytes, kind: Tally.Kind | None = None) -> None:
    """Start anew: the address was confirmed (one kind), or its reader erased (all)."""
    found = Tally.objects.filter(fingerprint=fingerprint)
    (found.filter(kind=kind) if kind else found).delete()


def _tally(fingerprint: bytes, kind: Tally.Kind, now: datetime, window: timedelta = KEPT) -> Tally:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A tally is counted inside the caller's transaction.")
    tally, _ = Tally.objects.select_for_update().get_or_create(
        fingerprint=fingerprint, kind=kind, defaults={"first_at": now, "last_at": now}
    )
    if now - tally.first_at >= window:
        tally.count, tally.first_at = 0, now
    return tally


def _count_below(most: int, tally: Tally, now: datetime) -> bool:
    allowed = tally.count < most
    _save(tally, count=tally.count + allowed, last_at=now)
    return allowed


def _save(tally: Tally, *, count: int, last_at: datetime) -> None:
    tally.count, tally.last_at = count, last_at
    tally.save(update_fields=["count", "first_at", "last_at"])
