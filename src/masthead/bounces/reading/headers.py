"""The headers of a mail or part, read as leniently as mail servers write them (RFC 5322 §2.2)."""

from __future__ import annotations

import binascii
import re
from email.errors import HeaderParseError
from email.header import decode_header

_FIELD = re.compile(r"([!-9;-~]{1,100})[ \t]*:(.*)", re.ASCII)
_MOST_FIELDS = 500
_LONGEST = 4000


class Headers:
    """Names and unfolded values in their order. Looking up ignores letter case; a missing header is an empty string."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def __contains__(self, name: str) -> bool:
        return any(each == name for each, _ in self._pairs)

    def get(self, name: str) -> str:
        """The first header `name` (lower case), encoded words decoded."""
        return next((decoded(value) for each, value in self._pairs if each == name), "")

    def all(self, name: str) -> list[str]:
        """Every header `name` (lower case), encoded words decoded."""
        return [decoded(value) for each, value in self._pairs if each == name]

    def names(self) -> set[str]:
        """All names, lower case."""
        return {name for name, _ in self._pairs}

    def param(self, name: str, key: str) -> str:
        """The parameter `key` of the header `name` (RFC 2045 §5.1), "" when it has none."""
        found = re.search(rf';\s*{key}\s*=\s*(?:"([^"]{{0,300}})"|([^\s;"]{{1,300}}))', self.get(name), re.I)
        return (found.group(1) if found.group(1) is not None else found.group(2)) if found else ""


def parse(lines: list[str]) -> Headers:
    """The headers in `lines`, which hold no body. What is no header is passed over."""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t"):
            if pairs and len(pairs[-1][1]) < _LONGEST:
                name, value = pairs[-1]
                pairs[-1] = (name, f"{value} {line.strip()}"[:_LONGEST])
            continue
        found = _FIELD.match(line)
        if found and len(pairs) < _MOST_FIELDS:
            pairs.append((found.group(1).lower(), found.group(2).strip()[:_LONGEST]))
    return Headers(pairs)


def is_field(line: str) -> bool:
    """Whether `line` could begin a header."""
    return _FIELD.match(line) is not None


def head_names(line: str) -> str:
    """The name of the header that `line` could begin, in lower case, blanks and quoting before it aside; "" for none."""
    found = _FIELD.match(line.lstrip("> |\t"))
    return found.group(1).lower() if found else ""


def decoded(value: str) -> str:
    """`value` with its encoded words (RFC 2047) as text; what cannot be decoded stays as it is."""
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (HeaderParseError, binascii.Error, ValueError, LookupError):
        return value
    return "".join(each if isinstance(each, str) else text_of(each, charset or "") for each, charset in pieces)


def text_of(data: bytes, charset: str) -> str:
    """`data` as text, whatever it claims to be: nothing in it can make this fail."""
    name = charset.strip().strip("\"'").lower()
    for each in (_ALIASES.get(name, name), "utf-8"):
        try:
            return data.decode(each)
        except (LookupError, ValueError):
            continue
    try:
        return data.decode(_ALIASES.get(name, name) or "latin-1", "replace")
    except (LookupError, ValueError):
        return data.decode("latin-1")


_ALIASES = {
    "": "utf-8",
    "us-ascii": "utf-8",
    "iso-2022-jp": "iso2022_jp_ext",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "iso-8859-1": "cp1252",
    "unicode-1-1-utf-7": "utf-7",
}
