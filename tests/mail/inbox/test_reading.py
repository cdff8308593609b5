"""A stored mail is read as far as it can be read, whatever its bytes are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.mail.inbox.reading import Link, attachment, parsed
from tests.mail.test_bulk import URL, fill


def test_our_own_mail_is_read_back() -> None:
    found = parsed(fill(f0="Jörg").raw)
    assert "Dear Jörg," in found.text
    assert "<p>Dear Jörg,</p>" in found.html
    assert Link(URL, "Unsubscribe", "html") in found.links
    assert Link(URL, "", "text") in found.links
    assert dict(found.headers)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found.attachments == ()


@given(st.binary(max_size=600))
def test_any_bytes_are_read(raw: bytes) -> None:
    parsed(raw)
    attachment(raw, 0)


NESTED = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(2000))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        NESTED,
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 5000,
        b"Content-Type: text/html; charset=nonsense\r\n\r\n<a href='\xff'>\xff",
        b"Content-Transfer-Encoding: base64\r\n\r\n=====",
        b"Subject: =?nonsense?q?x?= =?utf-8?b?////?=\r\nFrom: \xff\xfe\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ntext",
        b'Content-Type: text/plain; charset="utf-8\0"\r\n\r\nx',
    ],
)
def test_hostile_bytes_are_read_within_bounds(raw: bytes) -> None:
    found = parsed(raw)
    assert len(found.attachments) <= 200
