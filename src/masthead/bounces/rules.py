"""What follows from a finding: rules as data, the first that fits decides. Pure; nothing here reads or writes.

The defaults are those of the deliverability guide: a reader is lost only for a dead address or for their own complaint, and only
when it is certain whose mail it was. Anybody can write "550 5.1.1" into a mail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Enhanced codes that may suppress at once, if the words agree (RFC 3463 §3.2, §3.3; RFC 7505 §4.2).
HARD: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
#: Feedback types by which the reader speaks (RFC 5965 §7.3, RFC 6430); the others say nothing about the reader.
BY_THE_READER: Final = frozenset({"abuse", "opt-out", "opt-out-list"})
#: Our fault, or a policy: an alarm for the receiving domain, never the reader's loss.
OURS: Final = frozenset(
    {"spamdetected", "virusdetected", "contenterror", "notcompliantrfc", "blocked", "rejected", "badreputation", "authfailure"}
    | {"requireptr", "policyviolation", "norelaying", "securityerror", "failedstarttls", "toomanyconn"}
)

#: Beside the kinds of `bounces.reading.finding`: a mail to `unsub+TOKEN@` whose token was verified.
LEAVE: Final = "leave"
#: And a mail of kind "other" that is a person's answer to an issue, or a letter to a publication's address.
REPLY: Final = "reply"

#: How sure it is whose mail it was.
CERTAIN: Final = "certain"
LIKELY: Final = "likely"
UNPROVEN: Final = "unproven"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers of the policy."""

    repeats: int = 2
    repeat_hours: int = 24
    guard_percent: int = 5
    guard_least: int = 50
    hard: frozenset[str] = HARD
    alarm_least: int = 5
    pause_percent: int = 10
    pause_least: int = 50
    complaint_alarm: int = 10
    complaint_pause: int = 30
    complaint_least: int = 1000


@dataclass(frozen=True, slots=True)
class Case:
    """One finding as the rules see it. `earlier`: (campaign, when) of the reader's other bounces that called the address dead."""

    kind: str
    reason: str = "undefined"
    status: str = ""
    status_class: str = ""
    dead: bool = False
    said: bool = False
    feedback_type: str = ""
    #: CERTAIN: token, or the relay's answer to this very mail. LIKELY: our Message-ID, or an address in a provider's signed
    #: post. UNPROVEN: an address, or nothing.
    certainty: str = UNPROVEN
    names_another: bool = False
    is_test: bool = False
    campaign: int | None = None
    at: datetime | None = None
    earlier: Sequence[tuple[int | None, datetime]] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A name for ever (findings keep it), what fits, what follows (an outcome of `models.Finding`), and why in a sentence."""

    name: str
    fits: Callable[[Case, Thresholds], bool]
    outcome: str
    why: str | Promise


def judge(case: Case, thresholds: Thresholds) -> Rule:
    """The first of RULES that fits; the last always does."""
    return next(rule for rule in RULES if rule.fits(case, thresholds))


def is_too_many(*, would_suppress: int, accepted: int, thresholds: Thresholds) -> bool:
    """The mass guard: whether so many suppressions of one campaign look like a fault of ours or of a receiver, not of readers."""
    return would_suppress >= thresholds.guard_least and would_suppress * 100 > accepted * thresholds.guard_percent


def stops_for_refusals(*, refused: int, answered: int, thresholds: Thresholds) -> bool:
    """Whether so many refusals that are ours to mend, of so many answers, stop a campaign before it does more harm."""
    return refused >= thresholds.pause_least and refused * 100 >= answered * thresholds.pause_percent


def complaint_level(*, complaints: int, accepted: int, thresholds: Thresholds) -> Literal["", "alarm", "pause"]:
    """What a rate of complaints asks for. Of few mails a rate says nothing."""
    if accepted < thresholds.complaint_least:
        return ""
    if complaints * 10_000 >= accepted * thresholds.complaint_pause:
        return "pause"
    return "alarm" if complaints * 10_000 >= accepted * thresholds.complaint_alarm else ""


def _is_repeated(case: Case, thresholds: Thresholds) -> bool:
    """Whether enough earlier bounces, each of another campaign and long enough apart, say the same."""
    if case.at is None:
        return False
    campaigns = {case.campaign}
    last, count = case.at, 1
    for campaign, at in sorted(case.earlier, key=lambda each: each[1], reverse=True):
        if campaign not in campaigns and last - at >= timedelta(hours=thresholds.repeat_hours):
            campaigns.add(campaign)
            last, count = at, count + 1
    return count >= thresholds.repeats


RULES: Final[tuple[Rule, ...]] = (
    Rule("test", lambda case, numbers: case.is_test, "noted", _("It answers a test mail.")),
    Rule(
        "asks to leave",
        lambda case, numbers: case.kind == LEAVE and case.certainty != UNPROVEN,
        "left",
        _("It was sent to the address by which this mail can be left, with a token of ours, or the mail provider says so."),
    ),
    Rule("reply", lambda case, numbers: case.kind == REPLY, "noted", _("A person wrote: it stands among the replies.")),
    Rule(
        "answer",
        lambda case, numbers: case.kind in ("auto-reply", "other", "delivered", LEAVE),
        "noted",
        _("It is no bounce and no complaint."),
    ),
    Rule(
        "unproven complaint",
        lambda case, numbers: case.kind == "complaint" and case.certainty == UNPROVEN,
        "alarm",
        _("Nothing in it proves that it is about a mail of ours."),
    ),
    Rule(
        "complaint",
        lambda case, numbers: case.kind == "complaint" and case.feedback_type in BY_THE_READER,
        "complained",
        _("The reader called the mail unwanted."),
    ),
    Rule("report about us", lambda case, numbers: case.kind == "complaint", "alarm", _("It says nothing about the reader.")),
    Rule("delay", lambda case, numbers: case.kind == "delayed", "counted", _("The mail waits; the server goes on trying.")),
    Rule(
        "our fault",
        lambda case, numbers: case.reason in OURS,
        "alarm",
        _("The refusal is about the sender, the mail or a policy."),
    ),
    Rule("not dead", lambda case, numbers: not case.dead, "counted", _("The mail came back, and the address may be alive.")),
    Rule(
        "unproven",
        lambda case, numbers: case.certainty == UNPROVEN,
        "noted",
        _("Nothing in it proves that it is about a mail of ours: anybody can write that an address is dead."),
    ),
    Rule(
        "another address",
        lambda case, numbers: case.names_another,
        "noted",
        _("It names another address than the reader's: the mail was passed on, or the report is forged."),
    ),
    Rule(
        "dead at once",
        lambda case, numbers: case.certainty == CERTAIN and case.status in numbers.hard and case.said,
        "suppressed",
        _("Code and words say that the address is dead, and it is certain whose it is."),
    ),
    Rule("dead again", _is_repeated, "suppressed", _("More than one campaign came back with a dead address.")),
    Rule("dead, once", lambda case, numbers: True, "first", _("The first sign of a dead address; the next campaign shows.")),
)
