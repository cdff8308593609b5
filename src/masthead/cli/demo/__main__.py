"""`bin/demo`: make the demonstration, send its numbers into the built-in inbox, then serve it; with --once, count and end."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import click

from masthead.cli import main
from masthead.cli.starting import CommandError, now, start


@click.command()
@click.option("--debug", is_flag=True, expose_value=False, hidden=True)
@click.option("--once", is_flag=True, help="End when everything is sent, with one line of JSON, instead of serving it.")
def demo(once: bool) -> None:
    """An invented bulletin with two hundred readers and three numbers, sent into the built-in inbox of this machine."""
    # Nothing of the demonstration may leave the machine or touch another install, whatever the environment says.
    for name in ("MASTHEAD_SMTP_URL", "MASTHEAD_SMTP_URL_FILE", "MASTHEAD_DATABASE_URL", "MASTHEAD_DATABASE_URL_FILE"):
        os.environ.pop(name, None)
    os.environ.setdefault("MASTHEAD_LOG_LEVEL", "WARNING")
    began = time.monotonic()
    start()
    from django.conf import settings

    from masthead.cli import install, serving
    from masthead.cli.engine import Engine, leave, stop_on_signals

    listening = None if once else serving.listen(settings.BIND_HOST, settings.BIND_PORT)
    stop_on_signals()
    install.migrate(show=True)
    engine = Engine()
    engine.start()
    try:
        counts = _publish(engine)
        counts["seconds"] = round(time.monotonic() - began, 1)
        if listening is not None:
            _welcome(counts, install.set_up_link())
            serving.serve(listening)
    finally:
        clean = engine.finish()
    if once:
        from masthead.cli.starting import show_json

        show_json(counts)
    leave(0, clean=clean)


def _publish(engine: Any) -> dict[str, Any]:
    from django.conf import settings

    from masthead.cli import dispatch
    from masthead.cli.demo import making
    from masthead.common.urls import absolute
    from masthead.delivery import campaigns, lookups
    from masthead.issues import publications
    from masthead.mail.models import InboxMessage

    if not engine.leading.is_set():
        raise CommandError(f"Another process works in {settings.DATA}. Stop it first, or set MASTHEAD_DATA to another folder.")
    publication, readership = making.publication(now=now())
    added = making.add_readers(readership, folder=settings.DATA, now=now())
    _say(f"{publication.name}: {added} readers invited." if added else f"{publication.name} is here already, with its readers.")
    for number in making.NUMBERS:
        issue = making.write_issue(publication, number, now=now())
        sent_before = issue.number is not None
        campaign = campaigns.publish_and_send(issue=issue, lists=[readership], starts_at=None, by=making.BY, now=now())
        dispatch.follow(campaign, show=True)
        result = dispatch.result_of(campaign)
        if not result.finished:
            raise CommandError(result.reason)
        _say(f"No. {number.number}, “{number.title}”: {'sent before; ' if sent_before else ''}{dispatch.in_words(result)}")
    progress = lookups.progress(campaign)
    received = sum(_is_of(campaign, identity) for identity in InboxMessage.objects.values_list("message_id", flat=True))
    return {
        "issue": campaign.edition.number,
        "readers": progress.audience,
        "accepted": progress.accepted,
        "inbox": received,
        "seconds": 0.0,
        "url": absolute(publications.base_url_of(publication), "issue", number=campaign.edition.number),
    }


def _is_of(campaign: Any, message_id: str) -> bool:
    from masthead.mail import sealing

    number = sealing.unseal(sealing.MESSAGE_ID, message_id.strip("<>").partition("@")[0])
    return number is not None and campaign.first_delivery <= number <= campaign.last_delivery


def _welcome(counts: dict[str, Any], link: str | None) -> None:
    from django.conf import settings

    _say("")
    _say(f"The site:   {settings.BASE_URL}/")
    _say(f"The desk:   {link or settings.BASE_URL + '/desk/'}")
    if link:
        _say("            (this link makes you the owner, once; then write and send your own issue)")
    _say("Mail goes to the built-in inbox in the desk; nothing leaves this machine. Stop it with Ctrl+C.")


def _say(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main.run(demo, sys.argv[1:])
