"""`masthead campaign`: what is being sent, and stopping it, for a while or for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start, which_publication

if TYPE_CHECKING:
    from masthead.delivery.models import Campaign

number = click.argument("number", type=click.IntRange(1))


@click.group()
def campaign() -> None:
    """Campaigns: each sending of an issue, followed and stopped."""


@campaign.command("list")
@click.option("--all", "everything", is_flag=True, help="Every campaign; without it the newest twenty.")
@which_publication
@as_json
def list_them(everything: bool, slug: str | None, as_json: bool) -> None:
    """List the campaigns, newest first: issue, state, how many readers there are and how many are answered."""
    start()
    from masthead.cli import choosing
    from masthead.delivery.models import Campaign

    publication = choosing.publication(slug)
    found = Campaign.objects.filter(edition__publication=publication).select_related("edition").order_by("-id")
    rows = [_row(each) for each in (found if everything else found[:20])]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        click.echo(
            f"No. {row['number']}  {row['state']}  {row['answered']} of {row['audience']} answered  {row['attention']}".rstrip()
        )
    if not rows:
        click.echo("Nothing was sent yet.")


@campaign.command("pause")
@number
@which_publication
@as_json
def pause(number: int, slug: str | None, as_json: bool) -> None:
    """Pause the sending of issue NUMBER: no further mail is handed over, those on the wire get their answer."""
    start()
    from masthead.delivery import campaigns
    from masthead.delivery.models import Campaign

    _change(number, slug, as_json, (Campaign.State.SENDING, Campaign.State.PAUSED), campaigns.pause)


@campaign.command("resume")
@number
@which_publication
@as_json
def resume(number: int, slug: str | None, as_json: bool) -> None:
    """Go on where issue NUMBER was paused, with providers that were held, too. A worker must run, as in `masthead serve`."""
    start()
    from masthead.delivery import campaigns
    from masthead.delivery.models import Campaign

    _change(number, slug, as_json, (Campaign.State.PAUSED, Campaign.State.SENDING), campaigns.resume)


@campaign.command("undo")
@number
@which_publication
@as_json
def undo(number: int, slug: str | None, as_json: bool) -> None:
    """Take back a campaign that has not begun: issue NUMBER is not scheduled any more. Its number stays taken."""
    start()
    from masthead.delivery import campaigns
    from masthead.delivery.models import Campaign

    _change(number, slug, as_json, (Campaign.State.SCHEDULED,), campaigns.undo)


@campaign.command("cancel")
@number
@click.confirmation_option(prompt="Whoever has not got it yet will not get it. Cancel it for good?")
@which_publication
@as_json
def cancel(number: int, slug: str | None, as_json: bool) -> None:
    """End the sending of issue NUMBER for everybody who has not been sent to. It cannot be resumed."""
    start()
    from masthead.delivery import campaigns
    from masthead.delivery.models import Campaign

    ended = (Campaign.State.FINISHED, Campaign.State.CANCELLED)
    _change(number, slug, as_json, [state for state in Campaign.State if state not in ended], campaigns.cancel)


@campaign.command("clicks")
@number
@click.option("--csv", "as_csv", is_flag=True, help="One table of all sendings of it, for a spreadsheet.")
@which_publication
@as_json
def clicks(number: int, as_csv: bool, slug: str | None, as_json: bool) -> None:
    """Say how often the links of issue NUMBER were followed and on which days, if its publication counts that.

    A figure below ten is not told: it is null in JSON, and an empty cell in CSV.
    """
    start()
    from masthead.audience import export_formats
    from masthead.cli import choosing
    from masthead.delivery import lookups
    from masthead.tracking import exporting
    from masthead.tracking import lookups as tracking

    rows = [(each, tracking.clicks([each])) for each in lookups.campaigns_of_number(choosing.publication(slug), number)]
    if as_json:
        show_json([{"campaign": each.pk, "counted": bool(found), **(asdict(found) if found else {})} for each, found in rows])
        return
    if as_csv:
        table = ([str(each.pk), *row] for each, found in rows if found for row in exporting.rows(found))
        for piece in export_formats.as_csv(("campaign", *exporting.HEADING), table):
            click.echo(piece, nl=False)
        return
    if not any(found for _each, found in rows):
        click.echo(f"The links of No. {number} are not counted. The publication's settings decide it before it is sent.")
    for each, found in rows:
        for figure in [found.together, *found.links] if found else []:
            people, machines = ("< 10" if value is None else value for value in (figure.people, figure.machines))
            click.echo(f"{each.pk}  {people} visitors  {machines} requests of programs  {figure.url or 'any link'}")
        for day in found.days if found else []:
            when = f"from {day.first} on" if day.is_rest else f"on {day.first}"
            click.echo(f"{each.pk}  {'not told' if day.people is None else day.people} visitors  any link, {when}")


@campaign.command("opens")
@number
@click.option("--csv", "as_csv", is_flag=True, help="One table of all sendings of it, for a spreadsheet.")
@which_publication
@as_json
def opens(number: int, as_csv: bool, slug: str | None, as_json: bool) -> None:
    """Say how many readers opened issue NUMBER and followed its links, of those who agreed to tracking.

    Who they were is not told. After MASTHEAD_TRACKING_DAYS a figure below ten is not told either: it is null in JSON, and an
    empty cell in CSV.
    """
    start()
    from masthead.audience import export_formats
    from masthead.cli import choosing
    from masthead.delivery import lookups
    from masthead.tracking import exporting, readers

    rows = [(each, readers.of_campaign(each)) for each in lookups.campaigns_of_number(choosing.publication(slug), number)]
    if as_json:
        show_json([{"campaign": each.pk, "tracked": bool(found), **(asdict(found) if found else {})} for each, found in rows])
        return
    if as_csv:
        table = ([str(each.pk), *row] for each, found in rows if found for row in exporting.rows_of_readers(found))
        for piece in export_formats.as_csv(("campaign", *exporting.HEADING_OF_READERS), table):
            click.echo(piece, nl=False)
        return
    if not any(found for _each, found in rows):
        click.echo(f"No reader of No. {number} was tracked. The publication's settings decide it before it is sent.")
    for each, found in rows:
        for what, link, url, _text, day, figure in exporting.rows_of_readers(found) if found else []:
            about = f"link {link}: {url}" if link else f"opened first on {day}" if day else what
            click.echo(f"{each.pk}  {figure or '< 10'}  {about}")


def _change(number: int, slug: str | None, as_json: bool, states: Sequence[str], verb: Callable[..., Campaign]) -> None:
    """Do `verb` to each campaign of the number that is in one of `states`, and say how they stand."""
    from masthead.cli import choosing
    from masthead.delivery import lookups

    campaigns = lookups.campaigns_of_number(choosing.publication(slug), number)
    if not campaigns:
        raise CommandError(f"No. {number} was never sent.")
    fitting = [each for each in campaigns if each.state in states]
    if not fitting:
        stand = ", ".join(each.get_state_display().lower() for each in campaigns)
        raise CommandError(f"No campaign of No. {number} is in a state for that: {stand}.")
    rows = [_row(verb(campaign=each, by=BY, now=now())) for each in fitting]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        click.echo(f"No. {row['number']}: {row['state']}, {row['answered']} of {row['audience']} answered.")


def _row(found: Campaign) -> dict[str, Any]:
    from masthead.delivery import lookups

    progress = lookups.progress(found)
    more = {"open": progress.open, "answered": progress.answered, "starts_at": found.starts_at}
    return {"campaign": found.pk, "number": found.edition.number, "reach": found.reach, **asdict(progress), **more}
