"""`masthead reconfirm`: ask readers of old whether they want to stay."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start, which_publication

if TYPE_CHECKING:
    from masthead.audience.models import Reconfirmation

_day = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def reconfirm() -> None:
    """Re-confirmation: readers of old are asked whether they want to stay; who does not answer in time is taken off."""


@reconfirm.command("start")
@click.argument("list_name", metavar="LIST")
@click.option("--not-confirmed-since", type=_day, help="Whom to ask: who has not confirmed since this day. Else who never did.")
@click.option("--joined-before", type=_day, help="Only who joined the list before this day.")
@click.option("--segment", "segment_name", help="Only who is in this segment.")
@click.option("--days", default=30, show_default=True, help="Days to answer.")
@click.option("--remind-after", default=14, show_default=True, help="Remind once after so many days; 0 for never.")
@click.option("--per-minute", default=60, show_default=True, help="Mails a minute, at most.")
@click.option("--yes", is_flag=True, help="Begin. Without it the readers are only counted.")
@which_publication
@as_json
def begin(
    list_name: str,
    not_confirmed_since: datetime | None,
    joined_before: datetime | None,
    segment_name: str | None,
    days: int,
    remind_after: int,
    per_minute: int,
    yes: bool,
    slug: str | None,
    as_json: bool,
) -> None:
    """Count whom the readers of LIST that would be asked are; with --yes ask them, in the voice of the publication."""
    start()
    from masthead.audience import reconfirming
    from masthead.audience.segments.compiling import SegmentBroken
    from masthead.cli import choosing
    from masthead.issues.publications import sender_of

    found = choosing.mailing_list(list_name)
    whom = reconfirming.Whom(
        mailing_list=found,
        not_confirmed_since=not_confirmed_since.date() if not_confirmed_since else None,
        joined_before=joined_before.date() if joined_before else None,
        segment=choosing.segment(segment_name) if segment_name else None,
    )
    sender = sender_of(choosing.publication(slug))
    at = now()
    try:
        counts = reconfirming.forecast(whom, now=at)
        if yes:
            run = reconfirming.start(
                whom, sender=sender, per_minute=per_minute, days=days, remind_after=remind_after or None, by=BY, now=at
            )
    except (reconfirming.BadReconfirmation, SegmentBroken) as error:
        raise CommandError(str(error)) from error
    if as_json:
        left_out = {"confirmed": counts.confirmed, "not_meant": counts.not_meant, "suppressed": counts.suppressed}
        show_json({"round": run.pk if yes else None, "active": counts.active, "asked": counts.asked, **left_out})
        return
    click.echo(f"{counts.active} readers are on {found.name}; {counts.asked} {'are' if yes else 'would be'} asked.")
    click.echo(f"Left out: {counts.confirmed} confirmed, {counts.not_meant} not meant, {counts.suppressed} suppressed.")
    click.echo(f"Round {run.pk} has begun: masthead reconfirm show {run.pk}" if yes else "Nothing was begun; add --yes.")


@reconfirm.command("show")
@click.argument("number", type=int)
@as_json
def show(number: int, as_json: bool) -> None:
    """How round NUMBER stands, and whether its rows add up; if not, the exit code is 1."""
    start()
    from masthead.audience import reconfirming

    run = _find(number)
    counts = reconfirming.standing(run)
    adds_up = sum(counts.values()) == run.readers
    if as_json:
        show_json({"round": run.pk, "state": run.state, "readers": run.readers, "adds_up": adds_up, **counts})
    else:
        click.echo(f"Round {run.pk} of {run.list.name} ({run.whom}): {run.get_state_display()}, {run.readers} readers.")
        for state, count in counts.items():
            click.echo(f"  {state:10} {count}")
        click.echo("It adds up." if adds_up else "It does NOT add up.")
    if not adds_up:
        raise SystemExit(1)


@reconfirm.command("act")
@click.argument("number", type=int)
@click.argument("action", type=click.Choice(["pause", "resume", "cancel", "undo"]))
def act(number: int, action: str) -> None:
    """Pause, resume or cancel round NUMBER, or put back whom its end took off."""
    start()
    from masthead.audience import reconfirming
    from masthead.audience.models import Reconfirmation

    run, state = _find(number), Reconfirmation.State
    try:
        if action == "undo":
            click.echo(f"{reconfirming.undo(run=run, by=BY, now=now())} readers are on the list again.")
            return
        wanted = {"pause": state.PAUSED, "resume": state.ASKING, "cancel": state.CANCELLED}[action]
        reconfirming.set_state(run=run, state=wanted, by=BY, now=now())
    except reconfirming.BadReconfirmation as error:
        raise CommandError(str(error)) from error
    click.echo(f"Round {run.pk}: {run.get_state_display()}.")


def _find(number: int) -> Reconfirmation:
    from masthead.audience.models import Reconfirmation

    found = Reconfirmation.objects.select_related("list").filter(pk=number).first()
    if found is None:
        raise CommandError(f"There is no round {number}.")
    return found
