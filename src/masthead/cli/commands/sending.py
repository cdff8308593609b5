"""`masthead send` and `masthead verify`."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start, which_publication

if TYPE_CHECKING:
    from masthead.delivery.lookups import Verification
    from masthead.delivery.models import Campaign

only = click.option(
    "--segment", "only", multiple=True, metavar="NAME", help="Only readers who are in this segment, or in one of several."
)
without = click.option(
    "--exclude", "without", multiple=True, metavar="NAME", help="Without readers of this segment; may be given several times."
)


@click.command()
@click.argument("number", type=click.IntRange(1))
@click.option(
    "--list",
    "list_names",
    multiple=True,
    metavar="NAME",
    help="Who gets it; may be given several times. With --segment or --exclude it is the publication's lists unless said.",
)
@only
@without
@click.option("--at", "at", metavar="TIME", help='When, in the publication\'s time zone: "2026-12-01 08:00". Without it: now.')
@click.option("--hold", is_flag=True, help="Hold mails whose answer was lost for a person, instead of sending them again.")
@click.option("--joined-since", is_flag=True, help="After it was sent: only to those on the list who joined since.")
@click.option("--not-reached", is_flag=True, help="After it was sent: only to those on the list whom it did not reach.")
@click.option("--wait", is_flag=True, help="Stay until it is finished; run the tasks here if no other process does.")
@which_publication
@as_json
def send(
    number: int,
    list_names: tuple[str, ...],
    only: tuple[str, ...],
    without: tuple[str, ...],
    at: str | None,
    hold: bool,
    joined_since: bool,
    not_reached: bool,
    wait: bool,
    slug: str | None,
    as_json: bool,
) -> None:
    """Publish issue NUMBER and send it to a list, or to a part of it, once.

    Run again, it goes on with the sending that there is: nobody gets a second copy. Sending that has paused itself (the relay
    refused) is resumed, and so is that to a provider that is held. With --wait the exit status is 0 when it has finished,
    and 1 with the reason when it has not.

    With --joined-since or --not-reached it is a further sending of an issue that was sent. Not reached are those given up at the
    deadline, cancelled, or left out for a reason that has passed; not those who were refused for good, have left, are suppressed,
    or may have a copy. When nobody is left, nothing is sent and the exit status is 0.
    """
    if not (list_names or only or without):
        raise click.UsageError("Missing option '--list'.")
    if joined_since and not_reached:
        raise click.UsageError("--joined-since and --not-reached are two sendings: run the command once with each.")
    # The progress bar says what happens; the log would write over it.
    os.environ.setdefault("MASTHEAD_LOG_LEVEL", "WARNING")
    start()
    from masthead.cli import choosing, dispatch
    from masthead.delivery.following import NobodyIsLeft

    publication = choosing.publication(slug)
    issue = choosing.issue(publication, number)
    lists, part = choosing.audience(publication, list_names, only, without)
    starts_at = dispatch.parse_time(at, publication, now=now())
    reach = "joined" if joined_since else "missed" if not_reached else "all"
    try:
        campaign = dispatch.begin(
            issue=issue, lists=lists, part=part, starts_at=starts_at, hold=hold, reach=reach, by=BY, now=now()
        )
    except NobodyIsLeft as error:
        if as_json:
            show_json({"campaign": None, "number": number, "readers": 0})
        else:
            click.echo(f"No. {number}: {error}")
        return
    if not wait:
        if as_json:
            show_json({"campaign": campaign.pk, "number": number, "state": campaign.state})
        else:
            click.echo(f"No. {number}: {campaign.get_state_display().lower()}. Follow it in the desk, or add --wait.")
        return
    result = dispatch.wait(campaign, show=not as_json)
    if as_json:
        show_json({"campaign": campaign.pk, "number": number, **asdict(result.progress)})
    else:
        click.echo(f"No. {number}: {dispatch.in_words(result)}")
    if not result.finished:
        raise CommandError(result.reason)


@click.command("dry-run")
@click.argument("number", type=click.IntRange(1))
@click.option(
    "--list", "list_names", required=True, multiple=True, metavar="NAME", help="Whose mails are made; may be given several times."
)
@only
@without
@which_publication
@as_json
def dry_run(
    number: int,
    list_names: tuple[str, ...],
    only: tuple[str, ...],
    without: tuple[str, ...],
    slug: str | None,
    as_json: bool,
) -> None:
    """Make the mail of issue NUMBER for every reader of a list without sending any, and report what is odd.

    Names readers whose mail cannot be made and mails much larger than the others, counts the readers who get the fallback of a
    merge field, and the mails of each length and format. Takes no number and writes nothing. The exit status is 1 if a mail
    cannot be made.
    """
    os.environ.setdefault("MASTHEAD_LOG_LEVEL", "WARNING")
    start()
    from masthead.cli import choosing
    from masthead.cli.progress import meter
    from masthead.delivery import dry_run as trying

    publication = choosing.publication(slug)
    issue = choosing.issue(publication, number)
    lists, part = choosing.audience(publication, list_names, only, without)
    with meter(f"Making the mails of No. {number}", show=not as_json) as update:
        report = trying.run(issue=issue, lists=lists, part=part, now=now(), progress=update)
    if as_json:
        show_json({"number": number, **report.as_dict()})
    else:
        click.echo(f"{report.audience} readers, {report.made} mails made, {report.error_count} that cannot be made.")
        for one in report.errors:
            click.echo(f"Cannot be made: {one.address}: {one.what}")
        for variant, count in sorted(report.variants.items()):
            click.echo(f"{variant}: {count}")
        for name, count in report.empty.items():
            click.echo(f"Merge field {name}: {count} readers get the fallback.")
        if report.made:
            click.echo(f"Sizes: {report.smallest} to {report.largest} bytes, the middle one {report.middle}.")
        for one in report.outliers:
            click.echo(f"Much larger: {one.address}: {one.what}")
    if not report.is_fine:
        sys.exit(1)


@click.command()
@click.argument("number", type=click.IntRange(1))
@which_publication
@as_json
def verify(number: int, slug: str | None, as_json: bool) -> None:
    """Prove that every reader of issue NUMBER is accounted for: exit status 1 if the sum does not add up.

    After several sendings of the issue it is their sum, and nobody may have it from two of them; --json has each ("campaigns").
    With --json it also names, by address, the readers who may have got a second copy ("repeated") and those of whom nobody can
    know whether they got one ("uncertain_readers"): the first 1,000 of each. "repeated_count" and "uncertain" count them all.
    Readers at a provider that is held are among the open ones; "held" says which, how many and why.
    """
    start()
    from masthead.cli import choosing
    from masthead.delivery import holding, lookups

    campaigns = lookups.campaigns_of_number(choosing.publication(slug), number)
    if not campaigns:
        raise CommandError(f"No. {number} was never sent.")
    found = lookups.verify_issue(campaigns)
    held = [each for campaign in campaigns for each in holding.counted(campaign)]
    if as_json:
        repeated = [lookups.repeated(campaign) for campaign in campaigns]
        show_json(
            {
                "number": number,
                "state": campaigns[0].state,
                **asdict(found.whole),
                "readers": found.readers,
                "in_two_campaigns": found.twice,
                "repeated_count": sum(each.count() for each in repeated),
                "repeated": [address for each in repeated for address in lookups.named(each)],
                "uncertain_readers": [address for each in campaigns for address in lookups.named(lookups.uncertain(each))],
                "held": [{"provider": each.provider, "readers": each.readers, "why": each.why} for each in held],
                "campaigns": [_campaign_as_json(campaign, of_it) for campaign, of_it in found.campaigns],
            }
        )
    else:
        for name, value in _counts(found.whole).items():
            parts = [str(_counts(of_it)[name]) for _campaign, of_it in reversed(found.campaigns)]
            click.echo(f"{name.replace('_', ' '):>14}  {value}" + (f"  = {' + '.join(parts)}" if len(parts) > 1 else ""))
        for each in held:
            click.echo(f"Of the open ones {each.readers} wait, since {each.provider} is held: {each.why}")
        if len(campaigns) > 1:
            click.echo(f"{len(campaigns)} sendings, {found.readers} different readers.")
        if found.twice:
            click.echo(f"{found.twice} readers are in two sendings of it.")
        click.echo("It adds up." if found.whole.adds_up else "It does not add up.")
    if not found.whole.adds_up:
        sys.exit(1)


def _campaign_as_json(campaign: Campaign, found: Verification) -> dict[str, object]:
    lists = list(campaign.lists(manager="every").order_by("name").values_list("name", flat=True))
    return {"campaign": campaign.pk, "reach": campaign.reach, "lists": lists, "state": campaign.state, **asdict(found)}


def _counts(found: Verification) -> dict[str, int]:
    return {name: value for name, value in asdict(found).items() if name != "adds_up"}
