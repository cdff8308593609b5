"""Reads a stored mail for people. Whatever the bytes are, it answers; it never raises (compat32, bounded)."""

from __future__ import annotations

import email
import email.errors
import email.header
import email.message
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from masthead.mail.encoding.flowed import unflowed

_MOST_PARTS = 200
_MOST_LINKS = 500
_FOLD = re.compile(r"\r?\n[ \t]")
_URL = re.compile(r"https?://[^\s<>\"']{1,2000}|mailto:[^\s<>\"']{1,500}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is neither the text nor the HTML. `number` is its place among the parts."""

    number: int
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Link:
    """An address that the mail mentions; `words` are those it stands on. `where`: "html", "image" or "text"."""

    url: str
    words: str
    where: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a mail says: decoded headers in order, the first text and HTML part, links, attachments."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    links: tuple[Link, ...]
    attachments: tuple[Attachment, ...]


def parsed(raw: bytes) -> Parsed:
    """`raw`, read as far as it can be read."""
    message = _message(raw)
    headers = tuple((name, decoded_header(value)) for name, value in message.items())
    text = html = ""
    attachments = []
    for number, part in enumerate(_parts(message)):
        kind = part.get_content_type()
        if part.get_filename() is None and kind == "text/plain" and not text:
            text = _decoded(part)
            text = unflowed(text) if str(part.get_param("format", "")).lower() == "flowed" else text
        elif part.get_filename() is None and kind == "text/html" and not html:
            html = _decoded(part)
        else:
            attachments.append(Attachment(number, _name(part), kind, len(_content(part))))
    return Parsed(headers, text, html, tuple(_links(text, html)), tuple(attachments))


def attachment(raw: bytes, number: int) -> tuple[str, bytes] | None:
    """Name and content of the part at `number`, or None."""
    for place, part in enumerate(_parts(_message(raw))):
        if place == number:
            return _name(part), _content(part)
    return None


def decoded_header(value: object) -> str:
    """A header with its encoded words decoded; as it stands where that fails."""
    text = _FOLD.sub(" ", str(value))
    try:
        return str(email.header.make_header(email.header.decode_header(text)))
    except (LookupError, ValueError, email.errors.MessageError):
        return text


def _message(raw: bytes) -> email.message.Message:
    try:
        return email.message_from_bytes(raw)
    except RecursionError:
        # A thousand parts inside one another: show it as one text.
        return email.message_from_bytes(b"Content-Type: text/plain\r\n\r\n" + raw)


def _parts(message: email.message.Message) -> Iterator[email.message.Message]:
    """The parts that hold something, without recursion, at most 200."""
    waiting = [message]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        content = part.get_payload()
        if part.is_multipart() and isinstance(content, list):
            waiting = [inner for inner in content if isinstance(inner, email.message.Message)] + waiting
        else:
            yield part


def _name(part: email.message.Message) -> str:
    return decoded_header(part.get_filename() or part.get_content_type().replace("/", "."))


def _content(part: email.message.Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _decoded(part: email.message.Message) -> str:
    content = _content(part)
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _links(text: str, html: str) -> list[Link]:
    finder = _LinkFinder()
    finder.feed(html)
    found = [*finder.found, *(Link(match[0].rstrip(".,;:)"), "", "text") for match in _URL.finditer(text))]
    return list(dict.fromkeys(found))[:_MOST_LINKS]


class _LinkFinder(HTMLParser):
    """Collects where links and pictures lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Link] = []
        self._open: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A link opens, or a picture stands."""
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and values.get("href"):
            self._open, self._words = values["href"], []
        elif tag == "img":
            self._words.append(values.get("alt", ""))
            if values.get("src"):
                self.found.append(Link(values["src"], values.get("alt", ""), "image"))

    def handle_data(self, data: str) -> None:
        """Words, which count inside a link."""
        if self._open is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """A link closes."""
        if tag == "a" and self._open is not None:
            self.found.append(Link(self._open, " ".join(" ".join(self._words).split()), "html"))
            self._open = None
