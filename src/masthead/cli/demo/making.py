"""Making the demonstration: the publication, its readers, its numbers. Each step finds what an earlier run has made."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from wagtail.images import get_image_model

from masthead.audience import importing, lists
from masthead.audience.models import MailingList
from masthead.cli.demo import number_1969, number_1970, number_1971, readers
from masthead.cli.demo.writing import Block, Drawing, Number
from masthead.cli.progress import bar, meter
from masthead.issues import publications
from masthead.issues.models import Issue, Publication

NUMBERS = (number_1969.NUMBER, number_1970.NUMBER, number_1971.NUMBER)
BY = "command line"


def publication(*, now: datetime) -> tuple[Publication, MailingList]:
    """The Harbour Courier and its list."""
    readership = lists.find("The Harbour Courier") or lists.create(name="The Harbour Courier", by=BY, now=now)
    found = Publication.objects.filter(slug="the-harbour-courier").first()
    if found is not None:
        return found, readership
    made = publications.create(
        name="The Harbour Courier",
        tagline="News of the estuary, its people and its tides",
        masthead_line="Porthaven · every Monday since 1989",
        from_name="The Harbour Courier",
        from_address="courier@porthaven.example.org",
        reply_to="editors@porthaven.example.org",
        imprint="The Harbour Courier, The Old Fish Hall, 7 Quay Street, Porthaven",
        language="en",
        accent="#1f5673",
        next_number=NUMBERS[0].number,
        lists=[readership],
        live=True,
        by=BY,
        now=now,
    )
    made.follow = [
        {"network": "facebook", "url": "https://www.facebook.com/harbourcourier.example"},
        {"network": "mastodon", "url": "https://social.example.org/@harbourcourier"},
        {"network": "website", "url": "https://porthaven.example.org"},
    ]
    made.save(update_fields=["follow"])
    return made, readership


def add_readers(readership: MailingList, *, folder: Path, now: datetime) -> int:
    """The readers, through the importer. Answer how many are new."""
    path = folder / "demo-readers.csv"
    readers.write(path)
    with meter("Inviting readers") as update:
        run = importing.import_file(
            path=path,
            mailing_list=readership,
            statement="Invented for the demonstration.",
            dry_run=False,
            by=BY,
            now=now,
            progress=update,
        )
    path.unlink()
    return run.added


def write_issue(publication: Publication, number: Number, *, now: datetime) -> Issue:
    """The issue, drawn and written, as a draft; or the one that an earlier run has made."""
    found: Issue | None = Issue.objects.filter(publication=publication, title=number.title).first()
    if found is not None:
        return found
    drawings = [value for _, values in number.body for value in values.values() if isinstance(value, Drawing)]
    with bar(f"Drawing for No. {number.number}", total=len(drawings) + 1) as advance:
        lead = _kept(number.lead) if number.lead else None
        advance(1)
        body = []
        for block in number.body:
            body.append(_stored(block))
            advance(sum(isinstance(value, Drawing) for value in block[1].values()))
    issue = Issue(
        publication=publication,
        planned_number=number.number,
        date=(now - timedelta(days=number.days_ago)).date(),
        title=number.title,
        slug=number.slug,
        byline_line=number.byline,
        excerpt=number.excerpt,
        subject=number.subject,
        preheader=number.preheader,
        language=number.language,
        lead_image=lead,
        lead_image_alt=number.lead.alt if number.lead else "",
        body=json.dumps(body),
        notes=json.dumps([{"type": "note", "value": {"key": key, "text": words}} for key, words in number.notes]),
    )
    issue.save()
    issue.save_revision()
    return issue


def _stored(block: Block) -> dict[str, Any]:
    kind, values = block
    stored = {}
    for name, value in values.items():
        if isinstance(value, Drawing):
            image = _kept(value)
            shown = {"image": image.pk, "alt_text": value.alt, "decorative": False}
            stored[name] = image.pk if name == "still" else shown
        else:
            stored[name] = value
    return {"type": kind, "value": stored}


def _kept(drawing: Drawing) -> Any:
    """The drawing in the library of pictures."""
    image = drawing.draw()
    file = BytesIO()
    if drawing.name.endswith(".png"):
        image.save(file, "PNG", optimize=True)
    else:
        image.save(file, "JPEG", quality=88, progressive=True)
    kept = get_image_model()(title=Path(drawing.name).stem.replace("-", " "), description=drawing.alt)
    kept.file.save(drawing.name, ContentFile(file.getvalue()), save=False)
    kept.width, kept.height = image.size
    kept.save()
    return kept
