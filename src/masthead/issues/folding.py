"""The words of an edition as a search reads them: one spelling for all that counts as the same.

SQLite folds the case of ASCII letters only, and PostgreSQL what its locale knows. So the text is folded here, once, when it is
frozen: case, accents of Latin letters, the ways Arabic and Persian keyboards write one letter, the three rows of digits; what may
stand between letters without being typed is left out.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from html import unescape

from masthead.issues.models import Edition, Issue, SearchedText

#: Letters that Persian and Arabic keyboards write differently, vowels carried by alef, and the three rows of digits.
SAME = ("یيىئ", "کك", "هةۀ", "اأإآٱ", "وؤ", *(f"{n}{chr(0x660 + n)}{chr(0x6F0 + n)}" for n in range(10)))
#: May stand between the letters of a word without being typed: joiners, the soft hyphen, vowel signs, the stretching bar.
UNTYPED = "\u200b\u200c\u200d\u00ad\u0640\u064b-\u0652\u0670"
SKIPPED = re.compile(f"[{UNTYPED}]")
#: In what our renderers wrote, where ">" within an attribute is "&gt;"; a parser would take ten times as long.
_TAG = re.compile(r"<[^>]*>")


def store(edition: Edition) -> None:
    """Keeps the folded words of an edition that was just frozen, for the archive's search."""
    SearchedText.objects.create(edition=edition, folded=fold(words_of(edition)))


def words_of(edition: Edition) -> str:
    """What a search may read of it: headline, excerpt, bylines, number, and the text if everybody may read that."""
    # Who may not read an issue for readers could otherwise ask what is in it.
    body = unescape(_TAG.sub("", edition.feed_html)) if edition.visibility == Issue.Visibility.PUBLIC else ""
    return "\n".join((edition.title, edition.excerpt, edition.byline, edition.label, body))


def fold(words: str) -> str:
    """The words in the one spelling that is stored and searched. What is found in a text is found in the folded one."""
    return SKIPPED.sub("", unicodedata.normalize("NFC", words)).translate(_one_for_each()).casefold().translate(_one_for_each())


@functools.lru_cache(maxsize=1)
def _one_for_each() -> dict[int, str]:
    """Code point → the letter that stands for it."""
    found = {ord(other): row[0] for row in SAME for other in row[1:]}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            found[code] = base.lower()
    # The capital of ı is I.
    found[ord("ı")] = "i"
    return found
