"""What HTML says elsewhere than in its words, in attributes or in how a list counts: an issue has no place for it, it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from masthead.issues.manuscripts.neutral import Dropped, Manuscript
from masthead.issues.manuscripts.rich import words_of

_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_FIELDS = ["button", "input", "optgroup", "option", "select", "textarea"]
#: Fields whose value no reader of the form sees.
_MACHINE_FIELDS = frozenset({"hidden", "password", "csrf"})
#: Elements of these have a place for their own title or alternative text.
_TITLED = frozenset({"img", "html", "body", "head", "meta", "link", "style"})
_SMALL_CAPITALS = re.compile(r"font-variant(-caps)?\s*:[^;]*small-caps", re.IGNORECASE)
_BLOCKS = ["p", "div", "ul", "ol", "dl", "table", "blockquote", "pre", "figure", "img", "dt", "dd", *_HEADINGS]


def tell(root: BeautifulSoup | Tag, manuscript: Manuscript) -> None:
    """Put into the report of `manuscript` what `root` says without words of its own; `root` stays as it is."""
    manuscript.dropped += [Dropped(near(tag), what, said) for tag, what, said in (*_attributes(root), *_numbering(root))]
    for name, passages in (("underlined", _underlined(root)), ("in small capitals", root.find_all(style=_SMALL_CAPITALS))):
        if said := [words for one in passages if (words := words_of(one))]:
            what = f"{name} in the source, kept as plain words ({len(said)})"
            manuscript.noticed.append(Dropped("", what, " … ".join(said)))


def tell_head(soup: BeautifulSoup, manuscript: Manuscript) -> None:
    """Who wrote the page and what it is about, as its head has it; what does not fit stands in the report."""
    for name, field, most in (("author", "byline", 250), ("description", "excerpt", 600)):
        said = [" ".join(str(tag.get("content") or "").split()) for tag in soup.find_all("meta", attrs={"name": _named(name)})]
        words_ = ", ".join(dict.fromkeys(filter(None, said)))
        if len(words_) > most:
            manuscript.dropped.append(Dropped("the head of the page", f"its {name}, which is too long for the {field}", words_))
        elif words_:
            manuscript.meta.setdefault(field, words_)
            manuscript.noticed.append(Dropped("the head of the page", f"its {name} became the {field}", words_))


def tell_inner_links(root: Tag, manuscript: Manuscript) -> None:
    """Name the links from one place of the text to another, once the notes are taken out: mails cannot follow them."""
    if said := [words for link in root.find_all("a", href=re.compile(r"^\s*#")) if (words := words_of(link))]:
        what = f"links to another place of the text, kept as plain words ({len(said)})"
        manuscript.noticed.append(Dropped("", what, " … ".join(said)))


def write_out(root: BeautifulSoup | Tag) -> None:
    """Change `root` so that plain paragraphs say the same: terms that are defined are bold, readings stand in brackets."""
    for term in root.find_all("dt"):
        if not term.find([*_BLOCKS, "b", "strong"]):
            bold = Tag(name="b")
            bold.extend(list(term.contents))
            term.append(bold)
    for reading in root.find_all("rt"):
        if reading.parent is not None and reading.parent.find("rp") is None:
            reading.insert(0, " (")
            reading.append(")")


def near(tag: Tag) -> str:
    """The nearest heading before, as the place."""
    heading = tag.find_previous(_HEADINGS)
    return f"after “{words_of(heading)[:60]}”" if isinstance(heading, Tag) else "at the beginning"


def _named(name: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{name}\s*$", re.IGNORECASE)


def _attributes(root: BeautifulSoup | Tag) -> Iterator[tuple[Tag, str, str]]:
    for tag in root.find_all(True):
        if tag.name in _FIELDS:
            yield from _field(tag)
        title = _said(tag, "title")
        if title and tag.name not in _TITLED and title not in words_of(tag):
            yield tag, _what(tag), title
        for name in ("alt", "alttext", "summary", "aria-label"):
            if tag.name == "img" or (name == "aria-label" and words_of(tag)):
                continue
            if said := _said(tag, name):
                yield tag, f"the description of a <{tag.name}>", said


def _what(tag: Tag) -> str:
    if tag.name in {"abbr", "acronym"}:
        return f"what the abbreviation “{words_of(tag)[:40]}” means; write it out where it is first used"
    return f"the title of the link “{words_of(tag)[:40]}”" if tag.name == "a" else f"the title of a <{tag.name}>"


def _field(tag: Tag) -> Iterator[tuple[Tag, str, str]]:
    if _said(tag, "type").lower() in _MACHINE_FIELDS:
        return
    # The value of an option is for the program that reads the form; its label is what people see.
    names = ("label", "placeholder") if tag.name == "option" else ("value", "label", "placeholder")
    if said := " ".join(filter(None, (_said(tag, name) for name in names))):
        yield tag, "what a field of a form says", said


def _numbering(root: BeautifulSoup | Tag) -> Iterator[tuple[Tag, str, str]]:
    for shell in root.find_all("ol"):
        if (start := _said(shell, "start")) and start != "1":
            yield shell, f"a list that counts from {start}; in an issue it counts from 1", ""
        if (kind := _said(shell, "type")) and kind != "1":
            yield shell, f"a list that counts as “{kind}”; in an issue it counts in figures", ""
        if shell.has_attr("reversed"):
            yield shell, "a list that counts down; in an issue it counts up", ""
    for item in root.find_all("li", value=True):
        around = item.find_parent(["ol", "ul"])
        if isinstance(around, Tag) and around.name == "ol":
            yield item, f"the number {_said(item, 'value')} of “{words_of(item)[:40]}” in a list", ""


def _underlined(root: BeautifulSoup | Tag) -> list[Tag]:
    """What is underlined and no link, which is underlined anyway."""
    return [one for one in root.find_all("u") if not one.find_parent(["a", "u"]) and not one.find("a")]


def _said(tag: Tag, name: str) -> str:
    return " ".join(str(tag.get(name) or "").split())
