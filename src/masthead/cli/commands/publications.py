"""`masthead publication`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from masthead.cli.starting import BY, as_json, now, show_json, start

if TYPE_CHECKING:
    from masthead.issues.models import Publication


@click.group()
def publication() -> None:
    """The publications of this install."""


@publication.command("list")
@as_json
def list_them(as_json: bool) -> None:
    """List the publications: short name, name, next number, whether live, address."""
    start()
    from masthead.issues.models import Publication

    rows = [_row(each) for each in Publication.objects.order_by("name")]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        mode = "live" if row["live"] else "in test mode"
        click.echo(f"{row['slug']}  {row['name']}  next No. {row['next_number']}  {mode}  {row['url']}")
    if not rows:
        click.echo("There is no publication yet. Run: masthead publication create --name … --from …")


@publication.command("create")
@click.option("--name", required=True, help='As printed: "The Courier".')
@click.option("--from", "from_address", required=True, metavar="ADDRESS", help="Sender address of its mails.")
@click.option("--next-number", type=click.IntRange(1), default=1, show_default=True, help="Number of its next issue.")
@click.option("--language", default="en", show_default=True, help="Language tag (BCP 47), such as en, fr, fa.")
@click.option("--tagline", default="", help="Line under the name.")
@click.option("--base-url", default="", metavar="URL", help="Its public address; without it MASTHEAD_BASE_URL.")
@click.option("--imprint", default="", help="Legal name and postal address, at the foot of every mail.")
@click.option("--live", is_flag=True, help="Leave test mode at once, if base URL, imprint and the sender's domain are in order.")
@as_json
def create(
    name: str,
    from_address: str,
    next_number: int,
    language: str,
    tagline: str,
    base_url: str,
    imprint: str,
    live: bool,
    as_json: bool,
) -> None:
    """Make a publication.

    It starts in test mode: mail goes to the built-in inbox and no number is taken. --live leaves it. With a public address on
    this machine issues go to the built-in inbox only: a mail server gets none.
    """
    start()
    from masthead.issues import publications

    made = publications.create(
        name=name,
        from_address=from_address,
        next_number=next_number,
        language=language,
        tagline=tagline,
        base_url=base_url,
        imprint=imprint,
        live=live,
        by=BY,
        now=now(),
    )
    if as_json:
        show_json(_row(made))
        return
    mode = "It is live." if made.is_live else "It is in test mode: mail goes to the built-in inbox."
    click.echo(f"{made.name} ({made.slug}) will publish No. {made.next_number} next. {mode}")
    click.echo(f"Its readers reach it at {publications.base_url_of(made)}/")


def _row(found: Publication) -> dict[str, object]:
    from masthead.issues import publications

    url = publications.base_url_of(found) + "/"
    return {"slug": found.slug, "name": found.name, "next_number": found.next_number, "live": found.is_live, "url": url}
