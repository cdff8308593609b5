"""Free text in headers: plain where it can be, else encoded words (RFC 2047), folded."""

from __future__ import annotations

import re
from base64 import b64encode

from masthead.mail.encoding.slots import one_line

_WIDTH = 76
_MOST_WORD = 75
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*", re.ASCII)
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_Q_SAFE = re.compile(rb"[A-Za-z0-9!*+/-]")  # RFC 2047 §5 (3): good in phrases, too


def unstructured(name: str, value: str) -> bytes:
    """The header `name` with `value` as text, CRLF included.

    Text that looks like an encoded word is encoded, so that a reader sees what the author typed. Raises BadMail.
    """
    one_line(value, name)
    if not value:
        return f"{name}: \r\n".encode()
    if _PLAIN.fullmatch(value) and "=?" not in value and max(map(len, value.split(" "))) < _WIDTH - len(name) - 2:
        return _folded(f"{name}: ", value)
    words = encoded_words(value, first=_MOST_WORD - len(name) - 2)
    return f"{name}: ".encode() + b"\r\n ".join(words) + b"\r\n"


def phrase(value: str, where: str) -> bytes:
    """A display name: atoms, a quoted string, or encoded words on lines of their own. Raises BadMail, naming `where`."""
    if len(value) <= 60 and "=?" not in value:
        if _ATOMS.fullmatch(value):
            return value.encode("ascii")
        if _PLAIN.fullmatch(value):
            return b'"' + value.replace("\\", "\\\\").replace('"', '\\"').encode("ascii") + b'"'
    return b"\r\n ".join(encoded_words(one_line(value, where), first=_MOST_WORD - 12))


def encoded_words(value: str, *, first: int) -> list[bytes]:
    """`value` as encoded words of at most 75 characters, the first of at most `first`; never split inside a character."""
    whole = value.encode()
    by_base64 = len(whole) * 4 / 3 < len(_q(whole))
    if _word_length(whole, by_base64) <= first:
        return [_word(whole, by_base64)]  # a name, nearly always; to try each length would take ten times as long
    words: list[bytes] = []
    current = b""
    most = first
    for char in value:
        grown = current + char.encode()
        if current and _word_length(grown, by_base64) > most:
            words.append(_word(current, by_base64))
            grown, most = char.encode(), _MOST_WORD
        current = grown
    words.append(_word(current, by_base64))
    return words


def _word_length(data: bytes, by_base64: bool) -> int:
    return 12 + ((len(data) + 2) // 3 * 4 if by_base64 else len(_q(data)))


def _word(data: bytes, by_base64: bool) -> bytes:
    return b"=?utf-8?b?" + b64encode(data) + b"?=" if by_base64 else b"=?utf-8?q?" + _q(data) + b"?="


def _q(data: bytes) -> bytes:
    return b"".join(map(_Q_TABLE.__getitem__, data))


_Q_TABLE = [
    b"_" if byte == 32 else bytes([byte]) if _Q_SAFE.match(bytes([byte])) else f"={byte:02X}".encode() for byte in range(256)
]


def _folded(start: str, value: str) -> bytes:
    """Plain words, folded before one that would pass the width."""
    lines = [start]
    for number, word in enumerate(value.split(" ")):
        blank = "" if number == 0 else " "
        if number and len(lines[-1]) + 1 + len(word) > _WIDTH:
            lines.append(blank + word)
        else:
            lines[-1] += blank + word
    return "\r\n".join(lines).encode("ascii") + b"\r\n"
