"""Replies out of a stream of bytes, however it is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.mail.transports.base import Reply
from masthead.mail.transports.smtp.replies import BadReplyError, ReplyReader

STREAM = b"250-mail.example.org\r\n250-PIPELINING\r\n250 SIZE 1000\r\n550 5.1.1 <a@b.example> User unknown\r\n354 Go\r\n250\r\n"
REPLIES = [
    Reply(250, "", "mail.example.org\nPIPELINING\nSIZE 1000"),
    Reply(550, "5.1.1", "<a@b.example> User unknown"),
    Reply(354, "", "Go"),
    Reply(250, "", ""),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_replies_are_the_same_wherever_the_stream_is_cut(cuts: list[int]) -> None:
    reader = ReplyReader()
    found = []
    places = [0, *sorted(cuts), len(STREAM)]
    for start, end in pairwise(places):
        reader.feed(STREAM[start:end])
        while (reply := reader.next()) is not None:
            found.append(reply)
    assert found == REPLIES
    assert not reader.in_the_middle


@given(st.binary(max_size=300))
def test_any_bytes_are_replies_or_refused(data: bytes) -> None:
    reader = ReplyReader()
    reader.feed(data)
    try:
        while reader.next() is not None:
            pass
    except BadReplyError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("line", "enhanced", "text"),
    [
        (b"550 5.1.1 gone\r\n", "5.1.1", "gone"),
        (b"550 5.1.1\r\n", "5.1.1", ""),
        (b"450 5.1.1 classes differ\r\n", "", "5.1.1 classes differ"),
        (b"550 5.1.1234 no code\r\n", "", "5.1.1234 no code"),
        (b"550 1.2.3.4 is listed\r\n", "", "1.2.3.4 is listed"),
        (b"550 a\x1b[31m\xffb\r\n", "", "a\ufffd[31m\ufffdb"),
    ],
)
def test_enhanced_codes_are_told_from_text(line: bytes, enhanced: str, text: str) -> None:
    reader = ReplyReader()
    reader.feed(line)
    reply = reader.next()
    assert reply is not None
    assert (reply.enhanced, reply.text) == (enhanced, text)
