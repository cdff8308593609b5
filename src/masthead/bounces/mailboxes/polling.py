"""Taking mails out of a mailbox: stored first, then marked; resumed where it was, however it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

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
    now = clock()
    free = Q(busy_until=None) | Q(busy_until__lt=now)
    if not Mailbox.objects.filter(free, pk=mailbox.pk).update(busy_until=now + _CLAIM):
        raise Busy(mailbox.name)
    mailbox.refresh_from_db()
    try:
        if mailbox.protocol == Mailbox.Protocol.POP3:
            new = draining_pop3.drain(mailbox=mailbox, clock=clock, most=most, told=told or _tell_nobody, keep_place=_keep_place)
        else:
            with signed_in(account_of(mailbox)) as session:
                new = _drain(mailbox, session, clock, most, told or _tell_nobody)
    except SealedUnderAnotherKeyError as error:
        _write_down(mailbox, str(error), clock(), refused=True)
        raise MailboxError(str(error)) from error
    except MailboxError as error:
        _write_down(mailbox, str(error), clock(), refused=isinstance(error, SignInRefused))
        raise
    finally:
        Mailbox.objects.filter(pk=mailbox.pk).update(busy_until=None)
    well = {"failures": 0, "trouble": "", "due_at": None, "polled_at": clock()}
    Mailbox.objects.filter(pk=mailbox.pk).update(**well)
    return new


def _drain(mailbox: Mailbox, session: Session, clock: Clock, most: int | None, told: Callable[[int, int], None]) -> int:
    validity, _count = session.open(mailbox.folder)
    if validity != mailbox.uid_validity:
        # The server numbered anew: read from the start, what is known already is stored once anyway.
        _keep_place(mailbox, clock, uid_validity=validity, last_uid=0)
    done = new = 0
    while not STOP.is_set() and (most is None or done < most):
        entries, left = session.after(mailbox.last_uid, most=BATCH)
        if not entries:
            _keep_place(mailbox, clock, waiting=0)
            break
        fresh = sum(_store(mailbox, entry, raw, clock()) for entry, raw in session.mails(entries))
        _settle(mailbox, session, entries)
        done, new = done + len(entries), new + fresh
        _keep_place(mailbox, clock, last_uid=entries[-1].uid, waiting=left - len(entries), taken=mailbox.taken + fresh)
        told(done, done + left - len(entries))
    return new


def _store(mailbox: Mailbox, entry: Entry, raw: bytes, now: datetime) -> bool:
    _report, created = intake.store(raw=raw, size=entry.size, via=intake.Via.MAILBOX, source=mailbox.name, now=now)
    return created


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
