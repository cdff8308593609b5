"""What came back, in the words of the screens."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from masthead.bounces.models import Finding, OwnRule
from masthead.bounces.reading import finding as reading
from masthead.bounces.rules import LEAVE, REPLY, RULES

Outcome = Finding.Outcome

KINDS: dict[str, Promise] = {
    reading.BOUNCE: _("Bounce"),
    reading.COMPLAINT: _("Complaint"),
    reading.AUTO_REPLY: _("Automatic answer"),
    reading.DELAYED: _("Delayed"),
    reading.DELIVERED: _("Receipt"),
    reading.OTHER: _("Anything else"),
    LEAVE: _("Asks to be taken off"),
    REPLY: _("Reply"),
}

REASONS: dict[str, Promise] = {
    "userunknown": _("no such mailbox"),
    "hostunknown": _("no such domain"),
    "hasmoved": _("moved for good"),
    "notaccept": _("the domain takes no mail"),
    "suspend": _("mailbox suspended"),
    "filtered": _("refused by the reader’s own rules"),
    "onhold": _("held back by the receiver"),
    "mailboxfull": _("mailbox full"),
    "mesgtoobig": _("mail too big"),
    "exceedlimit": _("exceeds a limit of the receiver"),
    "spamdetected": _("taken for spam"),
    "virusdetected": _("taken for harmful"),
    "contenterror": _("content not allowed"),
    "notcompliantrfc": _("breaks a rule of the mail format"),
    "blocked": _("our server is blocked"),
    "rejected": _("our sender address is refused"),
    "badreputation": _("our reputation is too low"),
    "authfailure": _("SPF, DKIM or DMARC failed"),
    "requireptr": _("our server’s name in the DNS does not fit"),
    "policyviolation": _("against a policy of the receiver"),
    "norelaying": _("that server does not take mail for this domain"),
    "securityerror": _("against a rule of security"),
    "failedstarttls": _("could not be encrypted"),
    "suppressed": _("on a provider’s own suppression list"),
    "toomanyconn": _("too much in too little time"),
    "networkerror": _("receiving server out of reach"),
    "systemerror": _("fault of the receiving system"),
    "systemfull": _("receiving system has no room"),
    "mailererror": _("a program of the receiver failed"),
    "syntaxerror": _("a server did not understand"),
    "expired": _("tried for too long"),
    "delivered": _("arrived"),
    "feedback": _("reported by the reader"),
    "vacation": _("a program answered"),
    "undefined": _("not said"),
}

#: The kinds of blame as a legend names them, in the order of the plots, each with its tone.
BLAMES: dict[str, tuple[Promise, str]] = {
    "dead": (_("the address is dead"), "bad"),
    "ours": (_("our fault, or a policy"), "look"),
    "other": (_("full, too big, late and the like"), "busy"),
}

_TONES = {
    Outcome.PENDING: "quiet",
    Outcome.NOTED: "quiet",
    Outcome.COUNTED: "busy",
    Outcome.FIRST: "look",
    Outcome.ALARM: "look",
    Outcome.SUPPRESSED: "bad",
    Outcome.COMPLAINED: "bad",
    Outcome.LEFT: "quiet",
    Outcome.HELD: "look",
    Outcome.UNDONE: "good",
}


def tone_of(finding: Finding) -> str:
    """The colour of the badge of what followed."""
    return _TONES[Outcome(finding.outcome)]


def why_of(finding: Finding) -> Promise | str:
    """The sentence of the rule that decided; empty when none has yet, or it is of a version that had other rules."""
    kind, colon, number = finding.rule.partition(":")
    if colon and kind == "own" and number.isdigit():
        return next((rule.why for rule in OwnRule.objects.filter(pk=int(number))), "")
    return next((rule.why for rule in RULES if rule.name == finding.rule), "")
