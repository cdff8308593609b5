"""The queue of single mails: confirmations, sign-in links, tests, notices to staff.

Durable, tried again with growing pauses until `give_up_at`, and ahead of campaigns, since a person is waiting. A process killed
between the final dot and the record sends its mail a second time: one confirmation too many is better than none.

Nothing goes to a suppressed address or domain, whoever asked for it: that is looked up right before each mail is handed over. The
mails of staff accounts are the exception.

Limits do not hold them up, but they count towards them, so that bulk mail leaves room. A relay that cannot be reached is passed
over for the next one at once.

Test mode: a mail in the voice of a sender in test mode goes to the built-in inbox alone, so that no reader is written to by
mistake. The one exception is `to_staff`: the caller has made sure that the address is that of the signed-in staff member (or an
owner), and the mail leaves as mails really do, because they want to see it in their own mail program.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from django.db import transaction
from django.db.models import Q

from masthead.common.addresses import mask, normalise
from masthead.mail import allowances, provider_limits, suppressions
from masthead.mail.composing import compose_single
from masthead.mail.fingerprints import fingerprint
from masthead.mail.handing_over import hand_over
from masthead.mail.message import Message
from masthead.mail.models import SingleMail, Suppression
from masthead.mail.models.single_mail import FINAL, OPEN
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.sender import Sender
from masthead.mail.transports import choosing, refusals, resting
from masthead.mail.transports.base import ConnectFailed, Reply, TransportConfig, TransportError
from masthead.mail.transports.smtp.deadlines import Deadlines

log = logging.getLogger(__name__)

GIVE_UP = timedelta(hours=24)
KEPT = timedelta(days=14)
#: Shorter than for bulk: a mail sent twice does less harm here than one that is stuck.
DEADLINES = Deadlines(connect=20, command=30, block=60, dot=120)
#: Longer than the sum of those: after it the sender is dead.
LEASE = timedelta(minutes=6)
#: So many are tried for one mail before it waits; all of their deadlines together are shorter than the lease.
MOST_RELAYS = 3
#: Mails of the accounts of staff (passwords, notices to owners) go to an address that gets no bulletin, too.
_TO_ACCOUNTS = "notice"
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)


def queue(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    sender: Sender,
    now: datetime,
    auto_submitted: bool = True,
    headers: Mapping[str, str] | None = None,
    to_staff: bool = False,
) -> SingleMail:
    """Write the mail down in the caller's transaction; it is sent as soon as that is committed.

    `kind` is a word for the record ("confirmation"). Raises BadAddress, BadMail.
    """
    message = compose_single(
        to=normalise(to),
        subject=subject,
        text=text,
        html=html,
        sender=sender,
        now=now,
        auto_submitted=auto_submitted,
        headers=headers,
    )
    return queue_message(kind=kind, message=message, now=now, inbox_only=sender.test_mode and not to_staff)


def queue_message(*, kind: str, message: Message, now: datetime, inbox_only: bool) -> SingleMail:
    """The same for a mail whose bytes are ready, such as a test of an issue."""
    mail = SingleMail.objects.create(
        kind=kind,
        envelope_from=message.envelope_from,
        envelope_to=message.envelope_to,
        message_id=message.message_id,
        needs_smtputf8=message.needs_smtputf8,
        inbox_only=inbox_only,
        raw=message.raw,
        next_try_at=now,
        give_up_at=now + GIVE_UP,
        created_at=now,
    )
    transaction.on_commit(lambda: _wake(mail.pk))
    return mail


def send(*, mail_id: int, now: datetime) -> SingleMail.State | None:
    """Send one mail if it is due; its state afterwards, or None when there was nothing to do (sent, taken, not yet due)."""
    mail = SingleMail.objects.filter(pk=mail_id).first()
    if mail is None or not _claim(mail, now):
        return None
    stopped = _suppression(mail)
    if stopped is not None:
        return _record(mail, now, SingleMail.State.REJECTED, None, f"suppressed: {stopped.reason}; nothing was sent")
    try:
        reply, words = _hand_over(mail, now)
    except (TransportError, SealedUnderAnotherKeyError, choosing.NoWayOut) as error:
        log.warning("single mail %s (%s) was not handed over: %s", mail.pk, mail.kind, error)
        return _record(mail, now, _state_after(mail, None, now), getattr(error, "reply", None), str(error))
    return _record(mail, now, _state_after(mail, reply, now), reply, words)


def send_due(*, clock: Callable[[], datetime], stopping: Callable[[], bool], most: int = 200) -> int:
    """Send what is due: what waited for its next try, and what a killed process left. Stops when the relay is out of reach.

    Returns how many were tried.
    """
    tried = 0
    while tried < most and not stopping():
        now = clock()
        due = SingleMail.objects.filter(state__in=OPEN, next_try_at__lte=now).order_by("next_try_at").values_list("pk", flat=True)
        mail_id = due.first()
        if mail_id is None:
            break
        state = send(mail_id=mail_id, now=now)
        tried += 1
        if state == SingleMail.State.QUEUED:
            break
    return tried


def recover(*, now: datetime) -> int:
    """Make what a killed process was sending due at once. Only for a process that knows itself to be the only sender."""
    return SingleMail.objects.filter(state=SingleMail.State.SENDING).update(state=SingleMail.State.QUEUED, next_try_at=now)


def forget(*, address: str) -> int:
    """Delete all mails to `address`, as part of a reader's erasure; returns how many."""
    wire = normalise(address).ascii
    return SingleMail.objects.filter(Q(envelope_to__iexact=wire) | Q(envelope_to__iexact=address)).delete()[0]


def purge(*, now: datetime) -> int:
    """Delete what was settled 14 days ago; returns how many."""
    old = SingleMail.objects.filter(state__in=FINAL, created_at__lt=now - KEPT)
    return old.delete()[0] if old.exists() else 0


def _wake(mail_id: int) -> None:
    from masthead.mail.tasks import send_single  # tasks imports this module

    send_single.enqueue(mail_id)


def _claim(mail: SingleMail, now: datetime) -> bool:
    """Take the mail by a conditional update; two workers that see the same row get one True."""
    due = SingleMail.objects.filter(pk=mail.pk, state__in=OPEN, next_try_at__lte=now, attempts=mail.attempts)
    mail.attempts += 1
    return due.update(state=SingleMail.State.SENDING, attempts=mail.attempts, next_try_at=now + LEASE) == 1


def _hand_over(mail: SingleMail, now: datetime) -> tuple[Reply, str]:
    """The answer of the first relay that can be reached, and in words what it means.

    Raises TransportError, SealedUnderAnotherKeyError, choosing.NoWayOut.
    """
    message = _message(mail)
    configs = [choosing.inbox_config()] if mail.inbox_only else choosing.ways(now, sender_domain=_sender_domain(mail))
    failures = []
    for config in configs[:MOST_RELAYS]:
        try:
            stage, reply = asyncio.run(hand_over(choosing.lane(config, DEADLINES), message))
        except ConnectFailed as error:
            log.warning("single mail %s (%s): %s", mail.pk, mail.kind, error)
            resting.note_trouble(config.key, words=error.text, now=now)
            failures.append(error)
        else:
            _count(config, message)
            return reply, refusals.explained(config.name, stage, reply)
    raise failures[0]


def _suppression(mail: SingleMail) -> Suppression | None:
    """The last gate: what stops mail to this address, also if that came after the mail was queued."""
    if mail.kind == _TO_ACCOUNTS:
        return None
    to = normalise(mail.envelope_to)
    return suppressions.find(fingerprint(to.key), to.domain)


def _sender_domain(mail: SingleMail) -> str:
    """The domain of the From header: our own bytes, so it is there, as an A-label."""
    header = BytesHeaderParser().parsebytes(bytes(mail.raw)).get("From", "")
    return parseaddr(str(header))[1].rpartition("@")[2].lower()


def _count(config: TransportConfig, message: Message) -> None:
    """Let the budgets know of a mail that did not ask them."""
    known = provider_limits.known()
    provider = known.providers.of(message.envelope_to.rpartition("@")[2])
    moment = allowances.database_now()
    if config.limits.any:
        allowances.note(allowances.transport_scope(config.key), sent=1, now=moment)
    if provider in known.limits:
        allowances.note(allowances.provider_scope(provider), sent=1, now=moment)


def _message(mail: SingleMail) -> Message:
    return Message(mail.envelope_from, mail.envelope_to, bytes(mail.raw), mail.message_id, mail.needs_smtputf8)


def _state_after(mail: SingleMail, reply: Reply | None, now: datetime) -> SingleMail.State:
    if reply is not None and reply.positive:
        return SingleMail.State.ACCEPTED
    if reply is not None and reply.permanent:
        return SingleMail.State.REJECTED
    return SingleMail.State.QUEUED if now + _pause(mail.attempts) < mail.give_up_at else SingleMail.State.EXPIRED


def _record(mail: SingleMail, now: datetime, state: SingleMail.State, reply: Reply | None, words: str) -> SingleMail.State:
    """Write the outcome, unless somebody else has taken the mail over meanwhile."""
    changes: dict[str, object] = {"state": state, "code": reply.code if reply else None, "reply": words}
    if state == SingleMail.State.QUEUED:
        changes["next_try_at"] = now + _pause(mail.attempts)
    else:
        changes["raw"] = b""
    SingleMail.objects.filter(pk=mail.pk, attempts=mail.attempts, state=SingleMail.State.SENDING).update(**changes)
    if state in {SingleMail.State.REJECTED, SingleMail.State.EXPIRED}:
        log.warning("single mail %s (%s) to %s: %s: %s", mail.pk, mail.kind, mask(mail.envelope_to), state, words)
    return state


def _pause(attempts: int) -> timedelta:
    """30 s, 1 min, 2 min … at most 1 h."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(attempts - 1, 10)))
