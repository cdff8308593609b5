"""Waiting in IMAP mailboxes for new mail (IDLE, RFC 2177), so that it is read within seconds.

One connection a mailbox, whichever process holds it: a lease in its row says that somebody waits. Where nobody can, or the
connection is lost, the mailbox is looked into once a minute as before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread

from django.db import close_old_connections, connection, connections
from django.db.models import Q, QuerySet

from masthead.bounces.mailboxes.configuring import account_of
from masthead.bounces.mailboxes.imap import MailboxError, signed_in
from masthead.bounces.models import Mailbox
from masthead.common.stopping import STOP
from masthead.mail.passwords import SealedUnderAnotherKeyError

log = logging.getLogger(__name__)

#: The lease is renewed after so many seconds, and what was changed at the desk is noticed. RFC 2177 allows 29 minutes.
A_TURN = 60.0
LEASE = timedelta(minutes=5)
_ASK_AGAIN = 3600.0
_LOOK_FOR_NEW = 10.0
_FIRST_WAIT, _LONGEST_WAIT = 15.0, 1800.0

Clock = Callable[[], datetime]
#: Gets the number of a mailbox that is to be looked into.
Woken = Callable[[int], object]


def watch_all(*, clock: Clock, woken: Woken) -> None:
    """Wait in every mailbox that can be waited in, a thread each, until STOP is set."""
    threads: dict[int, Thread] = {}
    while not STOP.is_set():
        numbers = list(_watchable().values_list("pk", flat=True))
        connections.close_all()
        for number in numbers:
            if number not in threads or not threads[number].is_alive():
                threads[number] = Thread(
                    target=_keep_watching, args=(number, clock, woken), name=f"mailbox {number}", daemon=True
                )
                threads[number].start()
        STOP.wait(_LOOK_FOR_NEW)
    for thread in threads.values():
        thread.join()


def watch(*, mailbox: Mailbox, clock: Clock, woken: Woken) -> bool:
    """Wait in `mailbox` while it is configured as it is, until STOP is set or the connection is lost.

    `woken` is called at the start, since mail may have come before, and whenever some comes. False when nobody can wait there, or
    another process does. Raises MailboxError.
    """
    if not _claim(mailbox, clock()):
        return False
    try:
        with signed_in(account_of(mailbox)) as session:
            if not session.can_wait:
                return False
            session.open(mailbox.folder)
            woken(mailbox.pk)
            while not STOP.is_set() and _renew(mailbox, clock()):
                if not connection.in_atomic_block:
                    close_old_connections()
                if session.wait(seconds=A_TURN, stopping=STOP.is_set):
                    woken(mailbox.pk)
    finally:
        Mailbox.objects.filter(pk=mailbox.pk).update(watched_until=None)
    return True


def pause_after(failures: int) -> float:
    """Seconds before the next try after so many failures in a row: 15, 30 … at most half an hour."""
    return min(_FIRST_WAIT * 2.0 ** min(failures - 1, 10), _LONGEST_WAIT)


def _keep_watching(number: int, clock: Clock, woken: Woken) -> None:
    failures = 0
    while not STOP.is_set():
        mailbox = _watchable().filter(pk=number).first()
        if mailbox is None:
            return
        try:
            waited = watch(mailbox=mailbox, clock=clock, woken=woken)
        except (MailboxError, SealedUnderAnotherKeyError) as error:
            # What is wrong is told by whoever looks into it once a minute.
            failures += 1
            log.info("mailbox %s is not waited in for now: %s", mailbox.name, error)
            connections.close_all()
            STOP.wait(pause_after(failures))
            continue
        failures = 0
        connections.close_all()
        if not waited:
            STOP.wait(_ASK_AGAIN if mailbox.watched_until is None else LEASE.total_seconds())


def _watchable() -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(in_use=True, refused=False, protocol=Mailbox.Protocol.IMAP)


def _claim(mailbox: Mailbox, now: datetime) -> bool:
    free = Q(watched_until=None) | Q(watched_until__lt=now)
    return bool(Mailbox.objects.filter(free, pk=mailbox.pk).update(watched_until=now + LEASE))


def _renew(mailbox: Mailbox, now: datetime) -> bool:
    """Whether it is still the same, in use, and not refused; then the lease goes on."""
    same = {name: getattr(mailbox, name) for name in ("protocol", "host", "port", "security", "user", "folder")}
    row = _watchable().filter(pk=mailbox.pk, **same)
    return bool(row.update(watched_until=now + LEASE))
