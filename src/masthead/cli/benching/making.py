"""`python -m masthead.cli.benching.making READERS KILOBYTES SHOW`: an install with invented readers and an issue ready to go."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from masthead.cli.starting import BY, now, show_json, start

_LINKS = 12
_TOWNS = ("Porthaven", "Saltmarsh", "Northferry", "Old Lock", "Gullstone")
_SENTENCE = "Low water at noon, high water at six, and the ferry waits for nobody who reads the tables late. "
_FIELDS = 'Dear {{ name | "reader" }} of {{ town | "the estuary" }}, this went to {{ address | "you" }}.'


def main() -> None:
    """Make it, write the ledger, print the campaign."""
    readers, kilobytes, show = map(int, sys.argv[1:4])
    start()
    from django.conf import settings

    from masthead.audience import importing, lists
    from masthead.cli import install
    from masthead.cli.progress import meter
    from masthead.delivery import campaigns, starting
    from masthead.issues import drafting, publications

    install.migrate(show=bool(show))
    readership = lists.create(name="Readers", by=BY, now=now())
    publication = publications.create(
        name="The Courier",
        from_name="The Courier",
        from_address="courier@example.org",
        imprint="The Courier, 7 Quay Street, Porthaven",
        base_url="https://bench.example.org",
        language="en",
        next_number=1971,
        lists=[readership],
        live=True,
        by=BY,
        now=now(),
    )
    publication.share_mail = []  # the row of share links takes 3 KB
    publication.save(update_fields=["share_mail"])
    path = settings.DATA / "readers.csv"
    _write_readers(path, readers)
    with meter("Inviting readers", show=bool(show)) as update:
        importing.import_file(
            path=path,
            mailing_list=readership,
            statement="Invented for a measurement.",
            dry_run=False,
            by=BY,
            now=now(),
            progress=update,
        )
    manuscript = settings.DATA / "issue.html"
    manuscript.write_text(_manuscript(kilobytes), encoding="utf-8")
    issue = drafting.create_from_file(
        publication=publication, path=manuscript, title="", byline="Ines Duarte", excerpt="", by=BY, now=now(), told=print
    )
    began = time.perf_counter()
    campaign = campaigns.publish_and_send(issue=issue, lists=[readership], starts_at=None, by=BY, now=now(), mail_mode="full")
    campaign.personal_links = True
    campaign.save(update_fields=["personal_links"])
    starting.start(campaign_id=campaign.pk, now=now())
    show_json({"campaign": campaign.pk, "prepare_seconds": round(time.perf_counter() - began, 3)})


def _write_readers(path: Path, readers: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("email,name,town\n")
        for number in range(readers):
            file.write(f"reader{number}@example.org,Reader {number},{_TOWNS[number % len(_TOWNS)]}\n")


def _manuscript(kilobytes: int) -> str:
    """An issue whose mail has about `kilobytes`: the frame of a mail and its links take the first twelve."""
    links = [f'<a href="https://example.org/story/{number}">Story {number}</a>' for number in range(_LINKS)]
    text = [f"<p>{_SENTENCE * 5}</p>"] * (max(0, kilobytes - 12) * 1000 // (len(_SENTENCE) * 11))
    return f"<h1>The ferry runs again</h1><p>{_FIELDS}</p><p>{' '.join(links)}</p>{''.join(text)}"


if __name__ == "__main__":
    main()
