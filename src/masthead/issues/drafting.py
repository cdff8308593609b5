"""Drafts: an issue made of pieces, or of a manuscript; a manuscript put into an issue there is."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.images import ImageFile
from django.db import transaction
from django.utils.text import slugify
from PIL import Image as Pillow
from wagtail.images import get_image_model

from masthead.audit import recording
from masthead.common.text import direction_of
from masthead.issues import importing, numbering, reading, values
from masthead.issues.blocks.base import Block
from masthead.issues.blocks.image import ImageBlock
from masthead.issues.content import Content
from masthead.issues.importing import FoundPicture, Imported
from masthead.issues.manuscripts import scripts
from masthead.issues.manuscripts.neutral import BadManuscript, Piece
from masthead.issues.models import Byline, Issue, Publication, TakenNumber
from masthead.issues.picture import Picture

_TELLING = re.compile(r"^zh-|-[A-Za-z]{4}(-|$)")
_LENGTHS = {"title": 300, "byline": 250, "excerpt": 600, "subject": 250, "preheader": 250, "label": 40, "note": 600}


def create_from_file(
    *,
    publication: Publication,
    path: Path,
    by: str,
    now: datetime,
    title: str = "",
    byline: str = "",
    excerpt: str = "",
    told: Callable[[str], None] = lambda line: None,
    plans: bool = True,
) -> Issue:
    """A draft made of the manuscript at `path`, with the number it is planned to get.

    What is given here counts more than the front matter of the file. Pictures are looked for in the file and beside it and
    copied into the library; pictures elsewhere are left out. `told` gets one line for each thing that was left out.

    Raises BadManuscript for a file or a picture that cannot be read, and for a number that is taken.
    """
    found = importing.read_path(path, given={"title": title, "byline": byline, "excerpt": excerpt})
    issue = create_from(found, publication=publication, by=by, now=now, plans=plans)
    for one in found.dropped:
        told(str(one))
    return issue


def create_from(found: Imported, *, publication: Publication, by: str, now: datetime, plans: bool = True) -> Issue:
    """A draft made of a manuscript that was read. Raises BadManuscript for a field that cannot be so."""
    return create(
        publication=publication,
        meta=found.meta,
        pieces=found.pieces,
        notes=found.notes,
        found=found.pictures,
        by=by,
        now=now,
        plans=plans,
    )


@transaction.atomic
def fill(*, issue: Issue, found: Imported, by: str, now: datetime) -> Issue:
    """Put a manuscript in place of the text and footnotes of a draft, as one revision that its history can take back.

    Headline, excerpt and the rest are filled only where they were empty: what an editor wrote counts more than the file.
    Raises BadManuscript for a field that cannot be so.
    """
    _check_lengths(found.meta)
    draft: Issue = Issue.objects.select_for_update().get(pk=issue.pk).get_latest_revision_as_object()
    library = {source: _into_library(picture) for source, picture in found.pictures.items()}
    draft.body = _body(found.pieces, library)
    draft.notes = _notes(found.notes)
    for name, field in (("title", "title"), ("byline", "byline_line"), ("excerpt", "excerpt"), ("subject", "subject")):
        if not getattr(draft, field) and found.meta.get(name):
            setattr(draft, field, found.meta[name])
    if not draft.language:
        draft.language = _language(draft.publication, found.meta)
    draft.save_revision()
    recording.record(action="issue.manuscript", by=by, now=now, subject=f"issue:{draft.pk}", details={"words": found.words_out})
    return draft


def create(
    *,
    publication: Publication,
    meta: Mapping[str, str],
    pieces: Iterable[Piece],
    by: str,
    now: datetime,
    notes: Mapping[str, str] | None = None,
    found: Mapping[str, FoundPicture] | None = None,
    plans: bool = True,
) -> Issue:
    """A draft. `meta` has the fields of `manuscripts.markdown.FIELDS`; images among `pieces` are found by source in `found`.

    A draft that `plans` keeps a number for itself: the one of `meta` or the next that is free. Otherwise it has the number of
    `meta` or, like one that is begun at the desk, whichever is next when it is sent.

    Raises BadManuscript for a field that cannot be so.
    """
    _check_lengths(meta)
    with transaction.atomic():
        locked = Publication.objects.select_for_update().get(pk=publication.pk)
        library = {source: _into_library(picture) for source, picture in (found or {}).items()}
        issue = Issue(
            publication=publication,
            planned_number=_number(locked, meta) if plans or meta.get("number") or meta.get("label") else None,
            label=meta.get("label", ""),
            title=meta.get("title", ""),
            slug=slugify(meta.get("slug", ""), allow_unicode=True)[:120],
            date=_date(meta.get("date", "")),
            byline_line=meta.get("byline", ""),
            excerpt=meta.get("excerpt", ""),
            subject=meta.get("subject", ""),
            preheader=meta.get("preheader", ""),
            language=_language(publication, meta),
            body=_body(pieces, library),
            notes=_notes(notes or {}),
        )
        issue.save()
        issue.save_revision()
        recording.record(
            action="issue.drafted", by=by, now=now, subject=f"issue:{issue.pk}", details={"planned_number": issue.planned_number}
        )
    return issue


@transaction.atomic
def set_words_of_mail(*, issue: Issue, subject: str, preheader: str, by: str, now: datetime) -> Issue:
    """Write subject and preview line into the newest draft, as one revision. Raises BadManuscript for one that is too long."""
    words = {"subject": " ".join(subject.split()), "preheader": " ".join(preheader.split())}
    _check_lengths(words)
    draft: Issue = Issue.objects.select_for_update().get(pk=issue.pk).get_latest_revision_as_object()
    if (draft.subject, draft.preheader) == (words["subject"], words["preheader"]):
        return draft
    draft.subject, draft.preheader = words["subject"], words["preheader"]
    draft.save_revision()
    recording.record(action="issue.mail_words", by=by, now=now, subject=f"issue:{draft.pk}", details={})
    return draft


@transaction.atomic
def set_correction_note(*, issue: Issue, note: str) -> None:
    """Write what was corrected into the newest draft, as one revision. Raises BadManuscript for a note that is too long."""
    note = note.strip()
    _check_lengths({"note": note})
    draft: Issue = Issue.objects.select_for_update().get(pk=issue.pk).get_latest_revision_as_object()
    if draft.correction_note != note:
        draft.correction_note = note
        draft.save_revision()


#: What a copy takes along. The rest belongs to one issue alone: its number and date, its address, what was corrected in it.
_COPIED = (
    "title",
    "byline_line",
    "excerpt",
    "lead_image",
    "lead_image_alt",
    "lead_caption",
    "lead_credit",
    "body",
    "notes",
    "subject",
    "preheader",
    "mail_mode",
    "visibility",
    "language",
    "direction",
)


@transaction.atomic
def copy(*, issue: Issue, by: str, now: datetime) -> Issue:
    """A new draft that says what the newest draft of `issue` says, to be written over: regular parts stay where they were.

    It gets a number of its own. The original is not changed.
    """
    source = reading.newest(issue)
    made = Issue(publication=source.publication, **{name: getattr(source, name) for name in _COPIED})
    made.save()
    for place, byline in enumerate(source.bylines.all()):
        made.bylines.add(Byline(contributor=byline.contributor, role=byline.role, sort_order=place))
    made.save()
    made.save_revision()
    recording.record(action="issue.copied", by=by, now=now, subject=f"issue:{made.pk}", details={"from": f"issue:{source.pk}"})
    return made


def shown(found: Imported, *, publication: Publication, now: datetime, address_of: Callable[[str], str]) -> Content:
    """What an issue made of `found` would say, without making one; `address_of` is where the picture of a source can be seen."""
    meta = found.meta
    issue = Issue(
        publication=publication,
        title=meta.get("title", "")[:300],
        byline_line=meta.get("byline", "")[:250],
        excerpt=meta.get("excerpt", "")[:600],
        language=_language(publication, meta),
        notes=_notes(found.notes),
    )
    draft = reading.read(issue, now=now)
    blocks: list[Block] = []
    for piece in found.pieces:
        if piece.kind == "image":
            blocks.append(_picture_of(piece, found.pictures[str(piece.value["source"])], address_of))
        else:
            blocks += values.body_of(_stream_of(piece), draft.assets)
    return dataclasses.replace(draft.content, body=tuple(blocks))


def _picture_of(piece: Piece, picture: FoundPicture, address_of: Callable[[str], str]) -> Block:
    with Pillow.open(BytesIO(picture.data)) as opened:
        width, height = opened.size
    value = piece.value
    shown_picture = Picture(
        url=address_of(str(value["source"])),
        width=width,
        height=height,
        alt=str(value["alt"]),
        decorative=bool(value["decorative"]),
    )
    return ImageBlock(shown_picture, caption=str(value["caption"]), lang=str(value.get("lang", "")))


def _stream_of(piece: Piece) -> Any:
    block = Issue._meta.get_field("body").stream_block
    return block.to_python([{"type": piece.kind, "value": _stored(piece, {})}])


def free_number(publication: Publication) -> int:
    """The next number that nobody has taken and no other draft plans."""
    drafts = Issue.objects.filter(publication=publication, number=None, planned_number__isnull=False)
    planned = set(drafts.values_list("planned_number", flat=True)) | set(drafts.values_list("planned_last_number", flat=True))
    taken = set(TakenNumber.objects.filter(publication=publication).values_list("number", flat=True))
    highest = max(taken | {number for number in planned if number}, default=0)
    first = numbering.next_number(publication)
    return next(number for number in range(first, max(first, highest) + 2) if number not in taken | planned)


def _body(pieces: Iterable[Piece], library: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"type": piece.kind, "value": _stored(piece, library)} for piece in pieces]


def _notes(notes: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"type": "note", "value": {"key": key, "text": text}} for key, text in notes.items()]


def _language(publication: Publication, meta: Mapping[str, str]) -> str:
    """What the manuscript says, where it differs from the publication's; a guess counts only if the direction differs."""
    said = meta.get("language", "")
    if said:
        same = scripts.primary(said) == scripts.primary(publication.language)
        # en-US for an English bulletin is what a program writes by itself; zh-Hant or sr-Latn is meant.
        return "" if same and not _TELLING.search(said) else said
    guessed = meta.get("guessed_language", "")
    return guessed if guessed and direction_of(guessed) != direction_of(publication.language) else ""


def _into_library(picture: FoundPicture) -> int:
    image = get_image_model()(title=picture.title, file=ImageFile(BytesIO(picture.data), name=picture.name))
    image._set_image_file_metadata()
    image.save()
    return int(image.pk)


def _stored(piece: Piece, library: Mapping[str, int]) -> dict[str, Any]:
    """The value as the form of the block stores it."""
    value = {"lang": "", **piece.value}
    if piece.kind != "image":
        return value
    image = {"image": library[value.pop("source")], "alt_text": value.pop("alt"), "decorative": value.pop("decorative")}
    link = str(value.pop("link", ""))
    return {"credit": "", **value, "image": image, "link": link if link.startswith(("http://", "https://")) else ""}


def _number(publication: Publication, meta: Mapping[str, str]) -> int:
    """The planned number: as the front matter says, or the next free one."""
    text = meta.get("number", "")
    read = numbering.read_label(text or meta.get("label", ""))
    if read is None:
        if text:
            raise BadManuscript(f"The number “{text}” is no number. Write it like 1971.")
        return free_number(publication)
    if read.first < 1 or read.last - read.first >= numbering.MOST_AT_ONCE:
        raise BadManuscript(f"No issue can have the number “{text}”.")
    if TakenNumber.objects.filter(publication=publication, number__range=(read.first, read.last)).exists():
        raise BadManuscript(f"No. {read.first} is taken. Leave the number out for the next free one.")
    return read.first


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise BadManuscript(f"The date “{text}” is not understood. Write it like 2026-11-22.") from error


def _check_lengths(meta: Mapping[str, str]) -> None:
    for name, most in _LENGTHS.items():
        if len(meta.get(name, "")) > most:
            raise BadManuscript(f"The {name} has {len(meta[name])} characters; at most {most} fit. Shorten it.")
    if meta.get("language") and not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", meta["language"]):
        raise BadManuscript(f"“{meta['language']}” is no language tag. Write it like en, fa or pt-BR.")
