"""A picture as content names it: addresses, sizes and what it shows. No files, no image library."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Source:
    """One more size of a picture, for the `srcset` of the web page. `width` in pixels."""

    url: str
    width: int


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What a reader sees.

    `url` is absolute and a JPEG, PNG or GIF of at most 1200 px, because the mail shows the same file; `width` and `height` are
    that file's pixels. `alt` says what it shows; `decorative` pictures have none. `sources` are further sizes for the web.
    """

    url: str
    width: int
    height: int
    alt: str = ""
    decorative: bool = False
    sources: tuple[Source, ...] = ()

    @property
    def spoken(self) -> str:
        """The alternative text: empty when the picture is decoration."""
        return "" if self.decorative else self.alt
