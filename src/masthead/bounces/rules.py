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

from masthead.common.hosts import is_under

#: Enhanced codes that may suppress at once, if the words agree (RFC 3463 §3.2, §3.3; RFC 7505 §4.2).
HARD: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
#: Feedback types by which the reader speaks (RFC 5965 §7.3, RFC 6430); the others say nothing about the reader.
BY_THE_READER: Final = frozenset({"abuse", "opt-out", "opt-out-list"})
#: Our fault, or a policy: an alarm for the receiving domain, never the reader's loss.
OURS: Final = frozenset(
    {"spamdetected", "virusdetected", "contenterror", "notcompliantrfc", "blocked", "rejected", "badreputation", "authfailure"}
    | {"requireptr", "policyviolation", "norelaying", "securityerror", "failedstarttls", "toomanyconn"}
)

#: Never a reason to lose a reader, whatever a rule of the staff says: all of that, and size and quota.
NEVER: Final = OURS | {"mailboxfull", "mesgtoobig", "exceedlimit", "systemfull"}
_NEVER_BY_CODE: Final = ("2.2", "2.3", "3.1", "3.4", "7")

#: Beside the kinds of `bounces.reading.finding`: a mail to `unsub+TOKEN@` whose token was verified.
LEAVE: Final = "leave"
#: And a mail of kind "other" that is a person's answer to an issue, or a letter to a publication's address.
REPLY: Final = "reply"

#: How sure it is whose mail it was.
CERTAIN: Final = "certain"
LIKELY: Final = "likely"
UNPROVEN: Final = "unproven"


@dataclass(frozen=True, slots=True)
class Own:
    """A rule of the staff: all conditions that are not empty must hold. `name` is "own:7"; findings keep it.

    `code`: the beginning of an enhanced code in whole numbers ("5.1" is of 5.1.1, not of 5.10). `phrase`: plain words, however
    they are spaced or capitalised. `domains`: receiving domains; those below them are theirs.
    """

    name: str
    outcome: str
    why: str
    kind: str = ""
    reason: str = ""
    status_class: str = ""
    code: str = ""
    phrase: str = ""
    domains: frozenset[str] = frozenset()

    def fits(self, case: Case) -> bool:
        """Whether it decides `case`. One that suppresses decides only where nothing else could have brought the report here."""
        exact = ((self.kind, case.kind), (self.reason, case.reason), (self.status_class, case.status_class))
        return (
            all(asked in ("", found) for asked, found in exact)
            and (not self.code or f"{case.status}.".startswith(f"{self.code}."))
            and (not self.phrase or _folded(self.phrase) in _folded(case.words))
            and (not self.domains or any(is_under(case.domain, each) for each in self.domains))
            and (self.outcome != "suppressed" or may_suppress(case))
        )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The policy: its numbers, what is turned off, and the staff's own rules."""

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
    #: Shipped rules that are turned off, by name, and the staff's own in their order.
    off: frozenset[str] = frozenset()
    own: tuple[Own, ...] = ()


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
    words: str = ""
    domain: str = ""
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
    #: Turned off, it costs no reader anything: the rules after it decide.
    may_be_off: bool = False


def judge(case: Case, thresholds: Thresholds) -> Rule | Own:
    """The first that fits: of RULES, and before OWN_COME_BEFORE of the staff's; the last always does.

    Whose mail it is, complaints and farewells are settled before the staff's rules: none can forge or overrule a reader's word.
    """
    return next(rule for rule in in_order(thresholds) if rule.name not in thresholds.off and _fits(rule, case, thresholds))


def _fits(rule: Rule | Own, case: Case, thresholds: Thresholds) -> bool:
    return rule.fits(case) if isinstance(rule, Own) else rule.fits(case, thresholds)


def in_order(thresholds: Thresholds) -> list[Rule | Own]:
    """All rules as they are asked, those that are turned off among them."""
    place = next(number for number, rule in enumerate(RULES) if rule.name == OWN_COME_BEFORE)
    return [*RULES[:place], *thresholds.own, *RULES[place:]]


def may_suppress(case: Case) -> bool:
    """Whether a rule of the staff may suppress: a permanent bounce, certainly of this reader, for no reason of NEVER."""
    is_bounce = case.kind == "bounce" and case.status_class == "5"
    return is_bounce and case.certainty == CERTAIN and not case.names_another and not is_protected(case.reason, case.status)


def is_protected(reason: str, code: str) -> bool:
    """Whether a reason, or an enhanced code or the beginning of one, is of what never costs a reader."""
    return reason in NEVER or any(f"{code.partition('.')[2]}.".startswith(f"{each}.") for each in _NEVER_BY_CODE)


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


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
    Rule("delay", lambda case, numbers: case.kind == "delayed", "counted", _("The mail waits; the server goes on trying."), True),
    Rule(
        "our fault",
        lambda case, numbers: case.reason in OURS,
        "alarm",
        _("The refusal is about the sender, the mail or a policy."),
        True,
    ),
    Rule(
        "not dead",
        lambda case, numbers: not case.dead or case.kind != "bounce" or case.reason in NEVER,
        "counted",
        _("The mail came back, and the address may be alive."),
    ),
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
        True,
    ),
    Rule("dead again", _is_repeated, "suppressed", _("More than one campaign came back with a dead address."), True),
    Rule("dead, once", lambda case, numbers: True, "first", _("The first sign of a dead address; the next campaign shows.")),
)
#: The staff's own rules stand before this one.
OWN_COME_BEFORE: Final = "delay"
