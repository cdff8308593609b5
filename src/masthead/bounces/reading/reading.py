"""`read`: from the bytes of one mail to one Finding."""

from __future__ import annotations

from dataclasses import replace

from masthead.bounces.reading import addresses, finding, identity, kinds, leaving, registry, spoken
from masthead.bounces.reading.candidates import parties
from masthead.bounces.reading.document import Document, open_mail
from masthead.bounces.reading.finding import Failure, Finding
from masthead.bounces.reading.reasons import Judgement, judge


def read(raw: bytes) -> Finding:
    """What the mail `raw` tells. Pure and bounded in what it looks at; nothing in the bytes makes it fail."""
    document = open_mail(raw)
    kind = kinds.of(document)
    tokens = identity.tokens(document, raw)
    message_ids = identity.message_ids(document)
    if kind == finding.COMPLAINT:
        return _complaint(document, tokens, message_ids)
    if kind in (finding.AUTO_REPLY, finding.OTHER):
        reason = "vacation" if kind == finding.AUTO_REPLY else "undefined"
        address = addresses.first(document.headers.get("from"))
        return Finding(
            kind,
            reason,
            address=address,
            address_from="header" if address else "",
            tokens=tokens,
            message_ids=message_ids,
            leave_tokens=leaving.tokens(document),
            automatic=leaving.is_automatic(document),
        )
    name, failures = _ask(document)
    failure = failures[0] if failures else Failure("", "")
    judgement = _judge(document, failure, kind, alone=len({each.address.lower() for each in failures}) == 1)
    return Finding(
        kind=kind,
        reason=judgement.reason,
        status_class=judgement.status_class,
        dead=_is_dead(kind, judgement) and kinds.is_by_a_program(document),
        reply=judgement.reply,
        status=judgement.status,
        words=judgement.words,
        said=judgement.said,
        address=failure.address,
        address_from=failure.address_from,
        original_recipient=failure.original,
        others=tuple(each.address for each in failures[1:50] if each.address.lower() != failure.address.lower()),
        tokens=tokens,
        message_ids=message_ids,
        reader=name,
    )


def _is_dead(kind: str, judgement: Judgement) -> bool:
    told = judgement.reason in finding.DEAD and judgement.status_class == "5"
    return kind == finding.BOUNCE and told and judgement.proven


def _ask(document: Document) -> tuple[str, list[Failure]]:
    for name, reader in registry.readers():
        found = list(reader(document))
        if found:
            return name, found
    return "", []


def _judge(document: Document, failure: Failure, kind: str, *, alone: bool) -> Judgement:
    if kind == finding.DELIVERED:
        return Judgement("delivered", failure.status, failure.reply, None, failure.words)
    around = _around(document.notice, failure.address)
    # Of several recipients, what stands far from an address may be said of another.
    answer = spoken.of(document.notice[:8000]) if alone and document.report is None else ""
    judged = judge(failure, around, document.notice[:8000], parties(document).senders, answer)
    if judged.status_class is not None:
        return judged
    status_class = "4" if kind == finding.DELAYED or failure.action == "delayed" else "5"
    return replace(judged, status_class=status_class)


def _around(notice: str, address: str) -> str:
    """The lines of the notice from the best place of `address` on."""
    if not address:
        return ""
    lines = notice.split("\n")
    key = address.lower()
    places = [number for number, line in enumerate(lines[:600]) if key in line.lower()]
    taken: list[str] = []
    for place in places[:4]:
        for line in lines[place : place + 8]:
            if not line.strip() and len(taken) > 2:
                break
            taken.append(line)
    return "\n".join(taken)[:4000]


def _complaint(document: Document, tokens: tuple[str, ...], message_ids: tuple[str, ...]) -> Finding:
    report = document.complaint
    feedback_type = "abuse"
    named: list[str] = []
    if document.notification is not None:
        feedback_type = document.notification.feedback_type or feedback_type
        named = [each.address for each in document.notification.failures]
    found_by = finding.FROM_FINAL
    if report is not None:
        feedback_type = report.get("feedback-type").strip().lower() or feedback_type
        named = addresses.all_in(
            [*report.all("original-rcpt-to"), *report.all("removal-recipient"), *report.all("x-original-to")]
        )
    if not named:
        named, found_by = (
            addresses.all_in(document.headers.all("x-hmxmroriginalrecipient") + document.copy.all("x-hmxmroriginalrecipient")),
            "header",
        )
    if not named:
        known = parties(document)
        named = [
            each
            for each in addresses.all_in(document.copy.all("to") + document.copy.all("delivered-to"))
            if each.lower() in known.sent_to
        ]
        found_by = finding.FROM_RETURNED
    return Finding(
        finding.COMPLAINT,
        "feedback",
        address=named[0] if named else "",
        address_from=found_by if named else "",
        others=tuple(named[1:50]),
        tokens=tokens,
        message_ids=message_ids,
        feedback_type=feedback_type,
        words=document.notice.strip()[:300],
    )
