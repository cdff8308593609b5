"""What people do with a campaign: publish and send, undo, pause, resume, cancel, decide about the uncertain.

Each verb changes rows and writes one audit entry in one transaction. Workers notice by themselves: the state of the campaign is
read in the commit before every final dot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audience.lookups import active_in
from masthead.audience.models import MailingList, Subscription
from masthead.audit.recording import record
from masthead.delivery import holding, narrowing, quiet_hours, retry, waking
from masthead.delivery.ledger import moving
from masthead.delivery.models import Campaign
from masthead.delivery.narrowing import EVERYBODY, Narrowing
from masthead.issues import freezing
from masthead.issues.models import Edition, Issue

State = Campaign.State


class NobodyToSendTo(Exception):
    """The lists have no active reader."""

    def __init__(self, lists: Iterable[MailingList]) -> None:
        names = ", ".join(f"“{each.name}”" for each in lists)
        super().__init__(
            _("Nobody is subscribed to %(lists)s. Add or import readers first, or choose another list.") % {"lists": names}
            if names
            else _("No list was chosen. Choose at least one.")
        )


class NobodyFits(Exception):
    """The lists have active readers, and none of them is in the part that was chosen."""

    def __init__(self) -> None:
        super().__init__(_("No active reader of these lists is in the segments that were chosen. Look at the segments."))


class NotPossibleNow(Exception):
    """The campaign is in a state in which this cannot be done."""

    def __init__(self, campaign: Campaign, wish: str) -> None:
        super().__init__(
            _("This campaign cannot be %(wish)s: it is in the state “%(state)s”.")
            % {"wish": wish, "state": campaign.get_state_display()}
        )


def publish_and_send(
    *,
    issue: Issue,
    lists: Sequence[MailingList],
    starts_at: datetime | None,
    by: str,
    now: datetime,
    mail_mode: str | None = None,
    policy: str = Campaign.Policy.RESEND,
    part: Narrowing = EVERYBODY,
) -> Campaign:
    """Freeze `issue` and schedule it for all active readers of `lists` at `starts_at` (None: now), in one transaction.

    `part`: only some of them, by segments; who is in those is decided when the sending starts.
    Asked again for the same issue, lists and segments it answers the campaign that exists: a repeated click or a repeated command
    sends nothing twice. In test mode, where nothing becomes public, an issue that was edited since is a new rehearsal.
    `mail_mode`: "full", "excerpt" or "reader"; None is what the issue says.

    Raises NobodyToSendTo, NobodyFits, SegmentBroken, and freezing.NotReady for an issue that cannot be frozen.
    """
    is_test = not issue.publication.is_live
    existing = None if is_test else existing_for(issue, lists, part)
    if existing is not None and existing.state != State.DRAFT:
        return existing
    if not lists or not Subscription.objects.filter(list__in=lists, state=Subscription.State.ACTIVE).exists():
        raise NobodyToSendTo(lists)
    if part and not active_in(lists, today=now.date()).filter(part.condition(now)).exists():
        raise NobodyFits
    # Rendering takes its time, so it is done before the one lock of an embedded install is taken.
    checked = mail_mode or ("" if issue.mail_mode else Issue.MailMode.READER)
    prepared = freezing.prepare(issue=issue, now=now, test=is_test, mail_mode=checked)
    with transaction.atomic():
        # Whoever comes second waits here, and then finds the campaign of the first.
        issue = Issue.objects.select_for_update(of=("self",)).select_related("publication").get(pk=issue.pk)
        existing = None if is_test else existing_for(issue, lists, part)
        if existing is not None and existing.state != State.DRAFT:
            return existing
        edition = freezing.freeze(issue=issue, by=by, now=now, test=is_test, prepared=prepared, mail_mode=checked)
        if is_test:
            existing = existing_for(issue, lists, part, edition)
            if existing is not None and existing.state != State.DRAFT:
                return existing
        mode = mail_mode or (edition.mail_mode if issue.mail_mode else Issue.MailMode.READER)
        campaign = existing or Campaign(by=by, created_at=now)
        campaign.edition, campaign.mail_mode, campaign.policy = edition, mode, Campaign.Policy(policy)
        campaign.state, campaign.starts_at, campaign.attention = State.SCHEDULED, starts_at or now, ""
        campaign.save()
        campaign.lists.set(lists)
        narrowing.keep(campaign, part)
        if not is_test:
            Issue.objects.filter(pk=issue.pk, public_from=None).update(public_from=campaign.starts_at)
        _note("campaign.scheduled", campaign, by=by, now=now, starts_at=campaign.starts_at.isoformat())
        waking.start_of(campaign.pk, campaign.starts_at)
    return campaign


def undo(*, campaign: Campaign, by: str, now: datetime) -> Campaign:
    """Take back a campaign that has not begun: it is not scheduled any more, and the issue not public because of it.

    The number stays taken. Raises NotPossibleNow once the audience was taken.
    """
    with transaction.atomic():
        changed = Campaign.objects.filter(pk=campaign.pk, state=State.SCHEDULED).update(state=State.DRAFT, starts_at=None)
        campaign.refresh_from_db()
        if not changed:
            if campaign.state == State.DRAFT:
                return campaign
            raise NotPossibleNow(campaign, _("undone"))
        others = Campaign.objects.filter(edition__issue=campaign.edition.issue_id).exclude(pk=campaign.pk)
        if not others.exclude(state=State.DRAFT).exists():
            Issue.objects.filter(pk=campaign.edition.issue_id).update(public_from=None)
        _note("campaign.undone", campaign, by=by, now=now)
    return campaign


def pause(*, campaign: Campaign, by: str, now: datetime, why: str = "") -> Campaign:
    """No further mail is handed over; those on the wire get their answer. Twice is once. `why` is shown as it is."""
    return _pause(campaign, by, now, why, {"resume_at": None})


def pause_for_a_while(*, campaign: Campaign, now: datetime, why: str) -> Campaign:
    """The same because the relay cannot be reached. The sweep resumes it: after half a minute, then after twice as long each
    time, at most ten minutes, until the relay takes a mail.
    """
    rest = retry.rest_after(campaign.rested)
    return _pause(campaign, "system", now, why, {"resume_at": now + timedelta(seconds=rest), "rested": rest})


def pause_for_quiet_hours(*, campaign: Campaign, until: datetime, now: datetime) -> Campaign:
    """The same for the publication's quiet hours; the sweep resumes it when they are over."""
    why = _("Quiet hours of the publication.")
    return _pause(campaign, "system", now, why, {"resume_at": until})


def _pause(campaign: Campaign, by: str, now: datetime, why: str, more: dict[str, object]) -> Campaign:
    with transaction.atomic():
        values = {"state": State.PAUSED, "paused_at": now, "attention": why, **more}
        changed = Campaign.objects.filter(pk=campaign.pk, state=State.SENDING).update(**values)
        campaign.refresh_from_db()
        if changed:
            _note("campaign.paused", campaign, by=by, now=now, why=why)
        elif campaign.state != State.PAUSED:
            raise NotPossibleNow(campaign, _("paused"))
        elif campaign.resume_at and "resume_at" in more:  # it waited for the relay; now it waits for a person, or the other way
            Campaign.objects.filter(pk=campaign.pk).update(resume_at=more["resume_at"])
    return campaign


def resume(*, campaign: Campaign, by: str, now: datetime) -> Campaign:
    """Go on where it was paused. The deadline moves by as long as the pause was. A person may do it in quiet hours, too.

    A person who resumes it goes on with the providers that were held, too.
    """
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.state == State.PAUSED:
            rest = now - locked.paused_at if locked.paused_at else timedelta(0)
            deadline = locked.deadline_at + rest if locked.deadline_at else None
            values: dict[str, object] = {
                "state": State.SENDING,
                "paused_at": None,
                "resume_at": None,
                "attention": "",
                "deadline_at": deadline,
            }
            if by != "system" and quiet_hours.until(locked, now) is not None:
                values["through_quiet_hours"] = True
            Campaign.objects.filter(pk=campaign.pk).update(**values)
            _note("campaign.resumed", campaign, by=by, now=now)
            if by != "system":
                holding.go_on(campaign=locked, by=by, now=now)
            moving.hurry(campaign.pk)
            waking.ranges_of(campaign.pk)
        elif locked.state != State.SENDING:
            raise NotPossibleNow(locked, _("resumed"))
        campaign.refresh_from_db()
    return campaign


def cancel(*, campaign: Campaign, by: str, now: datetime) -> Campaign:
    """End it for everybody who has not been sent to. What is on the wire at this moment still gets its answer recorded."""
    with transaction.atomic():
        open_states = (State.DRAFT, State.SCHEDULED, State.PREPARING, State.SENDING, State.PAUSED)
        values = {"state": State.CANCELLED, "finished_at": now, "attention": ""}
        changed = Campaign.objects.filter(pk=campaign.pk, state__in=open_states).update(**values)
        campaign.refresh_from_db()
        if changed:
            readers = moving.cancel_open(campaign, at=int(now.timestamp()))
            _note("campaign.cancelled", campaign, by=by, now=now, readers=readers)
        elif campaign.state != State.CANCELLED:
            raise NotPossibleNow(campaign, _("cancelled"))
    return campaign


def send_uncertain_again(*, campaign: Campaign, by: str, now: datetime) -> int:
    """Decide for the readers held as uncertain: send to them again, at the risk that they got it. Answer how many."""
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.state not in (State.SENDING, State.PAUSED, State.FINISHED):
            raise NotPossibleNow(locked, _("continued"))
        readers = moving.requeue_uncertain(locked, at=int(now.timestamp()))
        if readers and locked.state == State.FINISHED:
            deadline = now + timedelta(hours=locked.deadline_hours)
            values = {"state": State.SENDING, "finished_at": None, "attention": "", "deadline_at": deadline}
            Campaign.objects.filter(pk=locked.pk).update(**values)
        if readers:
            _note("campaign.uncertain_sent_again", locked, by=by, now=now, readers=readers)
            waking.ranges_of(locked.pk)
        campaign.refresh_from_db()
    return readers


def existing_for(
    issue: Issue,
    lists: Sequence[MailingList],
    part: Narrowing,
    edition: Edition | None = None,
    *,
    reach: str = Campaign.Reach.ALL,
) -> Campaign | None:
    """The campaign of this issue to exactly these lists and segments; of `edition` alone, if given (a rehearsal)."""
    campaigns = Campaign.objects.filter(edition__issue=issue, edition__is_test=edition is not None, reach=reach)
    if edition is not None:
        campaigns = campaigns.filter(edition=edition)
    wanted = {each.pk for each in lists}
    for campaign in campaigns.exclude(state=State.CANCELLED).order_by("-id").prefetch_related("segments"):
        # With those that were deleted since: what went to more than `lists` is another campaign.
        if (
            set(campaign.lists(manager="every").values_list("pk", flat=True)) == wanted
            and narrowing.pairs_of(campaign) == part.pairs
        ):
            return campaign
    return None


def _note(action: str, campaign: Campaign, *, by: str, now: datetime, **details: object) -> None:
    record(action=action, by=by, now=now, subject=f"campaign:{campaign.pk}", details=details)
