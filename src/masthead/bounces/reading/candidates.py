"""Which address in a text for people is the one that failed: each is weighed by where it stands and what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from masthead.bounces.reading import addresses
from masthead.bounces.reading.document import Document
from masthead.bounces.reading.phrases import matching, notices

_MOST_LINES = 600
_CODE = re.compile(r"(?<![\d.])[45]\d\d(?![\d.])|(?<![\d.])[45]\.\d\.\d{1,3}(?!\.?\d)")
_RECIPIENT = re.compile(
    r"rcpt\s*to|addressed(?: to)?,|addressed to|(?:^|\b)(?:to|userid|user id|recipients?|recipient address|for|user|"
    r"address|mailbox|final-recipient|original-recipient|failed recipient|"
    r"original recipient|destinataire|destinatario|destinatário|empfänger|an|à|para|получатель|宛先|收件人|受取人|to:)\s*[:=<]",
    re.I,
)
_SENDER = re.compile(
    r"mail from|(?:^|\b)(?:from|sender|reply-to|return-path|von|de|da|expéditeur|remitente|mittente|absender|"
    r"отправитель|发件人|差出人)\s*[:=]"
    r"|message-id|in-reply-to|\bid\s*[:=]|references|sent by|mail from",
    re.I,
)
_PASSED_ON = re.compile(r"(?:generated|expanded|forwarded|redirected) from\s*<?$", re.I)
_INSTEAD = re.compile(r"(?:please try|please use|new (?:e-?mail )?address(?: is)?|use the new|moved to|instead)[:\s]*<?$", re.I)
_CONTACT = re.compile(
    r"contact|mailto:|assistance|for help|send (?:an )?e?-?mail to|please (?:write|mail)|questions|support|abuse|report", re.I
)
_NOBODY = re.compile(
    r"(?:mailer-daemon|postmaster|mdaemon|hostmaster|abuse|noreply|no-reply|do-not-reply|support|helpdesk|webmaster|"
    r"root|daemon|owner-.*|.*-request|"
    r"mail-daemon|mailerdaemon|maildaemon)$",
    re.I,
)


#: A line that begins with somebody, perhaps after a code: the next one in a row of recipients.
_NEXT = re.compile(
    r"\s{0,8}(?:[45]\d\d )?<[^<>\s]{1,250}>\s?(?:\.\.\.|:|\s*$|\s+\()|\s{0,8}[45]\d\d \S{1,250} \(\w{1,20}\)\.\.\."
)
_TO = re.compile(r"\s{0,40}(?:to|an|à|a|para|till|til|aan)\s{0,3}:", re.I)
_SUBJECT = re.compile(
    r"\s{0,40}(?:subject|sent|date|betreff|gesendet|objet|date|envoyé|asunto|enviado|oggetto|inviato|assunto|"
    r"onderwerp|ämne|emne)\s{0,3}:",
    re.I,
)


@dataclass(slots=True)
class Candidate:
    """An address, its weight, and the words around its best place."""

    address: str
    weight: int
    around: str
    at: int


@dataclass(frozen=True, slots=True)
class Parties:
    """Who else is named in the mail: lower case, to be compared with."""

    sent_to: frozenset[str]
    senders: frozenset[str]
    reporters: frozenset[str] = field(default_factory=frozenset)


def parties(document: Document) -> Parties:
    """Whom the mail that came back was sent to, who sent it, and who writes this report to whom."""
    copy, headers = document.copy, document.headers
    to = [
        *copy.all("x-failed-recipients"),
        *copy.all("to"),
        *copy.all("cc"),
        *copy.all("bcc"),
        *copy.all("x-original-to"),
        *copy.all("apparently-to"),
    ]
    to += [
        *copy.all("delivered-to"),
        *copy.all("x-rcpt-to"),
        *copy.all("envelope-to"),
        *copy.all("resent-to"),
        *copy.all("x-receiver"),
        *copy.all("original-recipient"),
    ]
    senders = [
        value
        for name in ("from", "sender", "reply-to", "return-path", "x-sender", "errors-to", "envelope-from")
        for value in copy.all(name)
    ]
    reporters = [value for name in ("from", "sender", "reply-to", "return-path") for value in headers.all(name)]
    us = [value for name in ("to", "delivered-to", "x-original-to", "envelope-to") for value in headers.all(name)]
    return Parties(_set(to), _set(senders + us), _set(reporters))


def weigh(document: Document) -> list[Candidate]:
    """The likely recipients in the notice, the likeliest first; those that are surely something else are left out."""
    known = parties(document)
    lines = document.notice.split("\n")[:_MOST_LINES]
    flats: dict[int, str] = {}

    def flat(number: int) -> str:
        if number not in flats:
            flats[number] = matching.flat(lines[number])
        return flats[number]

    best: dict[str, Candidate] = {}
    for number, line in enumerate(lines):
        if "@" not in line:
            continue
        for found in addresses.find_all(line, 20):
            weight = _where(line, found) + _who(found.address, known) + _lead(lines, number, flat) - _is_summary(lines, number)
            around = _around(lines, number)
            if _CODE.search(around):
                weight += 2
            if matching.any_of(matching.flat(around), notices.FAILED) or matching.find(line).reason:
                weight += 2
            key = found.address.lower()
            if key not in best or best[key].weight < weight:
                best[key] = Candidate(found.address, weight, around, number)
    ranked = sorted(best.values(), key=lambda each: (-each.weight, each.at))
    return [each for each in ranked if each.weight > -3]


def _where(line: str, found: addresses.Found) -> int:
    before, after = line[: found.start], line[found.end :]
    alone = not before.strip(" \t<>(\"'*-•|") and not after.strip(" \t<>)\"':;,.|*")
    if alone:
        return 5
    weight = 0
    if after.lstrip().startswith("<") and "@" in after:
        weight -= 9  # a display name that looks like an address
    if not before.strip(" \t<(\"'*-•"):
        weight += 4 if after.lstrip(">)\"'").startswith((":", " ", "\t", "...", ",", ";", "(")) else 2
    if _PASSED_ON.search(before[-40:]):
        weight -= 5
    if _INSTEAD.search(before[-60:]):
        weight -= 12
    if _SENDER.search(before[-60:]):
        weight -= 8
    elif _RECIPIENT.search(before[-60:]):
        weight += 4
    if _CONTACT.search(before[-100:]):
        weight -= 5
    if "://" in before[-80:] and " " not in before[before.rfind("://") :]:
        weight -= 6
    return weight


def _who(address: str, known: Parties) -> int:
    key = address.lower()
    weight = 0
    if key in known.sent_to:
        weight += 6
    elif key in known.senders:
        weight -= 7
    if key in known.reporters:
        weight -= 4
    if _NOBODY.match(key.partition("@")[0]) and key not in known.sent_to:
        weight -= 6
    return weight


def _lead(lines: list[str], number: int, flat: object) -> int:
    """Whether a line shortly before announces recipients."""
    seen = 0
    for at in range(number - 1, max(-1, number - 9), -1):
        if not lines[at].strip():
            continue
        if matching.any_of(matching.flat(lines[at]), notices.LEAD):
            return 4
        seen += 1
        if seen == 4:
            break
    return 3 if matching.any_of(matching.flat(lines[number]), notices.LEAD) else 0


def _is_summary(lines: list[str], number: int) -> int:
    """Whether the line is the To in a summary of the mail: a Subject, a date stand beside it."""
    if not _TO.match(lines[number]):
        return 0
    beside = lines[max(0, number - 2) : number] + lines[number + 1 : number + 4]
    return 6 if any(_SUBJECT.match(line) for line in beside) else 0


def _around(lines: list[str], number: int) -> str:
    """The line and those that follow it, up to the next address of its kind or two blank lines."""
    taken = [lines[number]]
    blanks = 0
    for line in lines[number + 1 : number + 14]:
        if not line.strip():
            blanks += 1
            if blanks == 2 and len(taken) > 1:
                break
            continue
        if _NEXT.match(line):
            break
        taken.append(line)
    return "\n".join(taken)


def _set(values: list[str]) -> frozenset[str]:
    return frozenset(each.lower() for each in addresses.all_in(values))
