"""`masthead bounces take` and `masthead bounces listen`: the doors by which a mail server hands over what came back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from masthead.cli.starting import CommandError, now, start


class TryAgain(CommandError):
    """The mail is not stored: the mail server must keep it (EX_TEMPFAIL of sysexits.h)."""

    exit_code = 75


class NoMail(CommandError):
    """Trying again is of no use (EX_DATAERR)."""

    exit_code = 65


@click.command()
@click.option("--sender", help="Envelope sender, empty for the null sender. Else the variable SENDER.")
@click.option("--recipient", help="Envelope recipient. Else ORIGINAL_RECIPIENT or RECIPIENT, which Postfix sets.")
def take(sender: str | None, recipient: str | None) -> None:
    """Store the mail on standard input, for a mail server's pipe.

    It ends with status 0 once the mail is stored, and with 75 (try again) when it cannot be stored now.
    """
    sender = sender if sender is not None else os.environ.get("SENDER")
    recipient = recipient or os.environ.get("ORIGINAL_RECIPIENT") or os.environ.get("RECIPIENT") or ""
    try:
        stored = _store(sender, recipient)
    except Exception as error:
        words = " ".join(str(error).split()) or type(error).__name__
        raise TryAgain(f"The mail cannot be stored now: {words}") from error
    if not stored:
        raise NoMail("There is no mail on standard input.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8024, show_default=True, help="Port to listen on; 0: a free one.")
@click.option("--socket", "path", type=click.Path(path_type=Path), help="A socket file instead of host and port.")
@click.option("--smtp", is_flag=True, help="Speak SMTP instead of LMTP.")
def listen(host: str, port: int, path: Path | None, smtp: bool) -> None:
    """Take what came back from a mail server on this machine, by LMTP or SMTP.

    Each mail is stored before it is acknowledged; `masthead serve` or `masthead worker` reads it then. It takes mail for every
    address and passes none on, so let only your own mail server reach it.
    """
    start()
    from masthead.cli import install, listening
    from masthead.cli.engine import stop_on_signals

    if install.pending():
        raise CommandError("The database is not up to date. Run: masthead init")
    stop_on_signals()
    try:
        bound = listening.bind(host=host, port=port, path=path)
    except OSError as error:
        where = path or f"{host}:{port}"
        raise CommandError(f"It cannot listen on {where}: {error.strerror or error}.") from error
    where = path or "{}:{}".format(*bound.getsockname()[:2])
    click.echo(f"Masthead takes what comes back on {where} by {'SMTP' if smtp else 'LMTP'}. Stop it with Ctrl+C.")
    sys.stdout.flush()
    try:
        listening.listen(bound, smtp=smtp)
    finally:
        if path is not None:
            path.unlink(missing_ok=True)


def _store(sender: str | None, recipient: str) -> bool:
    start()
    from masthead.bounces import intake
    from masthead.bounces.models.raw_report import NULL_SENDER
    from masthead.bounces.reading.parts import MOST_BYTES

    first = sys.stdin.buffer.readline(MOST_BYTES)
    if first.startswith(b"From "):  # of an mbox: no header
        first = b""
    raw = first + sys.stdin.buffer.read(MOST_BYTES)
    size = len(raw)
    while more := sys.stdin.buffer.read(MOST_BYTES):
        size += len(more)
    if not raw.strip():
        return False
    via, given = intake.Via.PIPE, "" if sender is None else sender.strip("<> ") or NULL_SENDER
    intake.store(raw=raw[:MOST_BYTES], size=size, via=via, envelope_from=given, envelope_to=recipient, now=now())
    return True
