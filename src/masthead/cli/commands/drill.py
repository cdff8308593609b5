"""`masthead drill`."""

from __future__ import annotations

import random
import shlex
import sys

import click

from masthead.cli.starting import as_json, show_json


@click.group()
def drill() -> None:
    """Prove on this machine what Masthead promises, with a throw-away install. Your own data and settings are not touched."""


def _faults(context: click.Context, parameter: click.Parameter, value: str) -> str:
    from masthead.mail.sink import fault_shares

    try:
        fault_shares(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return value


@drill.command("crash")
@click.option("--readers", type=click.IntRange(1), default=600, show_default=True, help="Readers of the campaign.")
@click.option("--kills", type=click.IntRange(0), default=20, show_default=True, help="How many processes are killed meanwhile.")
@click.option("--connections", type=click.IntRange(1, 500), default=4, show_default=True, help="Connections of each process.")
@click.option(
    "--policy",
    type=click.Choice(["resend", "hold"]),
    default="resend",
    show_default=True,
    help="What happens to uncertain readers.",
)
@click.option(
    "--faults",
    default="0",
    show_default=True,
    callback=_faults,
    metavar="PERCENT",
    help="Faults of the relay at every SMTP stage in percent, or by stage: dot=5,rcpt=2.",
)
@click.option("--stop", is_flag=True, help="Ask the processes to end (SIGTERM) instead of killing them.")
@click.option("--database", metavar="URL", help="A PostgreSQL; the drill makes a database of its own there and drops it.")
@click.option("--seed", type=click.IntRange(1), help="Repeat the moments and faults of an earlier drill.")
@click.option("--keep", is_flag=True, help="Keep the throw-away install, the relay's log and the processes' log.")
@click.option("--program", hidden=True, help="What is run instead of masthead: for testing the drill itself.")
@as_json
def crash(
    readers: int,
    kills: int,
    connections: int,
    policy: str,
    faults: str,
    stop: bool,
    database: str | None,
    seed: int | None,
    keep: bool,
    program: str | None,
    as_json: bool,
) -> None:
    """Send a campaign while its processes are killed (SIGKILL) at random moments, then compare the relay with the ledger.

    The relay writes down every mail, synced to the disk, before it answers; its log is the truth. Meanwhile some readers leave.
    The exit status is 1 when a promise was broken: somebody is missing, a mail is called accepted that the relay never took,
    there are more second copies than --kills times --connections plus lost replies, one of them was not named as uncertain
    before it was sent, or somebody got a mail a second after leaving.
    """
    from masthead.cli.drill import crash as crash_drill
    from masthead.cli.drill import processes

    options = crash_drill.Options(
        readers=readers,
        kills=kills,
        connections=connections,
        policy=policy,
        faults=faults,
        stop=stop,
        database=database,
        seed=seed or random.randrange(1, 10**6),  # noqa: S311 (no secret)
        keep=keep,
        program=tuple(shlex.split(program)) if program else processes.PROGRAM,
    )
    report = crash_drill.run(options, show=not as_json)
    figures = report.as_json()
    if as_json:
        show_json(figures)
    else:
        for name, value in figures.items():
            if name not in ("broken", "folder"):
                click.echo(f"{name.replace('_', ' '):>24}  {value}")
        click.echo("Every promise was kept." if not report.broken else "Broken: " + "; ".join(report.broken) + ".")
        if report.folder:
            click.echo(f"Kept for a look: {report.folder}")
    if report.broken:
        sys.exit(1)
