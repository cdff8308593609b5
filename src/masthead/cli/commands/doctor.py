"""`masthead doctor`: whether receivers will take our mail, and what to publish where they would not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from masthead.cli.starting import as_json, now, show_json, start, which_publication

if TYPE_CHECKING:
    from masthead.ops.doctor.rows import Row

_SIGNS = {"pass": "ok  ", "fail": "FAIL", "unknown": "?   ", "unchecked": "-   "}


@click.command()
@which_publication
@as_json
def doctor(slug: str | None, as_json: bool) -> None:
    """Look at DNS, certificate, one-click unsubscribe, relays and the way back; say what to publish where something is missing.

    Each line is ok, FAIL, ? (the resolver or the network failed: try again) or - (nobody can see it from here). Exit status 1 if
    something fails. Nothing is changed and no mail is sent. With --json each line is a JSON object: group, check, subject, result
    (pass, fail, unknown, unchecked), words, publish (name, type, value, zone) or null.
    """
    start()
    from masthead.cli import choosing
    from masthead.issues.models import Publication
    from masthead.ops.doctor.examining import Outside, examine

    publications = [choosing.publication(slug)] if slug else list(Publication.objects.all())
    rows = examine(publications=publications, outside=Outside(), now=now())
    for row in rows:
        if as_json:
            show_json(as_fields(row))
        else:
            _tell(row)
    if any(row.result == "fail" for row in rows):
        sys.exit(1)


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
