"""`masthead serve` and `masthead worker`."""

from __future__ import annotations

import os

import click

from masthead.cli.starting import CommandError, start


@click.command()
@click.option("--host", help="Address to listen on instead of MASTHEAD_HOST (127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on instead of MASTHEAD_PORT (8000).")
@click.option("--workers/--no-workers", default=True, help="Run tasks in this process, too (default), or leave them to `worker`.")
def serve(host: str | None, port: int | None, workers: bool) -> None:
    """Serve the site and the desk, and run the tasks: the whole of Masthead in one process."""
    # Before the settings are read: the default base URL follows the port.
    if host is not None:
        os.environ["MASTHEAD_HOST"] = host
    if port is not None:
        os.environ["MASTHEAD_PORT"] = str(port)
    start()
    from django.conf import settings

    from masthead.cli import install, serving
    from masthead.cli.engine import Engine, leave, stop_on_signals

    socket = serving.listen(settings.BIND_HOST, settings.BIND_PORT)
    stop_on_signals()
    install.migrate(show=True)
    _refuse_a_forgetful_database()
    link = install.set_up_link()
    engine = Engine()
    if workers:
        engine.start()
    click.echo(f"Masthead serves {settings.BASE_URL}/ (the desk: {settings.BASE_URL}/desk/). Stop it with Ctrl+C.")
    if link:
        click.echo(f"Make the first owner (once, within a day):\n  {link}")
    try:
        started = serving.serve(socket)
    finally:
        clean = engine.finish()
    leave(0 if started else 1, clean=clean)


@click.command()
def worker() -> None:
    """Run the tasks only; pages are served by `masthead serve` or another server.

    On PostgreSQL any number of workers may run, on any number of machines. On SQLite one process runs the tasks; a second one
    waits and takes over when the first ends.
    """
    start()
    from django.conf import settings

    from masthead.cli import install
    from masthead.cli.engine import Engine, leave, stop_on_signals
    from masthead.common.stopping import STOP

    stop_on_signals()
    if install.pending():
        raise CommandError("The database is not up to date. Run: masthead init")
    _refuse_a_forgetful_database()
    engine = Engine()
    engine.start()
    working = engine.leading.is_set() or not settings.EMBEDDED
    click.echo("Masthead runs the tasks." if working else "Masthead waits: another process runs the tasks.")
    STOP.wait()
    leave(0, clean=engine.finish())


def _refuse_a_forgetful_database() -> None:
    from masthead.ops import durability

    found = durability.weakness()
    if found:
        raise CommandError(found)
