"""`masthead bounces mailbox` and `masthead bounces fetch`: the mailboxes that are looked into for what came back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from masthead.cli.progress import meter
from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start

if TYPE_CHECKING:
    from masthead.bounces.models import Mailbox
    from masthead.mail.transports.base import Step

_STANDARD = {
    "imap": {"tls": 993, "starttls": 143, "none": 143},
    "pop3": {"tls": 995, "starttls": 110, "none": 110},
}


@click.group()
def mailbox() -> None:
    """The IMAP and POP3 mailboxes that are looked into for what came back."""


@mailbox.command("list")
@as_json
def list_mailboxes(as_json: bool) -> None:
    """List the mailboxes: name, server, how many mails were taken and wait, what is wrong."""
    start()
    from masthead.bounces.models import Mailbox

    names = (
        "name",
        "protocol",
        "host",
        "port",
        "security",
        "user",
        "folder",
        "after",
        "move_to",
        "in_use",
        "taken",
        "waiting",
        "refused",
    )
    for row in Mailbox.objects.all():
        if as_json:
            polled = row.polled_at.isoformat() if row.polled_at else None
            show_json({**{name: getattr(row, name) for name in names}, "trouble": row.trouble, "polled_at": polled})
            continue
        click.echo(f"{row.name:<24}  {row.host}:{row.port}  {row.folder}: {row.taken} taken, {row.waiting} wait")
        if row.trouble:
            click.echo(f"{'':<24}  {row.trouble}")


@mailbox.command("add")
@click.argument("name")
@click.option("--protocol", type=click.Choice(["imap", "pop3"]), default="imap", show_default=True)
@click.option("--host", required=True, help="Its name or address, without a port.")
@click.option("--port", type=click.IntRange(1, 65535), help="Without it 993, or 143 with STARTTLS; for POP3 995 or 110.")
@click.option("--security", type=click.Choice(["tls", "starttls", "none"]), default="tls", show_default=True)
@click.option("--user", required=True, help="The name to sign in with.")
@click.option(
    "--password-file",
    required=True,
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="A file with the password, or - for standard input. (Arguments can be read by everybody on the machine.)",
)
@click.option("--folder", default="INBOX", show_default=True, help="The folder that is read; POP3 has none.")
@click.option("--delete", is_flag=True, help="Delete each mail once it is stored; else it is left there, marked as read (IMAP).")
@click.option("--move-to", default="", metavar="FOLDER", help="Move each mail there once it is stored.")
@click.option("--untested", is_flag=True, help="Keep it without connecting to it first.")
@as_json
def add(name: str, password_file: Path, delete: bool, untested: bool, as_json: bool, **given: Any) -> None:
    """Add a mailbox, or change the one of this NAME, once it has been tried: connection, sign-in, folder."""
    start()
    from masthead.bounces.mailboxes import configuring
    from masthead.bounces.models import Mailbox

    if delete and given["move_to"]:
        raise CommandError("Say either --delete or --move-to.")
    after = "delete" if delete else "move" if given["move_to"] else "seen"
    text = sys.stdin.readline() if str(password_file) == "-" else password_file.read_text(encoding="utf-8")
    drafted = configuring.draft(
        existing=Mailbox.objects.filter(name=name).first(),
        name=name,
        password=text.rstrip("\r\n"),
        after=after,
        **{**given, "port": given["port"] or _STANDARD[given["protocol"]][given["security"]]},
    )
    steps = [] if untested else configuring.probe(drafted)
    if steps and not steps[-1].ok:
        if as_json:
            show_json({"mailbox": name, "kept": False, "steps": _steps(steps)})
        raise CommandError(f"{name} was not kept. {steps[-1].text}")
    configuring.keep(mailbox=drafted, by=BY, now=now())
    _show(drafted, steps, as_json, kept=True)


@mailbox.command("test")
@click.argument("name")
@as_json
def test(name: str, as_json: bool) -> None:
    """Try a mailbox step by step; nothing in it is changed. Exit status 1 if a step fails."""
    start()
    from masthead.bounces.mailboxes import configuring

    found = find_mailbox(name)
    steps = configuring.probe(found)
    _show(found, steps, as_json)
    if not steps[-1].ok:
        sys.exit(1)


@mailbox.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Forget a mailbox and its password; what was taken out of it stays."""
    start()
    from masthead.bounces.mailboxes import configuring

    configuring.remove(mailbox=find_mailbox(name), by=BY, now=now())
    click.echo(f"{name} is removed.")


@click.command()
@click.argument("name", required=False)
@as_json
def fetch(name: str | None, as_json: bool) -> None:
    """Take all mails out of the mailboxes now, also out of one that was refused before. It can be stopped and resumed.

    Exit status 1 if a mailbox could not be read; the others are read all the same.
    """
    start()
    from masthead.bounces.mailboxes import polling
    from masthead.bounces.mailboxes.imap import MailboxError
    from masthead.bounces.models import Mailbox
    from masthead.cli.engine import stop_on_signals

    stop_on_signals()
    failed = False
    for row in [find_mailbox(name)] if name else list(Mailbox.objects.filter(in_use=True)):
        stored, trouble = 0, ""
        try:
            with meter(f"Reading {row.name}", show=not as_json) as update:
                stored = polling.poll(mailbox=row, clock=now, told=update)
        except (polling.Busy, MailboxError) as error:
            failed, trouble = True, str(error)
        if as_json:
            show_json({"mailbox": row.name, "stored": stored, "trouble": trouble})
        else:
            click.echo(f"{row.name}: {trouble or f'{stored} new mails stored.'}")
    if failed:
        sys.exit(1)


def find_mailbox(name: str) -> Mailbox:
    """The mailbox called `name`. Raises CommandError."""
    from masthead.bounces.models import Mailbox

    found = Mailbox.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no mailbox named {name!r}. See: masthead bounces mailbox list")
    return found


def _show(mailbox: Mailbox, steps: list[Step], as_json: bool, **more: object) -> None:
    if as_json:
        show_json({"mailbox": mailbox.name, **more, "steps": _steps(steps)})
        return
    for step in steps:
        click.echo(f"  {'ok ' if step.ok else 'FAILS'}  {step.name}: {step.text}")
    if more:
        click.echo(f"{mailbox.name} is kept and looked into once a minute.")


def _steps(steps: list[Step]) -> list[dict[str, object]]:
    return [{"step": step.name, "ok": step.ok, "text": step.text} for step in steps]
