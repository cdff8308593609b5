"""The staff's own rules, and the shipped ones that they turn off: adding, ordering, removing and putting back.

Every change holds for what comes back from then on, has an entry in the audit record, and can be taken back.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.bounces.models import OwnRule, Policy
from masthead.bounces.reading.finding import BOUNCE, DELAYED, REASONS
from masthead.bounces.rules import RULES, Own, Thresholds, is_protected
from masthead.common.addresses import BadAddress, domain_to_ascii
from masthead.mail import provider_limits
from masthead.mail.address_words import why_not

KINDS = (BOUNCE, DELAYED)
MOST = 100


class BadRule(ValueError):
    """The rule cannot be; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that is to be; empty strings ask for nothing."""

    verdict: str
    why: str
    kind: str = ""
    reason: str = ""
    status_class: str = ""
    code: str = ""
    phrase: str = ""
    domain: str = ""


def in_order() -> tuple[Own, ...]:
    """The rules that hold, in their order."""
    rows = list(OwnRule.objects.filter(removed_at=None))
    return tuple(map(as_rule, rows))


def as_rule(row: OwnRule) -> Own:
    """`row` as the judging sees it."""
    return _as_rule(str(row), as_draft(row))


def as_draft(row: OwnRule) -> Draft:
    """What `row` says, to be said anew."""
    return Draft(row.verdict, row.why, row.kind, row.reason, row.status_class, row.code, row.phrase, row.domain)


def trial(draft: Draft, present: Thresholds, instead_of: OwnRule | None = None) -> Thresholds:
    """`present` with `draft` in the place of `instead_of`, else as its last own rule; changes nothing. Raises BadRule."""
    proposed = _as_rule("own:new", checked(draft))
    if instead_of is None:
        return replace(present, own=(*present.own, proposed))
    return replace(present, own=tuple(proposed if each.name == str(instead_of) else each for each in present.own))


def checked(draft: Draft) -> Draft:
    """`draft` in its plain form. Raises BadRule."""
    phrase, why = " ".join(draft.phrase.split()), " ".join(draft.why.split())
    found = replace(draft, phrase=phrase, why=why, code=draft.code.strip(), domain=_domain(draft.domain))
    if found.verdict not in OwnRule.Verdict.values:
        raise BadRule(_("Say what follows."))
    if found.kind not in ("", *KINDS):
        raise BadRule(_("Rules are for bounces and delays: complaints, farewells and replies are what a reader says."))
    if found.reason and found.reason not in REASONS:
        raise BadRule(_("%(reason)s is no reason. They are listed in the reference of bounces.") % {"reason": found.reason})
    if found.status_class not in ("", "4", "5"):
        raise BadRule(_("The class is 4 or 5."))
    if found.code and not re.fullmatch(r"[45]\.\d{1,3}(\.\d{1,3})?", found.code):
        raise BadRule(_("%(code)s is no beginning of an enhanced code. Such are 5.1 and 5.1.1.") % {"code": found.code})
    if not (found.reason or found.status_class or found.code or found.phrase or found.domain):
        raise BadRule(_("A rule needs a condition: without one it would decide everything."))
    if found.phrase and len(found.phrase) < 4:
        raise BadRule(_("The phrase is too short: it would be found in too many words."))
    if len(found.phrase) > 200:
        raise BadRule(_("The phrase is too long: 200 characters at most."))
    if not found.why or len(found.why) > 300:
        raise BadRule(_("Say why, in at most 300 characters: it stands beside everything that the rule decides."))
    if found.verdict == OwnRule.Verdict.SUPPRESSED:
        _must_be_about_the_address(found)
    return found


@transaction.atomic
def add(*, draft: Draft, by: str, now: datetime) -> OwnRule:
    """A new rule, the last of the own. Raises BadRule."""
    found = checked(draft)
    present = list(OwnRule.objects.select_for_update().filter(removed_at=None))
    if len(present) >= MOST:
        raise BadRule(_("There are %(most)d own rules already; remove one first.") % {"most": MOST})
    _must_be_new(found, present)
    row = _make(found, position=max((row.position for row in present), default=0) + 1, by=by, now=now)
    record(action="bounces.rule_added", by=by, now=now, subject=str(row), details=asdict(found))
    return row


@transaction.atomic
def change(*, rule: OwnRule, draft: Draft, by: str, now: datetime) -> OwnRule:
    """`draft` in the place of `rule`, which stays among the removed: old findings name it. Raises BadRule."""
    found = checked(draft)
    present = list(OwnRule.objects.select_for_update().filter(removed_at=None))
    was = next((row for row in present if row.pk == rule.pk), None)
    if was is None:
        raise BadRule(_("This rule was removed meanwhile. Put it back, or keep yours as a new one."))
    _must_be_new(found, present)
    was.removed_at = now
    was.save(update_fields=["removed_at"])
    row = _make(found, position=was.position, by=by, now=now)
    record(action="bounces.rule_changed", by=by, now=now, subject=str(row), details={"was": str(was), **asdict(found)})
    return row


@transaction.atomic
def remove(*, rule: OwnRule, by: str, now: datetime) -> None:
    """`rule` holds no more; twice is once."""
    if OwnRule.objects.filter(pk=rule.pk, removed_at=None).update(removed_at=now):
        record(action="bounces.rule_removed", by=by, now=now, subject=str(rule))


@transaction.atomic
def put_back(*, rule: OwnRule, by: str, now: datetime) -> None:
    """`rule` holds again, where it stood; twice is once."""
    if OwnRule.objects.filter(pk=rule.pk, removed_at__isnull=False).update(removed_at=None):
        record(action="bounces.rule_put_back", by=by, now=now, subject=str(rule))


@transaction.atomic
def move_up(*, rule: OwnRule, by: str, now: datetime) -> None:
    """`rule` changes places with the one before it; the first stays."""
    rows = list(OwnRule.objects.select_for_update().filter(removed_at=None))
    place = next((number for number, row in enumerate(rows) if row.pk == rule.pk), 0)
    if not place:
        return
    rows[place - 1], rows[place] = rows[place], rows[place - 1]
    for number, row in enumerate(rows, 1):
        OwnRule.objects.filter(pk=row.pk).update(position=number)
    record(action="bounces.rule_moved", by=by, now=now, subject=str(rule), details={"to": place})


@transaction.atomic
def turn(*, name: str, off: bool, by: str, now: datetime) -> None:
    """Turn the shipped rule `name` off or on; twice is once. Raises BadRule for one that protects readers."""
    must_be_optional(name)
    row = Policy.objects.select_for_update().first() or Policy.objects.create()
    changed = set(row.off) | {name} if off else set(row.off) - {name}
    if changed != set(row.off):
        row.off, row.changed_at, row.by = sorted(changed), now, by
        row.save(update_fields=["off", "changed_at", "by"])
        record(action="bounces.rule_off" if off else "bounces.rule_on", by=by, now=now, subject="bounces", details={"rule": name})


def must_be_optional(name: str) -> None:
    """Raises BadRule unless `name` is a shipped rule that may be turned off."""
    if not any(rule.name == name and rule.may_be_off for rule in RULES):
        words = _("The rule “%(name)s” cannot be turned off: it keeps a reader's word, or readers from being lost.")
        raise BadRule(words % {"name": name})


def _must_be_new(draft: Draft, present: list[OwnRule]) -> None:
    if any(as_draft(row) == draft for row in present):
        raise BadRule(_("There is such a rule already, word for word."))


def _make(draft: Draft, *, position: int, by: str, now: datetime) -> OwnRule:
    return OwnRule.objects.create(position=position, made_at=now, by=by, **asdict(draft))


def _must_be_about_the_address(draft: Draft) -> None:
    if is_protected(draft.reason, draft.code):
        raise BadRule(_("Policy, spam, size, quota and authentication never suppress a reader. Choose another verdict."))
    if draft.status_class == "4" or draft.code.startswith("4") or draft.kind == DELAYED:
        raise BadRule(_("What is only for now (class 4, delays) never suppresses a reader. Choose another verdict."))
    if not (draft.reason or draft.phrase):
        raise BadRule(_("A rule that suppresses needs a reason or a phrase: a code or a domain alone says too little."))


def _as_rule(name: str, draft: Draft) -> Own:
    domains = frozenset(provider_limits.known().providers.domains(draft.domain)) if draft.domain else frozenset()
    return Own(
        name=name,
        outcome=draft.verdict,
        why=draft.why,
        kind=draft.kind,
        reason=draft.reason,
        status_class=draft.status_class,
        code=draft.code,
        phrase=draft.phrase,
        domains=domains,
    )


def _domain(text: str) -> str:
    """A domain in its ASCII form, or a provider's name."""
    name = text.strip().rstrip(".").lower().removeprefix("@")
    if not name or provider_limits.known().providers.domains(name) != [name]:
        return name
    try:
        found = domain_to_ascii(name)
    except BadAddress as error:
        raise BadRule(
            _("%(domain)s is neither a domain nor a provider: %(why)s") % {"domain": name, "why": why_not(error)}
        ) from error
    if "." not in found or len(found) > 253:
        raise BadRule(_("%(domain)s is neither a domain nor a provider.") % {"domain": name})
    return found
