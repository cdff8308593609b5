"""`masthead bench`: how fast this machine is, measured in a throw-away install."""

from __future__ import annotations

import click

from masthead.cli.starting import as_json, show_json


@click.group()
def bench() -> None:
    """Measure this machine in a throw-away install; no other is touched."""


@bench.command("send")
@click.option("--readers", type=click.IntRange(1), default=20_000, show_default=True, help="How many invented readers.")
@click.option("--connections", type=click.IntRange(1, 1000), default=50, show_default=True, help="To the mail server at once.")
@click.option("--smtp", "smtp", required=True, metavar="HOST:PORT", help="A mail server that throws away what it gets.")
@click.option(
    "--message-kb",
    type=click.IntRange(3, 1000),
    default=10,
    show_default=True,
    help="About the size of one mail; the least is 12.",
)
@click.option(
    "--database", metavar="URL", default="", help="A PostgreSQL server in which a database may be made. Without it: SQLite."
)
@as_json
def send(readers: int, connections: int, smtp: str, message_kb: int, database: str, as_json: bool) -> None:
    """Send an invented issue, with 12 links of each reader's own and 3 merge fields, to invented readers.

    Time runs from the claim of the first readers to the last commit, so it contains the first and the last reply. With --json:
    "messages", "seconds", "rate", "cpu_seconds" and "peak_rss_mb" of the sending process, "prepare_seconds" for freezing the
    issue and writing the ledger, "database". Never name a mail server that delivers.
    """
    from masthead.cli.benching import measuring

    found = measuring.measure(
        readers=readers, connections=connections, smtp=smtp, kilobytes=message_kb, database=database, show=not as_json
    )
    if as_json:
        show_json(found)
        return
    click.echo(
        f"{found['messages']} mails in {found['seconds']} s: {found['rate']} a second, with {found['cpu_seconds']} s of processor"
        f" and {found['peak_rss_mb']} MB of memory ({found['database']}; prepared in {found['prepare_seconds']} s)."
    )
