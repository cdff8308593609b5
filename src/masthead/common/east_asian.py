"""Whether a text is in one of the old encodings of China, Japan, Korea or Taiwan, and in which: by how common its characters are.

Each of them lays out the characters that people write every day apart from the rare ones. Read with the wrong one, a text is
full of rare characters, or cannot be read at all.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable

#: First and second byte of a character → whether it is an everyday one. Where two fit alike, the first is meant: all Korean
#: syllables are everyday characters of Chinese, too, but hardly ever the other way round; so it is with Japanese and Big5.
_EVERYDAY: dict[str, Callable[[int, int], bool]] = {
    "cp949": lambda first, second: second >= 0xA1 and (first in range(0xA1, 0xA4) or first in range(0xB0, 0xC9)),
    "gb18030": lambda first, second: second >= 0xA1 and (first in range(0xA1, 0xA4) or first in range(0xB0, 0xD8)),
    "cp932": lambda first, _second: first in range(0x81, 0x85) or first in range(0x88, 0x98),
    "euc_jp": lambda first, _second: first in {0xA1, 0xA3, 0xA4, 0xA5} or first in range(0xB0, 0xD0),
    "cp950": lambda first, _second: first in range(0xA1, 0xC7),
}
_MOST = 20_000
#: Fewer characters than that are no text to judge by.
_FEWEST = 3
_EVERYDAY_SHARE = 0.75
#: Accented letters of Europe stand alone between plain ones, characters of East Asia stand together.
_TOGETHER_SHARE = 0.6


def guess(sample: bytes) -> str:
    """The Python codec of `sample`, bytes that are no UTF-8; "" if it is none of these."""
    shares = {name: _share(sample[:_MOST], name) for name in _EVERYDAY}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= _EVERYDAY_SHARE else ""


def _share(sample: bytes, name: str) -> float:
    """How many of the characters are everyday ones, from 0 to 1; 0 for what cannot be in this encoding."""
    try:
        text = codecs.getincrementaldecoder(name)().decode(sample)  # its last character may be cut in half
    except UnicodeDecodeError:
        return 0.0
    everyday = wide = together = 0
    before = False
    for letter in text:
        is_wide = letter >= "\x80"
        if is_wide:
            written = letter.encode(name)
            wide += 1
            together += before
            everyday += len(written) == 2 and _EVERYDAY[name](*written)
        before = is_wide
    return everyday / wide if wide >= _FEWEST and together >= (wide - 1) * _TOGETHER_SHARE else 0.0
