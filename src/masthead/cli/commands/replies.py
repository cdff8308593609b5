"""`masthead replies`: what readers answered, read, and passed on to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start, which_publication

if TYPE_CHECKING:
    from masthead.bounces.models import Reply

identity = click.argument("identity", metavar="ID", type=click.IntRange(1, 2**63 - 1))


@click.group()
def replies() -> None:
    """What readers answered."""


@replies.command("list")
@click.option("--new", "only_new", is_flag=True, help="Only those that nobody has read.")
@click.option("--issue", type=click.IntRange(1), help="Only answers to the issue of this number.")
@click.option("--all", "everything", is_flag=True, help="Every reply; without it the newest twenty.")
@which_publication
@as_json
def list_them(only_new: bool, issue: int | None, everything: bool, slug: str | None, as_json: bool) -> None:
    """List the replies, newest first: ID, day, whether somebody has read it, issue, sender and subject."""
    start()
    from masthead.bounces import lookups
    from masthead.cli import choosing
    from masthead.issues.models import Publication

    publications = Publication.objects.filter(pk=choosing.publication(slug).pk) if slug else Publication.objects.all()
    found = lookups.replies(publications)
    if only_new:
        found = found.filter(read_at=None)
    if issue is not None:
        found = found.filter(campaign__edition__number=issue)
    rows = [_row(each) for each in (found if everything else found[:20])]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        mark = "new" if row["new"] else "   "
        number = f"No. {row['issue']}" if row["issue"] else "-"
        click.echo(_plain(f"{row['id']}  {str(row['received'])[:10]}  {mark}  {number}  {row['sender']}  {row['subject']}"))
    if not rows:
        click.echo("There is no reply.")


@replies.command("show")
@identity
@as_json
def show(identity: int, as_json: bool) -> None:
    """Show reply ID as text. It counts as new until somebody marks it as read."""
    start()
    reply = _find(identity)
    row = {**_row(reply), "state": reply.state, "note": reply.note, "attachments": reply.attachments, "text": reply.text}
    if as_json:
        show_json(row)
        return
    click.echo(_plain(f"From:    {f'{reply.sender_name} <{reply.sender}>' if reply.sender_name else reply.sender}"))
    click.echo(_plain(f"Subject: {reply.subject}"))
    click.echo(f"Came:    {reply.received_at:%Y-%m-%d %H:%M} UTC, to {_plain(reply.publication.name)}, {_about(reply)}")
    click.echo(f"State:   {reply.state}{f': {_plain(reply.note)}' if reply.note else ''}, {'read' if reply.read_at else 'new'}")
    if reply.attachments:
        click.echo(f"Attachments: {reply.attachments}, in the mail as it came, at the desk.")
    click.echo()
    for line in reply.text.split("\n"):
        click.echo(_plain(line))


@replies.command("mark")
@identity
@click.option("--new", "as_new", is_flag=True, help="Let it count as new again.")
def mark(identity: int, as_new: bool) -> None:
    """Mark reply ID as read, for everybody."""
    start()
    from masthead.bounces.replies import keeping

    keeping.mark(reply=_find(identity), read=not as_new, by=BY, now=now())
    click.echo(f"Reply {identity} is {'new' if as_new else 'read'}.")


@replies.command("pass-on")
@click.argument("address", required=False)
@click.option("--stop", is_flag=True, help="Let replies stay at the desk from now on.")
@which_publication
def pass_on(address: str | None, stop: bool, slug: str | None) -> None:
    """Pass replies on to the person at ADDRESS from now on; without ADDRESS say where they go now."""
    start()
    from masthead.bounces.models import RepliesGoTo
    from masthead.bounces.replies import keeping
    from masthead.cli import choosing

    if address and stop:
        raise CommandError("Name an address or give --stop, not both.")
    publication = choosing.publication(slug)
    if address or stop:
        try:
            keeping.pass_on_to(publication=publication, address=address or "", by=BY, now=now())
        except keeping.BadEditorAddress as error:
            raise CommandError(str(error)) from error
    kept = RepliesGoTo.objects.filter(publication=publication).first()
    where = f"are passed on to {kept.address}" if kept is not None else "stay at the desk"
    click.echo(f"Replies to {publication.name} {where}.")


def _find(identity: int) -> Reply:
    from masthead.bounces import lookups
    from masthead.issues.models import Publication

    found = lookups.replies(Publication.objects.all()).filter(pk=identity).first()
    if found is None:
        raise CommandError(f"There is no reply {identity}. See: masthead replies list --all")
    return found


def _row(reply: Reply) -> dict[str, object]:
    return {
        "id": reply.pk,
        "received": reply.received_at.isoformat(),
        "new": reply.read_at is None,
        "publication": reply.publication.slug,
        "issue": reply.campaign.edition.label if reply.campaign is not None else None,
        "sender": reply.sender,
        "sender_name": reply.sender_name,
        "subject": reply.subject,
    }


def _about(reply: Reply) -> str:
    return f"about No. {reply.campaign.edition.label}" if reply.campaign is not None else "about no issue"


def _plain(text: str) -> str:
    """Without control characters: what a mail says does not reach the terminal as a command."""
    return "".join(char if char.isprintable() or char == "\t" else " " for char in text)
