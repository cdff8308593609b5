"""A mark at the head of each paragraph carries through mammoth what mammoth forgets: direction, language, rank."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from masthead.issues.manuscripts.scripts import direction_in
from masthead.issues.manuscripts.word.names import W, is_on, parents, property_of, run_of, value, words_in
from masthead.issues.manuscripts.word.styles import Styles

#: Characters of the private-use area, taken out of the text before.
OPEN, CLOSE = "\ue010", "\ue011"
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
_LONGEST_HEADING = 90


@dataclass(frozen=True)
class Mark:
    """`direction` and `language` as the file says them or "", `role` as `Styles.role`, "bold" for a line that is all bold."""

    direction: str
    language: str
    role: str
    words: str


def mark(root: Element, styles: Styles, marks: list[Mark]) -> None:
    """Mark each paragraph of `root` that has words; `marks` gets what its number means."""
    up = parents(root)
    for paragraph in root.iter(f"{W}p"):
        for text in paragraph.iter(f"{W}t"):
            text.text = (text.text or "").replace(OPEN, "").replace(CLOSE, "")
        words = words_in(paragraph)
        if not words:
            continue
        role = styles.role(paragraph)
        if role.startswith("heading") or role == "title":
            _unnumbered(paragraph)
        elif not role and _is_bold_line(paragraph, styles, words) and up[paragraph].tag == f"{W}body":
            role = "bold"
        number = run_of(f"{OPEN}{len(marks)}{CLOSE}")
        paragraph.insert(1 if paragraph[0].tag == f"{W}pPr" else 0, number)
        marks.append(Mark(styles.direction(paragraph), _language(paragraph, styles), role, words))


def _unnumbered(paragraph: Element) -> None:
    """A numbered heading is a heading, no item of a list."""
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        return
    for name in ("numPr", "pStyle"):
        for one in properties.findall(f"{W}{name}"):
            properties.remove(one)


def _is_bold_line(paragraph: Element, styles: Styles, words: str) -> bool:
    if len(words) > _LONGEST_HEADING or words[-1] in ".,;:،؛۔" or property_of(paragraph, "numPr") is not None:
        return False
    runs = [run for run in paragraph.iter(f"{W}r") if words_in(run)]
    return bool(runs) and all(styles.is_bold(run, paragraph) for run in runs)


def _language(paragraph: Element, styles: Styles) -> str:
    """The language that most letters of the paragraph are marked with, if its script can be that language's."""
    counted: Counter[str] = Counter()
    for run in paragraph.iter(f"{W}r"):
        words = words_in(run)
        if not words:
            continue
        plain, bidi = styles.language(run, paragraph)
        is_rtl = is_on(property_of(run, "rtl")) or direction_in(words) == "rtl"
        counted[bidi if is_rtl else plain] += len(words)
    return counted.most_common(1)[0][0] if counted else ""


def language_in_use(root: Element) -> str:
    """The language of the file's own settings, where no run says another."""
    return value(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang"))
