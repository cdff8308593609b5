"""Headings and lists that only look like it (screen readers and the web page's outline need real ones), and empty blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from masthead.issues.blocks.heading import HeadingBlock
from masthead.issues.blocks.text import TextBlock
from masthead.issues.findings.base import Facts, Finding, place_of

_PARAGRAPH = re.compile(r"<p[^>]*>(.*?)</p>", re.DOTALL | re.IGNORECASE)
_ALL_BOLD = re.compile(r"\s*<(b|strong)>(?:(?!</\1>).)*</\1>\s*", re.DOTALL | re.IGNORECASE)
_TYPED = re.compile(r"\s*(?:[-*•–·]\s|\d{1,2}[.)]\s)")


def headings(facts: Facts) -> Iterator[Finding]:
    """A rank skipped, a heading without words, a bold paragraph that stands for one."""
    rank = 1
    for number, block in enumerate(facts.content.body, 1):
        if isinstance(block, HeadingBlock):
            if block.is_empty:
                yield Finding(
                    "heading-empty", "warn", place_of(number), _("The heading has no words."), _("Write them or remove it.")
                )
            if block.level > rank + 1:
                yield Finding(
                    "heading-order",
                    "warn",
                    place_of(number),
                    _("“%(title)s” is part of a section that does not begin.") % {"title": block.title},
                    _("Make it a section, or put a section's heading before it."),
                )
            rank = block.level
        elif isinstance(block, TextBlock):
            for paragraph in _PARAGRAPH.findall(block.html.replace("\n", " ")):
                words = strip_tags(paragraph[1] if isinstance(paragraph, tuple) else paragraph).strip()
                if words and len(words) < 100 and _ALL_BOLD.fullmatch(paragraph):
                    yield Finding(
                        "heading-fake",
                        "warn",
                        place_of(number),
                        _("“%(text)s” is a paragraph in bold that looks like a heading.") % {"text": words[:60]},
                        _("Use a heading block."),
                    )


def empty_blocks(facts: Facts) -> Iterator[Finding]:
    """Blocks that nobody filled in; that the whole issue has no text is said by another check, and so are empty headings."""
    body = facts.content.body
    if all(block.is_empty for block in body):
        return
    for number, block in enumerate(body, 1):
        if block.is_empty and not isinstance(block, HeadingBlock):
            yield Finding(
                "block-empty",
                "warn",
                place_of(number),
                _("The block is empty: readers do not see it."),
                _("Fill it in or remove it."),
            )


def lists(facts: Facts) -> Iterator[Finding]:
    """Two or more paragraphs in a row that begin with a hyphen or a number."""
    for number, block in enumerate(facts.content.body, 1):
        if not isinstance(block, TextBlock):
            continue
        lines = [strip_tags(line) for part in _PARAGRAPH.findall(block.html) for line in re.split(r"<br\s*/?>", part)]
        typed = [bool(_TYPED.match(line)) for line in lines]
        if any(one and two for one, two in pairwise(typed)):
            yield Finding("list-typed", "warn", place_of(number), _("A list is typed by hand."), _("Use the list button."))
