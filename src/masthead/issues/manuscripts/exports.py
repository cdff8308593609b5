"""What word processors and blog programs write when they save as HTML → the plain HTML they mean."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from masthead.issues.manuscripts.neutral import Dropped, Manuscript
from masthead.issues.manuscripts.rich import words_of

#: Marks between the blocks of WordPress and conditions of Word: they say nothing to a reader.
MACHINE_COMMENT = re.compile(r"^\s*(/?wp:|!?\[?if\b|<?!?\[?endif|/?more\b|\[CDATA\[|StartFragment|EndFragment)", re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CLASS = re.compile(r"(?:^|[\s,])(?:span|p|b)?\.([A-Za-z0-9_-]+)(?=\s*(?:,|$))")
_REMARK = re.compile(r"^#cmnt\d+$")
_LEVEL = re.compile(r"mso-list:\s*l\d+\s+level(\d)", re.IGNORECASE)
_KIX = re.compile(r"lst-kix_\w+-(\d)")
_BULLET = re.compile(r"^[\s\u00a0]*(?:[·•o§▪◦‣–*-]|[\uf000-\uf0ff])[\s\u00a0]*$")
_MSO_HEADINGS = {"MsoTitle": "h1", "MsoSubtitle": "h2"}


def tidy(soup: BeautifulSoup, manuscript: Manuscript) -> None:
    """Change `soup`; what is taken out goes into the report of `manuscript`."""
    _hidden(soup, manuscript)
    _deleted(soup, manuscript)
    _comments(soup, manuscript)
    _emphasis(soup, manuscript)
    _word_paragraphs(soup)
    _word_lists(soup)
    _nested_lists(soup)
    _redirects(soup)
    _late_pictures(soup)


def _hidden(soup: BeautifulSoup, manuscript: Manuscript) -> None:
    for tag in soup.find_all(style=re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)):
        if tag.decomposed:
            continue
        if words := words_of(tag):
            manuscript.dropped.append(Dropped("", "hidden text", words))
        tag.decompose()


def _deleted(soup: BeautifulSoup, manuscript: Manuscript) -> None:
    for tag in soup.find_all("del"):
        if tag.decomposed:
            continue
        if words := words_of(tag):
            manuscript.dropped.append(Dropped("", "deleted text", words))
        tag.decompose()


def _comments(soup: BeautifulSoup, manuscript: Manuscript) -> None:
    """Remarks of colleagues, which Google Docs writes below the text like notes: they are no part of it."""
    for mark in soup.find_all("a", href=_REMARK):
        target = soup.find(id=str(mark["href"])[1:])
        remark = target.find_parent(["div", "p"]) if isinstance(target, Tag) else None
        alone = mark.parent is not None and mark.parent.name == "sup" and words_of(mark.parent) == words_of(mark)
        (mark.parent if alone and mark.parent is not None else mark).extract()
        if not isinstance(target, Tag) or remark is None:
            continue
        whole = remark.parent if remark.parent is not None and remark.parent.name == "div" else remark
        remark = whole if len(whole.find_all("a", id=re.compile(r"^cmnt\d"))) == 1 else remark
        target.extract()
        manuscript.dropped.append(Dropped("", "a comment", words_of(remark)))
        remark.extract()


def _emphasis(soup: BeautifulSoup, manuscript: Manuscript) -> None:
    """Bold and italic that are only said in styles: Google Docs writes no <b>. What is struck through is named."""
    for struck in soup.find_all(["s", "strike"]):
        _struck(struck, manuscript)
    classes: dict[str, str] = {}
    for sheet in soup.find_all("style"):
        for selector, rules in _RULE.findall(sheet.get_text()[:200_000]):
            for name in _CLASS.findall(selector):
                classes[name] = classes.get(name, "") + ";" + rules
    for span in soup.find_all("span"):
        style = ";".join([str(span.get("style") or ""), *(classes.get(name, "") for name in span.get("class") or [])]).lower()
        if not style.strip(";") or not words_of(span):
            continue
        wanted = []
        if re.search(r"font-weight\s*:\s*(bold|[6-9]00)", style):
            wanted.append("b")
        if re.search(r"font-style\s*:\s*italic", style):
            wanted.append("i")
        found = re.search(r"vertical-align\s*:\s*(super|sub)\b", style)
        if found and not span.find_parent(["sup", "sub"]) and not span.find(["sup", "sub"]):
            wanted.append("sup" if found[1] == "super" else "sub")
        for name in wanted:
            span.wrap(soup.new_tag(name))
        if "line-through" in style:
            _struck(span, manuscript)


def _struck(tag: Tag, manuscript: Manuscript) -> None:
    if tag.find_parent(["s", "strike"]) is None and (words := words_of(tag)):
        manuscript.noticed.append(Dropped("", "struck through in the source, kept as plain words", words))


def _word_paragraphs(soup: BeautifulSoup) -> None:
    for name, rank in _MSO_HEADINGS.items():
        for paragraph in soup.find_all("p", class_=name):
            paragraph.name = rank
    for space in soup.find_all(re.compile(r"^(o|w|st1):")):
        space.unwrap()


def _word_lists(soup: BeautifulSoup) -> None:
    """Word's own lists are paragraphs that know their level; the bullet is typed into them."""
    lists: list[Tag] = []
    last: Tag | None = None
    for paragraph in soup.find_all("p", style=_LEVEL):
        if paragraph.find_parent(["li", "table"]):
            continue
        level = int(_LEVEL.search(str(paragraph["style"]))[1])  # type: ignore[index]
        bullet = paragraph.find("span", style=re.compile(r"mso-list:\s*Ignore", re.IGNORECASE))
        sign = bullet.get_text() if isinstance(bullet, Tag) else ""
        if isinstance(bullet, Tag):
            bullet.decompose()
        name = "ul" if not sign or _BULLET.match(sign) else "ol"
        if last is None or paragraph.find_previous_sibling() is not last:
            lists = []
        while len(lists) > level:
            lists.pop()
        while len(lists) < level:
            fresh = soup.new_tag(name)
            if not lists:
                paragraph.insert_before(fresh)
                last = fresh
            else:
                items = lists[-1].find_all("li", recursive=False)
                home = items[-1] if items else _item(soup, lists[-1])
                home.append(fresh)
            lists.append(fresh)
        paragraph.extract()
        paragraph.name, paragraph.attrs = "li", {key: paragraph[key] for key in ("dir", "lang") if key in paragraph.attrs}
        lists[-1].append(paragraph)


def _item(soup: BeautifulSoup, shell: Tag) -> Tag:
    item = soup.new_tag("li")
    shell.append(item)
    return item


def _nested_lists(soup: BeautifulSoup) -> None:
    """Google Docs writes the levels of a list as lists one after the other; LibreOffice, a list right inside a list."""
    for shell in soup.find_all(["ul", "ol"]):
        if shell.parent is not None and shell.parent.name in {"ul", "ol"}:
            before = shell.find_previous_sibling("li")
            if isinstance(before, Tag):
                before.append(shell.extract())
            else:
                shell.wrap(soup.new_tag("li"))
    for shell in soup.find_all(["ul", "ol"], class_=_KIX):
        level = _kix_level(shell)
        before = shell.find_previous_sibling()
        if not level or not isinstance(before, Tag) or before.name not in {"ul", "ol"}:
            continue
        home = before
        while True:
            items = home.find_all("li", recursive=False)
            inner = items[-1].find_all(["ul", "ol"], recursive=False) if items else []
            if not inner or _kix_level(inner[-1]) >= level:
                break
            home = inner[-1]
        items = home.find_all("li", recursive=False)
        inner = items[-1].find_all(["ul", "ol"], recursive=False) if items else []
        if inner and _kix_level(inner[-1]) == level and inner[-1].name == shell.name:
            for item in shell.find_all("li", recursive=False):
                inner[-1].append(item.extract())
            shell.decompose()
        elif items:
            items[-1].append(shell.extract())
    # What stood between has been taken out: the halves of a list at the top are one list.
    for shell in soup.find_all(["ul", "ol"], class_=_KIX):
        after = shell.find_next_sibling()
        while isinstance(after, Tag) and after.name == shell.name and after.get("class") == shell.get("class"):
            for item in after.find_all("li", recursive=False):
                shell.append(item.extract())
            after.decompose()
            after = shell.find_next_sibling()


def _kix_level(shell: Tag) -> int:
    found = _KIX.search(" ".join(shell.get("class") or []))
    return int(found[1]) if found else 0


def _redirects(soup: BeautifulSoup) -> None:
    """Google puts its own address before each link of an exported document."""
    for link in soup.find_all("a", href=re.compile(r"^https?://www\.google\.com/url\?")):
        target = parse_qs(urlsplit(str(link["href"])).query).get("q", [""])[0]
        if target.startswith(("http://", "https://", "mailto:")):
            link["href"] = target


def _late_pictures(soup: BeautifulSoup) -> None:
    """Pictures that a script of the page would load when they come into view."""
    for image in soup.find_all("img"):
        late = next((image[name] for name in ("data-src", "data-lazy-src", "data-original") if image.get(name)), "")
        if late and (not image.get("src") or str(image["src"]).startswith("data:")):
            image["src"] = late


def without_soft_hyphens(soup: BeautifulSoup, manuscript: Manuscript) -> None:
    """Hyphens that show only at a line's end belong to the old page; in mails some programs always show them."""
    count = 0
    for text in soup.find_all(string=re.compile("\u00ad")):
        count += str(text).count("\u00ad")
        text.replace_with(NavigableString(str(text).replace("\u00ad", "")))
    if count:
        manuscript.noticed.append(Dropped("", f"{count} soft hyphens were taken out"))
