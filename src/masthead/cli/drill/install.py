"""A throw-away install for a drill: its folder, its database, its readers and its issue. Nothing of the operator's is touched."""

from __future__ import annotations

import contextlib
import csv
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from masthead.cli.starting import BY, start

NUMBER = 1
_BODY = """\
Good morning, {{ name | "dear reader" }}.

This issue was written for a drill. Nobody reads it but a relay that remembers everything.
"""


@contextlib.contextmanager
def folder(*, keep: Callable[[], bool]) -> Iterator[Path]:
    """A new folder, removed at the end unless `keep()` is true by then."""
    with contextlib.ExitStack() as stack:
        made = tempfile.TemporaryDirectory(prefix="masthead-drill-", ignore_cleanup_errors=True)
        stack.callback(made.cleanup)
        yield Path(made.name)
        if keep():
            # Its finalizer would remove it with the object.
            made._finalizer.detach()  # type: ignore[attr-defined]
            stack.pop_all()


def settle_in(data: Path, settings: dict[str, str]) -> None:
    """Start Django in this process as the install in `data`. The operator's own settings are left out of it."""
    for name in [name for name in os.environ if name.startswith(("MASTHEAD_", "DJANGO_"))]:
        del os.environ[name]
    own = {"DATA": str(data), "HOST": "127.0.0.1", "PORT": str(free_port()), "LOG_LEVEL": "WARNING", **settings}
    os.environ |= {"MASTHEAD_" + name: value for name, value in own.items()}
    os.environ["DJANGO_SETTINGS_MODULE"] = "masthead.config.settings"
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        # Processes are started hundreds of times; compiling everything each time would be most of the drill.
        os.environ["PYTHONPYCACHEPREFIX"] = str(data / "bytecode")
    start()
    from masthead.cli import install

    install.migrate(show=False)


def fill(data: Path, *, readers: int, policy: str, now: datetime, progress: Callable[[int, int | None], None]) -> int:
    """A publication, a list with `readers` readers and an issue that is being sent to them; the campaign's id."""
    from masthead.audience import importing
    from masthead.cli import choosing
    from masthead.delivery import campaigns
    from masthead.issues import drafting, publications

    publication = publications.create(
        name="The Drill", from_address="drill@example.org", imprint="Nowhere", next_number=NUMBER, live=True, by=BY, now=now
    )
    path = data / "readers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["email", "name"])
        rows.writerows([f"reader{number}@example.org", f"Reader {number}"] for number in range(readers))
    readers_list = choosing.list_to_fill("The Drill", by=BY, now=now)
    importing.import_file(
        path=path, mailing_list=readers_list, statement="a drill", dry_run=False, by=BY, now=now, progress=progress
    )
    words = data / "issue.md"
    words.write_text(_BODY, encoding="utf-8")
    issue = drafting.create_from_file(publication=publication, path=words, title="A drill", by=BY, now=now)
    campaign = campaigns.publish_and_send(issue=issue, lists=[readers_list], starts_at=None, policy=policy, by=BY, now=now)
    return int(campaign.pk)


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
