"""`masthead import`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from masthead.cli.starting import BY, as_json, now, show_json, start


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "list_name", required=True, metavar="NAME", help="The list they join; made if there is none.")
@click.option("--dry-run", is_flag=True, help="Check the file and count; change nothing.")
@click.option("--statement", default="", help="How these readers agreed, kept as the proof of consent.")
@as_json
def import_readers(file: Path, list_name: str, dry_run: bool, statement: str, as_json: bool) -> None:
    """Add the readers in a CSV file to a list.

    The first line names the columns: one of them is email (or address), others such as name and language are kept as merge
    fields. Every row that was not added stands in a report, with its line number and the reason. Importing a file again adds
    nobody twice and brings nobody back who has left.
    """
    start()
    from django.db import transaction

    from masthead.audience import importing
    from masthead.cli import choosing
    from masthead.cli.progress import meter

    with transaction.atomic() if dry_run else nullcontext(), meter(f"Reading {file.name}", show=not as_json) as update:
        target = choosing.list_to_fill(list_name, by=BY, now=now())
        run = importing.import_csv(
            path=file, mailing_list=target, statement=statement, dry_run=dry_run, by=BY, now=now(), progress=update
        )
        if dry_run:
            # A list that was made only to try the file does not stay.
            transaction.set_rollback(True)
    counts = {name: getattr(run, name) for name in ("rows", "added", "known", "left_before", "suppressed", "rejected")}
    if as_json:
        show_json({"list": target.slug, "dry_run": dry_run, **counts, "report": run.report_path or None})
        return
    click.echo(
        f"{counts['rows']} rows: {counts['added']} {'would be added' if dry_run else 'added'} to {target.name}, "
        f"{counts['known']} known before, {counts['left_before']} had left, {counts['suppressed']} suppressed, "
        f"{counts['rejected']} rejected."
    )
    if run.report_path:
        click.echo(f"What was not added, and why: {run.report_path}")
