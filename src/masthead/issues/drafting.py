"""Drafts: an issue made of pieces, or of a manuscript file with the pictures beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.images import ImageFile
from django.db import transaction
from django.utils.text import slugify
from wagtail.images import get_image_model

from masthead.audit import recording
from masthead.issues import numbering, pictures
from masthead.issues.manuscripts import html, markdown
from masthead.issues.manuscripts.neutral import BadManuscript, Dropped, Manuscript, Piece
from masthead.issues.models import Issue, Publication, TakenNumber

READERS: dict[str, Callable[[str], Manuscript]] = {
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".txt": markdown.read,
    ".html": html.read,
    ".htm": html.read,
}
#: What the library keeps of a picture: enough for any cut.
LIBRARY_WIDEST = 2400
_MOST_BYTES = 20_000_000
_LENGTHS = {"title": 300, "byline": 250, "excerpt": 600, "subject": 250, "preheader": 250, "label": 40}


@dataclass(frozen=True)
class _Picture:
    """A picture found beside the manuscript, written anew."""

    title: str
    name: str
    data: bytes


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
) -> Issue:
    """A draft made of the Markdown or HTML file at `path`, with the number it is planned to get.

    What is given here counts more than the front matter of the file. Pictures are looked for beside the file and copied into the
    library; pictures elsewhere are left out. `told` gets one line for each thing that was left out.

    Raises BadManuscript for a file or a picture that cannot be read, and for a number that is taken.
    """
    manuscript = read_file(path)
    meta = dict(manuscript.meta)
    given = {name: value.strip() for name, value in (("title", title), ("byline", byline), ("excerpt", excerpt)) if value.strip()}
    meta.update(given)
    pieces = _with_headline(manuscript, meta, given_title="title" in manuscript.meta or bool(title.strip()))
    kept, found, dropped = _pictures_beside(path, pieces)
    issue = create(publication=publication, meta=meta, pieces=kept, notes=manuscript.notes, found=found, by=by, now=now)
    for one in (*manuscript.dropped, *dropped):
        told(str(one))
    return issue


def read_file(path: Path) -> Manuscript:
    """The manuscript in a file, read by its ending. Raises BadManuscript."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise BadManuscript(f"{path.name} is no manuscript Masthead can read; it takes {', '.join(sorted(READERS))}.")
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadManuscript(f"{path.name} is larger than 20 MB. Split it.")
        return reader(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadManuscript(f"{path.name} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    except OSError as error:
        raise BadManuscript(f"{path.name} cannot be read: {error.strerror}.") from error


def create(
    *,
    publication: Publication,
    meta: Mapping[str, str],
    pieces: Iterable[Piece],
    by: str,
    now: datetime,
    notes: Mapping[str, str] | None = None,
    found: Mapping[str, _Picture] | None = None,
) -> Issue:
    """A draft. `meta` has the fields of `manuscripts.markdown.FIELDS`; images among `pieces` are found by source in `found`.

    Raises BadManuscript for a field that cannot be so.
    """
    _check_lengths(meta)
    with transaction.atomic():
        locked = Publication.objects.select_for_update().get(pk=publication.pk)
        library = {source: _into_library(picture) for source, picture in (found or {}).items()}
        issue = Issue(
            publication=publication,
            planned_number=_number(locked, meta),
            label=meta.get("label", ""),
            title=meta.get("title", ""),
            slug=slugify(meta.get("slug", ""), allow_unicode=True)[:120],
            date=_date(meta.get("date", "")),
            byline_line=meta.get("byline", ""),
            excerpt=meta.get("excerpt", ""),
            subject=meta.get("subject", ""),
            preheader=meta.get("preheader", ""),
            language=meta.get("language", "") if meta.get("language", "") != publication.language else "",
            body=[{"type": piece.kind, "value": _stored(piece, library)} for piece in pieces],
            notes=[{"type": "note", "value": {"key": key, "text": text}} for key, text in (notes or {}).items()],
        )
        issue.save()
        issue.save_revision()
        recording.record(
            action="issue.drafted", by=by, now=now, subject=f"issue:{issue.pk}", details={"planned_number": issue.planned_number}
        )
    return issue


def free_number(publication: Publication) -> int:
    """The next number that nobody has taken and no other draft plans."""
    drafts = Issue.objects.filter(publication=publication, number=None, planned_number__isnull=False)
    planned = set(drafts.values_list("planned_number", flat=True)) | set(drafts.values_list("planned_last_number", flat=True))
    taken = set(TakenNumber.objects.filter(publication=publication).values_list("number", flat=True))
    highest = max(taken | {number for number in planned if number}, default=0)
    first = numbering.next_number(publication)
    return next(number for number in range(first, max(first, highest) + 2) if number not in taken | planned)


def _with_headline(manuscript: Manuscript, meta: dict[str, str], *, given_title: bool) -> list[Piece]:
    """The pieces; the first heading becomes the title, unless there is another one: then it stays a heading."""
    pieces = list(manuscript.pieces)
    headline, page_title = meta.pop("headline", ""), manuscript.meta.get("title", "")
    if not given_title or (headline and headline.casefold() == meta["title"].casefold()):
        meta["title"] = headline or meta.get("title", "")
    elif headline:
        pieces.insert(0, Piece("heading", {"text": headline[:250], "level": "2"}))
    if page_title and page_title != meta.get("title"):
        manuscript.dropped.append(Dropped("", "the file's own title, since another was given", page_title))
    subtitle = meta.pop("subtitle", "")
    if subtitle and not meta.get("excerpt"):
        meta["excerpt"] = subtitle
    elif subtitle:
        pieces.insert(0, Piece("text", {"text": f"<p><i>{escape(subtitle, quote=False)}</i></p>"}))
    return pieces


def _pictures_beside(path: Path, pieces: list[Piece]) -> tuple[list[Piece], dict[str, _Picture], list[Dropped]]:
    """(pieces that stay, pictures by source, what was left out). Raises BadManuscript for one that is missing or damaged."""
    kept: list[Piece] = []
    found: dict[str, _Picture] = {}
    dropped: list[Dropped] = []
    for piece in pieces:
        source = str(piece.value["source"]) if piece.kind == "image" else ""
        if source and re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", source):
            words = " ".join(filter(None, (str(piece.value["alt"]), str(piece.value["caption"]))))
            dropped.append(Dropped("picture", f"{source[:200]} is not beside the file; save it there", words))
            continue
        kept.append(piece)
        if source and source not in found:
            found[source] = _read_picture(path, source, str(piece.value["alt"]))
    return kept, found, dropped


def _read_picture(path: Path, source: str, alt: str) -> _Picture:
    folder = path.resolve().parent
    try:
        file = (folder / source.partition("?")[0]).resolve()
        if not file.is_relative_to(folder):
            raise BadManuscript(f"The picture {source} does not lie beside {path.name} or in a folder there. Move it.")
        if not file.is_file():
            raise BadManuscript(f"The picture {source} is not beside {path.name}. Put it there, or take it out of the text.")
        if file.stat().st_size > _MOST_BYTES:
            raise BadManuscript(f"The picture {source} is larger than 20 MB. Make it smaller.")
        data, ending, _size = pictures.rewrite(file.read_bytes(), widest=LIBRARY_WIDEST)
    except (OSError, pictures.BadPicture) as error:
        raise BadManuscript(f"The picture {source} cannot be used. {error}") from error
    except ValueError as error:
        if isinstance(error, BadManuscript):
            raise
        raise BadManuscript(f"{source!r} is no name of a file.") from error
    return _Picture(title=(alt or file.stem)[:250], name=f"{slugify(file.stem)[:60] or 'picture'}.{ending}", data=data)


def _into_library(picture: _Picture) -> int:
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
