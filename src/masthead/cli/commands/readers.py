"""`masthead import`, `masthead export` and `masthead reader`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start

if TYPE_CHECKING:
    from masthead.audience.models import ImportRun, MailingList


@click.command("import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "list_name", metavar="NAME", help="The list they join; made if there is none.")
@click.option("--new-list", is_flag=True, help="Make the list although another has nearly the same name.")
@click.option(
    "--map",
    "said",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="What a column (heading, or number from 1) holds: email, name, first_name, last_name, language, format, a merge field, "
    "or - to leave it out. May be repeated; what is not said is guessed.",
)
@click.option("--encoding", default="", metavar="NAME", help="Where the file does not show it: cp1252, iso-8859-7 …")
@click.option("--update", is_flag=True, help="Let the file change names and merge fields of readers who are known.")
@click.option("--dry-run", is_flag=True, help="Check the file and count; change nothing.")
@click.option("--statement", default="", help="How these readers agreed, kept as the proof of consent.")
@click.option("--resume", type=int, metavar="ID", help="Go on with an import that was interrupted.")
@click.option("--undo", type=int, metavar="ID", help="Take a whole import back, except for readers who acted since.")
@as_json
def import_readers(
    file: Path | None,
    list_name: str | None,
    new_list: bool,
    said: tuple[str, ...],
    encoding: str,
    update: bool,
    dry_run: bool,
    statement: str,
    resume: int | None,
    undo: int | None,
    as_json: bool,
) -> None:
    """Add the readers in FILE to a list: CSV in any usual encoding, an Excel workbook (.xlsx), or pasted addresses.

    The first line names the columns: one of them is email (or address), others such as name and language are kept as merge
    fields. A list that is not there yet is made, unless its name looks like a slip for another.

    Every row stands in a report, with its line number and what became of it. Importing a file again adds nobody twice
    and brings nobody back who has left.
    """
    if sum((file is not None, resume is not None, undo is not None)) != 1:
        raise click.UsageError("Give a FILE, or --resume ID, or --undo ID.")
    start()
    if undo is not None:
        _undo(undo, as_json)
    elif resume is not None:
        _resume(resume, as_json)
    elif file is not None:
        if not list_name:
            raise click.UsageError("Missing option '--list'.")
        if not new_list:
            from masthead.cli import choosing

            choosing.not_misspelt(list_name)
        _import(file, list_name, _mapping(said), encoding, update, dry_run, statement, as_json)


def _import(
    file: Path,
    list_name: str,
    mapping: dict[str, str],
    encoding: str,
    update: bool,
    dry_run: bool,
    statement: str,
    as_json: bool,
) -> None:
    from masthead.audience import importing
    from masthead.cli.progress import meter

    at = now()
    with _list_of(list_name, dry_run, at) as target, meter(f"Reading {file.name}", show=not as_json) as show:
        run = importing.open_run(
            file_name=file.name,
            stored_path=str(file.absolute()),
            mailing_list=target,
            statement=statement,
            dry_run=dry_run,
            by=BY,
            now=at,
            mapping=mapping,
            encoding=encoding,
            update_known=update,
        )
        try:
            _execute(run, file, at, show)
        finally:
            if dry_run:
                run.delete()
    if dry_run:
        run.list = _tried(list_name, at)
    _say(run, as_json)


@contextmanager
def _list_of(name: str, dry_run: bool, at: datetime) -> Iterator[MailingList]:
    """The list to fill. A dry run for one that is not there has an empty one stand in for it, which does not stay.

    Not one transaction around it all: on SQLite it would keep everybody else from writing as long as the file is read.
    """
    from masthead.audience.models import MailingList
    from masthead.cli import choosing

    there = choosing.list_called(name)
    if there is not None or not dry_run:
        yield there or choosing.list_to_fill(name, by=BY, now=at)
        return
    _tried(name, at)
    mark = f"dry-run-{secrets.token_hex(4)}"
    stands_in = MailingList.objects.create(name=mark, slug=mark, is_public=False)
    try:
        yield stands_in
    finally:
        stands_in.delete()


def _tried(name: str, at: datetime) -> MailingList:
    """The list as it is or would be made; nothing stays of it. Raises as making it does."""
    from django.db import transaction

    from masthead.cli import choosing

    with transaction.atomic():
        found = choosing.list_to_fill(name, by=BY, now=at)
        transaction.set_rollback(True)
    return found


def _resume(number: int, as_json: bool) -> None:
    from masthead.audience import importing
    from masthead.audience.models import ImportRun
    from masthead.cli.progress import meter

    run = _run(number)
    if run.state != ImportRun.State.RUNNING and not importing.reopen(run=run):
        raise CommandError(f"Import {number} is {run.state}; only one that was interrupted goes on.")
    with meter(f"Reading {run.file_name}", show=not as_json) as show:
        _execute(run, Path(run.stored_path), now(), show)
    _say(run, as_json)


def _execute(run: ImportRun, path: Path, at: datetime, show: Callable[[int, int | None], None]) -> None:
    """Read the file. Whoever stops it is told the number by which it goes on."""
    from masthead.audience import importing

    try:
        importing.execute(run=run, path=path, now=at, progress=lambda done, total: show(done, total or None))
    except KeyboardInterrupt:
        if not run.dry_run:
            run.refresh_from_db()
            click.echo(f"{run.rows} rows are done. Go on with: masthead import --resume {run.pk}", err=True)
        raise


def _undo(number: int, as_json: bool) -> None:
    from masthead.audience.imports import taking_back
    from masthead.audience.models import ImportRun
    from masthead.cli.progress import meter

    run = _run(number)
    if run.state != ImportRun.State.UNDOING:
        taking_back.begin(run=run, by=BY, now=now())
    with meter(f"Taking back {run.file_name}", show=not as_json) as show:
        run = taking_back.work(run=run, by=BY, now=now(), progress=show)
    if as_json:
        show_json({"import": run.pk, "state": run.state, "taken_back": run.taken_back, "kept": run.kept_back})
        return
    click.echo(
        f"Import {run.pk} of {run.file_name} is taken back: {run.taken_back} readers are off {run.list.name} again, "
        f"{run.kept_back} stay because they acted since."
    )


def _run(number: int) -> ImportRun:
    from masthead.audience.models import ImportRun

    found = ImportRun.objects.filter(pk=number).select_related("list").first()
    if found is None:
        last = ", ".join(str(pk) for pk in ImportRun.objects.values_list("pk", flat=True)[:5])
        raise CommandError(f"There is no import {number}. The last ones are: {last or 'none'}.")
    return found


def _mapping(said: tuple[str, ...]) -> dict[str, str]:
    mapping = {}
    for pair in said:
        column, sign, field = pair.rpartition("=")
        if not sign or not column.strip() or not field.strip():
            raise click.UsageError(f"--map {pair!r} is not COLUMN=FIELD. Example: --map 'Mail address=email'")
        mapping[column.strip()] = field.strip()
    return mapping


def _say(run: ImportRun, as_json: bool) -> None:
    from masthead.audience.importing import COUNTS

    counts = {name: getattr(run, name) for name in COUNTS}
    if as_json:
        number = None if run.dry_run else run.pk
        details = {"dry_run": run.dry_run, "import": number, "layout": run.layout, "report": run.report_path or None}
        show_json({"list": run.list.slug, **counts, **details})
        return
    click.echo(
        f"{counts['rows']} rows: {counts['added']} {'would be added' if run.dry_run else 'added'} to {run.list.name}, "
        f"{counts['known']} known before, {counts['changed']} changed, {counts['left_before']} had left, "
        f"{counts['suppressed']} suppressed, {counts['rejected']} rejected."
    )
    click.echo(f"What became of each row: {run.report_path}")
    if run.can_be_undone:
        click.echo(f"Take it back with: masthead import --undo {run.pk}")


@click.command("export")
@click.option("--list", "list_name", metavar="NAME", help="Only readers of this list, in whatever state; without it: of all.")
@click.option(
    "--state",
    type=click.Choice(["active", "pending", "left", "suppressed", "bounced"]),
    default=None,
    help="Only in this state, on the list if one is given. Bounced: the address is dead.",
)
@click.option("--segment", "segment_name", metavar="NAME", help="Only who is in this segment now.")
@click.option("--tag", "tag_name", metavar="NAME", help="Only with this tag.")
@click.option("--domain", default="", metavar="NAME", help="Only with an address there or below.")
@click.option("--source", default="", metavar="TEXT", help="Only who came by something with this in it, such as “import 12”.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only who is known from this day on (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Only who is known up to and with this day.")
@click.option("--search", default="", metavar="TEXT", help="Only with this in address or name.")
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx", "json"]), default="csv", show_default=True)
@click.option("--output", type=click.File("wb", lazy=True), default="-", help="Where to write; - is standard output.")
def export_readers(
    list_name: str | None,
    state: str | None,
    segment_name: str | None,
    tag_name: str | None,
    domain: str,
    source: str,
    since: datetime | None,
    until: datetime | None,
    search: str,
    kind: str,
    output: IO[bytes],
) -> None:
    """Write readers as CSV, as an Excel workbook or as JSON. What is asked must all fit.

    In CSV and workbooks, cells that a spreadsheet would take for a formula get an apostrophe; JSON is exact. The export stands
    in the record of activity.
    """
    start()
    from masthead.audience import exporting, tagging
    from masthead.audience.export_formats import Kind
    from masthead.audience.filtering import Filter
    from masthead.cli import choosing

    tag = tagging.find(tag_name) if tag_name else None
    if tag_name and tag is None:
        raise CommandError(f"There is no tag “{tag_name}”.")
    asked = Filter(
        text=search,
        list=choosing.mailing_list(list_name).pk if list_name else None,
        state=state or "",
        tag=tag.pk if tag else None,
        source=source,
        segment=choosing.segment(segment_name).pk if segment_name else None,
        domain=domain,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    for piece in exporting.export(kind=Kind(kind), asked=asked, by=BY, now=now()):
        output.write(piece)


@click.group()
def reader() -> None:
    """One reader: shown, erased; and readers who are here twice: found, merged, taken apart again."""


@reader.command("show")
@click.argument("address")
def show(address: str) -> None:
    """Print everything that is held about the reader with ADDRESS, as JSON: what their own page gives them."""
    start()
    from masthead.audience import exporting
    from masthead.bounces.exporting import replies_of
    from masthead.cli import choosing

    found = choosing.reader(address)
    show_json({**exporting.reader_data(subscriber=found), "replies": replies_of(found)})


@reader.command("erase")
@click.argument("address")
@click.confirmation_option(prompt="Everything about this reader is deleted, and no mail can go to the address again. Erase it?")
def erase(address: str) -> None:
    """Erase the reader with ADDRESS. A keyed fingerprint stays, so that no import, form or sign-up brings the address back."""
    start()
    from masthead.audience import erasure
    from masthead.cli import choosing

    erasure.erase(subscriber=choosing.reader(address), by=BY, now=now())
    click.echo("Erased. What was delivered is still counted, without the reader.")


@reader.command("duplicates")
@as_json
def duplicates(as_json: bool) -> None:
    """Look for readers who may be one person, and name the pairs.

    Two spellings of one mailbox, as large providers read them (dots, what stands behind +), and the same name at a domain that
    looks misspelt. Nothing is changed.
    """
    start()
    from masthead.audience import duplicates

    count = duplicates.look(now=now())
    pairs = [(each.first.address, each.second.address, each.why) for each in duplicates.open_ones().iterator()]
    if as_json:
        show_json([{"one": one, "other": other, "why": why} for one, other, why in pairs])
        return
    for one, other, why in pairs:
        click.echo(f"{one}  {other}  {why}")
    click.echo(f"{count} pairs. Merge one with: masthead reader merge KEEP AWAY" if count else "Nobody seems to be here twice.")


@reader.command("merge")
@click.argument("keep")
@click.argument("away")
@as_json
def merge(keep: str, away: str, as_json: bool) -> None:
    """Make the reader with address AWAY part of the one with address KEEP.

    Mail goes to KEEP. The stricter choice wins: who left a list by one of the two has left it. Both histories are kept, links in
    old mails go on working, and `masthead reader unmerge` takes it back.
    """
    start()
    from masthead.audience import merging
    from masthead.cli import choosing

    kept, gone = choosing.reader(keep), choosing.reader(away)
    made = merging.merge(keep=kept, away=gone, by=BY, now=now())
    states = list(kept.subscriptions.order_by("list__name").values_list("list__name", "state"))
    if as_json:
        show_json({"merge": made.pk, "keep": kept.address, "away": gone.address, "lists": dict(states)})
        return
    click.echo(f"{gone.address} is part of {kept.address} now.")
    for name, state in states:
        click.echo(f"{name}: {state}")


@reader.command("unmerge")
@click.argument("away")
def unmerge(away: str) -> None:
    """Make the reader with address AWAY, who was merged into another, a reader of their own again."""
    start()
    from masthead.audience import merging
    from masthead.cli import choosing

    gone = choosing.reader(away)
    found = next((each for each in merging.merges_of(gone) if each.away_id == gone.pk), None)
    if found is None:
        raise CommandError(f"{gone.address} is not merged into another reader.")
    merging.undo(merge=found, by=BY, now=now())
    click.echo(f"{gone.address} and {found.keep.address} are two readers again.")
