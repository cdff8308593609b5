"""A search of the archive: words as people type them, looked up in the folded text that stands beside each edition.

A plain letter finds those with accents; a letter with an accent finds only itself. So words with more than plain letters are
looked at once more in what the database found, by a pattern in which each letter is written out as those that
count as the same.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from masthead.issues.folding import SAME, SKIPPED, UNTYPED, fold, words_of
from masthead.issues.models import Edition

#: The columns a list of editions does not need.
HEAVY = ("web_html", "feed_html", "mail_html_full", "mail_html_excerpt", "text_full", "text_excerpt", "links", "slots")
LONGEST_QUERY = 100
_MOST_WORDS = 8
#: ß is SS in capitals: two letters that count as one.
_LETTERS = re.compile(r"(?i:ss)|.", re.DOTALL)
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
    words = [word for word in query.split()[:_MOST_WORDS] if SKIPPED.sub("", word)]
    return list(itertools.islice(_read(editions, words), most)) if words else []


def pattern_of(word: str) -> str:
    """A regular expression for `word` in any case and spelling that counts as the same."""
    between = f"[{UNTYPED}]*" if not word.isascii() else "\u00ad?"
    return between.join(_letter(letter) for letter in _LETTERS.findall(SKIPPED.sub("", word)))


def _read(editions: QuerySet[Edition], words: list[str]) -> Iterator[Edition]:
    exact = [re.compile(pattern_of(word)) for word in words if not word.isascii()]
    found = editions.defer(*(name for name in HEAVY if name != "feed_html" or not exact))
    for word in words:
        found = found.filter(GreaterThan(StrIndex("searched__folded", Value(fold(word))), 0))
    for edition in found.iterator(chunk_size=100):
        if not exact:
            yield edition
            continue
        read = words_of(edition)
        if all(one.search(read) for one in exact):
            yield edition


@functools.lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    if letter.casefold() == "ss":
        return "(?:[sS][sS]|[ßẞ])"
    same = {letter, letter.lower(), letter.upper(), letter.casefold(), *next((row for row in SAME if letter in row), "")}
    if letter.isascii():
        same |= _accented().get(letter.lower(), set())
    singles = sorted(one for one in same if len(one) == 1)
    longer = sorted(one for one in same if len(one) > 1)
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
