"""What follows from findings: suppression, leaving, alarms, or nothing; behind a guard against too many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from masthead.audience import consent
from masthead.audience.models import ConsentEvent, MailingList
from masthead.audit.recording import record
from masthead.bounces import policies, rules
from masthead.bounces.findings import masked
from masthead.bounces.lookups import last_success
from masthead.bounces.models import Finding
from masthead.bounces.rules import Case, Own, Rule, Thresholds
from masthead.common.addresses import normalise
from masthead.delivery import campaigns, holding, lookups
from masthead.delivery.models import Campaign
from masthead.mail import provider_limits, suppressions
from masthead.mail.models import Suppression

Outcome = Finding.Outcome
BY = "system"
#: What the mass guard holds is one provider's when so large a part of it is.
_ONE_PROVIDERS_PART = 0.8

_CERTAINTY = {
    Finding.Identity.REFUSAL: rules.CERTAIN,
    Finding.Identity.TOKEN: rules.CERTAIN,
    Finding.Identity.MESSAGE_ID: rules.LIKELY,
    Finding.Identity.PROVIDER: rules.LIKELY,
}


class NotHeld(Exception):
    """Nothing of this campaign waits for a decision."""

    def __init__(self) -> None:
        super().__init__(_("No bounce of this campaign waits for a decision."))


class NothingToUndo(Exception):
    """The finding suppressed nobody, or that was lifted since."""

    def __init__(self) -> None:
        super().__init__(_("This bounce suppresses nobody now."))


def judge_pending(*, now: datetime, most: int = 5000) -> list[Finding]:
    """Judge and carry out what is pending, oldest first. Returns the findings that were judged.

    A campaign whose dead addresses are too many is held whole: nothing it would suppress is, and what it suppressed before is
    lifted again until a person decides.
    """
    thresholds = policies.current()
    judged: list[Finding] = []
    dying: dict[int | None, list[tuple[Finding, Rule | Own]]] = {}
    pending = Finding.objects.filter(outcome=Outcome.PENDING).select_related("subscriber", "delivery", "campaign").order_by("id")
    for finding in list(pending[:most]):
        rule = rules.judge(case_of(finding), thresholds)
        if rule.outcome == Outcome.SUPPRESSED:
            dying.setdefault(finding.campaign_id, []).append((finding, rule))
        else:
            _carry_out(finding, rule, now)
        judged.append(finding)
    for campaign_id, cases in dying.items():
        _suppress_all(campaign_id, cases, thresholds, now)
    return judged


def case_of(finding: Finding, *, again: bool = False) -> Case:
    """`finding` as the rules see it; `again`: as if what came before it had not been judged yet. Asks and changes nothing."""
    return Case(
        kind=finding.kind,
        reason=finding.reason,
        status=finding.status,
        status_class=finding.status_class,
        dead=finding.dead,
        said=finding.said,
        feedback_type=finding.feedback_type,
        certainty=_certainty(finding),
        names_another=finding.names_another,
        is_test=finding.identity == Finding.Identity.TEST,
        words=finding.words,
        domain=finding.domain,
        campaign=finding.campaign_id,
        at=finding.found_at,
        earlier=_earlier(finding, again) if finding.dead and finding.subscriber_id else (),
    )


def dry_run(*, thresholds: Thresholds, most: int = 1000) -> list[tuple[Finding, Rule | Own]]:
    """What would follow from the newest findings under `thresholds`, newest first, without the mass guard; changes nothing."""
    newest = Finding.objects.select_related("subscriber", "campaign").order_by("-id")[:most]
    return [(finding, rules.judge(case_of(finding, again=True), thresholds)) for finding in newest]


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding under two policies."""

    finding: Finding
    now: Rule | Own
    then: Rule | Own

    @property
    def differs(self) -> bool:
        """Whether something else would follow."""
        return self.now.outcome != self.then.outcome


def compare(*, proposed: Thresholds, most: int = 1000) -> list[Difference]:
    """What follows from the newest findings now, and what would under `proposed`; newest first, without the mass guard."""
    present = policies.current()
    newest = Finding.objects.select_related("subscriber", "campaign__edition").order_by("-id")[:most]
    found = []
    for finding in newest:
        case = case_of(finding, again=True)
        found.append(Difference(finding, rules.judge(case, present), rules.judge(case, proposed)))
    return found


def would_hold(*, findings: Iterable[Finding], thresholds: Thresholds) -> list[Campaign]:
    """The campaigns that the mass guard would hold if each of `findings` suppressed its reader."""
    counts = Counter(finding.campaign for finding in findings if finding.campaign is not None)
    return [
        campaign
        for campaign, count in counts.items()
        if rules.is_too_many(would_suppress=count, accepted=lookups.progress(campaign).accepted, thresholds=thresholds)
    ]


@transaction.atomic
def decide(*, campaign: Campaign, suppress: bool, by: str, now: datetime) -> int:
    """A person decides about what the mass guard holds of `campaign`: suppress them all, or nobody. Returns how many.

    Raises NotHeld.
    """
    held = list(
        Finding.objects.select_for_update(of=("self",))
        .filter(campaign=campaign, outcome=Outcome.HELD)
        .select_related("subscriber")
        .order_by("id")
    )
    if not held:
        raise NotHeld
    for finding in held:
        if suppress:
            _suppress(finding, finding.rule, by=by, now=now)
        else:
            _mark(finding, Outcome.UNDONE, finding.rule, now)
    details = {"findings": len(held), "suppress": suppress}
    record(action="bounces.decided", by=by, now=now, subject=f"campaign:{campaign.pk}", details=details)
    return len(held)


@transaction.atomic
def undo(*, finding: Finding, why: str, by: str, now: datetime) -> Finding:
    """A person knows that this reader is alive, or did not complain: lift what this finding suppressed.

    What the mass guard holds of it is let go, and a reader whom it took off lists is put on them again, with `why` as the proof
    of consent. The signs that led to it count no more. Raises NothingToUndo, and ValueError without a reason.
    """
    locked = Finding.objects.select_for_update(of=("self",)).select_related("subscriber").get(pk=finding.pk)
    if not why.strip():
        raise ValueError("An undo needs a reason.")
    if not may_be_undone(locked) or locked.subscriber is None:
        raise NothingToUndo
    suppression = _suppression_of(locked)
    if suppression is not None:
        suppressions.lift(suppression=suppression, why=why, by=by, now=now)
    if locked.outcome == Outcome.COMPLAINED:
        consent.add_by_staff(subscriber=locked.subscriber, lists=_ended_by(locked), reason=why, by=by, now=now)
    signs = Finding.objects.filter(subscriber=locked.subscriber, dead=True, outcome__in=(Outcome.FIRST, Outcome.SUPPRESSED))
    signs.update(outcome=Outcome.UNDONE, judged_at=now)
    Finding.objects.filter(pk=locked.pk).update(outcome=Outcome.UNDONE, judged_at=now)
    record(
        action="bounces.undone",
        by=by,
        now=now,
        subject=f"finding:{locked.pk}",
        details={"was": locked.outcome, "why": masked(why)},
    )
    locked.refresh_from_db()
    return locked


def may_be_undone(finding: Finding) -> bool:
    """Whether `undo` would change anything for the reader: they are suppressed by it now, or it is held."""
    if finding.subscriber is None:
        return False
    if finding.outcome in (Outcome.SUPPRESSED, Outcome.COMPLAINED):
        return _suppression_of(finding) is not None
    return finding.outcome == Outcome.HELD


def _ended_by(finding: Finding) -> list[MailingList]:
    """The lists that the reader was taken off because of this complaint."""
    events = ConsentEvent.objects.filter(subscriber=finding.subscriber, kind=ConsentEvent.Kind.COMPLAINED, how=_how(finding))
    return [event.list for event in events.select_related("list") if event.list is not None]


def _how(finding: Finding) -> str:
    return f"complaint {finding.pk}"


def _certainty(finding: Finding) -> str:
    """A complaint redacts addresses and tokens but returns the Message-ID, which is sealed as well as the token is."""
    certainty = _CERTAINTY.get(Finding.Identity(finding.identity), rules.UNPROVEN)
    return certainty if finding.subscriber_id is not None else rules.UNPROVEN


def _earlier(finding: Finding, again: bool) -> list[tuple[int | None, datetime]]:
    """The reader's other signs of a dead address, each proven by token, Message-ID or refusal."""
    signs = Finding.objects.filter(
        subscriber=finding.subscriber_id, kind="bounce", dead=True, names_another=False, identity__in=list(_CERTAINTY)
    )
    signs = signs.filter(pk__lt=finding.pk)
    if finding.subscriber is not None and (success := last_success(finding.subscriber, before=finding.found_at)):
        signs = signs.filter(found_at__gt=success)
    # One that suppressed is used up: if a person lifted that since, it takes two new ones.
    signs = signs.exclude(outcome=Outcome.UNDONE) if again else signs.filter(outcome__in=(Outcome.FIRST, Outcome.PENDING))
    return list(signs.order_by("-found_at").values_list("campaign_id", "found_at")[:20])


@transaction.atomic
def _carry_out(finding: Finding, rule: Rule | Own, now: datetime) -> None:
    if not _mark(finding, Outcome(rule.outcome), rule.name, now):
        return
    if rule.outcome == Outcome.LEFT and finding.subscriber is not None:
        # No notice: nothing ever answers a mail that came in (RFC 3834), so there is no loop to be caught in.
        lists = lookups.lists_of(finding.delivery) if finding.delivery is not None else None
        how = "provider's list" if finding.identity == Finding.Identity.PROVIDER else "unsubscribe mail"
        consent.withdraw(subscriber=finding.subscriber, lists=lists, how=how, by="reader", now=now)
    if rule.outcome == Outcome.COMPLAINED and finding.subscriber is not None:
        subscriber = finding.subscriber
        consent.withdraw(subscriber=subscriber, how=_how(finding), by="reader", now=now, kind=ConsentEvent.Kind.COMPLAINED)
        suppressions.suppress(
            address=normalise(subscriber.address),
            reason=Suppression.Reason.COMPLAINED,
            note=_note(finding),
            by=BY,
            now=now,
        )


def _suppress_all(
    campaign_id: int | None, cases: list[tuple[Finding, Rule | Own]], thresholds: Thresholds, now: datetime
) -> None:
    """Suppress the readers of `cases`, which are all of one campaign, or hold them if they are too many."""
    campaign = Campaign.objects.get(pk=campaign_id) if campaign_id is not None else None
    if campaign is not None and _are_too_many(campaign, len(cases), thresholds):
        _hold(campaign, cases, now)
        return
    for finding, rule in cases:
        with transaction.atomic():
            _suppress(finding, rule.name, by=BY, now=now)


def _are_too_many(campaign: Campaign, more: int, thresholds: Thresholds) -> bool:
    before = campaign.findings.filter(outcome__in=(Outcome.SUPPRESSED, Outcome.HELD)).values("subscriber").distinct().count()
    accepted = lookups.progress(campaign).accepted
    return rules.is_too_many(would_suppress=before + more, accepted=accepted, thresholds=thresholds)


@transaction.atomic
def _hold(campaign: Campaign, cases: Iterable[tuple[Finding, Rule | Own]], now: datetime) -> None:
    """Nothing of this campaign suppresses anybody until a person decides; sending stops, to one provider if it is theirs."""
    held = 0
    for finding, rule in cases:
        held += _mark(finding, Outcome.HELD, rule.name, now)
    why = _("Too many dead addresses in one campaign; a person decides.")
    for finding in campaign.findings.filter(outcome=Outcome.SUPPRESSED).select_related("subscriber"):
        suppression = _suppression_of(finding)
        if suppression is not None:
            suppressions.lift(suppression=suppression, why=why, by=BY, now=now)
        Finding.objects.filter(pk=finding.pk).update(outcome=Outcome.HELD, judged_at=now)
        held += 1
    provider = _of_one_provider(campaign)
    if provider:
        holding.hold(campaign_id=campaign.pk, provider=provider, why=why, by=BY, now=now)
    elif campaign.state == Campaign.State.SENDING:
        campaigns.pause(campaign=campaign, by=BY, now=now, why=why)
    record(action="bounces.held", by=BY, now=now, subject=f"campaign:{campaign.pk}", details={"findings": held})


def _of_one_provider(campaign: Campaign) -> str:
    """The receiving provider that says four fifths of what is held of `campaign`, or ""."""
    held = campaign.findings.filter(outcome=Outcome.HELD).exclude(domain="")
    known = provider_limits.known().providers
    counts: Counter[str] = Counter()
    for domain, readers in held.values_list("domain").annotate(readers=Count("subscriber", distinct=True)).order_by():
        counts[known.of(domain)] += readers
    name, most = counts.most_common(1)[0] if counts else ("", 0)
    everybody = campaign.findings.filter(outcome=Outcome.HELD).values("subscriber").distinct().count()
    return name if most >= _ONE_PROVIDERS_PART * everybody else ""


def _suppress(finding: Finding, rule: str, *, by: str, now: datetime) -> None:
    if not _mark(finding, Outcome.SUPPRESSED, rule, now) or finding.subscriber is None:
        return
    address = normalise(finding.subscriber.address)
    suppressions.suppress(address=address, reason=Suppression.Reason.BOUNCED, note=_note(finding), by=by, now=now)


def _mark(finding: Finding, outcome: Finding.Outcome, rule: str, now: datetime) -> bool:
    """Claim `finding` for `outcome`; False when another process was first."""
    before = (Outcome.PENDING, Outcome.HELD)
    changed = Finding.objects.filter(pk=finding.pk, outcome__in=before).update(outcome=outcome, rule=rule, judged_at=now)
    finding.outcome, finding.rule, finding.judged_at = outcome, rule, now
    return bool(changed)


def _note(finding: Finding) -> str:
    return f"finding {finding.pk}: {finding.words}"


def _suppression_of(finding: Finding) -> Suppression | None:
    """The suppression that `finding` caused, if it stands."""
    if finding.subscriber is None:
        return None
    return Suppression.objects.filter(
        fingerprint=finding.subscriber.fingerprint,
        reason__in=(Suppression.Reason.BOUNCED, Suppression.Reason.COMPLAINED),
        note__startswith=f"finding {finding.pk}:",
    ).first()
