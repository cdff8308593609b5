"""Addresses within text, found from their @ outwards: linear whatever the text is, which a pattern would not be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: Punctuation and blanks of East Asian texts, which leave out the blank beside an address.
_WIDE = "\u00a0\u3000、。，．：；！？（）［］【】《》〈〉「」『』＜＞"
_LOCAL = re.compile(rf"[^\s<>()\[\],;:\"@\\|«»“”„{_WIDE}]", re.ASCII)
_QUOTED_END = '"'
_DOMAIN = re.compile(rf"\[[0-9A-Fa-f.:]{{3,45}}\]|[^\s<>()\[\],;:\"@\\/|!?=&#'`*{{}}«»“”„{_WIDE}]{{1,253}}")
#: Words without blanks between them that run into an address: letters of such a writing, then one in plain ones, or the reverse.
_RUNS_IN = re.compile(r"^[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+(?=[A-Za-z0-9][!-~]*$)")
_RUNS_ON = re.compile(r"(?<=\.)([A-Za-z]{2,20})[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]\S*$")
_LONGEST_LOCAL = 128
_XTEXT = re.compile(r"\+([2-7][0-9A-F])(?![0-9A-F])")


class Found(NamedTuple):
    """An address and where in the text it begins and ends."""

    address: str
    start: int
    end: int


def find_all(text: str, most: int = 400) -> Iterator[Found]:
    """The addresses in `text`, in their order, at most `most`."""
    at = text.find("@")
    count = 0
    while at >= 0 and count < most:
        found = _around(text, at)
        if found is not None:
            count += 1
            yield found
        at = text.find("@", max(at + 1, found.end if found else 0))


def first(text: str) -> str:
    """The first address in `text`, or ""."""
    return next((each.address for each in find_all(text, 1)), "")


def all_in(texts: list[str]) -> list[str]:
    """Every address in `texts`, each once."""
    return list(dict.fromkeys(each.address for text in texts for each in find_all(text)))


def of_field(value: str) -> str:
    """The address in an Original- or Final-Recipient field: `rfc822; reader@example.org` (RFC 3464 §2.3.1), or ""."""
    kind, semicolon, rest = value.partition(";")
    text = rest if semicolon else kind
    text = text.replace("+2B", "+").replace("+3D", "=").replace("+40", "@") if "+" in text else text
    found = first(text)
    if found:
        return found
    # A bare name, as of a local mailbox; a domain may be known from elsewhere.
    return ""


def same(one: str, other: str) -> bool:
    """Whether two addresses are alike, letter case aside."""
    return one.lower() == other.lower()


def _around(text: str, at: int) -> Found | None:
    start = at
    if at and text[at - 1] == _QUOTED_END:
        opening = text.rfind('"', max(0, at - _LONGEST_LOCAL), at - 1)
        if opening < 0 or "\n" in text[opening:at]:
            return None
        start = opening
    else:
        while start and at - start < _LONGEST_LOCAL and _LOCAL.match(text[start - 1]):
            start -= 1
    domain = _DOMAIN.match(text, at + 1)
    if domain is None or start == at:
        return None
    local = text[start:at]
    name = _RUNS_ON.sub(r"\1", domain.group()).rstrip(".-'")
    if name.endswith("."):
        return None
    trimmed = local if local.startswith(('"', "=?")) else _RUNS_IN.sub("", local).lstrip("'`*=#.-&")
    if trimmed.lower().startswith(("smtp=", "rfc822=", "mailto=")):
        trimmed = trimmed.partition("=")[2]
    start += len(local) - len(trimmed)
    if not trimmed or not _plausible(name):
        return None
    return Found(f"{trimmed}@{name}", start, at + 1 + len(name))


def _plausible(domain: str) -> bool:
    if domain.startswith("["):
        return True
    labels = domain.split(".")
    return all(labels) and not domain.startswith("-") and len(domain) > 1
