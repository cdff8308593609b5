"""`masthead init`, and `masthead django` for developers."""

from __future__ import annotations

import click

from masthead.cli.starting import as_json, show_json, start


@click.command()
@as_json
def init(as_json: bool) -> None:
    """Make or update the database. On a new install, print the link that makes its first owner.

    Safe to run again: after an upgrade it brings the database up to date. `masthead serve` does the same by itself.
    """
    start()
    from django.conf import settings

    from masthead.cli import install

    applied = install.migrate(show=not as_json)
    link = install.set_up_link()
    if as_json:
        show_json({"data": str(settings.DATA), "migrations_applied": applied, "set_up_url": link})
        return
    click.echo(f"Masthead is ready in {settings.DATA}." if applied else f"Everything in {settings.DATA} is up to date.")
    if link:
        click.echo(f"Make the first owner (once, within a day):\n  {link}\nThe page answers while this runs: masthead serve")


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, hidden=True)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def django(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands, such as `makemigrations`. For developers."""
    start()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["masthead django", *arguments])
