"""Replies out of a stream of bytes, however it is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.mail.transports.base import Reply
from masthead.mail.transports.smtp.replies import BadReplyError, ReplyReader, all_well

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


LINES = [
    b"250 Ok\r\n",
    b"251 2.1.5 forwarded\r\n",
    b"354 Go\r\n",
    b"250-and\r\n",
    b"450 later\r\n",
    b"550 5.1.1 no\r\n",
    b"421 bye\r\n",
]
LINES += [b"250\r\n", b"250 \x07\r\n", b"250 " + b"x" * 97 + b"\r\n", b"250 \xc3\xa9\r\n", b"250 a\nb\r\n", b"25", b"\r\n"]


@given(st.lists(st.sampled_from(LINES), max_size=5), st.integers(0, 2))
def test_a_whole_envelope_is_taken_only_where_reply_after_reply_says_so(lines: list[bytes], before: int) -> None:
    at_once, one_by_one = ReplyReader(), ReplyReader()
    for reader in (at_once, one_by_one):
        reader.feed(b"".join(lines))
        _all(reader, most=before)
    if at_once.take_go_on():
        codes = [reply.code for reply in _all(one_by_one, most=3) if isinstance(reply, Reply)]
        assert [code // 100 for code in codes] == [2, 2, 3]
        assert codes[2] == 354
    assert _all(at_once) == _all(one_by_one)
    assert at_once.waiting == one_by_one.waiting


@given(st.lists(st.sampled_from(LINES), max_size=5))
def test_all_is_well_only_where_reply_after_reply_says_so_and_nothing_is_left(lines: list[bytes]) -> None:
    reader = ReplyReader()
    reader.feed(b"".join(lines))
    well = all_well(b"".join(lines))
    if well is not None:
        found = _all(reader)
        assert found[0] == well
        assert [reply.code // 100 for reply in found if isinstance(reply, Reply)] == [2, 2, 2, 3]
        assert (len(found), reader.in_the_middle) == (4, False)


@pytest.mark.parametrize("more", [b"", b"250 2.0.0 And\r\n", b"2"])
def test_a_yes_and_a_go_on_are_well_and_nothing_else_with_them(more: bytes) -> None:
    yes, go_on = b"250 2.0.0 Ok: queued as 4F00D1\r\n", b"250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead\r\n"
    assert all_well(yes + go_on + more) == (None if more else Reply(250, "2.0.0", "Ok: queued as 4F00D1"))
    assert all_well(yes + go_on[:-1]) is None
    assert all_well(b"250 " + b"x" * 90 + b"\r\n" + go_on) is not None
    assert all_well(b"250 " + b"x" * 600 + b"\r\n" + go_on) is None


def test_the_usual_answer_to_an_envelope_is_taken_at_once_and_only_when_all_of_it_is_here() -> None:
    reader = ReplyReader()
    reader.feed(b"250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r")
    assert not reader.take_go_on()
    reader.feed(b"\n250 2.0.0 queued\r\n")
    assert reader.take_go_on()
    assert reader.next() == Reply(250, "2.0.0", "queued")
    assert not reader.in_the_middle


def _all(reader: ReplyReader, most: int = 100) -> list[Reply | str]:
    """The next replies, and what is wrong with the one after them."""
    found: list[Reply | str] = []
    try:
        while len(found) < most and (reply := reader.next()) is not None:
            found.append(reply)
    except BadReplyError as error:
        found.append(str(error))
    return found
