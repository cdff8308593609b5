"""The small markup of the mails of a list: plain text with paragraphs, lists, **bold**, *italics*, links and merge fields.

    field    = "{{" name [ "|" quote fallback quote ] "}}"       name of a reader, of the list, a link; see `list_mails`
    button   = a paragraph that is one link and nothing else     [Confirm my subscription]({{ link }})

It is CommonMark cut down to those, read by markdown-it-py without raw HTML. Fields are taken out before it is read and put back
into what was made of it, escaped: the value of a field can be no markup, whoever typed it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

_QUOTES = '"“”„«»'
_FIELD = re.compile(
    r"\{\{\s{0,4}([a-z][a-z0-9_]{0,39})\s{0,4}(?:\|\s{0,4}["
    + _QUOTES
    + r"]([^"
    + _QUOTES
    + r"{}\r\n]{1,100})["
    + _QUOTES
    + r"]\s{0,4})?\}\}"
)
#: Around the number of a field while the text is read: nobody types them, and they are no markup.
_OPEN, _CLOSE = "\ue0f1", "\ue0f2"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_SCHEMES = ("http", "https", "mailto")

_P = '<p style="margin:0 0 16px;">'
_UL = '<ul style="margin:0 0 16px; padding-inline-start:24px;">'
_OL = '<ol style="margin:0 0 16px; padding-inline-start:24px;">'
_BUTTON = (
    '<p style="margin:24px 0;"><a href="{url}" style="display:inline-block; padding:12px 22px; background-color:#1d4e89; '
    "color:#ffffff; text-decoration:none; font-family:Arial,Helvetica,sans-serif; font-size:17px; font-weight:bold; "
    'border-radius:4px;">{label}</a></p>'
)


@dataclass(frozen=True, slots=True)
class Field:
    """A merge field: its name, and the words for readers who have no such value ("": none were given)."""

    name: str
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A text as both parts of a mail."""

    html: str
    text: str


def fields(text: str) -> list[Field]:
    """The merge fields of `text` in their order, repeated ones too."""
    return [Field(found[1], (found[2] or "").strip()) for found in _FIELD.finditer(text)]


def leftovers(text: str) -> list[str]:
    """What looks like a merge field and is none: a misspelt one."""
    return [found.strip() for found in re.findall(r"\{\{.{0,40}", _FIELD.sub("", text))]


def links_to(text: str, name: str) -> bool:
    """Whether `text` shows the address in the field `name`, as a link or in clear, so that a reader can follow it."""
    taken, known = _taken_out(text)
    marks = {f"{_OPEN}{number}{_CLOSE}" for number, field in enumerate(known) if field.name == name}
    for token in _MARKDOWN.parse(taken):
        for child in token.children or []:
            if child.type == "link_open" and child.attrs.get("href") in marks:
                return True
            if child.type == "text" and any(mark in child.content for mark in marks):
                return True
    return False


def in_line(text: str, values: Mapping[str, str | Sequence[str]]) -> str:
    """A subject with its fields filled in; no markup."""
    filled = _FIELD.sub(lambda found: _plain(Field(found[1], (found[2] or "").strip()), values), text)
    return " ".join(filled.split())


def write(text: str, values: Mapping[str, str | Sequence[str]]) -> Written:
    """`text` as HTML with inline styles and as plain text. A value that is a sequence is a list where it stands alone.

    A list without entries leaves its paragraph out. A name without a value is its fallback.
    """
    taken, known = _taken_out(text)
    writer = _Writer(known, values)
    writer.blocks(_MARKDOWN.parse(taken))
    return Written("\n".join(writer.html), "\n\n".join(writer.text))


class _Markdown(MarkdownIt):
    """Leads nowhere but to pages and mailboxes, and to what a field holds."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 # the library's name
        return bool(_MARK.fullmatch(url)) or (_OPEN not in url and urlsplit(url).scheme.lower() in _SCHEMES)

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url if _MARK.fullmatch(url) else super().normalizeLink(url)


_MARKDOWN = _Markdown("zero").enable(["list", "emphasis", "link", "escape", "newline"])


class _Writer:
    """Goes through the tokens once and writes both parts."""

    def __init__(self, known: list[Field], values: Mapping[str, str | Sequence[str]]) -> None:
        self._known, self._values = known, values
        self.html: list[str] = []
        self.text: list[str] = []

    def blocks(self, tokens: list[Token]) -> None:
        """Paragraphs and lists in their order."""
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.type in {"bullet_list_open", "ordered_list_open"}:
                end = _end_of(tokens, at)
                self._list(tokens[at + 1 : end], ordered=token.type == "ordered_list_open")
                at = end
            elif token.type == "inline":
                self._paragraph(token.children or [])
            at += 1

    def _paragraph(self, children: list[Token]) -> None:
        alone = self._field_alone(children)
        if alone is not None:
            self._entries(alone)
            return
        html, text = self._inline(children)
        if _is_button(children):
            self.html.append(_BUTTON.format(url=self._url(children[0]), label=self._inline(children[1:-1])[0]))
            self.text.append(f"{self._inline(children[1:-1])[1]}:\n{self._address(children[0])}")
        elif text.strip():
            self.html.append(f"{_P}{html}</p>")
            self.text.append(text)

    def _list(self, tokens: list[Token], *, ordered: bool) -> None:
        """One level is enough for a mail; deeper ones stand in it one after the other."""
        entries = [self._inline(token.children or []) for token in tokens if token.type == "inline"]
        rows = "".join(f"<li>{html}</li>" for html, _text in entries)
        self.html.append(f"{_OL}{rows}</ol>" if ordered else f"{_UL}{rows}</ul>")
        bullets = [f"{number}. " for number in range(1, len(entries) + 1)] if ordered else ["* "] * len(entries)
        self.text.append("\n".join(bullet + text for bullet, (_html, text) in zip(bullets, entries, strict=True)))

    def _field_alone(self, children: list[Token]) -> Sequence[str] | None:
        found = _MARK.fullmatch(children[0].content.strip()) if len(children) == 1 and children[0].type == "text" else None
        value = self._values.get(self._known[int(found[1])].name) if found else None
        return None if value is None or isinstance(value, str) else value

    def _entries(self, entries: Sequence[str]) -> None:
        if entries:
            self.html.append(_UL + "".join(f"<li><bdi>{escape(entry)}</bdi></li>" for entry in entries) + "</ul>")
            self.text.append("\n".join(f"* {entry}" for entry in entries))

    def _inline(self, children: list[Token]) -> tuple[str, str]:
        html, text, address, since = [], [], "", 0
        for child in children:
            if child.type == "text":
                html.append(self._filled(child.content, html=True))
                text.append(self._filled(child.content, html=False))
            elif child.type in {"softbreak", "hardbreak"}:
                html.append("<br>\n")
                text.append("\n")
            elif child.type in _TAGS:
                html.append(_TAGS[child.type])
            elif child.type == "link_open":
                address, since = self._address(child), len(text)
                html.append(f'<a href="{self._url(child)}">')
            elif child.type == "link_close":
                html.append("</a>")
                if "".join(text[since:]) != address:
                    text.append(f" ({address.removeprefix('mailto:')})")
        return "".join(html), "".join(text)

    def _filled(self, text: str, *, html: bool) -> str:
        pieces = _MARK.split(text)
        out = [escape(pieces[0]) if html else pieces[0]]
        for number, rest in zip(pieces[1::2], pieces[2::2], strict=True):
            value = _plain(self._known[int(number)], self._values)
            if html:
                value = _as_html(value)
            out += (value, escape(rest) if html else rest)
        return "".join(out)

    def _address(self, link: Token) -> str:
        href = str(link.attrs.get("href", ""))
        found = _MARK.fullmatch(href)
        return _plain(self._known[int(found[1])], self._values) if found else href

    def _url(self, link: Token) -> str:
        return escape(self._address(link))


_TAGS = {"strong_open": "<strong>", "strong_close": "</strong>", "em_open": "<em>", "em_close": "</em>"}


def _taken_out(text: str) -> tuple[str, list[Field]]:
    """`text` with numbered marks in place of its fields."""
    text = re.sub(f"[{_OPEN}{_CLOSE}\\0]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    known: list[Field] = []

    def marked(found: re.Match[str]) -> str:
        known.append(Field(found[1], (found[2] or "").strip()))
        return f"{_OPEN}{len(known) - 1}{_CLOSE}"

    return _FIELD.sub(marked, text), known


def _plain(field: Field, values: Mapping[str, str | Sequence[str]]) -> str:
    value = values.get(field.name, "")
    words = value if isinstance(value, str) else ", ".join(value)
    # One line, whatever was imported: a line of dashes in a name would else begin a signature.
    return " ".join(words.split()) or field.fallback


def _as_html(value: str) -> str:
    """A value escaped; an address of a page is a link."""
    if re.fullmatch(r"https?://\S+", value):
        return f'<a href="{escape(value)}">{escape(value)}</a>'
    return f"<bdi>{escape(value)}</bdi>"


def _is_button(children: list[Token]) -> bool:
    return (
        len(children) > 2
        and children[0].type == "link_open"
        and children[-1].type == "link_close"
        and not any(child.type.startswith("link_") for child in children[1:-1])
    )


def _end_of(tokens: list[Token], at: int) -> int:
    """Where the list that begins at `at` ends."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth == 0:
            return place
    return len(tokens) - 1
