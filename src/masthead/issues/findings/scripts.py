"""Scripts and directions: text that is not in the language it says, and characters nobody sees."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _

from masthead.common.text import direction_of
from masthead.issues.findings.base import Facts, Finding, place_of, plain, texts

#: Embedding and override controls, isolates, zero-width space, word joiner, byte order mark. Not the joiners of Persian.
_STRAY = frozenset("\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


def controls(facts: Facts) -> Iterator[Finding]:
    """Invisible characters, which can turn the order of words round."""
    for place, text in texts(facts):
        found = sorted({f"U+{ord(letter):04X}" for letter in text if letter in _STRAY})
        if found:
            yield Finding(
                "invisible",
                "warn",
                place,
                _("There are invisible characters in the text: %(codes)s.") % {"codes": ", ".join(found)},
                _("Type the passage anew instead of pasting it."),
            )


def language(facts: Facts) -> Iterator[Finding]:
    """Text written in the other direction than its language."""
    for number, block in enumerate(facts.content.body, 1):
        direction = block.dir or facts.content.dir
        written = _direction(plain(block))
        if written and written != direction:
            name = block.lang or facts.content.language
            yield Finding(
                "language-script",
                "warn",
                place_of(number),
                _("The text is not written as “%(language)s” is.") % {"language": name},
                _("Set the language of the block, or of the issue."),
            )
    title = _direction(facts.content.title)
    if title and title != facts.content.dir and direction_of(facts.content.language) == facts.content.dir:
        yield Finding(
            "language-script",
            "warn",
            _("headline"),
            _("The headline is not written as “%(language)s” is.") % {"language": facts.content.language},
            _("Set the language of the issue."),
        )


def _direction(text: str) -> str:
    """The direction of nearly all letters of `text`; "" for few letters or a mixture."""
    kinds = [unicodedata.bidirectional(letter) for letter in text if letter.isalpha()]
    if len(kinds) < 12:
        return ""
    right = sum(kind in {"R", "AL"} for kind in kinds) / len(kinds)
    return "rtl" if right > 0.85 else "ltr" if right < 0.15 else ""
