"""The loop test: a real mail by the real relay to a mailbox that we read, and what its receiver says of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message as Parsed

from django.utils.translation import gettext as _

from masthead.bounces.mailboxes import polling
from masthead.bounces.mailboxes.imap import MailboxError
from masthead.bounces.models import Mailbox, RawReport
from masthead.common.addresses import domain_to_ascii, normalise
from masthead.delivery.composing import copy_of_text
from masthead.delivery.rendering import Reader, Renderer
from masthead.delivery.testing import NOBODY
from masthead.issues.models import Publication
from masthead.mail.handing_over import hand_over
from masthead.mail.message import Message
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.sealing import unique
from masthead.mail.transports import choosing, refusals
from masthead.mail.transports.base import TransportError
from masthead.ops.doctor.rows import FAIL, PASS, UNCHECKED, Result, Row

#: Greylisting takes longer; then a second try an hour later shows it.
LONGEST = timedelta(minutes=3)
_UNCHANGED = ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id")
_MUST_BE_SIGNED = frozenset({"from", "list-unsubscribe", "list-unsubscribe-post"})
_VERDICT = re.compile(r"(?:^|;)\s*(spf|dkim|dmarc)\s*=\s*([a-z]{2,12})", re.I)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class _Letter:
    """What the renderer needs of an issue, for a mail that is none."""

    subject: str
    text_full: str
    mail_html_full: str
    mail_html_excerpt: str = ""
    text_excerpt: str = ""

    @property
    def slots(self) -> dict[str, dict[str, str]]:
        """No merge fields."""
        return {}


@dataclass(frozen=True, slots=True)
class Begun:
    """A mail that is on its way. `fields`: the list headers as they left; `at`: seconds since 1970."""

    mailbox: int
    address: str
    message_id: str
    fields: dict[str, list[str]]
    at: float

    @property
    def since(self) -> datetime:
        """When it was sent."""
        return datetime.fromtimestamp(self.at, UTC)


def run(
    *, publication: Publication, mailbox: Mailbox, address: str, clock: Callable[[], datetime], pause: Callable[[], None]
) -> list[Row]:
    """Send one mail to `address`, wait for it in `mailbox`, and read what the receiver wrote on it.

    `pause` is called between two looks. Raises BadAddress. What is found in the mailbox is taken in as always.
    """
    begun, refused = begin(publication=publication, mailbox=mailbox, address=address, now=clock())
    if refused is not None:
        return [refused]
    while (rows := look(begun, clock=clock)) is None:
        pause()
    return rows


def begin(*, publication: Publication, mailbox: Mailbox, address: str, now: datetime) -> tuple[Begun, Row | None]:
    """Send one mail to `address`; with a row when it did not leave. Takes up to a minute. Raises BadAddress."""
    message = letter(publication, address, now)
    fields = _list_fields(message_from_bytes(message.raw))
    begun = Begun(mailbox.pk, message.envelope_to, message.message_id.strip("<>"), fields, now.timestamp())
    return begun, _send(publication, message, now)


def look(begun: Begun, *, clock: Callable[[], datetime], most: int | None = None) -> list[Row] | None:
    """What came of it: None while it may still arrive. The mailbox is emptied as always, of at most `most` mails."""
    mailbox = Mailbox.objects.filter(pk=begun.mailbox).first()
    if mailbox is None:
        return [Row("loop", "arrived", begun.address, UNCHECKED, _("The mailbox was removed meanwhile."))]
    trouble = ""
    try:
        polling.poll(mailbox=mailbox, clock=clock, most=most)
    except polling.Busy:
        trouble = ""  # another process takes the same mails in
    except MailboxError as error:
        trouble = str(error)
    arrived = _find(mailbox, begun)
    passed = clock() - begun.since
    if arrived is not None:
        seconds = max(0, round(passed.total_seconds()))
        words = _("It arrived in %(mailbox)s after %(seconds)d seconds.") % {"mailbox": mailbox.name, "seconds": seconds}
        return [Row("loop", "arrived", begun.address, PASS, words), *verdicts(sent=begun.fields, arrived=arrived)]
    if passed < LONGEST:
        return None
    words = trouble or _(
        "The relay took it, but it is not in the folder that is read. Look into the spam folder, and try again later."
    )
    return [Row("loop", "arrived", begun.address, FAIL, words)]


def letter(publication: Publication, address: str, now: datetime) -> Message:
    """A mail built like an issue's, headers and all, to one address. Raises BadAddress."""
    said = _Letter(
        subject=_("Loop test"),
        text_full=_("This mail was sent to see how it arrives. Nobody has to do anything.") + "\n\n{{unsubscribe_url}}\n",
        mail_html_full="<!doctype html><title>x</title><p>" + _("This mail was sent to see how it arrives.") + "</p>",
    )
    copy = copy_of_text(
        said,
        publication=publication,
        number=0,
        mail_mode="full",
        list_name=publication.name,
        list_slug=publication.slug,
        reference="loop",
        is_test=True,
    )
    return Renderer(copy).render(
        Reader(normalise(address).address), delivery_id=NOBODY, date=int(now.timestamp()), message_token=unique()
    )


def verdicts(*, sent: dict[str, list[str]], arrived: bytes) -> list[Row]:
    """What the receiver says of SPF, DKIM and DMARC (RFC 8601), and whether the list headers came through and are signed."""
    mail = message_from_bytes(arrived)
    came = _list_fields(mail)
    receiver, said = _authentication(mail)
    rows = []
    for name in ("spf", "dkim", "dmarc"):
        verdict = said.get(name, "")
        result: Result = PASS if verdict == "pass" else FAIL if verdict else UNCHECKED
        words = _("%(receiver)s says: %(name)s=%(verdict)s.") % {"receiver": receiver, "name": name, "verdict": verdict}
        rows.append(Row("loop", name, receiver, result, words if verdict else _("The receiver writes no verdict on it.")))
    changed = [name for name in _UNCHANGED if came[name] != sent[name]]
    words = _("Changed on the way: %(names)s.") % {"names": ", ".join(changed)} if changed else _("They came through unchanged.")
    rows.append(Row("loop", "list-headers", "", FAIL if changed else PASS, words))
    signed = [_signed(value) for value in mail.get_all("DKIM-Signature", [])]
    if any(names >= _MUST_BE_SIGNED for names in signed):
        rows.append(Row("loop", "signed-headers", "", PASS, _("A signature covers sender and one-click unsubscribe (RFC 8058).")))
    else:
        words = _(
            "No signature covers List-Unsubscribe and List-Unsubscribe-Post: receivers will offer no one-click unsubscribe."
        )
        rows.append(Row("loop", "signed-headers", "", FAIL, words))
    return rows


def _send(publication: Publication, message: Message, now: datetime) -> Row | None:
    """None once the relay took it."""
    address = message.envelope_to
    domain = domain_to_ascii(normalise(publication.from_address).domain)
    try:
        config = choosing.ways(now, sender_domain=domain)[0]
        if config.kind == "inbox":
            words = _("Mail goes to the built-in inbox: choose a mail server first.")
            return Row("loop", "sent", address, UNCHECKED, words)
        stage, reply = asyncio.run(hand_over(choosing.lane(config), message))
    except (choosing.NoWayOut, SealedUnderAnotherKeyError, TransportError) as error:
        return Row("loop", "sent", address, FAIL, str(error))
    if reply.code != 250:
        return Row(
            "loop",
            "sent",
            address,
            FAIL,
            _("The relay refused it: %(words)s") % {"words": refusals.explained(config.name, stage, reply)},
        )
    return None


def _find(mailbox: Mailbox, begun: Begun) -> bytes | None:
    came = RawReport.objects.filter(via=RawReport.Via.MAILBOX, source=mailbox.name, received_at__gte=begun.since)
    wanted = begun.message_id.encode()
    return next((bytes(report.raw) for report in came.iterator(chunk_size=20) if wanted in bytes(report.raw)), None)


def _authentication(mail: Parsed) -> tuple[str, dict[str, str]]:
    """(who says so, method → verdict): the topmost header's and those of the same host under it; others may be forged."""
    receiver, found = "", dict[str, str]()
    for value in mail.get_all("Authentication-Results", []):
        text = _BLANKS.sub(" ", re.sub(r"\([^()]{0,500}\)", " ", str(value)))
        host, _semicolon, rest = text.partition(";")
        name = host.split()[0] if host.split() else ""
        receiver = receiver or name
        if name != receiver:
            break
        for method, verdict in _VERDICT.findall(";" + rest):
            method, verdict = method.lower(), verdict.lower()
            # Of several signatures one that passes is enough (RFC 7489 §3.1.1).
            found[method] = "pass" if "pass" in (verdict, found.get(method)) else verdict
    return receiver, found


def _list_fields(mail: Parsed) -> dict[str, list[str]]:
    """The headers that must come through, without blanks: servers fold them anew."""
    return {name: [_BLANKS.sub("", str(value)) for value in mail.get_all(name, [])] for name in _UNCHANGED}


def _signed(value: object) -> frozenset[str]:
    found = re.search(r"(?:^|;)h=([^;]{0,2000})", _BLANKS.sub("", str(value)))
    return frozenset(found[1].lower().split(":")) if found else frozenset()
