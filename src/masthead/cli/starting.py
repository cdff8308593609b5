"""Starting Django for a command, and the little output helpers that commands share."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click

#: Who the audit record names when a decision was taken here.
BY = "command line"

as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
which_publication = click.option(
    "--publication", "slug", metavar="SLUG", default=None, help="Which publication; needed only when there are several."
)


class CommandError(click.ClickException):
    """What a command cannot do, in a sentence; shown like every other error."""

    def show(self, file: Any = None) -> None:
        """Write the sentence to standard error."""
        click.echo(f"masthead: {self.message}", file=file, err=True)


def start() -> None:
    """Load the settings and the models. Raises SettingError for a wrong setting."""
    import django

    django.setup()


def now() -> datetime:
    """The clock, read by commands only."""
    return datetime.now(UTC)


def show_json(value: object) -> None:
    """One line of JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))
