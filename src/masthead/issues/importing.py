"""A manuscript from anywhere → everything an issue needs of it, with a report: words in, words out, what was left and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from django.utils.text import slugify

from masthead.issues import pictures
from masthead.issues.manuscripts import boxed, words
from masthead.issues.manuscripts.neutral import BadManuscript, Dropped, Manuscript, Piece

#: What the library keeps of a picture: enough for any cut.
LIBRARY_WIDEST = 2400
MOST_PICTURE_BYTES = 20_000_000
#: More pictures than any bulletin shows; each is decoded.
MOST_PICTURES = 300
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


@dataclass(frozen=True)
class FoundPicture:
    """A picture of a manuscript, written anew: upright, without metadata."""

    title: str
    name: str
    data: bytes


@dataclass(frozen=True)
class Imported:
    """A manuscript ready to become a draft.

    `meta` has the fields of `manuscripts.markdown.FIELDS`. `dropped` and `noticed` are lines of the report: what is not in the
    issue, and what was changed on the way. `words_in` and `words_out` count the words of the source and of the issue.
    """

    name: str
    meta: Mapping[str, str]
    pieces: tuple[Piece, ...]
    notes: Mapping[str, str]
    pictures: Mapping[str, FoundPicture]
    dropped: tuple[Dropped, ...]
    noticed: tuple[Dropped, ...]
    words_in: int
    words_out: int

    @property
    def words_left(self) -> int:
        """How many words stand in the report."""
        return words.count(one.words for one in self.dropped)


#: Finds the bytes of a picture by its source, or says in words why there are none: (bytes, reason).
Finder = Callable[[str], tuple[bytes, str]]


def read_path(path: Path, *, given: Mapping[str, str] | None = None) -> Imported:
    """The manuscript at `path` with pictures beside it; `given` counts more than what the file says. Raises BadManuscript."""
    try:
        if path.stat().st_size > boxed.MOST_BYTES:
            raise BadManuscript(f"{path.name} is larger than {boxed.MOST_BYTES // 1_000_000} MB. Split it.")
        data = path.read_bytes()
    except OSError as error:
        raise BadManuscript(f"{path.name} cannot be read: {error.strerror}.") from error
    return read(data, name=path.name, given=given, finder=lambda source: _beside(path, source), forgiving=False)


def read(
    data: bytes,
    *,
    name: str,
    given: Mapping[str, str] | None = None,
    finder: Finder | None = None,
    forgiving: bool = True,
) -> Imported:
    """The manuscript in `data`; the ending of `name` says its kind. Pictures it only names are looked for by `finder`.

    One of those that is damaged goes into the report, or stops the import if it is not `forgiving`.

    Raises BadManuscript for what cannot be read.
    """
    found = boxed.read(data, name=name)
    return _complete(found.manuscript, found.words_out, name, given or {}, finder or _not_in_the_file, forgiving)


def _complete(
    manuscript: Manuscript, words_out: int, name: str, given: Mapping[str, str], finder: Finder, forgiving: bool
) -> Imported:
    gathering = _Gathering(manuscript.pictures, finder, forgiving)
    meta = {**manuscript.meta, **{key: value.strip() for key, value in given.items() if value.strip()}}
    kept = [piece for piece in manuscript.pieces if piece.kind != "image" or gathering.has(piece)]
    dropped = [*manuscript.dropped, *gathering.dropped]
    pieces = _with_headline(manuscript.meta, meta, kept, dropped, given_title=bool(meta.get("title")))
    return Imported(
        name=name,
        meta=meta,
        pieces=tuple(pieces),
        notes=manuscript.notes,
        pictures=gathering.found,
        dropped=tuple(dropped),
        noticed=tuple(manuscript.noticed),
        words_in=manuscript.words_in,
        words_out=words_out,
    )


def _with_headline(
    said: Mapping[str, str], meta: dict[str, str], pieces: list[Piece], dropped: list[Dropped], *, given_title: bool
) -> list[Piece]:
    """The pieces; the first heading becomes the title, unless there is another one: then it stays a heading."""
    headline, page_title = meta.pop("headline", ""), said.get("title", "")
    if not given_title or (headline and headline.casefold() == meta["title"].casefold()):
        meta["title"] = headline or meta.get("title", "")
    elif headline:
        pieces.insert(0, Piece("heading", {"text": headline[:250], "level": "2"}))
    if page_title and page_title != meta.get("title"):
        dropped.append(Dropped("", "the file's own title, since another was given", page_title))
    subtitle = meta.pop("subtitle", "")
    if subtitle and not meta.get("excerpt"):
        meta["excerpt"] = subtitle
    elif subtitle:
        pieces.insert(0, Piece("text", {"text": f"<p><i>{escape(subtitle, quote=False)}</i></p>"}))
    return pieces


@dataclass
class _Gathering:
    """The pictures that can be shown, decoded one by one; those that cannot are named."""

    inside: Mapping[str, bytes]
    finder: Finder
    #: Whether a picture from outside the file that is damaged is named and left, or stops the import.
    forgiving: bool
    found: dict[str, FoundPicture] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)

    def has(self, piece: Piece) -> bool:
        """Whether the picture of `piece` can be shown."""
        source, alt = str(piece.value["source"]), str(piece.value["alt"])
        if source in self.found:
            return True
        words_ = " ".join(filter(None, (alt, str(piece.value["caption"]))))
        if len(self.found) >= MOST_PICTURES:
            self._drop(source, f"there are more than {MOST_PICTURES} pictures", words_)
            return False
        data, reason = (self.inside[source], "") if source in self.inside else self.finder(source)
        if reason or not data:
            self._drop(source, reason or "it is empty", words_)
            return False
        try:
            fresh, ending, _size = pictures.rewrite(data, widest=LIBRARY_WIDEST)
        except pictures.BadPicture as error:
            if not self.forgiving and source not in self.inside:
                raise BadManuscript(f"The picture {source} cannot be used. {error}") from error
            self._drop(source, str(error), words_)
            return False
        stem = Path(source.partition("?")[0].rpartition("/")[2]).stem
        self.found[source] = FoundPicture(
            title=(alt or stem)[:250], name=f"{slugify(stem)[:60] or 'picture'}.{ending}", data=fresh
        )
        return True

    def _drop(self, source: str, reason: str, words_: str) -> None:
        self.dropped.append(Dropped("picture", f"{source[:200]}: {reason}", words_))


def _not_in_the_file(source: str) -> tuple[bytes, str]:
    return b"", "it is not in the file; add it by hand"


def _beside(path: Path, source: str) -> tuple[bytes, str]:
    """The bytes of a picture beside the file. Raises BadManuscript for one that is missing."""
    if _ELSEWHERE.match(source):
        return b"", "it is not beside the file; save it there"
    folder = path.resolve().parent
    try:
        file = (folder / source.partition("?")[0]).resolve()
        if not file.is_relative_to(folder):
            raise BadManuscript(f"The picture {source} does not lie beside {path.name} or in a folder there. Move it.")
        if not file.is_file():
            raise BadManuscript(f"The picture {source} is not beside {path.name}. Put it there, or take it out of the text.")
        if file.stat().st_size > MOST_PICTURE_BYTES:
            raise BadManuscript(f"The picture {source} is larger than 20 MB. Make it smaller.")
        return file.read_bytes(), ""
    except OSError as error:
        raise BadManuscript(f"The picture {source} cannot be used. {error}") from error
    except ValueError as error:
        if isinstance(error, BadManuscript):
            raise
        raise BadManuscript(f"{source!r} is no name of a file.") from error
