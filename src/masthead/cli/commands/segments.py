"""`masthead segment`: questions about readers, kept under a name."""

from __future__ import annotations

import json
from typing import IO

import click

from masthead.cli.starting import BY, CommandError, as_json, now, show_json, start


@click.group()
def segment() -> None:
    """Segments: rules that say which readers are meant, for sending and for looking."""


@segment.command("save")
@click.argument("name")
@click.argument("rule", type=click.File("r", encoding="utf-8"))
@click.option("--description", default="", help="What it is for.")
@as_json
def save(name: str, rule: IO[str], description: str, as_json: bool) -> None:
    """Keep the rule in the file RULE (- is standard input) as segment NAME; one of that name gets the new rule.

    The rule is JSON, such as {"all": [{"if": "list", "of": "news", "is": "active"}, {"if": "domain", "is": "equal", "to":
    "example.org"}]}. Lists, tags and segments may be named as people name them, issues as in
    "The Courier No. 1971".
    """
    start()
    from masthead.audience.segments import naming, saving, tree

    try:
        data = json.load(rule)
    except ValueError as error:
        raise CommandError(f"The rule is no JSON: {error}.") from error
    meant, known = naming.by_names(tree.read(data), now=now()), saving.find(name)
    if known is None:
        made = saving.create(name=name, rule=meant, description=description, by=BY, now=now())
    else:
        words = description or known.description
        made = saving.edit(segment=known, name=name, rule=meant, description=words, by=BY, now=now())
    _show(made.name, as_json)


@segment.command("show")
@click.argument("name")
@as_json
def show(name: str, as_json: bool) -> None:
    """Say what segment NAME asks and how many readers are in it now."""
    start()
    _show(name, as_json)


@segment.command("list")
@as_json
def list_segments(as_json: bool) -> None:
    """All segments, with what they ask."""
    start()
    from masthead.audience.models import Segment
    from masthead.audience.segments import saving, tree
    from masthead.audience.segments.compiling import Compiler

    at = now()
    compiler = Compiler(now=at)
    rows = []
    for each in Segment.objects.all():
        words = saving.in_words(tree.read(each.rule), compiler)
        rows.append({"name": each.name, "rule": each.rule, "words": words, "trouble": saving.trouble_of(each, now=at)})
    if as_json:
        show_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']}: {row['words']}." + (f" It cannot be used: {row['trouble']}" if row["trouble"] else ""))


@segment.command("delete")
@click.argument("name")
def delete(name: str) -> None:
    """Forget segment NAME. A sending that waits for it will not start."""
    start()
    from masthead.audience.segments import saving
    from masthead.cli import choosing
    from masthead.delivery import narrowing

    found = choosing.segment(name)
    waiting = list(narrowing.waiting_for(found).select_related("edition"))
    saving.delete(segment=found, by=BY, now=now())
    click.echo(f"The segment “{found.name}” is gone.")
    for campaign in waiting:
        click.echo(f"It was to decide who gets {campaign.edition}: that sending will not start. Send it again without.")


def _show(name: str, as_json: bool) -> None:
    from masthead.audience.segments import saving, tree
    from masthead.audience.segments.compiling import Compiler, SegmentBroken
    from masthead.cli import choosing

    found = choosing.segment(name)
    compiler, rule = Compiler(now=now()), tree.read(found.rule)
    words = saving.in_words(rule, compiler)
    try:
        count = compiler.count(rule, within=str(found.pk))
    except SegmentBroken as error:
        raise CommandError(f"The segment “{found.name}” cannot be used: {error}") from error
    if as_json:
        show_json({"name": found.name, "rule": found.rule, "words": words, "readers": count})
    else:
        click.echo(f"{found.name}: {words}. Readers: {count}")
