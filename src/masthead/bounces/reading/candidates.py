"""Which address in a text for people is the one that failed: each is weighed by where it stands and what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from masthead.bounces.reading import addresses
from masthead.bounces.reading.document import Document
from masthead.bounces.reading.headers import Headers
from masthead.bounces.reading.phrases import matching, notices

_MOST_LINES = 600
_CODE = re.compile(r"(?<![\d.])[45]\d\d(?![\d.])|(?<![\d.])[45]\.\d\.\d{1,3}(?!\.?\d)")
_RECIPIENT = re.compile(
    r"rcpt\s*to|addressed(?: to)?,|addressed to|destinato a|indirizzato a|"
    r"(?:^|\b)(?:to|userid|user id|recipients?|recipient address|for|user|"
    r"address|mailbox|final-recipient|original-recipient|failed recipient|"
    r"original recipient|destinataire|destinatario|destinatário|empfänger|an|à|para|получатель|宛先|收件人|受取人|to:)\s*[:=<]",
    re.I,
)
_SENDER = re.compile(
    r"mail from|proveniente da\b|(?:^|\b)(?:from|sender|reply-to|return-path|von|de|da|expéditeur|remitente|mittente|absender|"
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


#: Headers of the copy, and of the report, by whom they name.
_SENT_TO = (
    *("x-failed-recipients", "to", "cc", "bcc", "x-original-to", "apparently-to", "delivered-to", "x-rcpt-to", "envelope-to"),
    *("resent-to", "x-receiver", "original-recipient"),
)
_SENT_BY = ("from", "sender", "reply-to", "return-path", "x-sender", "errors-to", "envelope-from")
_REPORTED_BY = ("from", "sender", "reply-to", "return-path")
_REPORTED_TO = ("to", "delivered-to", "x-original-to", "envelope-to")

# What speaks for an address, and against it. Only their order of size matters, and that two weak signs do not outweigh a
# strong one; found on samples, and kept small.
_ALONE = 5
_BEGINS_A_REPORT, _BEGINS_THE_LINE = 4, 2
_CALLED_RECIPIENT = 4
_ANNOUNCED, _ANNOUNCED_HERE = 4, 3
_NEAR_A_CODE = 2
_NEAR_A_FAILURE = 2
_WAS_MAILED_TO = 6
_IS_A_NAME = -9
_PASSES_IT_ON = -5
_IS_THE_NEW_ONE = -12
_CALLED_SENDER = -8
_TO_BE_ASKED = -5
_IN_A_LINK = -6
_IS_THE_SENDER = -7
_REPORTS = -4
_IS_A_ROLE = -6
_IN_A_SUMMARY = -6
#: Below this it is surely somebody else.
_LEAST = -2


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
    reporters: frozenset[str]


def parties(document: Document) -> Parties:
    """Whom the mail that came back was sent to, who sent it, and who writes this report to whom."""
    copy, headers = document.copy, document.headers
    return Parties(
        sent_to=_named(copy, _SENT_TO),
        senders=_named(copy, _SENT_BY) | _named(headers, _REPORTED_TO),
        reporters=_named(headers, _REPORTED_BY),
    )


def weigh(document: Document) -> list[Candidate]:
    """The likely recipients in the notice, the likeliest first; those that are surely something else are left out."""
    known = parties(document)
    lines = document.notice.split("\n")[:_MOST_LINES]
    best: dict[str, Candidate] = {}
    for number, line in enumerate(lines):
        if "@" not in line:
            continue
        for found in addresses.find_all(line, 20):
            weight = _where(line, found) + _who(found.address, known) + _lead(lines, number) + _in_summary(lines, number)
            around = _around(lines, number)
            if _CODE.search(around):
                weight += _NEAR_A_CODE
            if matching.any_of(matching.flat(around), notices.FAILED) or matching.find(line).reason:
                weight += _NEAR_A_FAILURE
            key = found.address.lower()
            if key not in best or best[key].weight < weight:
                best[key] = Candidate(found.address, weight, around, number)
    ranked = sorted(best.values(), key=lambda each: (-each.weight, each.at))
    return [each for each in ranked if each.weight >= _LEAST]


def _where(line: str, found: addresses.Found) -> int:
    before, after = line[: found.start], line[found.end :]
    alone = not before.strip(" \t<>(\"'*-•|") and not after.strip(" \t<>)\"':;,.|*")
    if alone:
        return _ALONE
    weight = 0
    if after.lstrip().startswith("<") and "@" in after:
        weight += _IS_A_NAME
    if not before.strip(" \t<(\"'*-•"):
        weight += (
            _BEGINS_A_REPORT if after.lstrip(">)\"'").startswith((":", " ", "\t", "...", ",", ";", "(")) else _BEGINS_THE_LINE
        )
    if _PASSED_ON.search(before[-40:]):
        weight += _PASSES_IT_ON
    if _INSTEAD.search(before[-60:]):
        weight += _IS_THE_NEW_ONE
    sender, recipient = _last(_SENDER, before[-60:]), _last(_RECIPIENT, before[-60:])
    if sender > recipient or (sender >= 0 and sender == recipient):
        weight += _CALLED_SENDER
    elif recipient >= 0:
        weight += _CALLED_RECIPIENT
    if _CONTACT.search(before[-100:]):
        weight += _TO_BE_ASKED
    if "://" in before[-80:] and " " not in before[before.rfind("://") :]:
        weight += _IN_A_LINK
    return weight


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where in `text` the last match of `pattern` ends, -1 without one: the last name before an address is its own."""
    return max((found.end() for found in pattern.finditer(text)), default=-1)


def _who(address: str, known: Parties) -> int:
    key = address.lower()
    weight = 0
    if key in known.sent_to:
        weight += _WAS_MAILED_TO
    elif key in known.senders:
        weight += _IS_THE_SENDER
    if key in known.reporters:
        weight += _REPORTS
    if _NOBODY.match(key.partition("@")[0]) and key not in known.sent_to:
        weight += _IS_A_ROLE
    return weight


def _lead(lines: list[str], number: int) -> int:
    """Whether a line shortly before announces recipients."""
    seen = 0
    for at in range(number - 1, max(-1, number - 9), -1):
        if not lines[at].strip():
            continue
        if matching.any_of(matching.flat(lines[at]), notices.LEAD):
            return _ANNOUNCED
        seen += 1
        if seen == 4:
            break
    return _ANNOUNCED_HERE if matching.any_of(matching.flat(lines[number]), notices.LEAD) else 0


def _in_summary(lines: list[str], number: int) -> int:
    """Whether the line is the To in a summary of the mail: a Subject, a date stand beside it."""
    if not _TO.match(lines[number]):
        return 0
    beside = lines[max(0, number - 2) : number] + lines[number + 1 : number + 4]
    return _IN_A_SUMMARY if any(_SUBJECT.match(line) for line in beside) else 0


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


def _named(headers: Headers, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(each.lower() for each in addresses.all_in([value for name in names for value in headers.all(name)]))
