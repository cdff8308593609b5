"""`masthead suppress`: addresses and domains that get no mail."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start

_REASONS = ("staff", "bounced", "complained")


@click.group()
def suppress() -> None:
    """Addresses and domains that get no mail, whatever lists they are on."""


@suppress.command("add")
@click.argument("who", nargs=-1, required=True, metavar="ADDRESS_OR_DOMAIN...")
@click.option("--reason", type=click.Choice(_REASONS), default="staff", show_default=True)
@click.option("--note", default="", help="Why, for those who read it later.")
@as_json
def add(who: tuple[str, ...], reason: str, note: str, as_json: bool) -> None:
    """Stop all mail to addresses, or to whole domains (example.org)."""
    start()
    from django.db import transaction

    from masthead.common.addresses import BadAddress, normalise
    from masthead.mail import suppressions
    from masthead.mail.models import Suppression
    from masthead.mail.suppression_files import domain_of

    made = []
    with transaction.atomic():  # all of them or none
        for text in who:
            try:
                if "@" in text.lstrip("@"):
                    why = Suppression.Reason(reason)
                    found = suppressions.suppress(address=normalise(text), reason=why, note=note, by=BY, now=now())
                else:
                    found = suppressions.suppress_domain(domain=domain_of(text), note=note, by=BY, now=now())
            except BadAddress as error:
                raise CommandError(f"{text}: {error.reason} Nothing was changed.") from error
            except ValueError as error:
                raise CommandError(f"{error} Nothing was changed.") from error
            made.append({"address": found.address, "domain": found.domain, "reason": found.reason})
    if as_json:
        show_json(made)
        return
    for row in made:
        click.echo(f"{row['domain'] or row['address'] or 'An erased address'} gets no mail ({row['reason']}).")


@suppress.command("lift")
@click.argument("who", metavar="ADDRESS_OR_DOMAIN")
@click.option("--why", required=True, help="Why mail may go there again; kept on the record.")
def lift(who: str, why: str) -> None:
    """Let mail through again."""
    start()
    from masthead.common.addresses import BadAddress, normalise
    from masthead.mail import suppressions
    from masthead.mail.fingerprints import fingerprint
    from masthead.mail.models import Suppression
    from masthead.mail.suppression_files import domain_of

    try:
        if "@" in who.lstrip("@"):
            found = Suppression.objects.filter(fingerprint=fingerprint(normalise(who).key)).first()
        else:
            found = Suppression.objects.filter(domain=domain_of(who)).first()
        if found is None:
            raise CommandError(f"{who} is not suppressed.")
        suppressions.lift(suppression=found, why=why, by=BY, now=now())
    except BadAddress as error:
        raise CommandError(error.reason) from error
    except ValueError as error:
        raise CommandError(str(error)) from error
    click.echo(f"Mail goes to {who} again.")


@suppress.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", type=click.Choice(_REASONS), default="staff", show_default=True, help="For rows that name none.")
@click.option("--note", default="", help="For rows that have none: where the file comes from.")
@as_json
def take(file: Path, reason: str, note: str, as_json: bool) -> None:
    """Suppress what stands in FILE: an address or a domain a line, or CSV as `suppress export` writes it."""
    start()
    from masthead.cli.progress import meter
    from masthead.mail import suppression_files
    from masthead.mail.models import Suppression

    with meter(f"Reading {file.name}", show=not as_json) as update:
        taken = suppression_files.take(
            path=file,
            reason=Suppression.Reason(reason),
            note=note,
            by=BY,
            now=now(),
            progress=lambda done: update(done, None),
        )
    if as_json:
        counts = {"rows": taken.rows, "added": taken.added, "known": taken.known, "rejected": taken.rejected}
        show_json({**counts, "wrong": [{"line": line, "why": why} for line, why in taken.wrong]})
        return
    click.echo(f"{taken.rows} rows: {taken.added} added, {taken.known} known before, {taken.rejected} rejected.")
    for line, why in taken.wrong:
        click.echo(f"Line {line}: {why}", err=True)


@suppress.command("export")
@click.option("--output", type=click.File("wb", lazy=True), default="-", help="Where to write; - is standard output.")
def give(output: IO[bytes]) -> None:
    """Write all of them as CSV. Who was erased is there by a keyed fingerprint alone."""
    start()
    from masthead.mail import suppression_files

    for piece in suppression_files.give(by=BY, now=now()):
        output.write(piece)


@suppress.command("list")
@click.option("--search", default="", metavar="TEXT", help="Only with this in the address or domain.")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="The newest of them.")
@as_json
def list_them(search: str, most: int, as_json: bool) -> None:
    """Who gets no mail, newest first."""
    start()
    from masthead.mail import suppressions

    found = suppressions.search(text=search)[:most]
    rows = [
        {
            "address": each.address,
            "domain": each.domain,
            "reason": each.reason,
            "note": each.note,
            "since": each.created_at.isoformat(),
            "by": each.by,
        }
        for each in found
    ]
    if as_json:
        show_json(rows)
        return
    for each in found:
        who = each.domain or each.address or "an erased address"
        click.echo(f"{who}  {each.reason}  {each.created_at:%Y-%m-%d}  {each.note}")
