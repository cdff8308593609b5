"""`masthead list`: what readers subscribe to."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start


@click.group("list")
def mailing_list() -> None:
    """Lists: what readers subscribe to."""


@mailing_list.command("show")
@as_json
def show(as_json: bool) -> None:
    """All lists, and how many readers are on each."""
    start()
    from masthead.audience import lookups
    from masthead.audience.models import MailingList

    found = list(MailingList.objects.order_by("name"))
    counts = lookups.counts(found)
    if as_json:
        show_json([{"name": each.name, "short_name": each.slug, **asdict(counts[each.pk])} for each in found])
        return
    for each in found:
        its = counts[each.pk]
        click.echo(f"{each.name} ({each.slug}): {its.active} active, {its.pending} waiting for confirmation, {its.left} left.")


@mailing_list.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(name: str, yes: bool) -> None:
    """Delete list NAME for good, after saying what uses it.

    Its readers stay readers, and what they agreed to stays. Segments that ask for it cannot be used any more. As long as a
    sending to it is planned or under way it cannot be deleted.
    """
    start()
    from masthead.audience import list_deleting
    from masthead.cli import choosing

    found = choosing.mailing_list(name)
    uses = list_deleting.uses(found)
    if not any(use.blocks for use in uses) and not yes:
        for use in uses:
            click.echo(f"{use.words}: {', '.join(use.names)}." if use.names else f"{use.words}.", err=True)
        if not sys.stdin.isatty():
            raise CommandError(f"This cannot be undone. To delete the list “{found.name}”, say --yes.")
        click.confirm(f"Delete the list “{found.name}”? This cannot be undone.", abort=True, err=True)
    stays = list_deleting.delete(mailing_list=found, by=BY, now=now())
    if stays:
        list_deleting.sweep()
    click.echo(f"The list “{found.name}” is deleted.")
