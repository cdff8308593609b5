"""Which old encoding a text is written in, judged by its words: they do not mix scripts or shout inside."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from masthead.common import east_asian

#: In order of preference where nothing tells them apart.
CANDIDATES = ("cp1252", "cp1251", "cp1256", "mac_roman", "cp1250", "koi8_r", "mac_cyrillic")
#: Characters that stand between letters without making a word implausible: apostrophes, dots, joiners.
_INSIDE_WORDS = frozenset("’ʼ·‑–\u200c\u200d\u00ad")
_OPENING, _CLOSING = frozenset("“‘„‚«‹¿¡"), frozenset("”“’»›…،؛؟")
_MOST = 20_000


def guess(sample: bytes) -> str:
    """The name of the Python codec of `sample`, bytes that are no UTF-8. Without a sign it is Windows-1252."""
    sample = sample[:_MOST]
    scores = {name: _score(sample.decode(name, "replace")) for name in CANDIDATES}
    best = max(CANDIDATES, key=lambda name: (scores[name], -CANDIDATES.index(name)))
    # Words of an alphabet, each letter beside one of its kind, can by chance look like characters of East Asia.
    if scores[best] >= sum(byte >= 0x80 for byte in sample):
        return best
    return east_asian.guess(sample) or best


def _score(text: str) -> int:
    """How plausible `text` is: the higher, the better."""
    score = 0
    padded = f" {text} "
    for before, char, after in zip(padded[:-2], text, padded[2:], strict=True):
        if char >= "\x80":
            score += _letter(before, char, after) if char.isalpha() else _sign(before, char, after)
    return score


def _letter(before: str, char: str, after: str) -> int:
    script = _script(char)
    score = 0
    for neighbour in (before, after):
        if not neighbour.isalpha():
            continue
        if _script(neighbour) != script:
            score -= 4
        elif script == "LATIN" and neighbour >= "\x80":
            score -= 1
        else:
            score += 1
    # "ПРИВЕТ" and "Привет" are words, "пРИВЕТ" is another alphabet read wrongly.
    if (char.isupper() and before.islower()) or (char.islower() and after.isupper()):
        score -= 4
    return score


def _sign(before: str, char: str, after: str) -> int:
    if char == "\ufffd" or unicodedata.category(char) == "Cc":
        return -20
    if char in _INSIDE_WORDS:
        return 0
    if (char in _OPENING and after.isalpha() and not before.isalpha()) or (char in _CLOSING and not after.isalpha()):
        return 1
    return -3 if before.isalpha() or after.isalpha() else 0


@lru_cache(maxsize=1024)
def _script(char: str) -> str:
    return unicodedata.name(char, "?").split(" ", 1)[0]
