"""What one issue shows besides words: each file frozen once, each file that could not be frozen named with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from masthead.common import urls
from masthead.issues import frozen_files, pictures, share_card
from masthead.issues.picture import Picture, Source


@dataclass(frozen=True)
class KeptDocument:
    """A document as the public gets it: `kind` as people say it ("PDF"), `size` in bytes."""

    url: str
    kind: str
    size: int


@dataclass
class Assets:
    """Collects the files of one issue. `base_url` is the public address their addresses begin with."""

    base_url: str
    #: Where in the issue we are, for the problems.
    place: str = ""
    #: By name: size in bytes.
    files: dict[str, int] = field(default_factory=dict)
    #: (place, sentence)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def picture(self, image: Any, *, alt: str, decorative: bool = False, widest: int = pictures.WIDEST) -> Picture | None:
        """The library's `image` as readers see it; None, and a problem, when its file cannot be shown."""
        large = self._frozen(image, widest=widest)
        if large is None:
            return None
        sources: tuple[Source, ...] = ()
        if large.width > pictures.NARROW * 1.25:
            small = self._frozen(image, widest=_longer_side(large, pictures.NARROW))
            if small is not None:
                sources = tuple(Source(url=self._url(one.name), width=one.width) for one in (small, large))
        return Picture(
            url=self._url(large.name),
            width=large.width,
            height=large.height,
            alt="" if decorative else " ".join(alt.split()),
            decorative=decorative,
            sources=sources,
        )

    def share_card(self, image: Any, *, alt: str, **words: Any) -> dict[str, object]:
        """The picture other sites show with a link (OpenGraph): `words` on a card, beside the library's `image`, if any."""
        try:
            lead = _bytes_of(image) if image else b""
            kept = share_card.freeze(lead=lead, **words)
        except (OSError, pictures.BadPicture):
            # That the picture cannot be shown was reported where the page shows it.
            kept = share_card.freeze(**words)
        self.files[kept.name] = kept.size
        return {"url": self._url(kept.name), "width": share_card.WIDTH, "height": share_card.HEIGHT, "alt": alt}

    def document(self, document: Any) -> KeptDocument | None:
        """The library's `document` as readers get it; None, and a problem, when it cannot be read."""
        ending = str(document.file_extension).lower()
        try:
            with document.open_file() as file:
                kept = frozen_files.keep(file.read(), ending)
        except (OSError, frozen_files.NoSuchKind) as error:
            self.report(
                _("The document “%(title)s” cannot be published: %(reason)s") % {"title": document.title, "reason": error}
            )
            return None
        self.files[kept.name] = kept.size
        return KeptDocument(self._url(kept.name), ending.upper(), kept.size)

    def report(self, sentence: str) -> None:
        """Name a problem at the place we are."""
        self.problems.append((self.place, sentence))

    def _frozen(self, image: Any, *, widest: int = pictures.WIDEST) -> pictures.FrozenPicture | None:
        try:
            with image.open_file() as file:
                found = pictures.freeze(file, key=image.file_hash, widest=widest)
        except (OSError, pictures.BadPicture) as error:
            self.report(_("The picture “%(title)s” cannot be shown: %(reason)s") % {"title": image.title, "reason": error})
            return None
        self.files[found.name] = found.size
        return found

    def _url(self, name: str) -> str:
        return urls.absolute(self.base_url, "media", name=name)


def _longer_side(large: pictures.FrozenPicture, width: int) -> int:
    """The longer side of `large` when it is `width` wide."""
    return max(width, round(width * large.height / large.width))


def _bytes_of(image: Any) -> bytes:
    with image.open_file() as file:
        data: bytes = file.read()
        return data
