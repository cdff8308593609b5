"""Footnotes in HTML: a short link down to an element, and the element → `[^key]` and the note's text.

So do Word (`_ftn1` and `_ftnref1`), LibreOffice, pandoc and most blog programs write them.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from masthead.issues.manuscripts.rich import rich_text, words_of

#: "1", "[1]", "*", "(a)": what a mark looks like. A link with words in it is a link to a place in the text.
_MARK = re.compile(r"[\s(\[]*(?:\d{1,4}|[a-z]|[ivxlc]{1,6}|[*†‡§]{1,4})[\s)\].]*", re.IGNORECASE)
_HOLDERS = ("li", "p", "div", "dd", "aside", "section")
#: What notes lie in, and what is gone with the last of them.
_SHELLS = {"ol", "ul", "section", "div", "aside"}
#: The elements around one note of LibreOffice and of Word, and the target of a mark of Google Docs.
_NOTE_SHELL = re.compile(r"(sdfootnote|sdendnote|ftn|edn)\d+")
_GOOGLE_NOTE = re.compile(r"ftnt\d+")
_BACK = re.compile(r"^[\s\[\]()\d↩↑^⏎︎]*$")


def take_notes(root: Tag, attribute: str) -> dict[str, str]:
    """The footnotes of `root`: key → rich text. They leave `root`; marks stay in it as `[^key]`.

    Elements that carry `attribute` are notes already, with their key in it.
    """
    notes = {}
    for holder in root.find_all(None, {attribute: True}):
        notes[str(holder[attribute])] = rich_text(holder)
        holder.extract()
    for link in root.find_all("a", href=re.compile(r"^#.")):
        target = _target(root, str(link["href"])[1:])
        if target is None or not _MARK.fullmatch(words_of(link)) or not _comes_after(target, link):
            continue
        around = target if target.name in _HOLDERS else target.find_parent(_HOLDERS)
        if around is None:
            continue
        around = _all_of_it(around, target)
        if link in around.descendants:
            continue
        key = _free_key(words_of(link), notes)
        _mark(link, key)
        _without_way_back(around)
        notes[key] = rich_text(_as_body(around))
        _remove(around)
    return notes


def _target(root: Tag, name: str) -> Tag | None:
    found = root.find(id=name) or root.find("a", attrs={"name": name})
    return found if isinstance(found, Tag) else None


def _all_of_it(paragraph: Tag, target: Tag) -> Tag:
    """The element around a note of several paragraphs, as word processors write it, where `paragraph` is its first."""
    shell = paragraph.parent
    if shell is None or shell.name != "div" or paragraph.find_previous_sibling() is not None:
        return paragraph
    its_own = _NOTE_SHELL.fullmatch(str(shell.get("id") or "")) or _GOOGLE_NOTE.fullmatch(str(target.get("id") or ""))
    return shell if its_own and len(shell.find_all("a", href=re.compile("^#"))) == 1 else paragraph


def _comes_after(target: Tag, link: Tag) -> bool:
    return any(one is target for one in link.find_all_next(target.name))


def _free_key(words: str, notes: dict[str, str]) -> str:
    key = re.sub(r"[\s\[\]()^.]+", "", words) or "n"
    tried, number = key, 1
    while tried in notes:
        number += 1
        tried = f"{key}-{number}"
    return tried


def _mark(link: Tag, key: str) -> None:
    outer = (
        link.parent if link.parent is not None and link.parent.name == "sup" and words_of(link.parent) == words_of(link) else link
    )
    outer.replace_with(NavigableString(f"[^{key}]"))


def _without_way_back(holder: Tag) -> None:
    for back in holder.find_all("a", href=re.compile(r"^#")):
        if _BACK.match(words_of(back)) or _MARK.fullmatch(words_of(back)):
            outer = back.parent if back.parent is not None and back.parent.name == "sup" else back
            outer.extract()


def _as_body(holder: Tag) -> Tag:
    """The inside of `holder` as something that is no list item."""
    body = BeautifulSoup("<div></div>", "html.parser").div
    if body is None:
        return holder
    body.extend([child.extract() for child in list(holder.children)])
    return body


def _remove(holder: Tag) -> None:
    """Take it out, and lists and sections that held nothing else."""
    emptied: Tag | None = holder
    while emptied is not None:
        parent = emptied.parent
        emptied.extract()
        is_shell = parent is not None and parent.name in _SHELLS and not words_of(parent) and not parent.find("img")
        emptied = parent if is_shell else None
