"""From a stored report, or a refusal in the ledger, to a Finding row: read, identified, not yet judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from masthead.audit.recording import record
from masthead.bounces.identifying import Owner, leaver_of, owner_of
from masthead.bounces.models import Finding, RawReport
from masthead.bounces.reading import addresses
from masthead.bounces.reading.finding import BOUNCE, DEAD, OTHER, Failure
from masthead.bounces.reading.finding import Finding as Reading
from masthead.bounces.reading.reasons import judge
from masthead.bounces.replies import keeping as replies
from masthead.bounces.replies.letter import Letter
from masthead.bounces.replies.recognising import addressee_of
from masthead.bounces.rules import LEAVE, REPLY
from masthead.bounces.sandbox import Sandbox, Unread
from masthead.common.addresses import mask
from masthead.delivery.models import Campaign, Delivery

State = RawReport.State
_MOST_AT_ONCE = 500


def read_waiting(*, most: int = _MOST_AT_ONCE) -> list[Finding]:
    """Read the reports that wait, oldest first, at most `most`, in one sandbox. Returns the findings, which are to be judged.

    A report that cannot be read stays, marked as such and with the reason; the others do not wait for it.
    """
    waiting = RawReport.objects.filter(state=State.WAITING).exclude(via=RawReport.Via.WEBHOOK).order_by("id")[:most]
    found: list[Finding] = []
    with Sandbox() as sandbox:
        for report in waiting.iterator(chunk_size=50):
            raw = bytes(report.raw)
            answer = sandbox.read(raw)
            letter = sandbox.read_letter(raw) if isinstance(answer, Reading) and answer.kind == OTHER else Letter()
            if isinstance(answer, Unread) or isinstance(letter, Unread):
                why = answer.why if isinstance(answer, Unread) else letter.why if isinstance(letter, Unread) else ""
                RawReport.objects.filter(pk=report.pk).update(state=State.UNREAD, note=why[:300])
            elif (row := _keep(report, answer, letter)) is not None:
                found.append(row)
    return found


@transaction.atomic
def try_again(*, report: RawReport, by: str, now: datetime) -> None:
    """Let a report that could not be read be read once more, by whatever reads it now."""
    if RawReport.objects.filter(pk=report.pk, state__in=(State.UNREAD, State.ASIDE)).update(state=State.WAITING, note=""):
        record(action="bounces.read_again", by=by, now=now, subject=f"report:{report.pk}")


@transaction.atomic
def set_aside(*, report: RawReport, by: str, now: datetime) -> None:
    """A person has looked at a report that could not be read: it asks for nobody any more, and stays until its time is over."""
    if RawReport.objects.filter(pk=report.pk, state=State.UNREAD).update(state=State.ASIDE):
        record(action="bounces.set_aside", by=by, now=now, subject=f"report:{report.pk}")


def collect_refusals(*, campaign: Campaign, now: datetime) -> list[Finding]:
    """A finding for each reader of `campaign` whose mail the relay refused for good, once."""
    known = Finding.objects.filter(delivery=OuterRef("pk"), identity=Finding.Identity.REFUSAL)
    refused = Delivery.objects.filter(~Exists(known), campaign=campaign, rare=Delivery.State.REJECTED)
    found = []
    for delivery in refused.select_related("subscriber").order_by("id").iterator(chunk_size=500):
        try:
            with transaction.atomic():
                found.append(_of_refusal(delivery, now))
        except IntegrityError:
            continue  # another process was first
    return found


def masked(words: str) -> str:
    """The beginning of `words`, with the addresses in it made unrecognisable for all but their owners."""
    return masked_all(words).replace("\0", "")[:500]


def masked_all(words: str) -> str:
    """All of `words` in the same way."""
    pieces, last = [], 0
    for each in addresses.find_all(words):
        pieces += [words[last : each.start], mask(each.address)]
        last = each.end
    return "".join([*pieces, words[last:]])


@transaction.atomic
def _keep(report: RawReport, reading: Reading, letter: Letter) -> Finding | None:
    if not RawReport.objects.filter(pk=report.pk, state=State.WAITING).update(state=State.READ):
        return None  # another process was first
    owner = leaver_of(reading, envelope_from=report.envelope_from, envelope_to=report.envelope_to)
    if owner is not None:
        reading = replace(reading, kind=LEAVE)
    else:
        owner = owner_of(reading, envelope_to=report.envelope_to)
        addressee = addressee_of(letter, owner, report=report) if reading.kind == OTHER else None
        if addressee is not None:
            reading = replace(reading, kind=REPLY)
            replies.keep(letter=letter, addressee=addressee, report=report)
    if owner.subscriber is not None:
        RawReport.objects.filter(pk=report.pk).update(subscriber=owner.subscriber)
    return Finding.objects.create(report=report, **columns(reading, owner, report.received_at))


def _of_refusal(delivery: Delivery, now: datetime) -> Finding:
    """The relay's answer, judged like the words of a report."""
    words = f"{delivery.code or ''} {delivery.reply}".strip()
    judged = judge(Failure("", "", words=words, reply=str(delivery.code or "")), "", "")
    reading = Reading(
        kind=BOUNCE,
        reason=judged.reason,
        status_class="5",
        dead=judged.reason in DEAD and judged.proven,
        reply=judged.reply,
        status=judged.status,
        words=judged.words,
        said=judged.said,
    )
    owner = Owner(Finding.Identity.REFUSAL, delivery, delivery.subscriber)
    at = datetime.fromtimestamp(delivery.at, UTC) if delivery.at is not None else now
    return Finding.objects.create(**columns(reading, owner, at))


def columns(reading: Reading, owner: Owner, at: datetime) -> dict[str, object]:
    """The columns of a Finding row that says `reading` of `owner`, come in `at`."""
    domain = owner.subscriber.domain if owner.subscriber is not None else reading.address.rpartition("@")[2].lower()
    return {
        "found_at": at,
        "kind": reading.kind,
        "reason": reading.reason,
        "status_class": reading.status_class or "",
        "dead": reading.dead,
        "said": reading.said,
        "reply": reading.reply[:3],
        "status": reading.status[:12],
        "words": masked(reading.words),
        "feedback_type": _plain(reading.feedback_type)[:40],
        "message_id": _plain(reading.message_id)[:500],
        "domain": _plain(domain)[:255],
        "identity": owner.identity,
        "address": _plain(_address(reading, owner))[:320],
        "names_another": owner.names_another,
        "delivery": owner.delivery,
        "campaign_id": owner.delivery.campaign_id if owner.delivery is not None else None,
        "subscriber": owner.subscriber,
    }


def _address(reading: Reading, owner: Owner) -> str:
    """In clear only while it is nobody's: a reader's own stands with the reader, and goes with them when they are erased."""
    if owner.subscriber is None:
        return reading.address
    return mask(reading.address) if owner.names_another else ""


def _plain(text: str) -> str:
    return text.replace("\0", "")
