"""`masthead doctor`: whether receivers will take our mail, and what to publish where they would not."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from masthead.cli.starting import CommandError, as_json, now, show_json, start, which_publication

if TYPE_CHECKING:
    from masthead.issues.models import Publication
    from masthead.ops.doctor.rows import Row

_LOOK_SECONDS = 3
_SIGNS = {"pass": "ok  ", "fail": "FAIL", "unknown": "?   ", "unchecked": "-   "}


@click.command()
@which_publication
@click.option(
    "--loop", "mailbox", metavar="MAILBOX", help="Send a real mail to this mailbox (of `bounces mailbox`), and read it there."
)
@click.option("--address", help="The mailbox's address, where its user name is none.")
@as_json
def doctor(slug: str | None, mailbox: str | None, address: str | None, as_json: bool) -> None:
    """Look at DNS, certificate, one-click unsubscribe, relays and the way back; say what to publish where something is missing.

    Each line is ok, FAIL, ? (the resolver or the network failed: try again) or - (nobody can see it from here). Exit status 1 if
    something fails. Nothing is changed, and without --loop no mail is sent. With --json each line is a JSON object: group, check,
    subject, result (pass, fail, unknown, unchecked), words, publish (name, type, value, zone) or null.
    """
    start()
    from masthead.cli import choosing
    from masthead.issues.models import Publication
    from masthead.ops.doctor.examining import Outside, examine

    publications = [choosing.publication(slug)] if slug else list(Publication.objects.all())
    rows = examine(publications=publications, outside=Outside(), now=now())
    if mailbox is not None:
        for each in publications[:1]:
            rows += _loop(each, mailbox, address)
    for row in rows:
        if as_json:
            show_json(as_fields(row))
        else:
            _tell(row)
    if any(row.result == "fail" for row in rows):
        sys.exit(1)


def _loop(publication: Publication, name: str, address: str | None) -> list[Row]:
    from masthead.cli.commands.mailboxes import find_mailbox
    from masthead.ops.doctor import loop

    mailbox = find_mailbox(name)
    to = address or (mailbox.user if "@" in mailbox.user else "")
    if not to:
        raise CommandError(f"The user of {name} is no address: say where mail for it goes with --address.")
    return loop.run(publication=publication, mailbox=mailbox, address=to, clock=now, pause=lambda: time.sleep(_LOOK_SECONDS))


def as_fields(row: Row) -> dict[str, object]:
    """One line of JSON."""
    record = row.publish
    publish = record and {"name": record.name, "type": record.type, "value": record.value, "zone": record.as_zone}
    fields = {name: getattr(row, name) for name in ("group", "check", "subject", "result", "words")}
    return {**fields, "publish": publish}


def _tell(row: Row) -> None:
    where = f" {row.subject}" if row.subject else ""
    words = "".join(char if char.isprintable() else " " for char in f"{row.check}{where}: {row.words}")
    click.echo(f"{_SIGNS[row.result]}  {words}")
    if row.publish is not None:
        click.echo(f"      publish: {row.publish.as_zone}")
