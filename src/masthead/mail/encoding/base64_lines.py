"""Base64 (RFC 2045 §6.8) that is encoded once although slots move what follows them.

Base64 works on groups of three bytes. A slot's value takes up to two bytes from the text before it and as many from the text
after it as complete its last group; the rest of that text stands ready encoded for each of the three offsets at which it
can begin. Lines may have any length up to 76, so nothing has to be wrapped again.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping

from masthead.mail.encoding.slots import one_line

_LINE_BYTES = 57


class Base64Part:
    """A body in base64, ready to be filled."""

    name = b"base64"

    def __init__(self, constants: list[str], marks: list[str]) -> None:
        self.constants = [constant.encode() for constant in constants]
        self._first = _Constant(self.constants[0])
        self._rest = [(mark, _Constant(constant)) for mark, constant in zip(marks, self.constants[1:], strict=True)]

    @property
    def size(self) -> int:
        """Bytes of the constant text."""
        return len(self._first.ready[0][0]) + sum(len(constant.ready[0][0]) for _, constant in self._rest)

    def fill(self, values: Mapping[str, str], out: list[bytes], said: list[bytes]) -> None:
        """Append the body with `values` in its slots to `out`, what is this mail's own to `said`. Raises BadMail, KeyError."""
        ready, carried = self._first.ready[0]
        out.append(ready)
        for mark, constant in self._rest:
            carried += one_line(values[mark], mark).encode()
            offset = -len(carried) % 3
            if offset > len(constant.text):
                carried += constant.text  # too short to complete a group: it goes along with the next slot
                continue
            said.append(_encoded(carried + constant.text[:offset]))
            out.append(said[-1])
            ready, carried = constant.ready[offset]
            out.append(ready)
        if carried:
            said.append(_encoded(carried))
            out.append(said[-1])


class _Constant:
    """Constant text, encoded for each offset: whole groups, and the bytes left over."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.ready = [_whole_groups(text[offset:]) for offset in range(3)]


def _whole_groups(text: bytes) -> tuple[bytes, bytes]:
    end = len(text) - len(text) % 3
    return _encoded(text[:end]), text[end:]


def _encoded(data: bytes) -> bytes:
    if len(data) <= _LINE_BYTES:
        return b2a_base64(data, newline=False) + b"\r\n" if data else b""
    return b"".join(
        b2a_base64(data[start : start + _LINE_BYTES], newline=False) + b"\r\n" for start in range(0, len(data), _LINE_BYTES)
    )
