"""Two versions of a text side by side, as somebody reads them: what changed in which block, word by word.

Wagtail's own comparison goes by the id of a block and shows every field of every block, also of those that are as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from wagtail import blocks
from wagtail.admin.compare import StreamFieldComparison, TextDiff, diff_text, register_comparison_class
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.rich_text import RichText
from wagtail.utils.text import text_from_html

#: The least share of common words with which one block counts as a new wording of another (of 1).
_ALIKE = 0.3


def register() -> None:
    """Compare all texts of the desk this way."""
    register_comparison_class(StreamField, comparison_class=BlocksComparison)


class BlocksComparison(StreamFieldComparison):
    """The blocks of two versions."""

    def htmldiff(self) -> SafeString:
        """Escaped HTML: each changed block with what went and what came; how many blocks between them are as before."""
        before, after = _spoken(self.val_a), _spoken(self.val_b)
        parts: list[SafeString] = []
        steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        for step, old_from, old_to, new_from, new_to in steps:
            if step == "equal":
                parts.append(_unchanged(old_to - old_from))
            else:
                parts += _changed(before[old_from:old_to], after[new_from:new_to])
        return format_html_join("\n", "{}", ((part,) for part in parts))


def _unchanged(count: int) -> SafeString:
    words = ngettext("%(n)s block as before", "%(n)s blocks as before", count) % {"n": count}
    return format_html('<p class="desk-faint">{}</p>', words)


def _changed(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> Iterator[SafeString]:
    """A stretch in which blocks were rewritten, taken out or put in."""
    for old, new in zip_longest(before, after):
        if old and new and _alike(old, new):
            yield _block(new[0], diff_text(old[1], new[1]).to_html(), "")
            continue
        if old:
            yield _block(old[0], TextDiff([("deletion", old[1])]).to_html(), gettext("taken out"))
        if new:
            yield _block(new[0], TextDiff([("addition", new[1])]).to_html(), gettext("new"))


def _alike(old: tuple[str, str], new: tuple[str, str]) -> bool:
    return old[0] == new[0] and SequenceMatcher(None, old[1].split(), new[1].split(), autojunk=False).ratio() >= _ALIKE


def _block(label: str, words: SafeString, note: str) -> SafeString:
    said = format_html(" ({})", note) if note else ""
    return format_html('<section class="desk-changed"><h3>{}{}</h3><div dir="auto">{}</div></section>', label, said, words)


def _spoken(stream: Any) -> list[tuple[str, str]]:
    """Each block as its kind and its words."""
    return [(str(child.block.label), "\n".join(_lines(child.block, child.value))) for child in stream]


def _lines(block: blocks.Block, value: Any) -> Iterator[str]:
    """The words of a value, a line for each field that says something; the first field needs no name."""
    if isinstance(block, ImageBlock):  # a StructBlock whose value is a picture
        if value is not None:
            yield str(value)
            if value.contextual_alt_text:
                yield f"{block.child_blocks['alt_text'].label}: {value.contextual_alt_text}"
    elif isinstance(block, blocks.StructBlock):
        for place, (name, child) in enumerate(block.child_blocks.items()):
            words = "\n".join(_lines(child, value.get(name)))
            if words and not (isinstance(child, blocks.ChoiceBlock) and value.get(name) == child.get_default()):
                yield words if place == 0 else f"{child.label}: {words}"
    elif isinstance(block, blocks.ListBlock):
        for item in value or ():
            yield from _lines(block.child_block, item)
    elif isinstance(value, RichText):
        yield text_from_html(value.source.replace("</p>", "</p>\n").replace("</li>", "</li>\n")).strip()
    elif isinstance(value, bool):
        if value:
            yield gettext("yes")
    elif isinstance(block, blocks.ChoiceBlock):
        yield str(dict(block.field.choices).get(value, value or ""))
    elif value not in (None, ""):
        yield str(value)
