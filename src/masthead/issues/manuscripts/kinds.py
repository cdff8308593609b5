"""The kinds of files that can be read, by their ending."""

from __future__ import annotations

from collections.abc import Callable

from masthead.issues.manuscripts import html, markdown, text_files
from masthead.issues.manuscripts.neutral import Manuscript
from masthead.issues.manuscripts.opendocument import reading as opendocument
from masthead.issues.manuscripts.word import reading as word


def _markdown(data: bytes) -> Manuscript:
    text, noticed = text_files.decoded(data)
    found = markdown.read(text)
    found.noticed += noticed
    return found


def _html(data: bytes) -> Manuscript:
    text, noticed = text_files.decoded_html(data)
    found = html.read(text)
    found.noticed += noticed
    return found


READERS: dict[str, Callable[[bytes], Manuscript]] = {
    ".docx": word.read,
    ".docm": word.read,
    ".odt": opendocument.read,
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _markdown,
    ".html": _html,
    ".htm": _html,
}
