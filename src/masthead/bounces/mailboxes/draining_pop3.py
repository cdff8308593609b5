"""Taking mails out of a POP3 account: what was stored is remembered by its mark, so that it can stay there or go."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.db import transaction

from masthead.bounces import intake
from masthead.bounces.mailboxes.configuring import account_of
from masthead.bounces.mailboxes.pop3 import PopSession, signed_in
from masthead.bounces.models import Mailbox, TakenMail
from masthead.common.stopping import STOP

BATCH = 50
#: After so many the session is ended, so that what was to be deleted is.
_A_SESSION = 1000
_AT_ONCE = 500
#: So many bytes of mails are held before they are stored.
_MOST_HELD = 8_000_000

KeepPlace = Callable[..., None]
#: Number, bytes and size of a mail.
Brought = tuple[int, bytes, int]


def drain(
    *,
    mailbox: Mailbox,
    clock: Callable[[], datetime],
    most: int | None,
    told: Callable[[int, int], None],
    keep_place: KeepPlace,
) -> int:
    """Take out what is not known yet, at most `most`, in as many sessions as it needs; returns how many were new.

    Stopped or killed it goes on where it was. Raises MailboxError.
    """
    done = new = 0
    while not STOP.is_set() and (most is None or done < most):
        room = _A_SESSION if most is None else min(_A_SESSION, most - done)
        with signed_in(account_of(mailbox)) as session:
            count, size = session.size()
            listed = f"{count} {size}"
            if mailbox.after != Mailbox.After.DELETE and mailbox.listed == listed:
                keep_place(mailbox, clock, waiting=0)
                return new  # nothing came and nothing went since all of it was taken
            marks = session.marks()
            waiting = _unknown(mailbox, marks)
            taken, stored = 0, set[int]()
            for start in range(0, min(room, len(waiting)), BATCH):
                batch = waiting[start : min(start + BATCH, room)]
                taken += len(batch)
                fresh = _take(mailbox, session, marks, batch, stored, clock)
                new += fresh
                keep_place(mailbox, clock, waiting=len(waiting) - taken, taken=mailbox.taken + fresh)
                told(done + taken, done + len(waiting))
                if STOP.is_set():
                    break
            if mailbox.after == Mailbox.After.DELETE:
                # What was stored before a kill is known, and deleted now.
                untaken = set(waiting) - stored
                session.delete([number for number in range(1, len(marks) + 1) if number not in untaken])
            session.end()
        done += taken
        if taken == len(waiting):
            _forget(mailbox, marks)
            # One that the server would not give is asked for again.
            keep_place(mailbox, clock, waiting=taken - len(stored), listed=listed if taken == len(stored) else "")
            break
    return new


def _take(
    mailbox: Mailbox, session: PopSession, marks: array[int], batch: list[int], stored: set[int], clock: Callable[[], datetime]
) -> int:
    """Store the mails of `batch`, add their numbers to `stored`; how many were new."""
    fresh = 0
    for brought in _handfuls(session.mails(batch)):
        fresh += _store(mailbox, marks, brought, clock())
        stored.update(number for number, _raw, _size in brought)
    return fresh


def _handfuls(mails: Iterable[Brought]) -> Iterator[list[Brought]]:
    """As many at a time as may be held."""
    brought: list[Brought] = []
    held = 0
    for mail in mails:
        brought.append(mail)
        held += len(mail[1])
        if held >= _MOST_HELD:
            yield brought
            brought, held = [], 0
    if brought:
        yield brought


@transaction.atomic  # one sync of the disk for all of them; none is open while the server is waited for
def _store(mailbox: Mailbox, marks: array[int], brought: list[Brought], now: datetime) -> int:
    """Store them and their marks; how many were not known."""
    fresh = sum(
        intake.store(raw=raw, size=size, via=intake.Via.MAILBOX, source=mailbox.name, now=now)[1]
        for _number, raw, size in brought
    )
    taken = [TakenMail(mailbox=mailbox, mark=marks[number - 1]) for number, _raw, _size in brought]
    TakenMail.objects.bulk_create(taken, ignore_conflicts=True)
    return fresh


def _unknown(mailbox: Mailbox, marks: array[int]) -> list[int]:
    """The numbers of the mails that were not taken yet."""
    found: list[int] = []
    for start in range(0, len(marks), _AT_ONCE):
        some = marks[start : start + _AT_ONCE]
        known = set(TakenMail.objects.filter(mailbox=mailbox, mark__in=list(some)).values_list("mark", flat=True))
        found += [start + place + 1 for place, mark in enumerate(some) if mark not in known]
    return found


def _forget(mailbox: Mailbox, marks: array[int]) -> None:
    """Forget the marks of mails that are no longer there."""
    there = array("q", sorted(marks))
    gone = []
    for pk, mark in TakenMail.objects.filter(mailbox=mailbox).values_list("pk", "mark").iterator(chunk_size=2000):
        place = bisect_left(there, mark)
        if place == len(there) or there[place] != mark:
            gone.append(pk)
    for start in range(0, len(gone), _AT_ONCE):
        TakenMail.objects.filter(pk__in=gone[start : start + _AT_ONCE]).delete()
