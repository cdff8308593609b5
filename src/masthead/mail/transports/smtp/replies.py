"""Reads SMTP replies out of a stream of bytes, within bounds, and believes only complete ones (RFC 5321 §4.2)."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import gettext as _

from masthead.mail.transports.base import Reply

MOST_BYTES = 64 * 1024
MOST_LINES = 100
_MOST_KEPT = 100

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[ \t]+|$)")  # RFC 3463 §2, RFC 2034
#: What nearly every mail is told: yes to MAIL and RCPT, each in one short line, and "go on" to DATA.
_GO_ON = re.compile(rb"(?:2[0-9][0-9] [\t -~]{0,96}\r\n){2}354 [\t -~]{0,96}\r\n")
_MOST_WELL = 512
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class BadReplyError(Exception):
    """The server said something that is no SMTP reply; the text says what, with a bit of it. `line` is how it begins."""

    def __init__(self, text: str, line: bytes = b"") -> None:
        super().__init__(text)
        self.line = line[:_MOST_KEPT]


def all_well(data: bytes) -> Reply | None:
    """The yes to the end of a mail, if `data` is that, three replies that take the next envelope, and nothing else."""
    if len(data) > _MOST_WELL:
        return None
    line, _end, rest = data.partition(b"\r\n")
    reply = _known(line) if _is_go_on(rest) else None
    return reply if reply is not None and reply.code < 300 else None


class ReplyReader:
    """Collects bytes and hands out whole replies in order."""

    def __init__(self) -> None:
        self._data = b""
        self._at = 0  # what stands before it in `_data` is read
        self._searched = 0
        self._lines: list[str] = []
        self._code = b""
        self._size = 0

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        self._data = self._data[self._at :] + data
        self._searched -= self._at
        self._at = 0

    @property
    def waiting(self) -> int:
        """Bytes that have arrived and are not yet part of a reply handed out."""
        return len(self._data) - self._at + self._size

    @property
    def in_the_middle(self) -> bool:
        """Whether a reply has begun and is not complete."""
        return self.waiting > 0

    def take_go_on(self) -> bool:
        """Whether the next three replies take a whole envelope, DATA included. If so they are read; else `next` reads them."""
        found = None if self._lines else _GO_ON.match(self._data, self._at)
        if found is None:
            return False
        self._at = self._searched = found.end()
        return True

    def next(self) -> Reply | None:
        """The next complete reply, or None when more bytes are needed. Raises BadReplyError."""
        while (end := self._data.find(b"\r\n", self._searched)) >= 0:
            line = self._data[self._at : end]
            self._at = self._searched = end + 2
            if not self._lines and (known := _known(line)):
                return known
            if self._take(line):
                return self._finished()
        self._searched = max(self._at, len(self._data) - 1)  # a CR at the end may get its LF yet
        if self.waiting > MOST_BYTES:
            raise self._too_long(self._data[self._at : self._at + _MOST_KEPT])
        return None

    def _take(self, line: bytes) -> bool:
        """Add one line to the reply; True when it was the last."""
        self._size += len(line) + 2
        if self._size > MOST_BYTES:
            raise self._too_long(line)
        if len(self._lines) >= MOST_LINES:
            raise BadReplyError(_("its answer has more than %(most)s lines") % {"most": MOST_LINES}, line)
        match = _LINE.fullmatch(line)
        # A line feed alone ends no line: two answers would pass for one, and each later one for its predecessor.
        if match is None or b"\n" in line or b"\r" in line:
            raise BadReplyError(_("it said %(words)s, which is not SMTP") % {"words": _excerpt(line)}, line)
        code, hyphen, text = match[1], match[2] == b"-", match[3] or b""
        if self._lines and code != self._code:
            codes = {"one": self._code.decode(), "other": code.decode()}
            raise BadReplyError(_("its answer began with %(one)s and went on with %(other)s") % codes)
        self._code = code
        self._lines.append(_clean(text))
        return not hyphen

    @staticmethod
    def _too_long(line: bytes) -> BadReplyError:
        return BadReplyError(_("its answer is longer than %(most)s bytes") % {"most": MOST_BYTES}, line)

    def _finished(self) -> Reply:
        reply = _reply(self._code, self._lines)
        self._lines, self._code, self._size = [], b"", 0
        return reply


@lru_cache(maxsize=64)
def _is_go_on(data: bytes) -> bool:
    """Whether `data` is what _GO_ON says. Kept, since a server says it in the same words for every mail."""
    return _GO_ON.fullmatch(data) is not None


@lru_cache(maxsize=512)
def _known(line: bytes) -> Reply | None:
    """The reply that one short line is by itself, or None. Kept, since a server says the same sentences for every mail."""
    match = _LINE.fullmatch(line)
    if len(line) > _MOST_KEPT or match is None or match[2] == b"-" or b"\n" in line or b"\r" in line:
        return None
    return _reply(match[1], [_clean(match[3] or b"")])


def _reply(code: bytes, lines: list[str]) -> Reply:
    enhanced = ""
    texts = []
    for line in lines:
        match = _ENHANCED.match(line)
        if match and match[1][0] == code.decode("ascii")[0]:
            enhanced = enhanced or match[1]
            line = line[match.end() :]
        texts.append(line)
    return Reply(int(code), enhanced, "\n".join(texts).strip())


def _clean(text: bytes) -> str:
    """Server text is data: no control characters reach a log, a terminal or a page."""
    return _CONTROLS.sub("�", text.decode("utf-8", "replace"))


def _excerpt(line: bytes) -> str:
    return repr(_clean(line[:60])) + ("…" if len(line) > 60 else "")
