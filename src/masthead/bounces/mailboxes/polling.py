"""Taking mails out of a mailbox: stored first, then marked; resumed where it was, however it ended."""

from __future__ import annotations

import fcntl
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.bounces import intake
from masthead.bounces.mailboxes import draining_pop3
from masthead.bounces.mailboxes.configuring import account_of
from masthead.bounces.mailboxes.imap import Entry, MailboxError, Session, SignInRefused, signed_in
from masthead.bounces.models import Mailbox
from masthead.common.stopping import STOP
from masthead.mail.passwords import SealedUnderAnotherKeyError

BATCH = 100
_CLAIM = timedelta(minutes=10)
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)
_WATCHED = timedelta(minutes=10)

Clock = Callable[[], datetime]


class Busy(Exception):
    """Another process is at this mailbox."""

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s is being read by another process.") % {"name": name})


def due(*, now: datetime) -> list[Mailbox]:
    """The mailboxes to look into now. Where somebody waits for new mail, a look now and then is enough."""
    waited = Q(due_at=None) | Q(due_at__lte=now)
    unwatched = Q(watched_until=None) | Q(watched_until__lt=now) | Q(polled_at=None) | Q(polled_at__lt=now - _WATCHED)
    # What one look left over is not waited for.
    return list(Mailbox.objects.filter(waited, unwatched | Q(waiting__gt=0), in_use=True, refused=False))


def poll(*, mailbox: Mailbox, clock: Clock, most: int | None = None, told: Callable[[int, int], None] | None = None) -> int:
    """Take the mails out of `mailbox`, at most `most`; returns how many were stored that were not known.

    `told` gets (done, in all) after each batch. Raises Busy, and MailboxError after that was written down for the desk.
    """
    with _claimed(mailbox, clock):
        try:
            new = _take_out(mailbox, clock, most, told or _tell_nobody)
        except SealedUnderAnotherKeyError as error:
            _write_down(mailbox, str(error), clock(), refused=True)
            raise MailboxError(str(error)) from error
        except MailboxError as error:
            _write_down(mailbox, str(error), clock(), refused=isinstance(error, SignInRefused))
            raise
    well = {"failures": 0, "trouble": "", "due_at": None, "polled_at": clock()}
    Mailbox.objects.filter(pk=mailbox.pk).update(**well)
    return new


@contextmanager
def _claimed(mailbox: Mailbox, clock: Clock) -> Iterator[None]:
    """Nobody else is at it. Who was killed on this machine is known by a lock that is free again; of others the claim runs out.

    Raises Busy.
    """
    with (settings.DATA / f"mailbox-{mailbox.pk}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(mailbox.name) from error
        now, here = clock(), _identity(file)
        free = Q(busy_until=None) | Q(busy_until__lt=now) | Q(busy_on=here)
        if not Mailbox.objects.filter(free, pk=mailbox.pk).update(busy_until=now + _CLAIM, busy_on=here):
            raise Busy(mailbox.name)
        mailbox.refresh_from_db()
        try:
            yield
        finally:
            Mailbox.objects.filter(pk=mailbox.pk).update(busy_until=None)


def _identity(file: IO[str]) -> str:
    """The same only for the same file on the same machine, since it was started."""
    status = os.fstat(file.fileno())
    boot = Path("/proc/sys/kernel/random/boot_id")  # some sandboxes have none
    machine = boot.read_text().strip() if boot.exists() else platform.node()
    return f"{machine[:40]}:{status.st_dev}:{status.st_ino}"[:80]


def _take_out(mailbox: Mailbox, clock: Clock, most: int | None, told: Callable[[int, int], None]) -> int:
    if mailbox.protocol == Mailbox.Protocol.POP3:
        return draining_pop3.drain(mailbox=mailbox, clock=clock, most=most, told=told, keep_place=_keep_place)
    with signed_in(account_of(mailbox)) as session:
        return _drain(mailbox, session, clock, most, told)


def _drain(mailbox: Mailbox, session: Session, clock: Clock, most: int | None, told: Callable[[int, int], None]) -> int:
    validity, _count = session.open(mailbox.folder)
    if validity != mailbox.uid_validity:
        # The server numbered anew: read from the start, what is known already is stored once anyway.
        _keep_place(mailbox, clock, uid_validity=validity, last_uid=0)
    done = new = 0
    for entries, left in _ahead(mailbox, session):
        if STOP.is_set() or (most is not None and done >= most):
            return new
        fresh = sum(_store(mailbox, brought, clock()) for brought in session.mails(entries))
        _settle(mailbox, session, entries)
        done, new = done + len(entries), new + fresh
        _keep_place(mailbox, clock, last_uid=entries[-1].uid, waiting=left, taken=mailbox.taken + fresh)
        told(done, done + left)
    _keep_place(mailbox, clock, waiting=0)
    return new


def _ahead(mailbox: Mailbox, session: Session) -> Iterator[tuple[list[Entry], int]]:
    """What was not taken yet, a batch at a time, and how many there are after each.

    Each look at the folder may make the server go through all of its files: ten batches are listed at once.
    """
    while True:
        listed, left = session.after(mailbox.last_uid, most=10 * BATCH)
        if not listed:
            return
        for start in range(0, len(listed), BATCH):
            entries = listed[start : start + BATCH]
            yield entries, left - start - len(entries)


@transaction.atomic  # one sync of the disk for all of them
def _store(mailbox: Mailbox, brought: list[tuple[Entry, bytes]], now: datetime) -> int:
    """Store them; how many were not known."""
    return sum(
        intake.store(raw=raw, size=entry.size, via=intake.Via.MAILBOX, source=mailbox.name, now=now)[1] for entry, raw in brought
    )


def _settle(mailbox: Mailbox, session: Session, entries: list[Entry]) -> None:
    """Every mail of the batch is stored: it may be marked, moved or deleted."""
    if mailbox.after == Mailbox.After.MOVE:
        session.move(entries, mailbox.move_to)
    elif mailbox.after == Mailbox.After.DELETE:
        session.delete(entries)
    else:
        session.mark_seen(entries)


def _tell_nobody(_done: int, _in_all: int) -> None:
    return


def _keep_place(mailbox: Mailbox, clock: Clock, **values: int | str) -> None:
    for name, value in values.items():
        setattr(mailbox, name, value)
    Mailbox.objects.filter(pk=mailbox.pk).update(**values, busy_until=clock() + _CLAIM)


@transaction.atomic
def _write_down(mailbox: Mailbox, words: str, now: datetime, *, refused: bool) -> None:
    """Once in the record, always on the desk; the next try waits longer and longer, after a refusal for a person."""
    wait = min(_FIRST_WAIT * 2 ** min(mailbox.failures, 10), _LONGEST_WAIT)
    Mailbox.objects.filter(pk=mailbox.pk).update(
        trouble=words[:500], refused=refused, failures=F("failures") + 1, due_at=now + wait, polled_at=now
    )
    if mailbox.trouble != words[:500]:
        record(action="mailbox.trouble", by="system", now=now, subject=f"mailbox:{mailbox.pk}", details={"refused": refused})
