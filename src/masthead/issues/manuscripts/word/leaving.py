"""What of a Word file is not carried over, each thing with its place and its words, taken out of the tree."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from bs4 import BeautifulSoup

from masthead.issues.manuscripts.neutral import Dropped
from masthead.issues.manuscripts.word.flattening import is_hidden, relation_of
from masthead.issues.manuscripts.word.names import A, R, V, W, parents, value, words_in
from masthead.issues.manuscripts.word.package import Package
from masthead.issues.manuscripts.word.styles import Styles

#: Of a document inside the document so many bytes are read for the report.
_MOST_CHUNK = 2_000_000
Place = Callable[[Element], str]


def take_deletions(root: Element, place: Place, dropped: list[Dropped]) -> None:
    """Text that somebody deleted or moved away with tracked changes."""
    up = parents(root)
    for name, what in (("del", "deleted with tracked changes"), ("moveFrom", "moved elsewhere with tracked changes")):
        for element in list(root.iter(f"{W}{name}")):
            if not len(element) or element not in up:  # the mark of a deleted paragraph end is mammoth's
                continue
            words = words_in(element, deleted=True)
            by = value(element, "author")
            if words and name == "del":
                dropped.append(Dropped(place(element), what + (f" by {by}" if by else ""), words))
            if element in list(up[element]):
                up[element].remove(element)


def take_hidden(root: Element, place: Place, dropped: list[Dropped]) -> None:
    """Text that is not printed."""
    up = parents(root)
    for run in [one for one in root.iter(f"{W}r") if is_hidden(one)]:
        if words := words_in(run):
            dropped.append(Dropped(place(run), "hidden text", words))
        up[run].remove(run)


def take_contents(root: Element, styles: Styles, place: Place, dropped: list[Dropped]) -> None:
    """The table of contents: the issue has none, its page numbers would be wrong."""
    up = parents(root)
    for paragraph in [one for one in root.iter(f"{W}p") if styles.role(one) == "toc"]:
        if words := words_in(paragraph):
            dropped.append(Dropped(place(paragraph), "a line of the table of contents", words))
        # The field that makes it may begin here and end in a later paragraph: its marks stay.
        for run in list(paragraph):
            if run.tag == f"{W}pPr":
                continue
            paragraph.remove(run)
        if not any(one.tag != f"{W}pPr" for one in paragraph) and paragraph in up:
            up[paragraph].remove(paragraph)


def take_objects(root: Element, package: Package, part: str, place: Place, dropped: list[Dropped]) -> None:
    """Charts, diagrams, drawings without words, embedded files, whole documents pulled in."""
    related = package.related(part)
    up = parents(root)
    for drawing in list(root.iter(f"{W}drawing")):
        kind = next((one.get("uri", "") for one in drawing.iter(f"{A}graphicData")), "")
        if "/chart" in kind or "/diagram" in kind:
            target = related.get(relation_of(drawing), "")
            tree = package.tree(target) if target.endswith(".xml") else None
            what = "a chart" if "/chart" in kind else "a diagram"
            words = _words_of_part(tree) if tree is not None else ""
            dropped.append(Dropped(place(drawing), f"{what}; put a picture of it in its place", words))
            up[drawing].remove(drawing)
        elif drawing.find(f".//{A}blip") is None and not words_in(drawing):
            dropped.append(Dropped(place(drawing), "a drawn shape"))
            up[drawing].remove(drawing)
    kept = "an embedded object; its preview picture is kept if it is one"
    dropped += [Dropped(place(element), kept) for element in root.iter(f"{W}object")]
    for element in list(root.iter(f"{W}altChunk")):
        name = related.get(element.get(f"{R}id", ""), "")
        what = f"a document inside the document ({name}); import it by itself"
        dropped.append(Dropped(place(element), what, _words_of_chunk(package, name)))
    drawn = [(one, " ".join(one.get("string", "").split())) for one in root.iter(f"{V}textpath")]
    dropped += [Dropped(place(element), "words drawn as a picture", words) for element, words in drawn if words]


def _words_of_chunk(package: Package, name: str) -> str:
    """The words of a web page or text that Word has not taken into its own form yet; another Word file is too much here."""
    if not name.lower().endswith((".htm", ".html", ".xhtml", ".txt")) or not package.has(name):
        return ""
    text = package.data(name)[:_MOST_CHUNK].decode("utf-8", "replace")
    return " ".join(BeautifulSoup(text, "html.parser").get_text(" ").split())


def margins(package: Package) -> list[Dropped]:
    """What stands at the head and foot of pages, each wording once."""
    found: dict[str, Dropped] = {}
    for name in package.names():
        file = name.rpartition("/")[2].lower()
        kind = "header" if file.startswith("header") else "footer" if file.startswith("footer") else ""
        tree = package.tree(name) if kind and file.endswith(".xml") else None
        if tree is not None and (words := words_in(tree)):
            found.setdefault(words, Dropped(f"page {kind}", "an issue has no pages", words))
    return list(found.values())


def comments(package: Package, root: Element, place: Place) -> list[Dropped]:
    """The remarks of editors, each at the words it is about."""
    tree = package.tree(package.of_kind("comments"))
    if tree is None:
        return []
    marks = {value(one, "id"): one for one in root.iter(f"{W}commentReference")}
    found = []
    for comment in tree.iter(f"{W}comment"):
        mark = marks.get(value(comment, "id"))
        who = value(comment, "author")
        where = place(mark) if mark is not None else ""
        found.append(Dropped(where, "a comment" + (f" by {who}" if who else ""), words_in(comment)))
    return found


def _words_of_part(tree: Element) -> str:
    """The words of a chart or a diagram: titles and labels, the figures left alone."""
    if words := words_in(tree):
        return words
    return " ".join("".join(text.itertext()) for text in tree.iter() if text.tag.endswith("}v"))[:1000]
