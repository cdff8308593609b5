"""`masthead bounces`: what came back."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from masthead.bounces import mails
from masthead.bounces.reading.finding import Finding
from masthead.bounces.sandbox import Sandbox, Unread
from masthead.cli.commands import mailboxes, taking_in
from masthead.cli.starting import as_json, show_json, start

if TYPE_CHECKING:
    from masthead.bounces.rules import Own

_TOKEN = re.compile(r"[a-z2-7]{34}", re.ASCII | re.IGNORECASE)


@click.group()
def bounces() -> None:
    """What came back: bounces, complaints, automatic answers."""


bounces.add_command(mailboxes.mailbox)
bounces.add_command(mailboxes.fetch)
bounces.add_command(taking_in.take)
bounces.add_command(taking_in.listen)


@bounces.command("read")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, allow_dash=True))
@as_json
def read(files: tuple[Path, ...], as_json: bool) -> None:
    """Say what each mail in FILE... is, and change nothing.

    FILE is a mail, an mbox, or a folder of them; - reads standard input. A mail that cannot be read is a line that says so; the
    command goes on, and ends with 1.
    The reader of a mail that this install sent is named by its token or Message-ID, whatever address the report names.
    """
    unread = False
    with Sandbox() as sandbox:
        for mail in _mails(files):
            found = sandbox.read(mail.raw) if mail.raw is not None else Unread(mail.why)
            unread = unread or isinstance(found, Unread)
            if isinstance(found, Finding):
                found = _identified(found)
            if as_json:
                show_json(as_fields(mail.name, found))
            else:
                click.echo(as_line(mail.name, found))
    if unread:
        sys.exit(1)


@bounces.command("rules")
@as_json
def list_rules(as_json: bool) -> None:
    """List what follows from what came back: every rule in its order, the first that fits decides. Those of the staff begin
    with own: and a number, and are made at the desk.
    """
    start()
    from masthead.bounces import policies
    from masthead.bounces.rules import Own, in_order

    present = policies.current()
    for place, rule in enumerate(in_order(present), 1):
        row: dict[str, object] = {"place": place, "rule": rule.name, "on": rule.name not in present.off, "verdict": rule.outcome}
        row |= {
            "why": str(rule.why),
            "own": isinstance(rule, Own),
            "conditions": _conditions(rule) if isinstance(rule, Own) else {},
        }
        if as_json:
            show_json(row)
            continue
        asked = "; ".join(f"{name} {value}" for name, value in _conditions(rule).items()) if isinstance(rule, Own) else ""
        off = "" if row["on"] else " (off)"
        line = f"{place:2}  {rule.name}{off}: {rule.outcome}. {rule.why}{f' [{asked}]' if asked else ''}"
        click.echo("".join(char if char.isprintable() else " " for char in line))


def _conditions(rule: Own) -> dict[str, object]:
    asked = {name: getattr(rule, name) for name in ("kind", "reason", "status_class", "code", "phrase")}
    return {name: value for name, value in (asked | {"domains": sorted(rule.domains)}).items() if value}


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


def _identified(found: Finding) -> Finding:
    """`found` with the reader whose mail it was, if a token in it is ours and there is an install to ask."""
    candidates = [*found.tokens, *(each.partition("@")[0] for each in found.message_ids)]
    if not any(_TOKEN.fullmatch(each) for each in candidates) or not _has_install():
        return found
    from django.db import DatabaseError

    from masthead.bounces.identifying import owner_of

    try:
        owner = owner_of(found)
    except DatabaseError:
        return found  # a database that was never made, or is of another version, knows nobody
    if owner.subscriber is None or owner.delivery is None:
        return found
    others = tuple(dict.fromkeys(filter(None, (found.address, *found.others)))) if owner.names_another else found.others
    return replace(found, address=owner.subscriber.address, address_from=str(owner.identity), others=others)


@cache
def _has_install() -> bool:
    """Start it, if there is one; reading makes none."""
    start()
    from django.conf import settings

    database = settings.DATABASES["default"]
    return not settings.EMBEDDED or Path(str(database["NAME"])).exists()


def _mails(files: tuple[Path, ...]) -> Iterator[mails.Mail]:
    for path in files:
        if str(path) == "-":
            yield from mails.stream(sys.stdin.buffer, "-")
        else:
            yield from mails.find(path)
