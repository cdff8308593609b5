"""`masthead bounces`: what came back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from masthead.bounces import mails
from masthead.bounces.reading.finding import Finding
from masthead.bounces.sandbox import Sandbox, Unread
from masthead.cli.starting import as_json, show_json


@click.group()
def bounces() -> None:
    """What came back: bounces, complaints, automatic answers."""


@bounces.command("read")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, allow_dash=True))
@as_json
def read(files: tuple[Path, ...], as_json: bool) -> None:
    """Say what each mail in FILE... is, and change nothing.

    FILE is a mail, an mbox, or a folder of them; - reads standard input. A mail that cannot be read is a line that says so.
    """
    with Sandbox() as sandbox:
        for mail in _mails(files):
            found = sandbox.read(mail.raw) if mail.raw is not None else Unread(mail.why)
            if as_json:
                show_json(as_fields(mail.name, found))
            else:
                click.echo(as_line(mail.name, found))


def as_fields(name: str, found: Finding | Unread) -> dict[str, object]:
    """The fields of one line of JSON."""
    if isinstance(found, Unread):
        return {"file": name, "kind": None, "error": found.why}
    return {
        "file": name,
        "kind": found.kind,
        "address": found.address or None,
        "address_from": found.address_from or None,
        "original_recipient": found.original_recipient or None,
        "status": found.status or None,
        "reply": found.reply or None,
        "class": found.status_class,
        "reason": found.reason,
        "dead": found.dead,
        "message_id": found.message_id or None,
        "feedback_type": found.feedback_type or None,
        "tokens": list(found.tokens),
        "others": list(found.others),
        "words": found.words,
    }


def as_line(name: str, found: Finding | Unread) -> str:
    """One line for people. Control characters of the mail do not reach the terminal."""
    if isinstance(found, Unread):
        return f"{name}: unread: {found.why}"
    verdict = "dead address" if found.dead else found.reason
    codes = " ".join(filter(None, (found.reply, found.status)))
    line = (
        f"{name}: {found.kind}: {found.address or '(no address)'}: {verdict}{f' ({codes})' if codes else ''}: {found.words[:100]}"
    )
    return "".join(char if char.isprintable() else " " for char in line)


def _mails(files: tuple[Path, ...]) -> Iterator[mails.Mail]:
    for path in files:
        if str(path) == "-":
            yield from mails.stream(sys.stdin.buffer, "-")
        else:
            yield from mails.find(path)
