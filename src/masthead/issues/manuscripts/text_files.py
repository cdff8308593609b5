"""Bytes of a text file → text: what its first bytes or its own heading say, UTF-8, or what its bytes look like."""

from __future__ import annotations

import codecs
import re

from masthead.common import eight_bit
from masthead.issues.manuscripts.neutral import BadManuscript, Dropped

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
#: Characters that no text has: a picture or an archive with the name of a text has many.
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\ufffd]")
#: How people know them.
_NAMES = {"mac_roman": "Mac Roman", "mac_cyrillic": "Mac Cyrillic", "koi8_r": "KOI8-R"} | {
    f"cp{number}": f"Windows-{number}" for number in (1250, 1251, 1252, 1256)
}
_NAMES |= {"cp932": "Shift-JIS", "euc_jp": "EUC-JP", "gb18030": "GBK", "cp950": "Big5", "cp949": "EUC-KR"}
#: What browsers read where a page says these (WHATWG Encoding Standard, section 4.2).
_SAME = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "big5": "cp950",
    "x-x-big5": "cp950",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "windows-949": "cp949",
}


def decoded(data: bytes) -> tuple[str, list[Dropped]]:
    """`data` as text, and what to tell of how it was read. Raises BadManuscript for what is no text."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _as(data[len(mark) :], name), []
    if name := _unmarked_utf16(data):
        return _as(data, name), []
    try:
        text, said = data.decode(), ""
    except UnicodeDecodeError:
        text, said = _eight_bit(data)
    if len(_NO_TEXT.findall(text[:20_000])) > len(text[:20_000]) / 200:
        raise BadManuscript(
            "The file is no text, whatever its name says. Open it in the program that made it and save it as text."
        )
    return text, [Dropped("the file", said)] if said else []


def decoded_html(data: bytes, told: str = "") -> tuple[str, list[Dropped]]:
    """The text of a page, and what to tell. `told` is the charset of its Content-Type; a page may name its own."""
    if any(data.startswith(mark) for mark, _name in _MARKS):
        return decoded(data)
    found = _CHARSET.search(data[:4096])
    name = (told or (found[1].decode("ascii") if found else "")).lower()
    name = _SAME.get(name, name)
    if name.startswith("utf-16"):  # bytes that could be read so far are not
        name = ""
    try:
        return (data.decode(codecs.lookup(name).name), []) if name else decoded(data)
    except (LookupError, UnicodeDecodeError):  # what a page says of itself is often that of its template
        return decoded(data)


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without its mark: spaces, line ends and Latin letters have a zero byte on one side, and no other text has any."""
    sample = data[:4000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(data) % 2 or max(even, odd) < len(sample) / 20 or min(even, odd) > len(sample) / 100:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _eight_bit(data: bytes) -> tuple[str, str]:
    """Line by line, since texts are put together from several files: UTF-8 where that can be, else what fits the other lines."""
    lines: list[bytes] = data.splitlines(keepends=True)
    wrong = [line for line in lines if not _is_utf8(line)]
    codec = eight_bit.guess(b" ".join(line.strip() for line in wrong))
    # The few bytes that mean nothing in an encoding are shown as such rather than refused with the whole file.
    text = "".join(line.decode("utf-8" if _is_utf8(line) else codec, "replace") for line in lines)
    said = f"no UTF-8 ({len(wrong)} of {len(lines)} lines); read as {_NAMES.get(codec, codec)}, which fits the words best"
    bad = text.count("\ufffd")
    return text, said + (f". {bad} characters could not be read and show as �" if bad else "")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _as(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise BadManuscript(f"The file is not {name.upper()} text (byte {error.start}). Save it as UTF-8.") from error
