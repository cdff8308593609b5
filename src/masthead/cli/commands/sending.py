"""`masthead send` and `masthead verify`."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start, which_publication

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
    wait: bool,
    slug: str | None,
    as_json: bool,
) -> None:
    """Publish issue NUMBER and send it to a list, or to a part of it, once.

    Run again, it goes on with the sending that there is: nobody gets a second copy. Sending that has paused itself (the relay
    refused) is resumed. With --wait the exit status is 0 when it has finished, and 1 with the reason when it has not.
    """
    if not (list_names or only or without):
        raise click.UsageError("Missing option '--list'.")
    # The progress bar says what happens; the log would write over it.
    os.environ.setdefault("MASTHEAD_LOG_LEVEL", "WARNING")
    start()
    from masthead.cli import choosing, dispatch

    publication = choosing.publication(slug)
    issue = choosing.issue(publication, number)
    lists, part = choosing.audience(publication, list_names, only, without)
    starts_at = dispatch.parse_time(at, publication, now=now())
    campaign = dispatch.begin(issue=issue, lists=lists, part=part, starts_at=starts_at, hold=hold, by=BY, now=now())
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

    With --json it also names, by address, the readers who may have got a second copy ("repeated") and those of whom nobody can
    know whether they got one ("uncertain_readers"): the first 1,000 of each. "repeated_count" and "uncertain" count them all.
    """
    start()
    from masthead.cli import choosing
    from masthead.delivery import lookups

    campaign = lookups.campaign_of(choosing.publication(slug), number)
    if campaign is None:
        raise CommandError(f"No. {number} was never sent.")
    found = lookups.verify(campaign)
    if as_json:
        repeated = lookups.repeated(campaign)
        show_json(
            {
                "number": number,
                "state": campaign.state,
                **asdict(found),
                "repeated_count": repeated.count(),
                "repeated": lookups.named(repeated),
                "uncertain_readers": lookups.named(lookups.uncertain(campaign)),
            }
        )
    else:
        counts = {key: value for key, value in asdict(found).items() if isinstance(value, int) and not isinstance(value, bool)}
        for key, value in counts.items():
            click.echo(f"{key.replace('_', ' '):>14}  {value}")
        click.echo("It adds up." if found.adds_up else "It does not add up.")
    if not found.adds_up:
        sys.exit(1)
