"""A search of the archive: words as people type them → patterns that both databases and Python read alike.

SQLite folds the case of ASCII letters only, and PostgreSQL what its locale knows. So each letter is written out as the letters
that count as the same: both cases everywhere, a plain letter for those with accents, the ways Arabic and Persian keyboards
write one letter.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from django.db.models import Q, QuerySet

from masthead.issues.models import Edition, Issue

#: The columns a list of editions does not need.
HEAVY = ("web_html", "feed_html", "mail_html_full", "mail_html_excerpt", "text_full", "text_excerpt", "links", "slots")
LONGEST_QUERY = 100
_MOST_WORDS = 8
#: Letters that Persian and Arabic keyboards write differently, vowels carried by alef, and the three rows of digits.
_SAME = ("یيىئ", "کك", "هةۀ", "اأإآٱ", "وؤ", *(f"{n}{chr(0x660 + n)}{chr(0x6F0 + n)}" for n in range(10)))
#: May stand between the letters of a word without being typed: joiners, the soft hyphen, vowel signs, the stretching bar.
_UNTYPED = "\u200b\u200c\u200d\u00ad\u0640\u064b-\u0652\u0670"
_SKIPPED = re.compile(f"[{_UNTYPED}]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: ß is SS in capitals: two letters that count as one.
_LETTERS = re.compile(r"(?i:ss)|.", re.DOTALL)
#: In what our renderers wrote, where ">" within an attribute is "&gt;"; a parser would take ten times as long.
_TAG = re.compile(r"<[^>]*>")
_PLAIN = re.compile(r"[0-9a-zA-Z]")


def query_of(typed: str) -> str:
    """What somebody typed, on one line and not too long."""
    return " ".join(unicodedata.normalize("NFC", typed.replace("\0", "")).split())[:LONGEST_QUERY]


def matching(editions: QuerySet[Edition], query: str, *, most: int) -> list[Edition]:
    """At most `most` of `editions` with every word of `query` in title, byline, excerpt or text, or with that number.

    The text of an issue for readers alone is not searched: who may not read it could otherwise ask what is in it.
    """
    if query.isdecimal() and len(query) < 10:
        pattern = pattern_of(query)
        numbered = Q(number=int(query)) | Q(label__regex=pattern) | Q(title__regex=pattern)
        return list(editions.defer(*HEAVY).filter(numbered)[:most])
    patterns = [pattern_of(word) for word in query.split()[:_MOST_WORDS] if _SKIPPED.sub("", word)]
    return list(itertools.islice(_read(editions, patterns), most)) if patterns else []


def pattern_of(word: str) -> str:
    """A regular expression that Python and PostgreSQL read alike, for `word` in any case and spelling that counts as the same."""
    between = f"[{_UNTYPED}]*" if not word.isascii() else "\u00ad?"
    return between.join(_letter(letter) for letter in _LETTERS.findall(_SKIPPED.sub("", word)))


def _read(editions: QuerySet[Edition], patterns: list[str]) -> Iterator[Edition]:
    found = editions.defer(*(name for name in HEAVY if name != "feed_html"))
    for pattern in patterns:
        text = Q(visibility=Issue.Visibility.PUBLIC, feed_html__regex=pattern)
        head = Q(title__regex=pattern) | Q(excerpt__regex=pattern) | Q(byline__regex=pattern) | Q(label__regex=pattern)
        found = found.filter(head | text)
    wanted = [re.compile(pattern) for pattern in patterns]
    for edition in found.iterator(chunk_size=100):
        # The database also finds words in tags and addresses: a person reads all of them elsewhere.
        body = unescape(_TAG.sub("", edition.feed_html)) if edition.visibility == Issue.Visibility.PUBLIC else ""
        read = "\n".join((edition.title, edition.excerpt, edition.byline, edition.label, body))
        if all(one.search(read) for one in wanted):
            yield edition


@functools.lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    if letter.casefold() == "ss":
        return "(?:[sS][sS]|[ßẞ])"
    same = {letter, letter.lower(), letter.upper(), letter.casefold(), *next((row for row in _SAME if letter in row), "")}
    if letter.isascii():
        same |= _accented().get(letter.lower(), set())
    singles = sorted(one for one in same if len(one) == 1)
    longer = sorted(one for one in same if len(one) > 1)
    if letter in _ENTITIES:
        longer.append(_ENTITIES[letter])
    written = [_class(singles), *map(re.escape, longer)]
    return written[0] if len(written) == 1 else f"(?:{'|'.join(written)})"


def _class(letters: list[str]) -> str:
    if len(letters) == 1:
        only = letters[0]
        return only if _PLAIN.match(only) or not only.isascii() else f"\\{only}"
    return f"[{''.join(letters)}]"


@functools.lru_cache(maxsize=1)
def _accented() -> dict[str, set[str]]:
    """For each letter from a to z, small and capital letters that are it with a sign: é, È, ễ for e."""
    found: dict[str, set[str]] = {}
    for code in itertools.chain(range(0xC0, 0x250), range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            found.setdefault(base.lower(), set()).add(chr(code))
    return found
