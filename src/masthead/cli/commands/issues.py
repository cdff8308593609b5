"""`masthead issue create`."""

from __future__ import annotations

from pathlib import Path

import click

from masthead.cli.starting import BY, as_json, now, show_json, start, which_publication


@click.group()
def issue() -> None:
    """The issues of a publication."""


@issue.command("create")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", default="", help="The headline; without it the one in the file.")
@click.option("--byline", default="", help="Who wrote it, as printed.")
@click.option("--excerpt", default="", help="A few sentences for lists, feeds and mails that hold an excerpt.")
@which_publication
@as_json
def create(file: Path, title: str, byline: str, excerpt: str, slug: str | None, as_json: bool) -> None:
    """Make a draft from a Markdown or HTML file, and print its number.

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
