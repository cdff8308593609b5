"""`masthead issue`: drafts made of manuscripts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start, which_publication

if TYPE_CHECKING:
    from masthead.issues.importing import Imported
    from masthead.issues.models import Issue


@click.group()
def issue() -> None:
    """The issues of a publication."""


@issue.command("list")
@click.option("--all", "everything", is_flag=True, help="Every issue; without it the newest twenty.")
@which_publication
@as_json
def list_them(everything: bool, slug: str | None, as_json: bool) -> None:
    """List the issues, newest first: number, headline, and since when it is public."""
    start()
    from masthead.cli import choosing
    from masthead.issues.models import Issue

    found = Issue.objects.filter(publication=choosing.publication(slug)).order_by("-id")
    rows = [_row(each) for each in (found if everything else found[:20])]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        since = f"public from {row['public_from']:%Y-%m-%d %H:%M} UTC" if row["public_from"] else "not public"
        click.echo(f"No. {row['number'] or '?'}  {row['title'] or '(no headline)'}  {since}")
    if not rows:
        click.echo("There is no issue yet. Run: masthead issue create FILE")


@issue.command("create")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", default="", help="The headline; without it the one in the file.")
@click.option("--byline", default="", help="Who wrote it, as printed.")
@click.option("--excerpt", default="", help="A few sentences for lists, feeds and mails that hold an excerpt.")
@which_publication
@as_json
def create(file: Path, title: str, byline: str, excerpt: str, slug: str | None, as_json: bool) -> None:
    """Make a draft from a Word, OpenDocument, Markdown or HTML file, and print its number.

    The number is the one it is planned to get; it is taken when the issue is sent.
    """
    start()
    from masthead.cli import choosing
    from masthead.issues import drafting

    made = drafting.create_from_file(
        publication=choosing.publication(slug),
        path=file,
        title=title,
        byline=byline,
        excerpt=excerpt,
        by=BY,
        now=now(),
        told=lambda line: click.echo(f"Left out: {line}", err=True),
    )
    number = made.number or made.planned_number
    if as_json:
        show_json({"number": number, "id": made.pk, "title": made.title, "publication": made.publication.slug})
    else:
        click.echo(number)


@issue.command("copy")
@click.argument("number", type=int)
@which_publication
@as_json
def copy(number: int, slug: str | None, as_json: bool) -> None:
    """Make a draft that says what issue NUMBER says, and print the number it is planned to get."""
    start()
    from masthead.cli import choosing
    from masthead.issues import drafting, numbering

    made = drafting.copy(issue=choosing.issue(choosing.publication(slug), number), by=BY, now=now())
    planned = numbering.expected(made).first
    if as_json:
        show_json({"number": planned, "id": made.pk, "title": made.title, "publication": made.publication.slug})
    else:
        click.echo(planned)


@issue.command("correct")
@click.argument("number", type=int)
@click.option("--note", default="", help="What was corrected: stands with its date above the text.")
@which_publication
@as_json
def correct(number: int, note: str, slug: str | None, as_json: bool) -> None:
    """Make the newest draft of issue NUMBER its public version: page, feeds and archive say it at once, and no mail leaves.

    The page as it was mailed stays beside it. A sending under way goes on with what it has.
    """
    start()
    from masthead.cli import choosing
    from masthead.issues.correcting import NothingToCorrect
    from masthead.issues.correcting import correct as publish_corrected
    from masthead.issues.freezing import NotReady
    from masthead.issues.manuscripts.neutral import BadManuscript

    try:
        edition = publish_corrected(issue=choosing.issue(choosing.publication(slug), number), by=BY, now=now(), note=note)
    except (BadManuscript, NothingToCorrect, NotReady) as error:
        raise CommandError(str(error)) from error
    if as_json:
        show_json({"number": edition.number, "version": edition.version})
        return
    click.echo(f"No. {edition.number}, version {edition.version}, is public. No mail was sent.")


@issue.command("withdraw")
@click.argument("number", type=int)
@click.option("--reason", default="", help="Stands with the date where the issue was.")
@which_publication
def withdraw(number: int, reason: str, slug: str | None) -> None:
    """Take issue NUMBER off site, archive and feeds for good. Its number stays taken and says when and why.

    Mails that were sent stay with their readers. To mend a mistake there is `masthead issue correct`.
    """
    start()
    from masthead.cli import choosing
    from masthead.delivery.withdrawing import StillSending
    from masthead.delivery.withdrawing import withdraw as take_off
    from masthead.issues.numbering import NoNumber

    try:
        take_off(issue=choosing.issue(choosing.publication(slug), number), reason=reason, by=BY, now=now())
    except (NoNumber, StillSending) as error:
        raise CommandError(str(error)) from error
    click.echo(f"No. {number} is withdrawn.")


@issue.command("score")
@click.argument("number", type=int)
@which_publication
@as_json
def score(number: int, slug: str | None, as_json: bool) -> None:
    """Print what SpamAssassin, where it is installed, says of the mail of issue NUMBER, and which of its rules add to that."""
    start()
    from masthead.cli import choosing
    from masthead.common.spamassassin import CannotScore
    from masthead.delivery import spam_scoring

    try:
        found = spam_scoring.score(issue=choosing.issue(choosing.publication(slug), number), now=now())
    except CannotScore as error:
        raise CommandError(str(error)) from error
    if as_json:
        show_json(asdict(found))
        return
    click.echo(f"{found.points:.1f} points; from {found.limit:.1f} on SpamAssassin calls a mail spam.")
    for rule in found.rules:
        click.echo(f"{rule.points:+5.1f} {rule.name}: {rule.what}")


@issue.command("import")
@click.argument("source")
@click.option("--into", type=int, metavar="NUMBER", help="Put it into this draft, in place of its text. Without it: a new draft.")
@click.option("--dry-run", is_flag=True, help="Read it and show the report; change nothing.")
@which_publication
@as_json
def import_manuscript(source: str, into: int | None, dry_run: bool, slug: str | None, as_json: bool) -> None:
    """Read the manuscript SOURCE, a file or the address of a web page, and report what became of every word.

    Files end in .docx, .odt, .md, .html or .txt. The report counts the words of the source and of the issue and names everything
    that was left out, with its place.
    """
    start()
    from masthead.cli import choosing
    from masthead.issues import drafting, importing, web_pages

    is_page = source.startswith(("http://", "https://"))
    if not is_page and not Path(source).is_file():
        raise CommandError(f"There is no file {source}.")
    publication = choosing.publication(slug)
    draft = choosing.issue(publication, into) if into is not None else None
    found = web_pages.read(source) if is_page else importing.read_path(Path(source))
    number = None
    if not dry_run and draft is not None:
        drafting.fill(issue=draft, found=found, by=BY, now=now())
        number = draft.number or draft.planned_number
    elif not dry_run:
        made = drafting.create_from(found, publication=publication, by=BY, now=now())
        number = made.planned_number
    if as_json:
        show_json({"number": number, **_report(found)})
        return
    for one in found.dropped:
        click.echo(f"Left out: {one}")
    for one in found.noticed:
        click.echo(f"Changed: {one}")
    click.echo(f"{found.words_in} words read, {found.words_out} in the issue, {found.words_left} in the lines above.")
    click.echo("Nothing was changed." if number is None else f"No. {number}")


def _report(found: Imported) -> dict[str, object]:
    return {
        "title": found.meta.get("title", ""),
        "language": found.meta.get("language", ""),
        "blocks": len(found.pieces),
        "notes": len(found.notes),
        "pictures": len(found.pictures),
        "words": {"in": found.words_in, "out": found.words_out, "left": found.words_left},
        "left_out": [{"place": one.place, "what": one.what, "words": one.words} for one in found.dropped],
        "changed": [{"place": one.place, "what": one.what, "words": one.words} for one in found.noticed],
    }


def _row(found: Issue) -> dict[str, Any]:
    """An issue in a list: its number is the planned one until it is taken."""
    number = found.number or found.planned_number
    return {
        "id": found.pk,
        "number": number,
        "taken": found.number is not None,
        "title": found.title,
        "public_from": found.public_from,
    }
