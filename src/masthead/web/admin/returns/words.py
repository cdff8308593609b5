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
