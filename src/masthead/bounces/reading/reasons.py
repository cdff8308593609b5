"""From the codes and words about one recipient to a reason, a class, and whether the address is dead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from masthead.bounces.reading import codes, spoken
from masthead.bounces.reading.finding import DEAD, Failure
from masthead.bounces.reading.phrases import matching
from masthead.bounces.reading.phrases.matching import Match

#: RFC 3463 and the registry of enhanced status codes (RFC 5248); Microsoft's 5.7.5xx and up.
BY_STATUS: dict[str, str] = {
    "1.0": "",
    "1.1": "userunknown",
    "1.2": "hostunknown",
    "1.3": "userunknown",
    "1.4": "filtered",
    "1.5": "",
    "1.6": "hasmoved",
    "1.7": "rejected",
    "1.8": "rejected",
    "1.9": "",
    "1.10": "userunknown",
    "2.0": "",
    "2.1": "suspend",
    "2.2": "mailboxfull",
    "2.3": "mesgtoobig",
    "2.4": "mailererror",
    "3.0": "systemerror",
    "3.1": "systemfull",
    "3.2": "systemerror",
    "3.3": "systemerror",
    "3.4": "mesgtoobig",
    "3.5": "systemerror",
    "4.0": "networkerror",
    "4.1": "networkerror",
    "4.2": "networkerror",
    "4.3": "networkerror",
    "4.4": "hostunknown",
    "4.5": "networkerror",
    "4.6": "networkerror",
    "4.7": "expired",
    "5.3": "exceedlimit",
    "7.1": "policyviolation",
    "7.2": "filtered",
    "7.5": "securityerror",
    "7.8": "securityerror",
    "7.10": "securityerror",
    "7.13": "suspend",
    "7.17": "hasmoved",
    "7.20": "authfailure",
    "7.21": "authfailure",
    "7.22": "authfailure",
    "7.23": "authfailure",
    "7.24": "authfailure",
    "7.25": "requireptr",
    "7.26": "authfailure",
    "7.27": "rejected",
    "7.28": "toomanyconn",
    "7.29": "authfailure",
    "7.30": "failedstarttls",
    "7.40": "authfailure",
    "7.509": "authfailure",
    "7.515": "authfailure",
}
_BY_SUBJECT = {
    "2": "filtered",
    "3": "systemerror",
    "4": "networkerror",
    "5": "syntaxerror",
    "6": "contenterror",
    "7": "policyviolation",
}

#: Said of many things: a telling status says more.
_VAGUE = frozenset({"policyviolation", "contenterror", "systemerror", "syntaxerror", "onhold"})
#: Where code and words agree on one of these, nothing else in the words counts.
_AGREED = frozenset({"userunknown", "mailboxfull", "suspend", "hostunknown", "hasmoved", "mesgtoobig"})
_BY_REPLY = {
    "542": "userunknown",
    "552": "mailboxfull",
    "521": "notaccept",
    "556": "notaccept",
    "530": "securityerror",
    "535": "securityerror",
}
#: As 5.1.7 (RFC 3463 §3.2): something is the matter with the sender's address.
_OF_SENDER = "517"
#: At which command a server said it. What is said before RCPT is about the sender; an unknown user after DATA is a filter.
_BEFORE = re.compile(
    r"after (?:initial connection|ehlo|helo|mail from|pipelined mail|end of initial)|in reply to (?:ehlo|helo|"
    r"mail from|initial)|>>> mail from|"
    r"rejected mail from|\(state (?:9|12)\)|(?:error following|smtp command\s+)(?:mail|ehlo|helo)|"
    r"but my name was rejected|but sender was rejected|initial connection",
    re.I,
)
_AFTER = re.compile(
    r"in reply to (?:end of )?data|\(state 1[5-8]\)|after (?:end of )?data|>>> data\b|smtp command\s+data|"
    r"end of data|error following data|while sending message body",
    re.I,
)
#: Terse enough to be a filter's pretext. Whole sentences ("this user doesn't have an account") are none.
_BARE = re.compile(
    r"(?:unknown|no such) (?:user|recipient|address)(?! error)|(?:user|recipient|address) (?:is )?unknown|"
    r"not a \w{0,20} ?\w{0,20} ?user|access denied",
    re.I,
)
#: No less terse where no enhanced code stands beside it.
_NO_LESS_BARE = re.compile(r"mailbox (?:is )?(?:unavailable|not available)|invalid address", re.I)
#: A Japanese carrier's filter leaves out the address that its server names when the user is unknown in truth.
_NAMELESS = re.compile(r"5\d\d ?:? ?: ?user unknown", re.I)
_NO_RCPT = re.compile(
    r"(?:need|no valid|without|must have|no) (?:a )?(?:valid )?(?:rcpt|recipient)|valid recipients?|in reply to rcpt", re.I
)
_AT_RCPT = re.compile(
    r"(?:reply to|after|following|our|command|>>>|-->|<--) ?(?:the )?[\"']?rcpt|rcpt to:\s?(?:<|5\d\d)|\(state 1[34]\)|"
    r"rejected address|recipient address rejected|rejected recipient|recipient was rejected|does not like recipient",
    re.I,
)
_ADDRESS = re.compile(r"[^\s<>\"'()\[\],;:]{1,100}@[^\s<>\"'()\[\],;:]{1,200}")
#: "550 <reader@example.net>: User unknown": a server that names the address answers RCPT.
_NAMES_IT = re.compile(r"5\d\d:? <?[^<>\s@]{1,100}@[^<>\s:]{3,200}>?\s?(?::|\.\.\.)\s", re.I)
#: The code at the beginning of each line of a reply, which tears sentences apart.
_REPEATED = re.compile(r"(?<!\S)[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3}(?:\s|$))?")
#: qmail's sentences, which stand in each of its notices.
_FORM_LETTER = re.compile(r"this is a permanent error; i've given up\.|giving up on \S{1,255}", re.I)
_LINK = re.compile(r"https?://[^\s<>\"]{1,500}", re.I)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of one recipient in the end."""

    reason: str
    status: str
    reply: str
    #: "4", "5", or None.
    status_class: str | None
    words: str
    #: Whether the words are proof enough that the address is dead, if the reason is one of that kind.
    proven: bool = True
    #: Whether the words give the reason, not only a code.
    said: bool = False


def judge(failure: Failure, around: str, whole: str, senders: frozenset[str] = frozenset(), answer: str = "") -> Judgement:
    """Decide from `failure`; where it says nothing, from the words `around` its address, then from the `whole` notice.

    `senders` are the addresses of those who sent the mail, in lower case; `answer` is what the server said of this recipient
    elsewhere in the notice, "" when that may be about another.
    """
    status, reply = _codes(failure, around, whole)
    reason, words = _reason(failure, around, whole, answer, status, reply)
    # Programs break their lines anywhere, also between "in reply to" and "RCPT".
    near = " ".join(f"{failure.words} {around}".split())
    stage = f"{near} {' '.join(whole[:4000].split())}"
    at_rcpt = _AT_RCPT.search(near) is not None
    said = bool(failure.reason) or any(_find(each, status).reason == reason for each in (words, failure.words, around))
    if reply == _OF_SENDER and reason in DEAD:
        reason = "rejected"
    elif _BEFORE.search(stage) and not at_rcpt and reason in (*DEAD, "undefined"):
        reason = "blocked" if reason == "undefined" else "rejected"
    elif reason in DEAD and _speaks_of(senders, failure.address, words):
        reason = "rejected"
    elif reason == "userunknown" and _is_filter(words, status, stage):
        reason = "filtered"
    bare = _ADDRESS.sub(" ", words)
    # A bare reply such as "550 unknown user", without a telling code and without a word that it answered RCPT, is also what
    # filters say that took the recipient first. What a host says of its own users in its own words is no such reply.
    built = _find(words, status).built
    terse = (codes.is_vague(status) and _BARE.search(bare)) or (not status and _NO_LESS_BARE.search(bare))
    doubtful = reason == "userunknown" and reply and (terse or (built and codes.is_vague(status)))
    answers_rcpt = _AT_RCPT.search(stage) or _NAMES_IT.search(stage)
    return Judgement(
        reason=reason,
        status=status,
        reply=reply,
        status_class=_class(status, reply),
        words=" ".join((words or around).split())[:500],
        proven=not (doubtful and not answers_rcpt),
        said=said,
    )


def _speaks_of(senders: frozenset[str], address: str, words: str) -> bool:
    """Whether a server names the sender, or the sender's domain, and not the recipient: then it is the sender it lacks."""
    text = words.lower()
    domain = address.lower().rpartition("@")[2]
    if not domain or domain in text:
        return False
    return any(each in text or each.rpartition("@")[2] in text for each in senders if not each.endswith(domain))


def _is_filter(words: str, status: str, stage: str) -> bool:
    """Whether a bare "unknown user", without a code for it, was said after the mail itself: some carriers' filters do."""
    if _NAMELESS.search(words):
        return True
    if _by_status(status) == "userunknown" or not _BARE.search(_ADDRESS.sub(" ", words)):
        return False
    return _AFTER.search(stage) is not None and _NO_RCPT.search(stage) is None


def _codes(failure: Failure, around: str, whole: str) -> tuple[str, str]:
    """The most telling (enhanced status, reply) of the report, of its words, of the words around the address, of them all."""
    own, near = codes.find(failure.words), codes.find(around)
    status = _better(failure.status, own.status) or (near.status if not own.reply else "")
    if codes.is_vague(status) and near.status and not codes.is_vague(near.status) and near.status[0] == status[:1]:
        status = near.status
    reply = failure.reply or own.reply or near.reply
    if not status and not reply:
        found = codes.find(whole)
        return found.status, found.reply
    return status, reply


def _reason(failure: Failure, around: str, whole: str, answer: str, status: str, reply: str) -> tuple[str, str]:
    """(reason, the words that decided)."""
    if failure.reason:
        return failure.reason, failure.words
    if not failure.words and (by_heart := matching.sentence(whole)):
        return by_heart, whole
    words_of_server = spoken.of(failure.words or around) or answer or _FORM_LETTER.sub(" ", failure.words)
    for words in (words_of_server, _FORM_LETTER.sub(" ", around), _FORM_LETTER.sub(" ", whole)):
        reason = _weigh(_find(words, status), status, reply)
        if reason:
            return reason, words
        if words is words_of_server and _by_status(status):
            break
    return _by_status(status) or _by_reply(reply, status) or "undefined", words_of_server


def _better(given: str, seen: str) -> str:
    """Of the Status field and the code in the words, the more telling; the words are the later server's own."""
    return seen if seen and (codes.is_vague(given) or not codes.is_vague(seen)) else given


def _find(words: str, status: str) -> Match:
    """The reason in `words`; what stands in a link counts only when the rest says nothing."""
    text = _ADDRESS.sub(" ", words)
    bare = _LINK.sub(" ", text)
    # Code and words agree: what else is said (a link to a page on spam, say) does not make the address live.
    coded = _by_status(status)
    if coded in _AGREED and matching.says(bare, coded):
        return Match(coded, "")
    for each in (_REPEATED.sub(" ", bare), bare, text):
        if (found := matching.find(each)).reason:
            return found
    return matching.NOTHING


def _weigh(found: Match, status: str, reply: str) -> str:
    """The reason that was found, unless it is vague and the status says more."""
    if found.vague or found.reason in _VAGUE:
        coded = _by_status(status) or _BY_REPLY.get(reply, found.reason)
        if found.reason == "userunknown" and coded == "networkerror":
            # A server that answers is reached: Microsoft's directory says 5.4.1 of addresses that it lacks.
            return found.reason
        # A whole phrase on a policy is no "unknown user", whatever code the server chose for it.
        return found.reason if coded in DEAD and found.reason == "policyviolation" and not found.vague else coded
    return found.reason


def _by_status(status: str) -> str:
    if not status or status[0] == "2":
        return ""
    detail = status[2:]
    if detail in BY_STATUS:
        return BY_STATUS[detail]
    subject, _dot, number = detail.partition(".")
    if subject == "7" and number.isdigit() and 600 <= int(number) < 800:
        return "blocked"
    if subject == "1":
        return ""
    return _BY_SUBJECT.get(subject, "") if number != "0" else ""


def _by_reply(reply: str, status: str) -> str:
    """What the reply code alone means; nothing where an enhanced code of some subject stands beside it and says no more."""
    return _BY_REPLY.get(reply, "") if codes.is_vague(status) else _BY_SUBJECT.get(status[2:].partition(".")[0], "")


def _class(status: str, reply: str) -> str | None:
    for code in (status, reply):
        if code[:1] in ("4", "5"):
            return code[0]
    return None
