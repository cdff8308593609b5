"""`masthead housekeeping`: what each night does, now."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from masthead.cli.starting import BY, as_json, now, show_json, start


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what waits and what is past its time; change nothing.")
@as_json
def housekeeping(dry_run: bool, as_json: bool) -> None:
    """Forget what is past its time: sign-ups that nobody confirmed, used links, files of imports, raw mails that came back,
    what readers who agreed to tracking opened.

    `serve` and `worker` do it each night by themselves.
    """
    start()
    from masthead.audience import keeping
    from masthead.bounces import keeping as returns
    from masthead.forwarding import forwarding
    from masthead.tracking import counting
    from masthead.tracking import forgetting as readings

    at = now()
    if dry_run:
        waits = asdict(keeping.upcoming(now=at))
        if as_json:
            show_json({name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in waits.items()})
            return
        for name, value in waits.items():
            said = "-" if value is None else f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else value
            click.echo(f"{name.replace('_', ' ')}: {said}")
        return
    went = keeping.housekeep(now=at, by=BY) | {"raw_reports": returns.forget(now=at), "readings": readings.forget(now=at)}
    forwarding.forget(now=at)
    counting.forget(now=at)
    if as_json:
        show_json(went)
        return
    gone = [f"{count} {name.replace('_', ' ')}" for name, count in went.items() if count]
    click.echo(f"Gone: {', '.join(gone)}." if gone else "Nothing was past its time.")
