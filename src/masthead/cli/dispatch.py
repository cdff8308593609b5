"""What `masthead send` does: begin a campaign, or go on with it, and stay until it is finished."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from masthead.audience.models import MailingList
from masthead.cli.engine import Engine, stop_on_signals
from masthead.cli.progress import meter
from masthead.cli.starting import CommandError
from masthead.common.local_time import BadLocalTime, moment_of
from masthead.common.stopping import STOP
from masthead.delivery import campaigns, following, holding, lookups, quiet_hours
from masthead.delivery.lookups import Progress
from masthead.delivery.models import Campaign
from masthead.delivery.narrowing import EVERYBODY, Narrowing
from masthead.issues.models import Issue, Publication

_LOOK_SECONDS = 0.25
#: How long a sending that needs attention may stand still before the command ends. Its workers try on.
_PATIENCE_SECONDS = 5


@dataclass(frozen=True)
class Result:
    """How far a campaign has come; `reason` says in words why it has not finished."""

    state: str
    finished: bool
    reason: str
    progress: Progress


def parse_time(text: str | None, publication: Publication, *, now: datetime) -> datetime | None:
    """The time that `--at` names, in the publication's time zone unless it has an offset.

    Raises CommandError for what is no time, is past, or is shown by no clock there or twice.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f'{text!r} is not a time. Write it like "2026-12-01 08:00".') from None
    if found.tzinfo is None:
        try:
            found = moment_of(found, publication.time_zone)
        except BadLocalTime as error:
            raise CommandError(str(error)) from error
    if found <= now:
        raise CommandError(f"{text} is past. Without --at it is sent now.")
    return found


def begin(
    *,
    issue: Issue,
    lists: Sequence[MailingList],
    starts_at: datetime | None,
    hold: bool,
    by: str,
    now: datetime,
    part: Narrowing = EVERYBODY,
    reach: str = Campaign.Reach.ALL,
) -> Campaign:
    """The campaign of this issue, these lists and this part of them: new, or the one there is, resumed if it had paused itself.

    `hold` is the policy of a new one: what is uncertain waits for a person. With a `reach` other than ALL it is a further one of
    an issue that was sent; raises following.NothingWasSent when it was not, and NobodyIsLeft.
    """
    if reach == Campaign.Reach.ALL:
        policy = Campaign.Policy.HOLD if hold else Campaign.Policy.RESEND
        campaign = campaigns.publish_and_send(
            issue=issue, lists=lists, part=part, starts_at=starts_at, by=by, now=now, policy=policy
        )
    else:
        campaign = following.send_to_rest(
            issue=issue,
            lists=lists,
            part=part,
            reach=reach,
            starts_at=starts_at,
            policy=Campaign.Policy.HOLD if hold else None,
            by=by,
            now=now,
        )
    # Quiet hours are kept here: a program that repeats its command does not mean to wake anybody.
    if campaign.state == Campaign.State.PAUSED and not (campaign.resume_at and quiet_hours.until(campaign, now)):
        campaigns.resume(campaign=campaign, by=by, now=now)
        campaign.refresh_from_db()
    elif campaign.state == Campaign.State.SENDING:
        holding.go_on(campaign=campaign, by=by, now=now)
    return campaign


def wait(campaign: Campaign, *, show: bool) -> Result:
    """Run the tasks here if no other process does, until the campaign has ended or paused, or a signal comes."""
    stop_on_signals()
    engine = Engine()
    engine.start()
    try:
        follow(campaign, show=show)
    finally:
        engine.finish()
    return result_of(campaign)


def follow(campaign: Campaign, *, show: bool) -> None:
    """Show how far `campaign` has come until it has ended, paused or found no relay for a while, or STOP is set."""
    with meter(f"Sending No. {campaign.edition.label}", show=show) as update:
        moved_at, answered = time.monotonic(), -1
        while True:
            progress = lookups.progress(campaign)
            update(progress.answered, progress.audience or None)
            if progress.answered != answered or not progress.attention:
                moved_at, answered = time.monotonic(), progress.answered
            if progress.state in _ENDED or time.monotonic() - moved_at > _PATIENCE_SECONDS or STOP.wait(_LOOK_SECONDS):
                return


def result_of(campaign: Campaign) -> Result:
    """Where `campaign` stands now."""
    campaign.refresh_from_db()
    return Result(
        state=campaign.state,
        finished=campaign.state == Campaign.State.FINISHED,
        reason=_reason(campaign),
        progress=lookups.progress(campaign),
    )


def in_words(result: Result) -> str:
    """The counts that are not nought, in one line."""
    found = result.progress
    counts = {
        "accepted": found.accepted,
        "refused": found.rejected,
        "given up": found.expired,
        "left out": found.skipped,
        "cancelled": found.cancelled,
        "uncertain": found.uncertain,
        "still open": found.open,
    }
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    return f"{found.audience} readers" + (": " + ", ".join(parts) if parts else "") + "."


_ENDED = (Campaign.State.FINISHED, Campaign.State.CANCELLED, Campaign.State.PAUSED)


def _reason(campaign: Campaign) -> str:
    if campaign.state == Campaign.State.PAUSED and campaign.resume_at and quiet_hours.until(campaign, timezone.now()):
        at = f"{campaign.resume_at:%Y-%m-%d %H:%M} UTC"
        return f"It rests in the quiet hours of the publication until {at} and goes on by itself while `masthead serve` runs."
    if campaign.state == Campaign.State.PAUSED:
        again = " It is tried again by itself while `masthead serve` runs." if campaign.resume_at else ""
        return f"Paused. {campaign.attention or 'Somebody paused it in the desk.'}{again} Run the same command again to resume."
    if campaign.state == Campaign.State.CANCELLED:
        return "It was cancelled."
    if campaign.attention:
        return f"It needs attention. {campaign.attention} Nothing is lost; run the same command again to go on."
    return "Stopped before it was finished; what is left stays in the ledger. Run the same command again to go on."
