"""Markdown: CommonMark with tables, footnotes (`[^1]`, `^[…]`) and YAML front matter. HTML inside is read as `html` reads it."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from html import escape
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from masthead.issues.manuscripts import html
from masthead.issues.manuscripts.neutral import BadManuscript, Dropped, Manuscript

#: Fields of the front matter that an issue has.
FIELDS = frozenset(
    {"title", "subtitle", "byline", "excerpt", "date", "number", "label", "language", "subject", "preheader", "slug"}
)
_OTHER_NAMES = {"author": "byline", "authors": "byline", "description": "excerpt", "summary": "excerpt", "lang": "language"}
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"[\s\[\]^]+")


def read(text: str) -> Manuscript:
    """The manuscript in `text`. Raises BadManuscript for front matter that is no YAML mapping."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    meta: dict[str, str] = {}
    unknown: list[Dropped] = []
    front = _FRONT.match(text)
    if front:
        meta, unknown = _fields(front[1])
        text = text[front.end() :]
    manuscript = html.read(_to_html(text))
    manuscript.meta = {**manuscript.meta, **meta}
    manuscript.dropped = unknown + manuscript.dropped
    return manuscript


def _fields(front: str) -> tuple[dict[str, str], list[Dropped]]:
    try:
        # BaseLoader: every scalar stays the text it is; YAML would read 1_971 and 12:30 as numbers.
        found = yaml.load(front, Loader=yaml.BaseLoader) or {}  # noqa: S506 - BaseLoader makes texts, lists and dicts only
    except yaml.YAMLError as error:
        raise BadManuscript(f"The front matter between the --- lines is not YAML: {error}") from error
    if not isinstance(found, dict):
        raise BadManuscript("The front matter between the --- lines must be lines such as “title: The ferry is back”.")
    meta: dict[str, str] = {}
    unknown = []
    for name, value in found.items():
        field = _OTHER_NAMES.get(str(name).lower(), str(name).lower())
        if field in FIELDS and (words := _line(value)):
            meta.setdefault(field, words)
        elif words := _line(value):
            unknown.append(Dropped("front matter", f"an issue has no field “{name}”", words))
    return meta, unknown


def _line(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_line, value)))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_line(inner)}" for name, inner in value.items())
    return " ".join(str(value).split())


def _to_html(text: str) -> str:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin)
    parser.core.ruler.before("footnote_tail", "keep_orphans", _keep_orphans)
    for name, rule in _RULES.items():
        parser.add_render_rule(name, rule)
    return str(parser.render(text))


def _keep_orphans(state: StateCore) -> None:
    """List notes that nothing points to as well: the plugin would drop them with their words."""
    notes: dict[str, Any] = state.env.get("footnotes", {})
    listed = notes.setdefault("list", {}) if notes else {}
    for label, number in notes.get("refs", {}).items():
        if number < 0:
            notes["refs"][label] = len(listed)
            listed[len(listed)] = {"label": label[1:], "count": 0}


def _key(token: Token) -> str:
    label = str(token.meta.get("label") or "")
    return _KEY.sub("-", label)[:40] if label else f"n{int(token.meta['id']) + 1}"


def _mark(self: RendererHTML, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
    return f"[^{escape(_key(tokens[idx]))}]"


def _open(self: RendererHTML, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
    return f'<aside {html.NOTE}="{escape(_key(tokens[idx]))}">'


def _close(self: RendererHTML, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
    return "</aside>"


def _nothing(self: RendererHTML, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
    return ""


_RULES = {
    "footnote_ref": _mark,
    "footnote_open": _open,
    "footnote_close": _close,
    "footnote_anchor": _nothing,
    "footnote_block_open": _nothing,
    "footnote_block_close": _nothing,
}
