"""One Word file → a manuscript, and proof that no word is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any
from xml.etree.ElementTree import Element

import mammoth

from masthead.issues.manuscripts import html, words
from masthead.issues.manuscripts.neutral import BadManuscript, Dropped, Manuscript
from masthead.issues.manuscripts.word import dressing, flattening, leaving, marking
from masthead.issues.manuscripts.word.names import W, parents, value, words_in
from masthead.issues.manuscripts.word.package import Package
from masthead.issues.manuscripts.word.styles import Styles

#: What Word paints itself and no browser or mail program shows.
_DRAWINGS = {"image/x-emf", "image/emf", "image/x-wmf", "image/wmf", "image/svg+xml", "image/tiff", "image/bmp", "image/x-bmp"}
_STYLE_MAP = "\n".join(
    f"p:{kind}-list({depth}) => {'ul|ol > li > ' * (depth - 1)}{tag} > li:fresh"
    for depth in range(6, 10)
    for kind, tag in (("unordered", "ul"), ("ordered", "ol"))
)


@dataclass(frozen=True)
class _Story:
    """The body or the notes: a part of the file that holds paragraphs."""

    part: str
    root: Element
    name: str


def read(data: bytes) -> Manuscript:
    """The manuscript in the bytes of a .docx file, its pictures in `pictures`. Raises BadManuscript."""
    try:
        return _read(Package(data))
    except RecursionError as error:
        raise BadManuscript("The Word file is nested too deeply to be read. Save its text as a new file.") from error


def _read(package: Package) -> Manuscript:
    stories = _stories(package)
    styles = Styles(package.tree(package.of_kind("styles")))
    dropped: list[Dropped] = leaving.margins(package)
    noticed: list[Dropped] = []
    marks: list[marking.Mark] = []
    sources: list[tuple[str, str]] = []
    for story in stories:
        place = _Places(story, styles)
        if story.name == "":
            dropped += leaving.comments(package, story.root, place)
        leaving.take_deletions(story.root, place, dropped)
        leaving.take_objects(story.root, package, story.part, place, dropped)
        remarks: list[tuple[Element | None, str]] = []
        flattening.flatten(story.root, remarks)
        place = _Places(story, styles)
        noticed += [Dropped(place(element) if element is not None else "", what) for element, what in remarks]
        sources += [(place(paragraph), words_in(paragraph)) for paragraph in _paragraphs(story.root)]
        leaving.take_hidden(story.root, place, dropped)
        leaving.take_contents(story.root, styles, place, dropped)
        marking.mark(story.root, styles, marks)
    _orphans(stories, dropped)
    pictures: dict[str, bytes] = {}
    markup = _by_mammoth(package, pictures, dropped)
    meta: dict[str, str] = {}
    page = dressing.dress(markup, marks, html.NOTE, meta, noticed)
    manuscript = html.read(page)
    if "title" not in meta and "headline" not in manuscript.meta and (title := _title_of_properties(package)):
        meta["title"] = title
    manuscript.meta = {**manuscript.meta, **meta}
    manuscript.pictures.update(pictures)
    manuscript.dropped = dropped + manuscript.dropped
    manuscript.noticed = noticed + manuscript.noticed
    manuscript.dropped += words.missing(sources, manuscript)
    manuscript.words_in = words.count(text for _place, text in sources) + words.count(one.words for one in dropped)
    return manuscript


def _stories(package: Package) -> list[_Story]:
    root = package.tree(package.document)
    body = root.find(f"{W}body") if root is not None else None
    if root is None or body is None:
        raise BadManuscript("The Word file has no text. Open it in Word and save it again.")
    found = [_Story(package.document, root, "")]
    for kind, name in (("footnotes", "footnote"), ("endnotes", "endnote")):
        part = package.of_kind(kind)
        tree = package.tree(part) if part else None
        if tree is not None:
            found.append(_Story(part, tree, name))
    return found


class _Places:
    """Where an element stands, in words: its paragraph and the heading before it, or its note."""

    def __init__(self, story: _Story, styles: Styles) -> None:
        self._story, self._styles = story, styles
        self._words: dict[int, str] = {}
        self._parents = parents(story.root)
        heading = ""
        for number, paragraph in enumerate(story.root.iter(f"{W}p"), 1):
            role = self._styles.role(paragraph)
            self._words[id(paragraph)] = f"paragraph {number}" + (f", after “{heading}”" if heading else "")
            if (role.startswith("heading") or role == "title") and (said := words_in(paragraph)):
                heading = said[:60]

    def __call__(self, element: Element) -> str:
        at: Element | None = element
        while at is not None:
            if self._story.name and at.tag == f"{W}{self._story.name}":
                return f"{self._story.name} {value(at, 'id')}"
            if not self._story.name and id(at) in self._words:
                return self._words[id(at)]
            at = self._parents.get(at)
        inside = next((self._words[id(one)] for one in element.iter(f"{W}p") if id(one) in self._words), "")
        return inside or self._story.name


def _paragraphs(root: Element) -> Iterable[Element]:
    return (one for one in root.iter(f"{W}p") if words_in(one))


def _orphans(stories: list[_Story], dropped: list[Dropped]) -> None:
    """Marks without a note would stop mammoth; notes without a mark it would lose."""
    notes = {story.name: story.root for story in stories[1:]}
    for kind in ("footnote", "endnote"):
        root = notes.get(kind)
        ids = {value(one, "id") for one in root.iter(f"{W}{kind}")} if root is not None else set()
        used = set()
        for holder in chain.from_iterable(story.root.iter() for story in stories):
            for mark in [one for one in holder if one.tag == f"{W}{kind}Reference"]:
                used.add(value(mark, "id"))
                if value(mark, "id") not in ids:
                    holder.remove(mark)
                    dropped.append(Dropped(kind, "a mark whose note the file does not have"))
        for note in root.iter(f"{W}{kind}") if root is not None else ():
            said = marking.MARK.sub("", words_in(note))
            if value(note, "id") not in used and said:
                dropped.append(Dropped(kind, "a note that nothing in the text points to", said))
    _notes_of_notes(stories)


def _notes_of_notes(stories: list[_Story]) -> None:
    """What only a note points to (an endnote of a footnote) goes into that note, in brackets: mammoth reads marks of the text."""
    notes = {(story.name, value(one, "id")): one for story in stories[1:] for one in story.root.iter(f"{W}{story.name}")}
    in_text = {
        (kind, value(mark, "id")) for kind in ("footnote", "endnote") for mark in stories[0].root.iter(f"{W}{kind}Reference")
    }
    for story in stories[1:]:
        for run in list(story.root.iter(f"{W}r")):
            for kind in ("footnote", "endnote"):
                for mark in run.findall(f"{W}{kind}Reference"):
                    pointed = (kind, value(mark, "id"))
                    if pointed in notes and pointed not in in_text:
                        said = marking.MARK.sub("", words_in(notes[pointed]))
                        mark.tag, mark.text = f"{W}t", f" ({' '.join(said.split())})"
                        mark.attrib.clear()
                        for raised in run.findall(f"{W}rPr"):
                            run.remove(raised)


def _by_mammoth(package: Package, pictures: dict[str, bytes], dropped: list[Dropped]) -> str:
    def keep(image: Any) -> dict[str, str]:
        if image.content_type in _DRAWINGS:
            kind = image.content_type.rpartition("/")[2].removeprefix("x-").removesuffix("+xml").upper()
            dropped.append(Dropped("picture", f"{kind} drawings cannot be shown; save it as PNG", image.alt_text or ""))
            return {"src": ""}
        try:
            with image.open() as file:
                data = file.read()
        except (KeyError, OSError, ValueError) as error:
            dropped.append(Dropped("picture", f"it is not in the file ({error})", image.alt_text or ""))
            return {"src": ""}
        name = f"picture-{len(pictures) + 1}"
        pictures[name] = data
        return {"src": name}

    try:
        found = mammoth.convert_to_html(
            package.written(),
            convert_image=mammoth.images.img_element(keep),
            style_map=_STYLE_MAP,
            include_embedded_style_map=False,
            id_prefix="",
        )
    except (KeyError, ValueError, AttributeError, IndexError, TypeError) as error:
        # mammoth has no errors of its own: a part that contradicts another shows as one of these.
        raise BadManuscript(
            f"The Word file contradicts itself ({error!r}). Open it in Word or LibreOffice and save it again."
        ) from error
    return re.sub(r'<img[^>]*src=""[^>]*/?>', "", str(found.value))


def _title_of_properties(package: Package) -> str:
    tree = package.tree("docProps/core.xml")
    if tree is None:
        return ""
    title = " ".join((tree.findtext("{http://purl.org/dc/elements/1.1/}title") or "").split())
    # Word puts the template's name or the first file name there.
    is_junk = not title or re.search(r"\.(docx?|dotx?)$|^(word )?document\d*$|^microsoft word", title, re.IGNORECASE)
    return "" if is_junk or len(title) > 300 else title
