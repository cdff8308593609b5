"""HTML, from anywhere: an allow-list first, then one walk over what is left."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import Doctype, NavigableString, PageElement, PreformattedString

from masthead.common.text import direction_of
from masthead.issues.manuscripts import exports, pairs, scripts, tables, unseen, words
from masthead.issues.manuscripts.neutral import BadManuscript, Dropped, Manuscript, Piece
from masthead.issues.manuscripts.rich import is_empty, rich_text, words_of

#: Marks the element that holds a footnote's text: <aside data-note="key">.
NOTE = "data-note"

_INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "br",
    "cite",
    "code",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "mark",
} | {"q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
_CONTAINERS = {
    "address",
    "article",
    "aside",
    "body",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
    "header",
} | {"hgroup", "html", "main", "nav", "section", "summary"}
_HEADINGS = {"h1": "2", "h2": "2", "h3": "3", "h4": "3", "h5": "3", "h6": "3"}
_TABLE = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "colgroup", "col"}
_BLOCKS = {"p", "ul", "ol", "li", "blockquote", "pre", "hr", "figure", "figcaption", "img"}
_ALLOWED = _INLINE | _CONTAINERS | set(_HEADINGS) | _TABLE | _BLOCKS
#: Gone with everything inside; what they said stands in the report.
_REFUSED = ["applet", "audio", "button", "canvas", "embed", "form", "frameset", "iframe", "input", "math", "noscript", "object"]
_REFUSED += ["script", "select", "style", "svg", "template", "textarea", "video"]
_NO_WORDS = ("script", "style", "template")
#: What a link of an issue may begin with, and how a scheme looks once the characters are gone that browsers pass over.
_LINKED = frozenset({"http", "https", "mailto", "tel"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HIDING = re.compile(r"[\x00-\x20]")
_MOST_CHARACTERS = 20_000_000
_PARAGRAPHS = 40  # in one block: the desk opens many short ones at once, one of thousands in minutes
#: What a mail can show; pre-flight says the same.
MOST_COLUMNS = 6


def read(text: str) -> Manuscript:
    """The manuscript in `text`, of a whole page its article. Raises BadManuscript if it is too large or nested too deeply."""
    if len(text) > _MOST_CHARACTERS:
        raise BadManuscript("The manuscript has more than twenty million characters. Split it.")
    manuscript = Manuscript()
    try:
        soup = BeautifulSoup(text, "html.parser")
        manuscript.words_in = words.count([_spoken(soup)])
        exports.without_soft_hyphens(soup, manuscript)
        exports.tidy(soup, manuscript)
        _said_language(soup, manuscript)
        if (title := _title(soup)) is not None and (said := words_of(title.extract())):
            manuscript.meta["title"] = said
        unseen.tell_head(soup, manuscript)
        root = _article(soup, manuscript)
        unseen.tell(root, manuscript)
        unseen.write_out(root)
        _refuse(root, manuscript)
        _unlink(root, manuscript)
        root = _cleaned(str(root))
        manuscript.notes.update(pairs.take_notes(root, NOTE))
        unseen.tell_inner_links(root, manuscript)
        direction = direction_of(language) if (language := manuscript.meta.get("language", "")) else ""
        spoken = scripts.direction_in(words_of(root))
        if spoken == "rtl" and direction != "rtl":
            manuscript.meta["guessed_language"] = scripts.language_in(words_of(root), "rtl")
        _Walk(manuscript, language=language, direction=spoken or direction or "ltr").children(root)
    except RecursionError as error:
        raise BadManuscript("The HTML is nested too deeply to be read. Save it as plain HTML or Markdown.") from error
    return manuscript


def _title(soup: BeautifulSoup) -> Tag | None:
    """The title of the page; drawings have titles too."""
    return next((one for one in soup.find_all("title") if one.find_parent("svg") is None), None)


def _spoken(soup: BeautifulSoup) -> str:
    """All words of the page but those of scripts and styles."""
    texts = (one for one in soup.find_all(string=True) if not isinstance(one, PreformattedString))
    return " ".join(text for one in texts if one.parent is None or one.parent.name not in _NO_WORDS if (text := str(one).strip()))


def _said_language(soup: BeautifulSoup, manuscript: Manuscript) -> None:
    """The language of the page, if its words can be in it."""
    root = soup.html
    said = str(root.get("lang") or root.get("xml:lang") or "").strip() if isinstance(root, Tag) else ""
    if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", said):
        spoken = scripts.direction_in(words_of(soup))
        if not spoken or direction_of(said) == spoken:
            manuscript.meta["language"] = said


def _article(soup: BeautifulSoup, manuscript: Manuscript) -> Tag:
    """The article of a page; the words around it go into the report."""
    for tag in soup.find_all("head"):
        tag.extract()
    found = soup.find("article") or soup.find("main") or soup.find("body")
    if not isinstance(found, Tag):
        return soup
    found.extract()
    for tag in soup.find_all(_NO_WORDS):
        tag.extract()
    for line in soup.find_all(string=lambda text: isinstance(text, Doctype)):
        line.extract()
    if rest := words_of(soup):
        manuscript.dropped.append(Dropped("page", f"outside its <{found.name}>", rest))
    return found


def _refuse(root: Tag, manuscript: Manuscript) -> None:
    for tag in root.find_all(_REFUSED):
        if tag.decomposed:
            continue
        source = tag.get("src") or tag.get("data") or tag.get("href") or ""
        words = "" if tag.name in _NO_WORDS else words_of(tag)
        said = " ".join(filter(None, (f"<{tag.name}> cannot be in an issue", f"({source})" if source else "")))
        manuscript.dropped.append(Dropped(unseen.near(tag), said, words))
        tag.decompose()
    for comment in root.find_all(string=lambda text: isinstance(text, PreformattedString)):
        words = " ".join(str(comment).split())
        if words and not exports.MACHINE_COMMENT.match(words):
            manuscript.dropped.append(Dropped("", "a comment of the source", words))
        comment.extract()


def _unlink(root: Tag, manuscript: Manuscript) -> None:
    """Links that lead nowhere for a reader lose their address; their words stay."""
    for link in root.find_all("a", href=True):
        scheme = _SCHEME.match(_HIDING.sub("", str(link["href"])))
        if scheme and scheme[1].lower() not in _LINKED:
            manuscript.dropped.append(
                Dropped(unseen.near(link), f"the link of “{words_of(link)[:60]}”, which begins with {scheme[0]}")
            )
            del link["href"]


def _cleaned(markup: str) -> Tag:
    safe = nh3.clean(
        markup,
        tags=_ALLOWED,
        clean_content_tags=set(_NO_WORDS),
        attributes={
            "*": {"id", "dir", "lang"},
            "a": {"href", "name", "title"},
            "img": {"src", "alt", "title", "width", "height"},
            "aside": {NOTE},
            "ol": {"start"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
        },
        url_schemes={"http", "https", "mailto", "tel", "file", "data"},
        link_rel=None,
        strip_comments=True,
    )
    return BeautifulSoup(safe, "html.parser")


class _Walk:
    """Writes pieces from top to bottom; prose gathers until something else begins."""

    def __init__(self, manuscript: Manuscript, *, language: str, direction: str) -> None:
        self._to = manuscript
        self._language, self._direction = language, direction
        self._prose, self._prose_lang = list[str](), ""
        self._loose: list[PageElement] = []

    def children(self, tag: Tag) -> None:
        """All of `tag`, at the top."""
        self._inside(tag)
        self._end()

    def _inside(self, tag: Tag) -> None:
        for child in list(tag.children):
            if isinstance(child, NavigableString):
                if str(child).strip() or self._loose:
                    self._loose.append(child)
            elif isinstance(child, Tag):
                self._tag(child)
        self._settle()

    def _tag(self, tag: Tag) -> None:
        if tag.name in _INLINE and not tag.find(["img", "p", "div", "table", "ul", "ol", "blockquote", *_HEADINGS]):
            self._loose.append(tag)
            return
        self._settle()
        if tag.name in _HEADINGS:
            self._heading(tag)
        elif tag.name in {"p", "ul", "ol"}:
            self._paragraph(tag)
        elif tag.name == "blockquote":
            self._quote(tag)
        elif tag.name == "pre":
            self._piece("verse", tag, lines=tag.get_text().strip("\n"), code=True)
        elif tag.name == "table":
            self._table(tag)
        elif tag.name == "hr":
            self._piece("divider", None, shape="rule")
        elif tag.name == "figure":
            self._figure(tag)
        elif tag.name == "img":
            self._image(tag)
        else:
            self._inside(tag)

    def _paragraph(self, tag: Tag) -> None:
        """Prose; a picture inside it becomes a block of its own after what precedes it."""
        images = tag.find_all("img")
        lone = len(images) == 1 and not words_of(tag)
        link = str(tag.a.get("href") or "") if lone and tag.a else ""
        for image in images:
            image.extract()
        self._write(rich_text(tag), self._lang_of(tag))
        for image in images:
            self._image(image, link=link)

    def _heading(self, tag: Tag) -> None:
        words = words_of(tag)
        for image in tag.find_all("img"):
            self._image(image)
        if not words:
            return
        if tag.name == "h1" and not self._to.pieces and not self._prose and "headline" not in self._to.meta:
            self._to.meta["headline"] = words
            return
        self._told_links(tag, "the link of a heading")
        self._piece("heading", tag, text=words[:250], level=_HEADINGS[tag.name])
        if len(words) > 250:
            self._to.dropped.append(Dropped("heading", "longer than 250 characters; its end was cut", words[250:]))

    def _quote(self, tag: Tag) -> None:
        if tag.find(["table", "pre", "img", *_HEADINGS]):  # more than words: shown as what it is, not as a quote
            self._inside(tag)
            return
        source = tag.find(["cite", "footer"])
        said = ""
        if isinstance(source, Tag) and not is_empty(source) and len(words_of(source)) <= 250:
            said = words_of(source).lstrip("—–- ")
            source.extract()
        self._piece("quote", tag, text=rich_text(tag), source=said, pull=False)

    def _table(self, tag: Tag) -> None:
        self._to.noticed += tables.told(tag)
        if tables.is_layout(tag):  # shown as what it holds
            self._inside(tag)
            return
        caption = words_of(tag.caption.extract()) if tag.caption else ""
        if len(caption) > 250:
            self._to.dropped.append(Dropped("table", "its caption is longer than 250 characters; the end was cut", caption[250:]))
        cells = [row for row in tables.rows_of(tag) if row]
        lines = tables.grid(cells)
        if lines and len(lines[0]) > MOST_COLUMNS:
            said = f"has {len(lines[0])} columns; mails can show {MOST_COLUMNS}. Split it in two."
            self._to.noticed.append(Dropped(f"table “{lines[0][0][:40]}”", said))
        self._told_links(tag, "the link of a table's cell")
        for image in tag.find_all("img"):
            self._to.dropped.append(Dropped("table", f"the picture {image.get('src')}", str(image.get("alt") or "")))
        firsts = [row[0].name == "th" for row in cells[1:] if row]
        self._piece(
            "table",
            tag,
            rows=tables.as_text(lines),
            header=bool(cells) and all(cell.name == "th" for cell in cells[0]),
            row_headers=bool(firsts) and all(firsts),
            caption=caption[:250],
        )

    def _figure(self, tag: Tag) -> None:
        caption = tag.find("figcaption")
        words = words_of(caption.extract()) if isinstance(caption, Tag) else ""
        images = tag.find_all("img")
        if len(images) != 1 or tag.find(["table", "pre", "blockquote"]):
            self._inside(tag)
            if words:
                self._write(f"<p>{words_as_html(words)}</p>")
            return
        link = str(tag.a.get("href") or "") if tag.a else ""
        self._image(images[0].extract(), caption=words, link=link)
        self._inside(tag)

    def _image(self, tag: Tag, *, caption: str = "", link: str = "") -> None:
        source, alt = str(tag.get("src") or ""), " ".join(str(tag.get("alt") or "").split())
        if source.startswith("data:"):
            source = self._embedded(source)
        if not source:
            self._to.dropped.append(Dropped("picture", "it has no address", " ".join(filter(None, (alt, caption)))))
            return
        title = " ".join(str(tag.get("title") or "").split())
        # HTML's own rule: an empty alt means that the picture is decoration.
        decorative = tag.get("alt") is not None and not alt
        shown = caption or (title if title != alt else "")
        place = tag if tag.parent is not None else None
        self._piece("image", place, source=source, alt=alt, decorative=decorative, caption=shown, link=link)

    def _embedded(self, source: str) -> str:
        """The name under which a picture that is written into the page is kept; "" if it cannot be read."""
        head, _, body = source.partition(",")
        try:
            data = base64.b64decode(body, validate=False) if head.lower().endswith(";base64") else b""
        except ValueError:
            data = b""
        if not data:
            return ""
        name = f"picture-in-page-{len(self._to.pictures) + 1}"
        self._to.pictures[name] = data
        return name

    def _told_links(self, tag: Tag, what: str) -> None:
        for link in tag.find_all("a", href=True):
            self._to.dropped.append(Dropped(words_of(tag)[:60], f"{what} ({link['href']})"))

    def _settle(self) -> None:
        """Words that stood in no paragraph become one."""
        loose, self._loose = self._loose, []
        if any(words_of(one) for one in loose):
            parent = loose[0].parent
            holder = BeautifulSoup("<p></p>", "html.parser").p
            if holder is not None:
                holder.extend([one.extract() for one in loose])
                if parent is not None:  # so that it hears what is said around it
                    parent.append(holder)
                self._write(rich_text(holder), self._lang_of(holder))
                holder.extract()

    def _write(self, markup: str, lang: str = "") -> None:
        if not markup:
            return
        if lang != self._prose_lang or len(self._prose) == _PARAGRAPHS:
            self._end()
        self._prose_lang = lang
        self._prose.append(markup)

    def _piece(self, kind: str, tag: Tag | None, **value: object) -> None:
        self._end()
        lang = self._lang_of(tag) if tag is not None else ""
        self._to.pieces.append(Piece(kind, {**value, "lang": lang} if lang else value))

    def _end(self) -> None:
        if self._prose:
            lang = {"lang": self._prose_lang} if self._prose_lang else {}
            self._to.pieces.append(Piece("text", {"text": "".join(self._prose), **lang}))
            self._prose, self._prose_lang = [], ""

    def _lang_of(self, tag: Tag) -> str:
        """The language of `tag` where it is not that of the whole; its direction follows from it."""
        words = words_of(tag)
        around = [tag, *tag.parents]
        said = next((str(one["lang"]).strip() for one in around if one.get("lang")), "")
        way = next((str(one["dir"]).strip().lower() for one in around if one.get("dir")), "")
        spoken = scripts.direction_in(words)
        direction = way if way in {"ltr", "rtl"} and spoken in {"", way} else spoken or self._direction
        same = scripts.primary(said) == scripts.primary(self._language)
        if direction == self._direction and (not said or same or not self._language):
            return ""
        return scripts.fitting(said, words, direction)[:35] if direction != self._direction or said else ""


def words_as_html(words: str) -> str:
    """Plain words as HTML."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def all_words(manuscript: Manuscript) -> Iterable[str]:
    """Every text of `manuscript`, wherever it went: what the report of a reader is measured by."""
    yield from manuscript.meta.values()
    for piece in manuscript.pieces:
        yield from (str(value) for value in piece.value.values())
    yield from (f"{key} {note}" for key, note in manuscript.notes.items())
    yield from (f"{one.place} {one.what} {one.words}" for one in manuscript.dropped)
