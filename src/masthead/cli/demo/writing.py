"""Writing down a demonstration issue: the stored form of each block, from as few words as possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

Block = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Drawing:
    """A picture made at run time: its file's name, how to draw it, and what it shows."""

    name: str
    draw: Callable[[], Image.Image]
    alt: str


@dataclass(frozen=True)
class Number:
    """One issue as its author left it. `days_ago` is its age on the day of the demonstration."""

    number: int
    days_ago: int
    title: str
    byline: str
    excerpt: str
    body: list[Block]
    notes: list[tuple[str, str]] = field(default_factory=list)
    language: str = ""
    slug: str = ""
    subject: str = ""
    preheader: str = ""
    lead: Drawing | None = None


def text(words: str, **options: Any) -> Block:
    """Paragraphs, divided by empty lines. A paragraph may hold inline HTML, or be a list of its own."""
    paragraphs = [" ".join(part.split()) for part in words.strip().split("\n\n")]
    html = "".join(part if part.startswith(("<ul", "<ol")) else f"<p>{part}</p>" for part in paragraphs)
    return "text", {"text": html, **options}


def heading(words: str, level: int = 2) -> Block:
    """A heading of a section (2) or of a part of one (3)."""
    return "heading", {"text": words, "level": str(level)}


def quote(words: str, source: str = "", *, pull: bool = False) -> Block:
    """Somebody's words; with `pull` a sentence of this issue, repeated large."""
    return "quote", {"text": f"<p>{words}</p>", "source": source, "pull": pull}


def verse(lines: str) -> Block:
    """Lines that keep their breaks."""
    return "verse", {"lines": lines.strip("\n"), "code": False}


def picture(drawing: Drawing, caption: str, credit: str = "") -> Block:
    """A drawing with its caption. The library's number of the picture is filled in when the issue is made."""
    return "image", {"image": drawing, "caption": caption, "credit": credit, "link": ""}


def table(rows: str, caption: str = "", *, row_headers: bool = True) -> Block:
    """One row a line, cells divided by |; the first line names the columns."""
    lines = "\n".join(line.strip() for line in rows.strip().splitlines())
    return "table", {"rows": lines, "header": True, "row_headers": row_headers, "caption": caption}


def callout(title: str, words: str, tone: str = "note") -> Block:
    """A box: "note", "warning" or "appeal"."""
    return "callout", {"title": title, "text": f"<p>{words}</p>", "tone": tone}


def links(*items: tuple[str, str, str, str]) -> Block:
    """Reading tips: title, address, where it appeared, why."""
    return "links", {"items": [dict(zip(("title", "url", "source", "blurb"), item, strict=True)) for item in items]}


def button(label: str, url: str) -> Block:
    """The one thing to do."""
    return "button", {"label": label, "url": url}


def film(url: str, title: str, still: Drawing) -> Block:
    """A film elsewhere, behind a still picture."""
    return "embed", {"url": url, "title": title, "still": still}


def rule() -> Block:
    """A line between two parts."""
    return "divider", {"shape": "rule"}


def the_mail_ends() -> Block:
    """Where a mail that holds an excerpt ends."""
    return "divider", {"shape": "mail_ends"}
