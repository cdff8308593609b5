"""Bytes of a text file → text: UTF-8, or what its first bytes or its own heading say."""

from __future__ import annotations

import codecs
import re

from masthead.issues.manuscripts.neutral import BadManuscript

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
#: What browsers read where a page says these (WHATWG Encoding Standard, section 4.2).
_SAME = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}


def decoded(data: bytes) -> str:
    """`data` as UTF-8, or as its mark says. Raises BadManuscript naming the byte."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _as(data[len(mark) :], name)
    return _as(data, "utf-8")


def decoded_html(data: bytes, told: str = "") -> str:
    """The text of a page. `told` is the charset of its Content-Type; a page may name its own. Raises BadManuscript."""
    if any(data.startswith(mark) for mark, _name in _MARKS):
        return decoded(data)
    found = _CHARSET.search(data[:4096])
    name = (told or (found[1].decode("ascii") if found else "")).lower()
    name = _SAME.get(name, name)
    if name.startswith("utf-16"):  # bytes that could be read so far are not
        name = "utf-8"
    try:
        return _as(data, codecs.lookup(name).name if name else "utf-8")
    except LookupError:
        return _as(data, "utf-8")


def _as(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise BadManuscript(f"The file is not {name.upper()} text (byte {error.start}). Save it as UTF-8.") from error
