"""`masthead inbox`: reading what the built-in inbox holds."""

from __future__ import annotations

import sys

import click

from masthead.cli.starting import CommandError, as_json, show_json, start


@click.group()
def inbox() -> None:
    """Read the built-in inbox, where mail goes while there is no relay."""


@inbox.command("list")
@click.option("--to", "address", default="", metavar="ADDRESS", help="Only mails to this address.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The newest so many.")
@as_json
def list_messages(address: str, limit: int, as_json: bool) -> None:
    """List the newest mails: number, time, address, subject."""
    start()
    from masthead.mail.models import InboxMessage

    found = InboxMessage.objects.defer("raw").order_by("-pk")
    if address:
        found = found.filter(envelope_to__iexact=address)
    for message in found[:limit]:
        if as_json:
            show_json(
                {
                    "id": message.pk,
                    "received_at": message.received_at.isoformat(),
                    "from": message.envelope_from,
                    "to": message.envelope_to,
                    "subject": message.subject,
                    "message_id": message.message_id,
                    "size": message.size,
                }
            )
        else:
            click.echo(f"{message.pk:>6}  {message.received_at:%Y-%m-%d %H:%M}  {message.envelope_to:<34}  {message.subject}")


@inbox.command("show")
@click.argument("number", type=int)
def show(number: int) -> None:
    """Write one mail as it was received, byte for byte."""
    start()
    from masthead.mail.models import InboxMessage

    message = InboxMessage.objects.filter(pk=number).first()
    if message is None:
        raise CommandError(f"The inbox holds no mail {number}. See: masthead inbox list")
    sys.stdout.buffer.write(bytes(message.raw))
    sys.stdout.buffer.flush()
