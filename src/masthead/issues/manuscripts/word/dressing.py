"""mammoth's HTML with our marks → HTML that says direction, language, headings, quotes, captions and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from masthead.issues.manuscripts.neutral import Dropped
from masthead.issues.manuscripts.rich import words_of
from masthead.issues.manuscripts.scripts import direction_in, fitting, primary
from masthead.issues.manuscripts.word.marking import MARK, Mark

_HOLDERS = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th")


def dress(markup: str, marks: Sequence[Mark], note: str, meta: dict[str, str], noticed: list[Dropped]) -> str:
    """A whole page of HTML for `manuscripts.html`; `note` is the attribute of a note. Title and subtitle go into `meta`."""
    soup = BeautifulSoup(markup, "html.parser")
    holders = _holders(soup, marks)
    language, direction = _of_the_whole(marks)
    _notes(soup, note)
    _titles(holders, meta)
    _headings(holders, noticed, has_title="title" in meta)
    _quotes(soup, holders)
    _captions(holders)
    for holder, mark in holders:
        _direct(holder, mark, direction)
    attributes = "".join(f' {name}="{value}"' for name, value in (("lang", language), ("dir", direction)) if value)
    return f"<html{attributes}><body><article>{soup}</article></body></html>"


def _holders(soup: BeautifulSoup, marks: Sequence[Mark]) -> list[tuple[Tag, Mark]]:
    """(element, what its mark says) in the order of the text; the marks leave it."""
    found = []
    for text in list(soup.find_all(string=MARK)):
        number = MARK.search(str(text))
        holder = text.find_parent(_HOLDERS)
        if number is not None and isinstance(holder, Tag):
            found.append((holder, marks[int(number[1])]))
        text.replace_with(NavigableString(MARK.sub("", str(text))))
    return found


def _of_the_whole(marks: Sequence[Mark]) -> tuple[str, str]:
    """(language, direction) of most words. The language only if most paragraphs name it themselves."""
    directions: Counter[str] = Counter()
    languages: dict[str, Counter[str]] = {"rtl": Counter(), "ltr": Counter()}
    for mark in marks:
        direction = direction_in(mark.words) or mark.direction or "ltr"
        directions[direction] += len(mark.words)
        languages[direction][primary(mark.language)] += len(mark.words)
    if not directions:
        return "", ""
    direction = directions.most_common(1)[0][0]
    language = languages[direction].most_common(1)[0][0]
    text = " ".join(mark.words for mark in marks)
    if direction == "rtl":
        tagged = next((one.language for one in marks if primary(one.language) == language), "") if language else ""
        return primary(fitting(tagged, text, "rtl")), "rtl"
    return (language if language and fitting(language, text, "ltr") == language else ""), "ltr"


def _notes(soup: BeautifulSoup, attribute: str) -> None:
    """mammoth's list of notes → elements that carry their key, its links → [^key]."""
    for link in soup.find_all("a", id=True):
        name = str(link["id"])
        if not name.startswith(("footnote-ref-", "endnote-ref-")):
            continue
        key = words_of(link).strip("[]")
        body = soup.find("li", id=str(link.get("href", ""))[1:])
        outer = link
        while isinstance(outer.parent, Tag) and outer.parent.name == "sup" and words_of(outer.parent) == words_of(link):
            outer = outer.parent
        outer.replace_with(NavigableString(f"[^{key}]"))
        if isinstance(body, Tag):
            for back in body.find_all("a", href=f"#{name}"):
                back.extract()
            shell = body.parent
            body.name, body.attrs = "aside", {attribute: key}
            if isinstance(shell, Tag) and shell.name == "ol":
                shell.name = "div"


def _titles(holders: list[tuple[Tag, Mark]], meta: dict[str, str]) -> None:
    for role in ("title", "subtitle"):
        for holder, mark in list(holders):
            if mark.role != role or holder.name != "p" or holder.find("img") or holder.find_parent(["table", "li", "aside"]):
                continue
            said = words_of(holder)
            if role in meta and (len(meta[role]) + len(said) > 250 or role == "title"):
                holder.name = "h2"
            else:
                meta[role] = f"{meta[role]} {said}" if role in meta else said
                holder.extract()
            holders.remove((holder, mark))


def _headings(holders: list[tuple[Tag, Mark]], noticed: list[Dropped], *, has_title: bool) -> None:
    """Ranks as the file has them, moved down by one where its highest rank is for sections and not for the one headline."""
    ranked = [(holder, mark, int(mark.role[-1])) for holder, mark in holders if mark.role.startswith("heading")]
    ranked = [(holder, mark, rank) for holder, mark, rank in ranked if not holder.find_parent(["table", "aside"])]
    if not ranked:
        _bold_headings(holders, noticed, has_title=has_title)
        return
    first = ranked[0][0] if not has_title and ranked[0][2] == 1 and holders[0][0] is ranked[0][0] else None
    sections = [rank for holder, _mark, rank in ranked if holder is not first]
    down = 1 if 1 in sections else 0
    for holder, _mark, rank in ranked:
        holder.name = "h1" if holder is first else f"h{min(6, max(2, rank + down))}"


def _bold_headings(holders: list[tuple[Tag, Mark]], noticed: list[Dropped], *, has_title: bool) -> None:
    """Where no heading has a rank, short lines that are all bold are meant as such."""
    plain = [
        (holder, mark) for holder, mark in holders if holder.name == "p" and not holder.find_parent(["table", "li", "aside"])
    ]
    bold = [holder for holder, mark in plain if mark.role == "bold"]
    if not bold or len(bold) * 2 > len(plain):
        return
    for place, (holder, mark) in enumerate(plain):
        follows = plain[place + 1][1].role if place + 1 < len(plain) else "bold"
        if mark.role != "bold" or (follows == "bold" and place > 0):
            continue
        for strong in holder.find_all(["strong", "b"]):
            strong.unwrap()
        holder.name = "h1" if place == 0 and not has_title and holder is holders[0][0] else "h2"
        noticed.append(Dropped(f"“{mark.words[:60]}”", "a line that is all bold was taken as a heading"))


def _quotes(soup: BeautifulSoup, holders: list[tuple[Tag, Mark]]) -> None:
    """Paragraphs in a style of quotes or of code, those that follow one another together."""
    for role, name in (("quote", "blockquote"), ("code", "pre")):
        for holder, mark in holders:
            if mark.role != role or holder.name != "p" or holder.find_parent(["table", "li", "aside"]):
                continue
            before = holder.find_previous_sibling()
            if isinstance(before, Tag) and before.name == name and before.get("data-made"):
                shell = before
                if role == "code":
                    shell.append(NavigableString("\n"))
            else:
                shell = soup.new_tag(name, attrs={"data-made": "1"})
                holder.insert_before(shell)
            if role == "code":
                for line in holder.find_all("br"):
                    line.replace_with(NavigableString("\n"))
                shell.append(NavigableString(holder.get_text()))
                holder.extract()
            else:
                shell.append(holder.extract())


def _captions(holders: list[tuple[Tag, Mark]]) -> None:
    """A paragraph in the style of captions below a picture, or above a table, belongs to it."""
    for holder, mark in holders:
        if mark.role != "caption" or holder.name != "p":
            continue
        before, after = holder.find_previous_sibling(), holder.find_next_sibling()
        if isinstance(before, Tag) and before.name == "p" and len(before.find_all("img")) == 1 and not words_of(before):
            before.name = "figure"
            holder.name = "figcaption"
            before.append(holder.extract())
        elif isinstance(after, Tag) and after.name == "table" and not after.find("caption") and len(words_of(holder)) <= 250:
            holder.name = "caption"
            after.insert(0, holder.extract())


def _direct(holder: Tag, mark: Mark, base: str) -> None:
    """Say direction and language where they are not those of the whole."""
    direction = (
        mark.direction if mark.direction and direction_in(mark.words) in {"", mark.direction} else direction_in(mark.words)
    )
    if not direction:
        return
    outer = holder
    for name in ("ul", "ol", "table"):
        while isinstance(shell := outer.find_parent(name), Tag):
            outer = shell
    if outer.get("dir"):
        return
    outer["dir"] = direction
    if mark.language and (direction != base or primary(mark.language)):
        outer["lang"] = fitting(mark.language, mark.words, direction)
